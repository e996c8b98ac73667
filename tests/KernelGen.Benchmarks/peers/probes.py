#!/usr/bin/env python3
"""Writes what runs of `probe --output` found for people: NAME-probes.md, with the JSON beside it. Needs no package.

    python3 probes.py --probes probe-*.json --out docs/benchmarks --name h200 --command "gpu-check.sh results"
"""

import argparse
import json
import os
import sys

from session import write_json


def joined(reports):
    """One report of several from the same GPU."""
    facts = next((report for report in reports if report["device"]), reports[0])
    return dict(
        facts, complete=all(report["complete"] for report in reports), probes=[probe for report in reports for probe in report["probes"]])


def to_markdown(report, command):
    """The report, a section for each probe."""
    lines = [f"# Probes on {report['device']}", ""]
    if report["smoke"]:
        lines += ["**Loops were cut short to see that everything runs: the numbers mean nothing.**", ""]
    lines += [
        f"- Date: {report['date']}",
        f"- Driver: {report['driver']}",
        f"- Compiler: {report['compiler']}",
        f"- Command: `{command}`",
    ]
    if not report["complete"]:
        lines.append("- The time ended before every probe had its turn.")
    for probe in report["probes"]:
        lines += section(probe)
    return "\n".join(lines) + "\n"


def section(probe):
    """One probe."""
    lines = ["", f"## {probe['name']}", "", f"{probe['question']} What it may change: {probe['changes']}. ({probe['seconds']} s)", ""]
    lines += [f"- {answer}" for answer in probe["answers"]]
    lines += [f"- **slow or wrong**: {failure}" for failure in probe["failures"]]
    lines += [f"- not done: {fault}" for fault in probe["faults"]]
    names = list(dict.fromkeys(name for row in probe["rows"] for name in row))
    if names:
        lines += ["", table_row(name.replace("_", " ") for name in names), table_row("---" for _ in names)]
        lines += [table_row(cell(row.get(name)) for name in names) for row in probe["rows"]]
    return lines


def cell(value):
    """A value of a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("|", "/").replace("\n", " ")


def table_row(cells):
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def main(arguments):
    """Exit code 0 when there is a report."""
    parser = argparse.ArgumentParser(description="Writes what probes found for people.")
    parser.add_argument("--probes", required=True, nargs="+", help="what probe --output wrote")
    parser.add_argument("--out", required=True, help="the folder to write to")
    parser.add_argument("--name", default="gpu", help="name of the files, to which -probes is added")
    parser.add_argument("--command", default="", help="how the measurement was started")
    options = parser.parse_args(arguments)
    reports = []
    for path in options.probes:
        with open(path, encoding="utf-8") as file:
            reports.append(json.load(file))
    report = joined(reports)
    os.makedirs(options.out, exist_ok=True)
    write_json(os.path.join(options.out, f"{options.name}-probes.json"), report)
    with open(os.path.join(options.out, f"{options.name}-probes.md"), "w", encoding="utf-8") as file:
        file.write(to_markdown(report, options.command))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
