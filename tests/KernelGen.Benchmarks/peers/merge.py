#!/usr/bin/env python3
"""Puts our times and PyTorch's side by side: NAME.json for machines and NAME.md for people. Needs no package.

    python3 merge.py --ours ours.json --peers peers.json --out docs/benchmarks --name h200 --command "gpu-check.sh results"
"""

import argparse
import json
import os
import sys

import goals
from session import write_json
from shapes import shape_from_json

# A peer that is further from float64 than this is not the same computation: a wrong result, or fp32 done in TF32.
LARGEST_PEER_ERROR = {"f16": 2e-2, "bf16": 2e-2, "f32": 1e-4}

ROW_FIELDS = [
    "name", "head_dim", "dtype", "batch", "heads", "queries", "keys", "causal", "family", "variant", "ms", "tflops",
    "error", "peak_fraction", "registers", "local_bytes", "shared_bytes", "compile_ms", "load_ms",
]


def merge(ours, peers, command):
    """The combined result. Every shape that we measured is a row, whether a peer did it or not."""
    peer_rows = {shape_from_json(row).key: row for row in peers.get("rows", [])}
    rows = []
    for row in ours["rows"]:
        if row.get("chosen", True) and row.get("ms") is not None:
            rows.append(merged_row(row, peer_rows.get(shape_from_json(row).key)))
    return {
        "date": ours.get("date"),
        "command": command,
        "gpu": ours.get("device"),
        "driver": peers.get("driver") or ours.get("driver"),
        "ours": {name: ours.get(name) for name in ("device", "driver", "compiler", "version", "complete")},
        "peers": {name: peers.get(name) for name in ("date", "gpu", "driver", "torch", "cuda", "cudnn", "ceilings", "complete", "reason")},
        "rows": rows,
        "goals": goals.judge(rows),
        "tuning": ours.get("tuning", []),
        "findings": ours.get("findings", []),
        "variants": [variant_row(row) for row in ours["rows"]],
        "failures": [dict(shape_from_json(row).to_json(), variant=row.get("variant"), fault=row["fault"]) for row in ours["rows"] if row.get("fault")],
    }


def merged_row(row, peer):
    """One of our rows with the peers' times, the best of them, and how many times longer it takes than we do."""
    merged = {name: row.get(name) for name in ROW_FIELDS}
    peer = peer or {}
    errors = peer.get("errors", {})
    bound = LARGEST_PEER_ERROR[row["dtype"]]
    times = peer.get("peers", {})
    comparable = {name: ms for name, ms in times.items() if errors.get(name, 0) <= bound}
    best = min(comparable, key=comparable.get) if comparable else None
    merged["peers"] = times
    merged["peer_errors"] = errors
    merged["peers_refused"] = peer.get("refused", {})
    merged["peers_not_comparable"] = sorted(set(times) - set(comparable))
    merged["kernels"] = peer.get("kernels", {})
    merged["best_peer"] = best
    merged["ratio"] = comparable[best] / row["ms"] if best else None
    merged["best_sdpa"] = goals.best_backend(merged)
    return merged


def variant_row(row):
    """What tells variants of the same shape apart."""
    fields = ("name", "variant", "chosen", "ms", "tflops", "registers", "local_bytes", "shared_bytes", "compile_ms", "load_ms", "fault")
    return dict({name: row.get(name) for name in fields}, shape=list(shape_from_json(row).key))


