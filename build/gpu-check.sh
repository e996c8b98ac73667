#!/usr/bin/env bash
# Checks and measures the kernels on this machine's GPU in under nine minutes. Part of the bundle that gpu-bundle.sh makes; needs no .NET.
#   gpu-check.sh [RESULTS] [options]
# RESULTS is the folder for logs and JSON: $OUT when that is set, else ./results. What is done by then stays there, whatever happens later.
#   --all-variants     time every kernel, not only what the planner takes, as far as the time goes
#   --parts LIST       only these, separated by commas: doctor,probes,tune,bench,peers,merge,tests,memcheck,racecheck
#   --name NAME        name of the merged files; the GPU's by default
#   --seconds N        for all parts together; 520 by default
#   --smoke            tiny shapes and loops: whether everything works, on the emulator for instance, not how fast it is
# Exit code 1 when a test, a sanitizer or a result of a kernel failed, or the compiler spilled registers of a tensor core kernel or put its products in a row.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command="gpu-check.sh RESULTS"
results=
parts=doctor,probes,tune,bench,peers,merge,tests,memcheck,racecheck
total=520
name=
smoke=
bench_options=()
while [ $# -gt 0 ]; do
    case $1 in
        --all-variants) bench_options+=(--all-variants); command+=" $1" ;;
        --parts) parts=$2; command+=" $1 $2"; shift ;;
        --name) name=$2; shift ;;
        --seconds) total=$2; command+=" $1 $2"; shift ;;
        --smoke) smoke=yes; command+=" $1" ;;
        -*) echo "gpu-check.sh: the option $1 is unknown; the first lines of the script list them." >&2; exit 2 ;;
        *) results=$1 ;;
    esac
    shift
done
results=${results:-${OUT:-results}}
mkdir -p "$results"
results=$(cd "$results" && pwd)
log=$results/check.log
: >"$log"
rm -f "$results/sanitizer.log"

SECONDS=0
failed=0
summary=()
shapes=$here/peers/shapes.json
if [ -n "$smoke" ]; then
    shapes=$here/peers/shapes-smoke.json

    # For the emulator: what the probes are about.
    export CUDA_EMULATOR_COMPUTE_CAPABILITY=${CUDA_EMULATOR_COMPUTE_CAPABILITY:-9.0}
fi

# NVRTC keeps what it compiled, and then says nothing of registers and spills.
export CUDA_CACHE_DISABLE=1

say() { echo "$*" | tee -a "$log"; }
left() { local seconds=$((total - SECONDS)); echo "$((seconds > 1 ? seconds : 1))"; }

# at_most N: seconds for a part, scaled with the time for all of them.
at_most() { local seconds share=$(($1 * total / 520)); seconds=$(left); echo "$((seconds < share ? seconds : share))"; }
wanted() { case ",$parts," in *",$1,"*) return 0 ;; *) return 1 ;; esac; }

# record PART STATUS SECONDS [NOTE]
record() {
    summary+=("$(printf '"%s": {"status": "%s", "seconds": %s, "note": "%s"}' "$1" "$2" "$3" "${4:-}")")
    say "$(printf '%-10s %-12s %4s s  %s' "$1" "$2" "$3" "${4:-}")"
    {
        printf '{\n  "command": "%s",\n  "seconds": %s,\n  "parts": {\n' "$command" "$SECONDS"
        printf '    %s' "${summary[0]}"
        for line in "${summary[@]:1}"; do printf ',\n    %s' "$line"; done
        printf '\n  }\n}\n'
    } >"$results/summary.json"
}

# status CODE: what timeout and the programs mean by it.
status() {
    case $1 in
        0) echo passed ;;
        124 | 137) echo "out of time" ;;
        *) echo failed ;;
    esac
}

# The bundle stays as it is, so that it can be copied on.
app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT
tar -xzf "$here/app.tar.gz" -C "$app" || { say "The programs cannot be unpacked to $app."; exit 1; }
export PYTHONDONTWRITEBYTECODE=1
unset DOTNET_ROOT

# The host finds NVRTC in the toolkit's folders and in those of pip's wheels; a virtual environment that is not active is only known to its Python.
python=${PYTHON:-python3}
if [ -z "${KERNELGEN_NVRTC_LIBRARY:-}" ] && ! ldconfig -p 2>/dev/null | grep -q libnvrtc.so.1; then
    packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' 2>/dev/null || true)
    for library in /usr/local/cuda*/lib64/libnvrtc.so.1[0-9] /usr/local/cuda*/targets/*/lib/libnvrtc.so.1[0-9] "$packages"/nvidia/*/lib/libnvrtc.so.1[0-9]; do
        if [ -e "$library" ]; then
            export KERNELGEN_NVRTC_LIBRARY=$library
        fi
    done
fi

if [ -z "$name" ]; then
    name=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1 | tr 'A-Z ' 'a-z-' | sed 's/^nvidia-//; s/[^a-z0-9-]//g')
    name=${name:-gpu}
fi

if wanted doctor; then
    begin=$SECONDS
    { nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.max.sm --format=csv; timeout -k 5 "$(at_most 20)" "$app/KernelGen.Samples" doctor; } >>"$log" 2>&1
    record doctor "$(status $?)" $((SECONDS - begin))
fi

