#!/usr/bin/env python3
"""rule_confidence.py PACK FINDINGS VERDICTS: sets the confidence of each rule of PACK to what readers found.

FINDINGS has a row for each finding that was read: number, kind of text, relation, pattern, and what follows; VERDICTS the
number with `strict`, `acceptable` or `wrong`, both with tabs between. What is acceptable counts half. A rule of which few
findings were read is drawn towards its relation: as if PRIOR more had been read, as right as that relation's are. Rules of
relations that nobody read keep what they have. Writes PACK, and prints what it did.
"""
import collections
import re
import sys

PRIOR = 6
WORTH = {"strict": 1.0, "acceptable": 0.5, "wrong": 0.0}


def rows(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def main():
    pack, findings, verdicts = sys.argv[1:4]
    read = {row[0]: row for row in rows(findings)}
    by_rule, by_relation = collections.defaultdict(list), collections.defaultdict(list)
    for number, verdict, *_ in rows(verdicts):
        row = read[number]
        by_rule[row[3]].append(WORTH[verdict])
        by_relation[row[2]].append(WORTH[verdict])
    with open(pack, encoding="utf-8") as file:
        parts = re.split(r"(?=^\[\[rule\]\]$)", file.read(), flags=re.M)
    for at, part in enumerate(parts):
        name = re.search(r'^name = "([^"]+)"', part, flags=re.M)
        relation = re.search(r'^relation = "([^"]+)"', part, flags=re.M)
        if not name or not relation or relation[1] not in by_relation:
            continue
        of_relation = by_relation[relation[1]]
        seen = by_rule[name[1]]
        confidence = (PRIOR * sum(of_relation) / len(of_relation) + sum(seen)) / (PRIOR + len(seen))
        parts[at] = re.sub(r"^confidence = .*$", f"confidence = {confidence:.2f}", part, count=1, flags=re.M)
        if len(seen) > 3:
            parts[at] = re.sub(r"^(evidence = .*\n)?(?=confidence = )", f"evidence = {len(seen)}\n", parts[at], count=1, flags=re.M)
        print(f"{name[1]}: {confidence:.2f} ({len(seen)} read)")
    with open(pack, "w", encoding="utf-8") as file:
        file.write("".join(parts))


if __name__ == "__main__":
    main()
