#!/usr/bin/env bash
# Packs KernelGen.RuntimeHost into the local feed, then restores, builds and runs a consumer project outside the repository.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version="0.1.0-test.$(date +%s)"
consumer=$(mktemp -d)
trap 'rm -rf "$consumer" "$root"/build/packages/*.nupkg' EXIT

dotnet pack "$root/RuntimeHost" -c Release -o "$root/build/packages" -p:Version="$version" --nologo -v quiet

cp "$root/build/package-test/"* "$consumer/"
cat >"$consumer/nuget.config" <<CONFIG
<configuration>
  <packageSources>
    <add key="kernelgen-local" value="$root/build/packages" />
  </packageSources>
</configuration>
CONFIG

# A package folder of its own would download everything again; the version is new each time, so the shared one is safe.
# A generator that cannot be loaded is a warning of the compiler's (CS8784, CS8785), as is an analyzer (CS8032, AD0001). What the consumer's own errors say then leads elsewhere.
if ! built=$(dotnet build "$consumer/PackageTest.csproj" -c Release -p:KernelGenVersion="$version" --nologo 2>&1); then
  failed=1
fi
echo "$built"
if grep -E 'CS8784|CS8785|CS8032|AD0001' <<<"$built"; then
  echo "The compiler could not load or run what the package carries."
  exit 1
fi
[ -z "${failed:-}" ] || exit 1

package="$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')/kernelgen.runtimehost/$version"
for file in analyzers/dotnet/cs/Scriban.Signed.dll THIRD-PARTY-NOTICES.txt; do
  [ -f "$package/$file" ] || { echo "The package lacks $file."; exit 1; }
done

dotnet run --project "$consumer/PackageTest.csproj" -c Release -p:KernelGenVersion="$version" --no-build

# publish FOLDER [VARIABLE=VALUE...]: publishes the consumer, whose kernels are compiled in advance; gives what was said.
publish() {
  local folder=$1
  shift
  env "$@" dotnet publish "$consumer/PackageTest.csproj" -c Release -p:KernelGenVersion="$version" -o "$folder" --nologo -v minimal 2>&1
}

# expect TEXT PART: the text has the part.
expect() {
  case $1 in
    *"$2"*) ;;
    *) printf '%s\n' "$1" "Expected: $2"; exit 1 ;;
  esac
}

# has_kernels FOLDER: machine code and index of every architecture that the project names.
has_kernels() {
  local architecture
  for architecture in sm_86 sm_89 sm_90; do
    ls "$1/kernels/$architecture/"*.cubin >/dev/null && test -s "$1/kernels/$architecture/index.json"
  done
}

said=$(publish "$consumer/without" KERNELGEN_NVRTC_LIBRARY=/nowhere/libnvrtc.so) && { echo "Published without an NVRTC."; exit 1; }
expect "$said" "error KernelGenPrecompile: No NVRTC, the run-time compiler of CUDA, can be used."

if said=$(publish "$consumer/published"); then
  has_kernels "$consumer/published"
  again=$(publish "$consumer/published")
  expect "$again" ": 0 compiled, "
  echo "published: $(printf '%s' "$said" | grep -o 'KernelGen: .*')"
elif printf '%s' "$said" | grep -q "error KernelGenPrecompile: No NVRTC"; then
  echo "published: skipped, there is no NVRTC on this machine (KERNELGEN_NVRTC_LIBRARY)"
else
  printf '%s\n' "$said"
  exit 1
fi

# The emulator compiles in advance as well, and then runs what was published, with no NVRTC to be found.
if command -v "${CXX:-g++}" >/dev/null; then
  emulator=$(sh "$root/tests/CudaEmulator/build.sh" | tail -n 1)
  rm -rf "$consumer/obj/Release/net10.0/kernelgen"
  said=$(publish "$consumer/emulated" KERNELGEN_NVRTC_LIBRARY="$emulator") || { printf '%s\n' "$said"; exit 1; }
  has_kernels "$consumer/emulated"
  said=$(env KERNELGEN_CUDA_LIBRARY="$emulator" KERNELGEN_NVRTC_LIBRARY=/nowhere/libnvrtc.so KERNELGEN_CACHE_DIR=off CUDA_EMULATOR_COMPUTE_CAPABILITY=8.6 \
    dotnet "$consumer/emulated/PackageTest.dll")
  expect "$said" "kernels for sm_86): correct"
  echo "published and run without NVRTC: $said"
else
  echo "published and run without NVRTC: skipped, there is no g++ to build the emulator with"
fi