if wanted probes; then
    begin=$SECONDS
    rm -f "$results/probes.json"
    seconds=$(at_most 110)
    timeout -k 5 "$seconds" "$app/KernelGen.Samples" probe ${smoke:+--smoke} --output "$results/probes.json" --seconds "$((seconds > 30 ? seconds - 10 : seconds))" \
        >>"$log" 2>"$results/probes.part"
    outcome=$(status $?)
    cat "$results/probes.part" >>"$log"
    [ "$outcome" = failed ] && failed=1
    record probes "$outcome" $((SECONDS - begin)) "$(grep -c '^slow or wrong:' "$results/probes.part") slow or wrong"
    rm -f "$results/probes.part"
fi

# Tuning is a part of measuring: with it each shape is measured with the kernel that was the fastest of those that are predicted to be good.
if wanted bench || wanted tune; then
    begin=$SECONDS
    rm -f "$results/ours.json"
    if wanted tune; then
        bench_options+=(--tune)
    fi
    if ! wanted bench; then
        bench_options+=(--check-only)
    fi
    seconds=$(at_most 160)
    timeout -k 5 "$seconds" "$app/KernelGen.Samples" bench --device cuda "${bench_options[@]}" --shapes-file "$shapes" \
        --output "$results/ours.json" --seconds "$((seconds > 30 ? seconds - 15 : seconds))" >>"$log" 2>"$results/bench.part"
    outcome=$(status $?)
    cat "$results/bench.part" >>"$log"
    [ "$outcome" = failed ] && failed=1
    record bench "$outcome" $((SECONDS - begin)) "$(awk '/^wrong:/ { wrong++ } /^spilled:/ { spilled++ } /^slow:/ { slow++ }
        END { printf "%d wrong, %d kernels spill, %d findings of the compiler", wrong, spilled, slow }' "$results/bench.part")"
    if wanted tune; then
        record tune "$([ -s "$results/ours.json" ] && echo "$outcome" || echo failed)" 0 "$(grep -c '"was_predicted"' "$results/ours.json" 2>/dev/null) kernels timed"
    fi
    rm -f "$results/bench.part"
fi

if wanted peers; then
    begin=$SECONDS
    rm -f "$results/peers.json"
    seconds=$(at_most 120)
    timeout -k 5 "$seconds" "$python" "$here/peers/torch_sdpa.py" --shapes "$shapes" --out "$results/peers.json" \
        --seconds "$((seconds > 60 ? seconds - 25 : seconds))" >>"$log" 2>&1
    code=$?
    if [ $code = 3 ] || [ $code = 127 ]; then
        record peers skipped $((SECONDS - begin)) "there is no torch that sees the GPU"
    else
        record peers "$(status $code)" $((SECONDS - begin))
    fi
fi

if wanted merge; then
    begin=$SECONDS
    timeout -k 5 20 "$python" "$here/peers/merge.py" --ours "$results/ours.json" --peers "$results/peers.json" --out "$results" --name "$name" --command "$command" >>"$log" 2>&1
    outcome=$(status $?)
    if [ -s "$results/probes.json" ]; then
        timeout -k 5 20 "$python" "$here/peers/probes.py" --probes "$results/probes.json" --out "$results" --name "$name" --command "$command" >>"$log" 2>&1 || outcome=failed
    fi
    record merge "$outcome" $((SECONDS - begin)) "$name.json, $name.md and $name-probes.md"
fi

if wanted tests; then
    begin=$SECONDS
    filter='FullyQualifiedName~.Cuda.'
    if [ -n "$smoke" ]; then
        filter='FullyQualifiedName~.Cuda.CudaKernelTests.GoldenVector'
    fi
    KERNELGEN_TEST_DEVICE=cuda timeout -k 5 "$(at_most 90)" "$app/KernelGen.RuntimeHost.Tests" --progress off --no-ansi --filter "$filter" \
        --results-directory "$app/TestResults" >"$results/tests.log" 2>&1
    outcome=$(status $?)
    # Time that ends is no failure of what ran until then.
    if [ "$outcome" = failed ] || grep -q '^failed ' "$results/tests.log"; then
        failed=1
    fi
    record tests "$outcome" $((SECONDS - begin)) "$(awk '$1 ~ /^(succeeded|failed|skipped):$/ { printf "%s%s %s", n++ ? ", " : "", $2, substr($1, 1, length($1) - 1) }' "$results/tests.log")"
fi

sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer /usr/local/cuda*/compute-sanitizer/compute-sanitizer 2>/dev/null | head -n 1)
for tool in memcheck racecheck; do
    if ! wanted $tool; then
        continue
    fi

    begin=$SECONDS
    if [ -z "$sanitizer" ]; then
        record $tool skipped 0 "there is no compute-sanitizer"
        continue
    fi

    timeout -k 5 "$(at_most 45)" "$sanitizer" --tool $tool --error-exitcode 86 \
        "$app/KernelGen.Samples" bench --device cuda --check-only --all-variants --shapes-file "$here/peers/shapes-smoke.json" >"$results/sanitizer.part" 2>&1
    outcome=$(status $?)
    { echo "==== $tool"; cat "$results/sanitizer.part"; } >>"$results/sanitizer.log"
    [ "$outcome" = failed ] && failed=1
    record $tool "$outcome" $((SECONDS - begin)) "$(grep -o '[A-Z]* SUMMARY: .*' "$results/sanitizer.part" | tail -n 1)"
    rm -f "$results/sanitizer.part"
done

say "$([ $failed = 0 ] && echo "Passed" || echo "FAILED") in $SECONDS s; results in $results"
exit $failed
