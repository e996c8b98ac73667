#!/usr/bin/env bash
# published.sh CONSUMER VERSION BITS: publishes the consumer trimmed, as a single file and ahead of time. Each gives the bits that the
# just-in-time compiler gave, and no warning comes up on the way.
set -euo pipefail
consumer=$1 version=$2 bits=$3
# A program that brings no runtime looks for it where this one is.
DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
export DOTNET_ROOT
machine=$(uname -m)
case $machine in
  x86_64) runtime=linux-x64 ;;
  aarch64) runtime=linux-arm64 ;;
  *) echo "published trimmed, as a single file and ahead of time: skipped on $machine"; exit 0 ;;
esac

fault() {
  printf '%s\n' "$2" "Published $1: $3"
  exit 1
}

# try NAME BITS PROPERTY...: publishes with the properties, runs, compares the bits; BITS may be empty, for whatever they are.
try() {
  local name=$1 expected=$2 folder="$consumer-$1" said
  shift 2
  mkdir "$folder"
  cp "$consumer"/*.cs "$consumer"/PackageTest.csproj "$folder"
  said=$(dotnet publish "$folder/PackageTest.csproj" -c Release -r "$runtime" -p:KernelGenVersion="$version" -o "$folder/out" --nologo "$@" 2>&1) \
    || fault "$name" "$said" "it failed."
  if grep -qE 'warning [A-Z]+[0-9]+' <<<"$said"; then
    fault "$name" "$said" "there are warnings."
  fi
  warned=$(grep -c 'warning KernelGenAot' <<<"$said" || true)
  result=$("$folder/out/PackageTest") || fault "$name" "$result" "it does not run."
  [ -z "$expected" ] || [ "$(grep '^bits ' <<<"$result")" = "$expected" ] || fault "$name" "$result" "expected $expected."
  echo "published $name: $(head -n 1 <<<"$result"), $(grep '^bits ' <<<"$result")"
}

try trimmed "$bits" --self-contained -p:PublishTrimmed=true
try single-file "$bits" --no-self-contained -p:PublishSingleFile=true

linker=clang
command -v clang >/dev/null || linker=gcc
command -v "$linker" >/dev/null || { echo "published ahead of time: skipped, there is neither clang nor gcc"; exit 0; }
ahead=(-p:PublishAot=true -p:CppCompilerAndLinker="$linker" -p:InvariantGlobalization=true)
if [ "$machine" = x86_64 ] && grep -qw avx2 /proc/cpuinfo; then
  try ahead-of-time "$bits" "${ahead[@]}" -p:IlcInstructionSet=x86-64-v3
  [ "$warned" = 0 ] || fault ahead-of-time "$result" "it was warned although instruction sets are named."
  grep -q "on CPU (AVX2" <<<"$result" || fault ahead-of-time "$result" "expected AVX2."

  # Without them it is warned when it is published and when it runs; without FMA the last bits are others.
  try ahead-of-time-by-default "" "${ahead[@]}"
  [ "$warned" -gt 0 ] || fault ahead-of-time-by-default "$result" "expected the warning KernelGenAot."
  grep -q "Publish with <IlcInstructionSet>x86-64-v3</IlcInstructionSet>" <<<"$result" || fault ahead-of-time-by-default "$result" "expected advice."
else
  try ahead-of-time "$([ "$machine" = x86_64 ] || echo "$bits")" "${ahead[@]}"
fi
