#!/usr/bin/env bash
# Checks and measures the kernels on this machine's GPU in under ten minutes. Part of the bundle that gpu-bundle.sh makes; needs no .NET.
#   gpu-check.sh [RESULTS] [options]
# RESULTS is the folder for logs and JSON: $OUT when that is set, else ./results. What is done by then stays there, whatever happens later.
#   --parts LIST       only these, separated by commas: doctor,compilation,check,probes,tune,bench,peers,merge,tests,memcheck,racecheck
#   --kernels NAMES    only kernels with these names, separated by commas, * for any text: after a change to one of them
#   --except NAMES     no kernels with these names
#   --against FOLDER   compare with the peers.json of these earlier results, when peers are not measured again
#   --cache FOLDER     keep compiled kernels there, for the next run on this machine
#   --all-variants     time every kernel, not only what the planner takes, as far as the time goes
#   --name NAME        name of the merged files; the GPU's by default
#   --seconds N        for all parts together; 535 by default, nine minutes with what unpacking takes. A part has its share of it, and what the parts before it left over
#   --smoke            tiny shapes and loops: whether everything works, on the emulator for instance, not how fast it is
# Exit code 1 when a test, a sanitizer or a result of a kernel failed, a kernel or a probe did not end, or the compiler spilled registers of a tensor core kernel or
# put its products in a row.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command="gpu-check.sh RESULTS"
results=
parts=doctor,compilation,check,probes,tune,bench,peers,merge,tests,memcheck,racecheck
total=535
name=
smoke=
against=
cache=
kernels=
bench_options=()
# For every program that runs kernels.
kernel_options=()
while [ $# -gt 0 ]; do
    case $1 in
        --all-variants) bench_options+=(--all-variants); command+=" $1" ;;
        --kernels) kernels=$2; command+=" $1 '$2'"; shift ;;
        --except) kernel_options+=(--except "$2"); command+=" $1 '$2'"; shift ;;
        --against) against=$(cd "$2" && pwd) || exit 2; shift ;;
        --cache) cache=$2; shift ;;
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
check_shapes=$here/peers/shapes-check.json
kernel_seconds=20
if [ -n "$smoke" ]; then
    shapes=$here/peers/shapes-smoke.json
    check_shapes=$shapes
    kernel_seconds=120

    # For the emulator: what the probes are about.
    export CUDA_EMULATOR_COMPUTE_CAPABILITY=${CUDA_EMULATOR_COMPUTE_CAPABILITY:-9.0}
fi

# NVRTC keeps what it compiled, and then says nothing of registers and spills.
export CUDA_CACHE_DISABLE=1

say() { echo "$*" | tee -a "$log"; }
left() { local seconds=$((total - SECONDS)); echo "$((seconds > 1 ? seconds : 1))"; }

# at_most N: seconds for a part, of 560 for all of them, scaled with the time that there is.
at_most() { local seconds share=$(($1 * total / 560)); seconds=$(left); echo "$((seconds < share ? seconds : share))"; }
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

# measure PART SECONDS OPTION...: bench as often as it takes. A kernel that does not end, or takes the GPU's context with it, ends the process; the next one goes on without it.
measure() {
    local part=$1 limit=$2 output=$results/$1.json begin=$SECONDS left_here started code
    shift 2
    rm -f "$output" "$output.running" "$results/$part.part"
    measured=failed
    for _ in $(seq 20); do
        left_here=$((limit - (SECONDS - begin)))
        if [ $left_here -lt 2 ]; then
            measured="out of time"
            break
        fi

        started=$SECONDS
        timeout -k 5 "$left_here" "$app/KernelGen.Samples" bench --device cuda --experimental hopper --resume --kernel-seconds $kernel_seconds --cache "$cache" "${kernel_options[@]}" "$@" \
            --output "$output" --seconds "$((left_here > 60 ? left_here - 15 : left_here))" >>"$log" 2>"$results/$part.last"
        code=$?
        measured=$(status $code)

        # What it has to say of all its results it says at the end; of a process that was ended only the last words are of interest.
        cat "$results/$part.last" >>"$log"
        cat "$results/$part.last" >>"$results/$part.part"

        # What was under way when the time of the part ended is no kernel that hangs.
        [ $((SECONDS - started)) -lt $left_here ] || rm -f "$output.running"
        [ -e "$output.running" ] || break
        say "           $part: a kernel ended the process; going on without it"
    done

    # Its last words are whole only when it came to its end; the rest is counted in the file.
    rm -f "$results/$part.last"
    [ "$measured" = failed ] && failed=1
    if [ -e "$output.running" ] || grep -q '"lost": true' "$output" 2>/dev/null; then
        failed=1
    fi
    record "${part/#ours/bench}" "$measured" $((SECONDS - begin)) "$(findings "$part")"
    rm -f "$results/$part.part"
}

