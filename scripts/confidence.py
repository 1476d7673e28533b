#!/usr/bin/env python3
"""Writes the measured precision of each pattern into a pattern file, as `confidence`, with `evidence`, the number of
judged matches that stand behind it.

usage: confidence.py RELSCAN PATTERNS.toml SEMEVAL.jsonl DEFINITIONS.jsonl

RELSCAN is the program. A pattern with few judged matches is drawn towards PRIOR, as if it had been judged STRENGTH
times more with that precision; one with fewer than LEAST has the confidence that reading found for its relation (PROSE),
without `evidence`.

Where reading real prose has shown a pattern to be far less precise there (READ), that precision is the confidence, drawn
towards PRIOR in the same way.

Two nouns that somebody has marked are related more often than any two nouns of a text, so this is more than the
precision on other text: docs/QUALITY.md, "What a confidence says".
"""
import json
import re
import subprocess
import sys

PRIOR = 0.7
STRENGTH = 5
LEAST = 8
# What reading real prose found for each relation, rounded down (docs/QUALITY.md, 2026-11-25).
PROSE = {"causal": 0.7, "compositional": 0.75, "hierarchical": 0.75, "semantic": 0.8, "temporal": 0.75}
# Findings in real prose read by eye on 2026-11-25, while the pack was written: how many were right, how many read.
READ = {"from": (9, 19), "harm-from": (26, 35)}


def judged(relscan, patterns, gold, task):
    command = [relscan, "eval", "--gold", gold, "--task", task, "--pack", patterns, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["patterns"]


def drawn(right, judged):
    """The precision, drawn towards PRIOR."""
    return (right + STRENGTH * PRIOR) / (judged + STRENGTH)


def main(relscan, patterns, semeval, definitions):
    counts = {}
    for gold, task in ((semeval, "semeval"), (definitions, "definitions")):
        for name, c in judged(relscan, patterns, gold, task).items():
            found, wrong = counts.get(name, (0, 0))
            counts[name] = (found + c["found"], wrong + c["wrong"])
    with open(patterns, encoding="utf-8") as file:
        tables = re.split(r"(?m)^(?=\[\[pattern\]\])", re.sub(r"(?m)^evidence = \d+\n", "", file.read()))
    for i, table in enumerate(tables):
        name = re.search(r'(?m)^name = "([^"]+)"', table)
        relation = re.search(r'(?m)^relation = "([^"]+)"', table)
        if name and relation and relation[1] in PROSE:
            table = re.sub(r"(?m)^confidence = .*$", f"confidence = {PROSE[relation[1]]}", table)
            tables[i] = table
        if name and sum(counts.get(name[1], (0, 0))) >= LEAST:
            found, wrong = counts[name[1]]
            confidence = drawn(found, found + wrong)
            if name[1] in READ:
                confidence = min(confidence, drawn(*READ[name[1]]))
            line = f"confidence = {confidence:.2f}\nevidence = {found + wrong}"
            tables[i] = re.sub(r"(?m)^confidence = .*$", line, table)
    with open(patterns, "w", encoding="utf-8") as file:
        file.write("".join(tables))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
