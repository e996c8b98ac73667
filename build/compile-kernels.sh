#!/usr/bin/env bash
# Compiles distinct kernels with NVRTC and checks what holds for all of them; with nvdisasm, reads the mainloops, too.
#   compile-kernels.sh FOLDER          Float16 streaming kernels of tensor cores for 8.6 and 9.0, without general masks, which are compared
#                                      with docs/benchmarks/registers.md; machine code goes to FOLDER
#   compile-kernels.sh FOLDER --full   all kernels for all architectures, with and without general masks, which are not compared
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
what=(--arch 8.6,9.0 --mask none --match 'streaming-sm*-f16-*')
if [ "${2:-}" = --full ]; then
  what=()
else
  what+=(--against "$root/docs/benchmarks/registers.md")
fi

status=0
dotnet run -v q --project "$root/GeneratedSamples" -- \
  kernels --compile --distinct --check "${what[@]}" --out "$folder" >"$folder/compiled.txt" || status=$?
tail -n 4 "$folder/compiled.txt"

if [ -n "${KERNELGEN_NVDISASM:-}" ] || command -v nvdisasm >/dev/null; then
  dotnet run -v q --project "$root/tools/KernelGen.Lab" -- sass --check "$folder" || status=$?
fi
exit "$status"
