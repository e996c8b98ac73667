#!/usr/bin/env bash
# Compiles every distinct kernel with NVRTC, compares with docs/benchmarks/registers.md and checks what holds for all of them; with
# nvdisasm, reads the mainloops, too. Machine code goes to FOLDER.
#   compile-kernels.sh FOLDER          for 8.6 and 9.0, without general masks
#   compile-kernels.sh FOLDER --full   for all architectures, with and without general masks
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
what=(--arch 8.6,9.0 --mask none)
if [ "${2:-}" = --full ]; then
  what=()
fi

status=0
dotnet run -v q --project "$root/GeneratedSamples" -- \
  kernels --compile --distinct --check --against "$root/docs/benchmarks/registers.md" "${what[@]}" --out "$folder" >"$folder/compiled.txt" || status=$?
tail -n 4 "$folder/compiled.txt"

if [ -n "${KERNELGEN_NVDISASM:-}" ] || command -v nvdisasm >/dev/null; then
  dotnet run -v q --project "$root/tools/KernelGen.Lab" -- sass --check "$folder" || status=$?
fi
exit "$status"
