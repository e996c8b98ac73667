#!/usr/bin/env python3
"""Times PyTorch's attention on the shapes of shapes.json and writes peers.json. Needs a GPU and torch, nothing else.

    python3 torch_sdpa.py --out peers.json [--shapes shapes.json] [--seconds 120] [--no-flex]

A peer that does not do a shape, or whose turn did not come, is recorded with the reason. The file is whole at any time.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time

from session import DeviceLost, MeasuringSession, write_json
from shapes import load_shapes

QUICK_PEERS = ["default", "cudnn", "flash", "mem_efficient", "math", "doggettx"]
COMPILED_PEERS = ["flex"]
NAMED_PEERS = ["default", "cudnn", "flash", "mem_efficient"]


def read_arguments(arguments):
    """The command line."""
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="Times PyTorch's attention.")
    parser.add_argument("--out", default="peers.json", help="the result")
    parser.add_argument("--shapes", default=os.path.join(here, "shapes.json"), help="the shapes, the most important first")
    parser.add_argument("--seconds", type=float, default=120, help="no peer is started after this time")
    parser.add_argument("--seconds-per-peer", type=float, default=0.25, help="time for the samples of a peer on a shape")
    parser.add_argument("--math-bytes", type=float, default=40 * 2**30, help="the math back end is not run where it would take more memory")
    parser.add_argument("--resume", action="store_true", help="go on with the file of --out, whose process ended early")
    parser.add_argument("--no-flex", action="store_true", help="leave out flex_attention, which compiles for seconds per shape")
    return parser.parse_args(arguments)


def read_earlier(options):
    """What an earlier process wrote, when this one shall go on with it."""
    if not options.resume or not os.path.exists(options.out):
        return {}
    with open(options.out, encoding="utf-8") as file:
        return json.load(file)


def driver_version():
    """What nvidia-smi says, or None."""
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"], capture_output=True, text=True, timeout=20, check=True)
        return answer.stdout.strip().split("\n")[0]
    except (OSError, subprocess.SubprocessError):
        return None


def main(arguments):
    """Exit code 0 when something was measured, 3 where there is no torch or no GPU; the file then says so."""
    options = read_arguments(arguments)
    shapes = [shape for shape in load_shapes(options.shapes) if shape.family is None]
    facts = {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"), "python": platform.python_version()}
    try:
        import torch
        if not torch.cuda.is_available():
            raise ImportError("torch sees no GPU")
    except Exception as fault:  # A library that is missing or of another version may end in anything.
        if not options.resume:
            write_json(options.out, dict(facts, complete=False, rows=[], reason=str(fault)))
        print(f"No peers were measured: {fault}.", file=sys.stderr)
        return 3

    begin = time.monotonic()
    import torch_bench

    earlier = read_earlier(options)
    facts.update(
        gpu=torch.cuda.get_device_name(0),
        driver=driver_version(),
        torch=torch.__version__,
        cuda=torch.version.cuda,
        cudnn=torch.backends.cudnn.version(),
        ceilings=earlier.get("ceilings") or torch_bench.measure_ceilings(),
    )
    bench = torch_bench.TorchBench(options.seconds_per_peer, options.math_bytes)
    passes = [QUICK_PEERS] if options.no_flex else [QUICK_PEERS, COMPILED_PEERS]
    try:
        result = MeasuringSession(bench, shapes, passes, options.seconds, options.out, facts, NAMED_PEERS, earlier=earlier.get("rows", ())).run()
    except DeviceLost as loss:
        # What was measured is in the file; the peer that did it is in there as refused, and is not tried on this shape again.
        print(f"Starting again: {loss}", file=sys.stderr, flush=True)
        left = max(1.0, options.seconds - (time.monotonic() - begin))
        os.execv(sys.executable, [sys.executable, os.path.abspath(__file__), *arguments, "--resume", "--seconds", str(left)])
    measured = sum(len(row["peers"]) for row in result["rows"])
    print(f"{measured} times of {len(shapes)} shapes in {result['seconds']} s: {options.out}", file=sys.stderr)
    return 0 if measured else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
