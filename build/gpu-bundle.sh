#!/usr/bin/env bash
# Makes a folder that checks and measures the kernels on a Linux machine with an NVIDIA GPU and NVRTC, but without .NET and without a network.
#   gpu-bundle.sh [FOLDER]      the folder, artifacts/gpu-bundle by default; it is made anew
# Then, there: FOLDER/gpu-check.sh RESULTS
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bundle=${1:-$root/artifacts/gpu-bundle}
limit_mib=60

rm -rf "$bundle"
mkdir -p "$bundle"
app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT

# Both programs in one folder share one copy of the runtime. A machine that only runs them may have no ICU.
for project in tests/KernelGen.RuntimeHost.Tests GeneratedSamples; do
    dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained --artifacts-path "$root/artifacts/gpu-build" -o "$app" \
        -p:InvariantGlobalization=true -p:SatelliteResourceLanguages=en \
        -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false --nologo -v quiet
done

# What debuggers, dumps and other garbage collectors need, nothing else.
rm -f "$app"/createdump "$app"/libmscordaccore.so "$app"/libmscordbi.so "$app"/libclrgc.so "$app"/libclrgcexp.so "$app"/libcoreclrtraceptprovider.so

cp "$root/build/gpu-check.sh" "$bundle/"
mkdir "$bundle/peers"
cp "$root"/tests/KernelGen.Benchmarks/peers/*.py "$root"/tests/KernelGen.Benchmarks/peers/*.json "$bundle/peers/"

# The check runs each class of tests in a process of its own, those that run kernels first.
(cd "$root/tests/KernelGen.RuntimeHost.Tests/Cuda" && grep -lE '^\[TestClass\]' ./*Tests.cs | sed 's|^./||; s|\.cs$||' | sort) >"$app/all"
{ grep -E 'Kernel|Hopper|Float32|Split|Launch' "$app/all"; grep -vE 'Kernel|Hopper|Float32|Split|Launch' "$app/all"; } >"$bundle/test-classes.txt"
rm "$app/all"

# The runtime is 100 MB as files, a third of that packed; gpu-check.sh unpacks it for each run. Sorted and without times and owners: the same input, the same bytes.
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$app" -cf - . | gzip -9n >"$bundle/app.tar.gz"

# Runs both programs as the other machine would: from the packed bundle, without an installed .NET.
proof=$(mktemp -d)
trap 'rm -rf "$app" "$proof"' EXIT
tar -xzf "$bundle/app.tar.gz" -C "$proof"
env -u DOTNET_ROOT PATH=/usr/bin:/bin "$proof/KernelGen.Samples" kernels --json >"$proof/kernels.json"
tests=$(env -u DOTNET_ROOT PATH=/usr/bin:/bin "$proof/KernelGen.RuntimeHost.Tests" --list-tests --progress off --no-ansi --filter 'FullyQualifiedName~.Cuda.' | grep -c '^ ' || true)
[ "$tests" -gt 0 ] || { echo "The bundled test program lists no CUDA tests." >&2; exit 1; }

bytes=$(du -sb "$bundle" | cut -f1)
unpacked=$(du -sb "$proof" | cut -f1)
echo "$bundle: $((bytes >> 20)) MiB ($((unpacked >> 20)) MiB unpacked), $tests CUDA tests"
[ "$((bytes >> 20))" -lt "$limit_mib" ] || { echo "The bundle must stay under $limit_mib MiB." >&2; exit 1; }
