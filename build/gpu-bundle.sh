#!/usr/bin/env bash
# Makes a folder that checks and measures the kernels on a Linux machine with an NVIDIA GPU and NVRTC, but without .NET and without a network.
#   gpu-bundle.sh [FOLDER]      the folder, artifacts/gpu-bundle by default; it is made anew
# Then, there: FOLDER/gpu-check.sh RESULTS. Where NVRTC is at hand, the kernels for Hopper are compiled now and not on the GPU's time.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bundle=${1:-$root/artifacts/gpu-bundle}
limit_mib=60
rm -rf "$bundle"
mkdir -p "$bundle/peers"
app=$(mktemp -d) proof=$(mktemp -d)
trap 'rm -rf "$app" "$proof"' EXIT

# The programs in one folder share one copy of the runtime. A machine that only runs them may have no ICU.
for project in tests/KernelGen.RuntimeHost.Tests tools/KernelGen.Lab; do
    dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained --artifacts-path "$root/artifacts/gpu-build" -o "$app" --nologo -v quiet \
        -p:InvariantGlobalization=true -p:SatelliteResourceLanguages=en -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false
done
rm -f "$app"/createdump "$app"/lib{mscordaccore,mscordbi,clrgc,clrgcexp,coreclrtraceptprovider}.so # for debuggers, dumps, other collectors

# The kernels that the check runs, held to the rules for all kernels.
code=0
"$app/KernelGen.Samples" kernels --compile --check --match 'streaming-sm90a-*,materialized-sm90a-*-r2048' --arch 9.0 --mask none \
    --out "$app/precompiled" >"$proof/compiled.txt" || code=$?
case $code in 0) ;; 4) echo "There is no NVRTC: kernels are compiled where the GPU is." >"$proof/compiled.txt" ;; *) exit "$code" ;; esac

cp "$root/build/gpu-check.sh" "$bundle/"
cp "$root"/tests/KernelGen.Benchmarks/peers/*.{py,json} "$bundle/peers/"
grep -lE '^\[TestClass\]' "$root"/tests/KernelGen.RuntimeHost.Tests/Cuda/*Tests.cs | xargs -n 1 basename -s .cs | sort >"$bundle/test-classes.txt"

# Sorted and without times and owners: the same input, the same bytes. Then everything runs from the packed form, without an installed .NET.
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$app" -cf - . | gzip -9n >"$bundle/app.tar.gz"
tar -xzf "$bundle/app.tar.gz" -C "$proof"
run() { env -u DOTNET_ROOT PATH=/usr/bin:/bin "$proof/$1" "${@:2}"; }
run KernelGen.Lab gpu-check --help >/dev/null
run KernelGen.RuntimeHost.Tests --list-tests --progress off --no-ansi --filter 'FullyQualifiedName~.Cuda.' | grep -c '^ ' >"$proof/tests.txt"
bytes=$(du -sb "$bundle" | cut -f1)
echo "$bundle: $((bytes >> 20)) MiB, $(cat "$proof/tests.txt") CUDA tests. $(tail -n 1 "$proof/compiled.txt")"
[ "$((bytes >> 20))" -lt "$limit_mib" ] || { echo "The bundle must stay under $limit_mib MiB." >&2; exit 1; }
