#!/usr/bin/env python3
"""Prints what `cargo bench --bench literals` measured last, as tables for docs/PERFORMANCE.md.

    python3 benches/table.py [GROUP...]

Medians, from target/criterion, which keeps what was measured until it is removed; `times` is how many times as long as
our first engine the others take, each way of calling them by itself.
"""

import json
import sys
from pathlib import Path

WAYS = "hit", "miss", "one by one", "up to 55 bytes", "all arguments"
FOLDER = Path(__file__).resolve().parent.parent / "target/criterion"


def measured():
    """Each group, and its benchmarks in the order in which they ran: name, seconds, what passed through in that time."""
    groups = {}
    for file in sorted(FOLDER.glob("*/*/new/benchmark.json"), key=lambda file: file.stat().st_mtime):
        about = json.loads(file.read_text())
        median = json.loads(file.with_name("estimates.json").read_text())["median"]["point_estimate"]
        row = about["function_id"], median / 1e9, about["throughput"] or {}
        groups.setdefault(about["group_id"], []).append(row)
    return groups


def rate(seconds, throughput):
    for unit, amount in throughput.items():
        if unit == "Bytes":
            return f"{amount / seconds / 1e9:.2f} GB/s", amount / seconds
        return f"{seconds / amount * 1e9:.1f} ns", amount / seconds
    for unit, size in (("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= size or unit == "ns":
            return f"{seconds / size:.3g} {unit}", 1 / seconds
    raise AssertionError


def way(name):
    """What a name says besides the engine."""
    return next((part for part in name.split(", ") if part in WAYS), None)


for group, rows in measured().items():
    is_asked = group in sys.argv[1:] or not sys.argv[1:]
    if is_asked and any("relscan" in name for name, *_ in rows):
        print(f"\n| {group} | | times |\n|---|---|---|")
        ours = {}
        for name, seconds, throughput in rows:
            told, per_second = rate(seconds, throughput)
            if "relscan" in name:
                ours.setdefault(way(name), per_second)
            print(f"| {name} | {told} | {ours[way(name)] / per_second:.2f} |")
