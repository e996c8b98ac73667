#!/usr/bin/env bash
# Checks and measures the kernels on this machine's GPU in under ten minutes. Part of the bundle that gpu-bundle.sh makes; needs no .NET.
#   gpu-check.sh [RESULTS] [options]      options: gpu-check.sh --help
# Exit code 1 when a test, a sanitizer or a result of a kernel failed, a kernel or a probe did not end, or the compiler spilled registers of a
# tensor core kernel or serialised its wgmma instructions; 2 for wrong options.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT
tar -xzf "$here/app.tar.gz" -C "$app" || { echo "The programs cannot be unpacked to $app." >&2; exit 1; }
unset DOTNET_ROOT
"$app/KernelGen.Lab" gpu-check --bundle "$here" "$@"