def to_markdown(result):
    """The result for people."""
    lines = [f"# Attention on {result['gpu']}", ""]
    lines += facts(result)
    lines += ["", "## Goals", "", "Against the best back end of `scaled_dot_product_attention`, or what the row says; of several shapes the worst counts.", ""]
    lines += goals.table(result["goals"])
    lines += ["", "## Against PyTorch, the same shapes in the same go", ""]
    lines += comparison([row for row in result["rows"] if not row["family"]])
    losses = [row for row in result["rows"] if row["ratio"] is not None and row["ratio"] < 1]
    compared = [row for row in result["rows"] if row["ratio"] is not None]
    lines += ["", f"Faster than the best peer on {len(compared) - len(losses)} of {len(compared)} shapes that a peer did, slower on {len(losses)}."]
    for row in sorted(losses, key=lambda row: row["ratio"]):
        lines.append(f"- slower: {describe(row)}: {row['ms']:.4g} ms against {row['peers'][row['best_peer']]:.4g} ms of {row['best_peer']} ({row['ratio']:.2f}x)")
    lines += ["", "## Every peer, in ms", ""]
    lines += all_peers([row for row in result["rows"] if not row["family"]])
    lines += not_comparable(result["rows"])
    lines += ["", "## Our kernels", ""]
    lines += variants(result["variants"])
    lines += tuning(result["tuning"])
    if result["findings"]:
        lines += ["", "## What the compiler did badly", ""]
        lines += [f"- {finding}" for finding in result["findings"]]
    if result["failures"]:
        lines += ["", "## Not timed, because the result was wrong or the launch failed", ""]
        lines += [f"- {describe(row)}, {row['variant']}: {row['fault']}" for row in result["failures"]]
    return "\n".join(lines) + "\n"


def facts(result):
    """Date, versions and command."""
    peers, ceilings = result["peers"], result["peers"].get("ceilings") or {}
    lines = [
        f"- Date: {result['date']}",
        f"- GPU: {result['gpu']}",
        f"- Driver: {result['driver']}",
        f"- Our compiler: {result['ours']['compiler']}",
        f"- Peers: torch {peers['torch']}, CUDA {peers['cuda']}, cuDNN {peers['cudnn']}" if peers["torch"] else f"- Peers: none ({peers['reason'] or 'not run'})",
        f"- Command: `{result['command']}`",
    ]
    if ceilings:
        names = {"matmul_bf16_tflops": "TFLOP/s of a matrix product in bf16", "matmul_f32_tflops": "TFLOP/s in fp32", "copy_bytes_per_second": "bytes a second of a copy"}
        lines.append("- Ceilings in the same go: " + ", ".join(f"{ceilings[name]:.4g} {text}" for name, text in names.items() if ceilings.get(name)))
    if not result["ours"]["complete"]:
        lines.append("- Our run ended before every shape was measured.")
    if peers["torch"] and not peers["complete"]:
        lines.append("- The peers' run ended before every peer was measured.")
    lines.append("- ratio: time of the best peer divided by ours; above 1 we are faster. Medians of CUDA events, warm clocks, cold inputs, normally distributed data.")
    return lines


