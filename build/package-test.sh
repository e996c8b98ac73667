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
