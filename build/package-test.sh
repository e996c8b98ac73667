#!/usr/bin/env bash
# Packs KernelGen.RuntimeHost and KernelGen.Tool into the local feed, then restores, builds, publishes and runs consumer projects outside the
# repository, and installs the tool.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version="0.1.0-test.$(date +%s)"
repository=https://github.com/example/kernelgen
feed="$root/build/packages"
work=$(mktemp -d)
consumer="$work/consumer"
trap 'rm -rf "$work" "$feed"/*.nupkg "$feed"/*.snupkg' EXIT

# expect TEXT PART: the text has the part.
expect() {
  case $1 in
    *"$2"*) ;;
    *) printf '%s\n' "$1" "Expected: $2"; exit 1 ;;
  esac
}

# silent TEXT PATTERN: the text has no line that fits.
silent() {
  if grep -E "$2" <<<"$1"; then
    echo "Expected no line with: $2"
    exit 1
  fi
}

# loaded TEXT: the compiler, which said the text, loaded the generator and the analyzers. That it did not is a warning of its own (CS8784, CS8785; CS8032,
# AD0001), and errors about members that are not there, which lead elsewhere.
loaded() {
  local faults
  if faults=$(grep -E 'CS8784|CS8785|CS8032|AD0001' <<<"$1"); then
    printf '%s\n' "The compiler could not load the package's generator, or one of its analyzers:" "$faults"
    return 1
  fi
}

# Sources are linked to where they are published; that needs the commit, which a tree without git does not know.
git -C "$root" rev-parse HEAD >/dev/null 2>&1 || repository=
for packed in RuntimeHost tools/KernelGen.Tool; do
  dotnet pack "$root/$packed" -c Release -o "$feed" -p:RunAnalyzersDuringBuild=false -p:MinVerVersionOverride="$version" -p:KernelGenRepository="$repository" --nologo -v quiet
done

cat >"$work/nuget.config" <<CONFIG
<configuration>
  <packageSources>
    <add key="kernelgen-local" value="$feed" />
  </packageSources>
</configuration>
CONFIG
mkdir "$consumer" "$work/older"
cp "$root/build/package-test/"*.cs* "$consumer/"
project="$consumer/PackageTest.csproj"
settings=(-c Release -p:KernelGenVersion="$version" --nologo)

# A package folder of its own would download everything again; the version is new each time, so the shared one is safe.
if ! built=$(dotnet build "$project" "${settings[@]}" 2>&1); then
  failed=1
fi
echo "$built"
loaded "$built" || exit 1
[ -z "${failed:-}" ] || exit 1

# The check itself: without the assembly beside it the generator cannot be loaded. The compiler server would have it from the build before.
mkdir "$work/without"
cp "$consumer/"*.cs* "$work/without/"
cat >"$work/without/Directory.Build.targets" <<'TARGETS'
<Project>
  <Target Name="WithoutScriban" BeforeTargets="CoreCompile">
    <ItemGroup>
      <Analyzer Remove="@(Analyzer)" Condition="'%(Filename)' == 'Scriban.Signed'" />
    </ItemGroup>
  </Target>
</Project>
TARGETS
built=$(dotnet build "$work/without/PackageTest.csproj" "${settings[@]}" -p:UseSharedCompilation=false 2>&1) && { echo "Built without Scriban."; exit 1; }
said=$(loaded "$built") && { printf '%s\n' "$built" "Nothing says that the generator could not be loaded."; exit 1; }
expect "$said" "Scriban.Signed"
echo "without Scriban: the package test fails"

said=$(dotnet "$consumer/bin/Release/net10.0/PackageTest.dll")
expect "$said" ": correct"
bits=$(grep '^bits ' <<<"$said")
echo "$said"

package="$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')/kernelgen.runtimehost/$version"
bash "$root/build/package-test/contents.sh" "$package" "$feed/KernelGen.RuntimeHost.$version.snupkg" "$repository"

# On this system the library comes as machine code: of what a first call takes, what an application brings and kernels are left to compile.
said=$(DOTNET_JitStdOutFile="$work/compiled" DOTNET_JitDisasmSummary=1 dotnet "$consumer/bin/Release/net10.0/PackageTest.dll")
expect "$said" ": correct"
silent "$(cat "$work/compiled")" 'KernelGen\.(Planning\.SlicePlanner|Cpu\.CpuDevice|Execution\.ArgumentBinder):(Make|RunAlone|Bind)\('
grep -q 'KernelGen' "$work/compiled" || { echo "Nothing was compiled."; exit 1; }

# Another framework than the package's is told when packages are restored, not by errors of the compiler.
sed 's/net10\.0/net8.0/' "$project" >"$work/older/PackageTest.csproj"
said=$(dotnet restore "$work/older/PackageTest.csproj" -p:KernelGenVersion="$version" 2>&1) && { echo "Restored for net8.0."; exit 1; }
expect "$said" "NU1202"

# What switches wide vectors off is told by the program.
if grep -qw avx2 /proc/cpuinfo; then
  said=$(DOTNET_EnableAVX2=0 dotnet "$consumer/bin/Release/net10.0/PackageTest.dll")
  expect "$said" "AVX2 is switched off, although the processor has it"
fi

bash "$root/build/package-test/tool.sh" "$work" "$version" "$consumer/bin/Release/net10.0/PackageTest.dll"
bash "$root/build/package-test/published.sh" "$consumer" "$version" "$bits"

# publish FOLDER [VARIABLE=VALUE...]: publishes the consumer, whose kernels are compiled in advance; gives what was said.
publish() {
  local folder=$1
  shift
  env "$@" dotnet publish "$project" "${settings[@]}" -p:KernelGenPrecompile='"8.6;8.9;9.0"' -o "$folder" -v minimal 2>&1
}

# has_kernels FOLDER: machine code and index of every architecture that is named.
has_kernels() {
  local architecture
  for architecture in sm_86 sm_89 sm_90; do
    ls "$1/kernels/$architecture/"*.cubin >/dev/null && test -s "$1/kernels/$architecture/index.json"
  done
}

said=$(publish "$work/without" KERNELGEN_NVRTC_LIBRARY=/nowhere/libnvrtc.so) && { echo "Published without an NVRTC."; exit 1; }
expect "$said" "error KernelGenPrecompile: No NVRTC, the run-time compiler of CUDA, can be used."

if said=$(publish "$work/published"); then
  has_kernels "$work/published"
  again=$(publish "$work/published")
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
  said=$(publish "$work/emulated" KERNELGEN_NVRTC_LIBRARY="$emulator") || { printf '%s\n' "$said"; exit 1; }
  has_kernels "$work/emulated"
  said=$(env KERNELGEN_CUDA_LIBRARY="$emulator" KERNELGEN_NVRTC_LIBRARY=/nowhere/libnvrtc.so KERNELGEN_CACHE_DIR=off CUDA_EMULATOR_COMPUTE_CAPABILITY=8.6 \
    dotnet "$work/emulated/PackageTest.dll")
  expect "$said" "kernels for sm_86): correct"
  echo "published and run without NVRTC: $said"
else
  echo "published and run without NVRTC: skipped, there is no g++ to build the emulator with"
fi
