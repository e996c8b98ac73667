#!/usr/bin/env bash
# contents.sh PACKAGE SYMBOLS REPOSITORY: what a restored package, and its package of symbols, must have.
set -euo pipefail
package=$1 symbols=$2 repository=$3

fault() {
  echo "The package: $1"
  exit 1
}

for file in README.md THIRD-PARTY-NOTICES.txt icon.png lib/net10.0/KernelGen.RuntimeHost.xml analyzers/dotnet/cs/Scriban.Signed.dll \
  build/net10.0/KernelGen.RuntimeHost.props buildTransitive/net10.0/KernelGen.RuntimeHost.targets docs/diagnostics/KGEN0001.md \
  runtimes/{linux-x64,linux-arm64,win-x64,osx-arm64}/lib/net10.0/KernelGen.RuntimeHost.dll; do
  [ -f "$package/$file" ] || fault "it lacks $file."
done
[ -s "$symbols" ] || fault "there are no symbols."
grep -q '<icon>icon.png</icon>' "$package"/*.nuspec || fault "it has no icon."

# Galleries show the README without the files beside it.
if grep -nE '\]\((https?:|#)?' "$package/README.md" | grep -vE '\]\((https?:|#)'; then
  fault "links of its README are relative."
fi

if [ -n "$repository" ]; then
  grep -q "<projectUrl>$repository</projectUrl>" "$package"/*.nuspec || fault "it names no project."
  grep -qE "<repository type=\"git\" url=\"$repository\" commit=\"[0-9a-f]{40}\" />" "$package"/*.nuspec || fault "it names no commit."
  grep -q "]($repository/blob/main/docs/01-getting-started.md)" "$package/README.md" || fault "its README does not lead to the repository."
  grep -qa "$repository/blob/main/" "$package/analyzers/dotnet/cs/KernelGen.Generator.dll" || fault "its diagnostics have no help links."
fi
echo "contents: as they should be"