# findings PART: what its file and its last words hold against the kernels.
findings() {
    local lost=0
    [ -s "$results/$1.json" ] && lost=$(grep -c '"lost": true' "$results/$1.json")
    sort -u "$results/$1.part" | awk -v lost="$lost" '/^wrong:/ { wrong++ } /^spilled:/ { spilled++ } /^slow:/ { slow++ }
        END { printf "%d wrong, %d of them hang or end the process, %d kernels spill, %d findings of the compiler", wrong, lost, spilled, slow }'
}

# probe NAME SECONDS: each in a process of its own, so that one that never ends does not take the others with it.
probe() {
    local name=$1 seconds=$2 begin=$SECONDS code
    timeout -k 5 "$seconds" "$app/KernelGen.Samples" probe --only "$name" ${smoke:+--smoke} --cache "$cache" "${kernel_options[@]}" \
        --output "$results/probe-$name.json" --seconds "$((seconds > 30 ? seconds - 10 : seconds))" >>"$log" 2>"$results/probes.last"
    code=$?
    cat "$results/probes.last" >>"$log"
    cat "$results/probes.last" >>"$results/probes.part"
    case $code in
        0) ;;
        *) [ $name = partial-panels ] || failed=1 ;;& # it asks what no documentation promises, so that a fault is an answer
        124 | 137) probes_outcome="out of time"; say "           probe $name did not end within $seconds s" ;;
        *) probes_outcome=failed; say "           probe $name: exit code $code" ;;
    esac
    rm -f "$results/probes.last"
}

# lost_kernels FILE: names of the kernels that did not end or ended the process.
lost_kernels() { "$python" -c 'import json, sys; print(",".join(sorted({row["variant"] for row in json.load(open(sys.argv[1]))["rows"] if row.get("lost")})))' "$1" 2>/dev/null; }

# The bundle stays as it is, so that it can be copied on.
app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT
cache=${cache:-$app/cubins}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
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

if [ -n "$kernels" ]; then
    kernel_options+=(--kernels "$kernels")
fi

# First, because it compiles all kernels for Hopper, several at once, into the cache of the parts after it.
if wanted compilation; then
    begin=$SECONDS
    probes_outcome=passed
    rm -f "$results/probes.part"
    probe compilation "$(at_most 260)"
    record compilation "$probes_outcome" $((SECONDS - begin)) "$(grep -c '^slow or wrong:' "$results/probes.part") slow or wrong"
fi

# Every kernel for Hopper, on a GPU that runs them; elsewhere every kernel there is.
if wanted check; then
    rm -f "$results/probes.part"

    # One slice size of the materialized ones: the others differ in a constant alone.
    check_kernels=(--kernels "*-sm90a-*" --except "materialized-sm90a-*-r512,materialized-sm90a-*-r8192")
    if [ -n "$kernels" ]; then
        check_kernels=()
    elif ! "$app/KernelGen.Samples" doctor 2>/dev/null | grep -qE 'compute capability 9\.0|sm_90'; then
        check_kernels=()
    fi
    measure check "$(at_most 200)" --check-only --all-variants --shapes-file "$check_shapes" "${check_kernels[@]}"
fi

# Not again what has been seen to hang.
for file in "$results/check.json" ${against:+"$against/check.json"}; do
    lost=$([ -s "$file" ] && lost_kernels "$file")
    if [ -n "$lost" ] && [ -z "$kernels" ]; then
        kernel_options+=(--except "$lost")
        say "           left out from here on: $lost"
    fi
done

if wanted probes; then
    begin=$SECONDS
    probes_outcome=passed
    rm -f "$results/probes.part"
    for probe in softmax products tensor-copies multicast sums waiting wide-boxes whole-panels partial-panels turns; do
        probe $probe "$(at_most 60)"
    done
    record probes "$probes_outcome" $((SECONDS - begin)) "$(grep -c '^slow or wrong:' "$results/probes.part") slow or wrong"
