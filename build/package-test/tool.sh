#!/usr/bin/env bash
# tool.sh FOLDER VERSION ASSEMBLY: installs the tool as a user does and runs each of its commands on an assembly that was built elsewhere.
set -euo pipefail
folder=$1 version=$2 assembly=$3

# say EXPECTED COMMAND...: the tool says it.
say() {
  local expected=$1 said
  shift
  said=$("$folder/tool/kernelgen" "$@" 2>&1) || true
  case $said in
    *"$expected"*) ;;
    *) printf '%s\n' "$said" "kernelgen $*: expected: $expected"; exit 1 ;;
  esac
}

DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
export DOTNET_ROOT
(cd "$folder" && dotnet tool install KernelGen.Tool --tool-path "$folder/tool" --version "$version" >/dev/null)
say "KernelGen" doctor
say "model classes" doctor "$assembly"
say "PackageAttention: in PackageTest.dll" kernels "$assembly"
say "variant    streaming-cpu-f32-d40-r128" plan "$assembly" --dtype f32 --head-dim 40 --free-bytes 1GiB
say "no class with [SliceAttention]" kernels "$folder/tool/.store/kernelgen.tool/$version/kernelgen.tool/$version/tools/net10.0/any/kernelgen.dll"
KERNELGEN_NVRTC_LIBRARY=/nowhere say "No NVRTC, the run-time compiler of CUDA, can be used." compile "$assembly" --arch 8.6 --out "$folder/kernels"
if [ -n "${KERNELGEN_NVRTC_LIBRARY:-}" ]; then
  say "kernels for 8.6: " compile "$assembly" --arch 8.6 --out "$folder/kernels"
  [ -s "$folder/kernels/sm_86/index.json" ] || { echo "kernelgen compile wrote no kernels."; exit 1; }
fi
echo "tool: installed, and its commands do what they should"
