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
dotnet run --project "$consumer/PackageTest.csproj" -c Release -p:KernelGenVersion="$version"