fi
rm -f "$results/probes.part"

# Tuning is a part of measuring: with it each shape is measured with the kernel that was the fastest of those that are predicted to be good.
if wanted bench || wanted tune; then
    if wanted tune; then
        bench_options+=(--tune)
    fi
    if ! wanted bench; then
        bench_options+=(--check-only)
    fi
    measure ours "$(at_most 300)" "${bench_options[@]}" --shapes-file "$shapes"
fi

if wanted peers; then
    begin=$SECONDS
    rm -f "$results/peers.json"
    seconds=$(at_most 230)
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
    outcome=passed
    notes=
    peers=$results/peers.json
    if [ ! -s "$peers" ] && [ -n "$against" ]; then
        peers=$against/peers.json
    fi
    if [ -s "$results/ours.json" ]; then
        timeout -k 5 20 "$python" "$here/peers/merge.py" --ours "$results/ours.json" --peers "$peers" --out "$results" --name "$name" --command "$command" >>"$log" 2>&1 || outcome=failed
        notes="$name.md"
    fi
    if ls "$results"/probe-*.json >/dev/null 2>&1; then
        timeout -k 5 20 "$python" "$here/peers/probes.py" --probes "$results"/probe-*.json --out "$results" --name "$name" --command "$command" >>"$log" 2>&1 || outcome=failed
        notes+="${notes:+ and }$name-probes.md"
    fi
    [ "$outcome" = failed ] && failed=1
    record merge "$outcome" $((SECONDS - begin)) "${notes:-there was nothing to merge}"
fi

# A class after the other, each in a process of its own: a test whose kernel never ends costs its class, not the others.
if wanted tests; then
    begin=$SECONDS
    limit=$(at_most 250)
    outcome=passed
    ended_early=()
    : >"$results/tests.log"
    filters=()
    while read -r class; do filters+=("FullyQualifiedName~.Cuda.$class."); done <"$here/test-classes.txt"
    if [ -n "$smoke" ]; then
        filters=('FullyQualifiedName~.Cuda.CudaKernelTests.GoldenVector' 'FullyQualifiedName~.Cuda.LaunchGridTests.')
    fi
    for filter in "${filters[@]}"; do
        left_here=$((limit - (SECONDS - begin)))
        if [ $left_here -lt 2 ]; then
            outcome="out of time"
            break
        fi

        class_seconds=$((left_here < 60 ? left_here : 60))
        echo "==== $filter" >>"$results/tests.log"
        KERNELGEN_TEST_DEVICE=cuda timeout -k 5 "$class_seconds" "$app/KernelGen.RuntimeHost.Tests" --progress off --no-ansi --filter "$filter" \
            --results-directory "$app/TestResults" >>"$results/tests.log" 2>&1
        code=$?
        case $code in
            0) ;;
            124 | 137) ended_early+=("${filter#*.Cuda.}"); [ $class_seconds -lt 60 ] || failed=1 ;;
            *) failed=1; outcome=failed ;;
        esac
    done

    # Of a process that was ended nobody adds up the failures.
    if grep -q '^failed ' "$results/tests.log"; then
        failed=1
        outcome=failed
    fi
    note=$(awk '$1 ~ /^(succeeded|failed|skipped):$/ { sum[substr($1, 1, length($1) - 1)] += $2 }
        END { printf "%d succeeded, %d failed, %d skipped", sum["succeeded"], sum["failed"], sum["skipped"] }' "$results/tests.log")
    record tests "$outcome" $((SECONDS - begin)) "$note${ended_early[*]:+; did not end: ${ended_early[*]}}"
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
        "$app/KernelGen.Samples" bench --device cuda --experimental hopper --check-only --all-variants "${kernel_options[@]}" --cache "$cache" --kernel-seconds 120 --shapes-file "$here/peers/shapes-smoke.json" >"$results/sanitizer.part" 2>&1
    outcome=$(status $?)
    { echo "==== $tool"; cat "$results/sanitizer.part"; } >>"$results/sanitizer.log"
    [ "$outcome" = failed ] && failed=1
    record $tool "$outcome" $((SECONDS - begin)) "$(grep -o '[A-Z]* SUMMARY: .*' "$results/sanitizer.part" | tail -n 1)"
    rm -f "$results/sanitizer.part"
done

say "$([ $failed = 0 ] && echo "Passed" || echo "FAILED") in $SECONDS s; results in $results"
exit $failed