def comparison(rows):
    """The main table."""
    lines = ["| shape | d | dtype | B x H | queries x keys | ours ms | TFLOP/s | best peer | its ms | ratio |", "|---|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        best = row["best_peer"]
        end = [best, f"{row['peers'][best]:.4g}", f"{row['ratio']:.2f}"] if best else ["none", "", ""]
        size = f"{row['queries']} x {row['keys']}{' causal' if row['causal'] else ''}"
        lines.append(table_row([
            row["name"], row["head_dim"], row["dtype"], f"{row['batch']} x {row['heads']}", size, f"{row['ms']:.4g}", f"{row['tflops']:.1f}", *end]))
    return lines


def all_peers(rows):
    """Every peer's time, or a dash where it refused or did not get its turn."""
    names = sorted({name for row in rows for name in [*row["peers"], *row["peers_refused"]]})
    if not names:
        return ["No peer was measured."]
    lines = [table_row(["shape", "ours", *names]), table_row(["---"] * (len(names) + 2))]
    for row in rows:
        times = [f"{row['peers'][name]:.4g}" if name in row["peers"] else "-" for name in names]
        lines.append(table_row([describe(row), f"{row['ms']:.4g}", *times]))
    return lines + kernel_names(rows)


def kernel_names(rows):
    """Which kernels the back ends of SDPA launched; the longest of each."""
    lines = []
    for row in rows:
        for name, kernels in row["kernels"].items():
            if kernels:
                lines.append(f"- {describe(row)}, {name}: `{kernels[0][:120]}`")
    return ["", "Kernels that ran, the longest of each call:", "", *lines] if lines else []


def tuning(rows):
    """What was timed to choose from, where the fastest was not the predicted one."""
    if not rows:
        return []
    shapes = {(row["name"], row["head_dim"], row["dtype"], row["causal"]) for row in rows}
    lines = []
    for shape in sorted(shapes):
        timed = [row for row in rows if (row["name"], row["head_dim"], row["dtype"], row["causal"]) == shape and row["ms"] is not None]
        taken = next((row for row in timed if row["taken"]), None)
        predicted = next((row for row in timed if row["was_predicted"]), None)
        if taken and predicted and taken is not predicted:
            lines.append(
                f"- {describe(taken)}: {taken['variant']} takes {taken['ms']:.4g} ms, the predicted {predicted['variant']} {predicted['ms']:.4g} ms "
                f"({predicted['predicted_ms']:.4g} predicted)")
    told = f"Tuning changed the choice on {len(lines)} of {len(shapes)} shapes. Its times are of warm inputs."
    return ["", "## Chosen by measurement", "", told, *lines]


def not_comparable(rows):
    """Peers whose result is too far from float64 to be compared with."""
    lines = []
    for row in rows:
        for name in row["peers_not_comparable"]:
            lines.append(f"- {describe(row)}: {name} is not compared with, its relative error is {row['peer_errors'][name]:.1e}")
    return ["", *lines] if lines else []


def variants(rows):
    """Times, registers, spills and compilation of each variant that was run."""
    lines = [
        "| shape | variant | ms | TFLOP/s | registers | spilled bytes | shared bytes | compile ms | load ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row["ms"] is not None:
            name = f"**{row['variant']}**" if row["chosen"] else row["variant"]
            lines.append(table_row([
                row["name"], name, f"{row['ms']:.4g}", f"{row['tflops']:.1f}", row["registers"], row["local_bytes"], row["shared_bytes"],
                number(row["compile_ms"]), number(row["load_ms"])]))
    lines += ["", "Bold: what the planner takes."]
    for chosen, fastest in beaten_choices(rows):
        lines.append(
            f"- The planner should take {fastest['variant']} for {chosen['name']}: {fastest['ms']:.4g} ms against {chosen['ms']:.4g} ms of {chosen['variant']}.")
    return lines


def beaten_choices(rows):
    """Pairs of the planner's variant and a variant that is more than 2 % faster on the same shape."""
    timed = [row for row in rows if row["ms"] is not None]
    for chosen in timed:
        rivals = [row for row in timed if row["shape"] == chosen["shape"]]
        fastest = min(rivals, key=lambda row: row["ms"])
        if chosen["chosen"] and fastest["ms"] < 0.98 * chosen["ms"]:
            yield chosen, fastest


def describe(row):
    """A shape in a few words."""
    return f"{row['name']}, d {row['head_dim']} {row['dtype']}"


def number(value):
    """A time that may not have been measured."""
    return "" if value is None else f"{value:.1f}"


def table_row(cells):
    """A line of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main(arguments):
    """Exit code 0 when there are rows."""
    parser = argparse.ArgumentParser(description="Puts our times and PyTorch's side by side.")
    parser.add_argument("--ours", required=True, help="what bench --device cuda --output wrote")
    parser.add_argument("--peers", required=True, help="what torch_sdpa.py wrote; may be missing")
    parser.add_argument("--out", required=True, help="the folder to write to")
    parser.add_argument("--name", default="gpu", help="name of the two files")
    parser.add_argument("--command", default="", help="how the measurement was started")
    options = parser.parse_args(arguments)
    with open(options.ours, encoding="utf-8") as file:
        ours = json.load(file)
    peers = {}
    if os.path.exists(options.peers):
        with open(options.peers, encoding="utf-8") as file:
            peers = json.load(file)
    if peers.get("gpu") and peers["gpu"] not in (ours.get("device") or ""):
        print(f"The two files are of different GPUs: '{ours.get('device')}' and '{peers['gpu']}'.", file=sys.stderr)
        return 2
    result = merge(ours, peers, options.command)
    os.makedirs(options.out, exist_ok=True)
    write_json(os.path.join(options.out, f"{options.name}.json"), result)
    with open(os.path.join(options.out, f"{options.name}.md"), "w", encoding="utf-8") as file:
        file.write(to_markdown(result))
    return 0 if result["rows"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
