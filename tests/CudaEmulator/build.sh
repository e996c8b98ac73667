#!/bin/sh
# Builds the emulator with g++ (C++17, nothing else) into bin/, which git ignores, and prints the library's path as the last line.
#   build.sh                   builds what is out of date
#   build.sh --test            also builds and runs its own tests
#   build.sh --test FOLDER     the tests of the generated attention kernels in FOLDER instead
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/bin
library=$out/libkernelgen_cuda_emulator.so
# NVRTC comes as two libraries and compiles nothing without the other one, which hosts look for.
builtins=libnvrtc-builtins.so.13.99
selftest=$out/selftest
cxx=${CXX:-g++}
# For this machine, as the kernels are that it runs; products and sums that become one instruction would change bits.
flags="-std=c++17 -O3 -march=native -ffp-contract=off -Wall -Wextra -Werror"

# Built aside and moved into place at once, so that several processes may build at the same time; where there is flock, the others wait for the first.
mkdir -p "$out"
if command -v flock >/dev/null; then
    exec 9>"$out/lock"
    flock 9
fi

work=$(mktemp -d "$out/build-XXXXXX")
trap 'rm -rf "$work"' EXIT

# is_stale FILE SOURCE...: FILE is missing or older than a source.
is_stale() {
    file=$1
    shift
    [ ! -e "$file" ] || [ -n "$(find "$@" -newer "$file" -print -quit)" ]
}

if is_stale "$library" "$here/src" "$here/shim" "$here/build.sh"; then
    # The shim travels inside the library: where kernels are compiled, no source folder need be.
    for file in "$here"/shim/*.hpp; do
        printf '{"%s", R"SHIM(' "$(basename "$file")"
        cat "$file"
        printf ')SHIM"},\n'
    done >"$work/shim_files.inc"
    # Only what the host calls is seen from outside: the rest is optimised as one.
    printf '{ global: cu*; nvrtc*; emulator_*; local: *; };\n' >"$work/exports"
    $cxx $flags -flto=auto -flto-partition=one -Wl,--version-script="$work/exports" -fPIC -shared -I"$here/src" -I"$here/shim" -I"$work" "$here"/src/*.cpp -o "$work/library" -ldl
    : | $cxx -shared -fPIC -Wl,-soname,$builtins -x c++ - -o "$work/$builtins"
    mv "$work/$builtins" "$out/$builtins"
    mv "$work/library" "$library"
fi

if [ "${1:-}" = --test ]; then
    if is_stale "$selftest" "$here/selftest" "$library"; then
        $cxx $flags "$here"/selftest/*.cpp -o "$work/selftest" -L"$out" -lkernelgen_cuda_emulator -Wl,-rpath,"$out"
        mv "$work/selftest" "$selftest"
    fi

    exec 9>&-
    if [ $# -gt 1 ]; then
        "$selftest" "$2"
    else
        "$selftest" "$here/../../Templates" "$here/selftest/kernels"
    fi
fi

echo "$library"
