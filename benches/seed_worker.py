"""What relscan is compared with: the worker of the original extractor, written anew.

For each concept: 16 compiled regexes, one after another, over the lower-cased text; every match becomes a dictionary.

    python3 benches/seed_worker.py CONCEPTS REPEATS

CONCEPTS holds one concept a line. Prints, as JSON, how many associations there are and the least time of REPEATS, in
seconds, one concept after another and with a pool of two processes that is already running.
"""

import json
import multiprocessing
import re
import sys
import time

MIDDLES = [
    ("causal", "causes"),
    ("causal", "leads to"),
    ("causal", "results in"),
    ("hierarchical", "is (?:a|an)"),
    ("hierarchical", "are (?:a|an|types? of)"),
    ("compositional", "contains"),
    ("compositional", "includes"),
    ("compositional", "consists of"),
    ("semantic", "refers to"),
    ("semantic", "means"),
    ("semantic", "involves"),
    ("semantic", "similar to"),
    ("semantic", "related to"),
    ("temporal", "before"),
    ("temporal", "after"),
    ("temporal", "follows"),
]
PATTERNS = [(relation, re.compile(f"(.+?) {middle} (.+)")) for relation, middle in MIDDLES]


def associations(content):
    lowered = content.lower()
    found = []
    for relation, pattern in PATTERNS:
        for match in pattern.finditer(lowered):
            source, target = match.group(1).strip(), match.group(2).strip()
            if source and target:
                found.append({"source": source, "target": target, "type": relation, "confidence": 0.8})
    return found


def least(repeats, work):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        results = work()
        times.append(time.perf_counter() - begin)
    return min(times), sum(map(len, results))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        concepts = file.read().split("\n")
    repeats = int(sys.argv[2])
    sequential, count = least(repeats, lambda: [associations(concept) for concept in concepts])
    with multiprocessing.Pool(2) as pool:
        pool.map(associations, concepts[:2])
        chunk = (len(concepts) + 3) // 4
        pooled, pooled_count = least(repeats, lambda: pool.map(associations, concepts, chunk))
    assert count == pooled_count
    print(json.dumps({"associations": count, "sequential": sequential, "pool": pooled}))


if __name__ == "__main__":
    main()
