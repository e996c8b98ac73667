#!/bin/sh
# Builds the emulator with g++ (C++17, nothing else) and prints the library's path as the last line.
#   build.sh                   builds
#   build.sh --test [FOLDER]   also builds and runs its own tests, on the generated attention kernels in FOLDER as well
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/bin
mkdir -p "$out"
cxx=${CXX:-g++}
flags="-std=c++17 -O2 -Wall -Wextra -Werror"

# The shim travels inside the library: where kernels are compiled, no source folder need be.
for file in "$here"/shim/*.hpp; do
    printf '{"%s", R"SHIM(' "$(basename "$file")"
    cat "$file"
    printf ')SHIM"},\n'
done >"$out/shim_files.inc"

library=$out/libkernelgen_cuda_emulator.so
$cxx $flags -fPIC -shared -fvisibility=default -I"$here/src" -I"$here/shim" -I"$out" "$here"/src/*.cpp -o "$library.new" -ldl
mv "$library.new" "$library"

if [ "${1:-}" = --test ]; then
    $cxx $flags -I"$here/selftest" "$here"/selftest/*.cpp -o "$out/selftest" -L"$out" -lkernelgen_cuda_emulator -Wl,-rpath,"$out"
    "$out/selftest" "$here/../../Templates" "$here/selftest/kernels" ${2:+"$2"}
fi

echo "$library"
