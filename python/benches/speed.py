"""Times of the package: one short text, a column of a million rows, and the original's worker where it is to be had.

    python python/benches/speed.py [ROWS]

Every figure is the best of several runs; what is found is counted and told.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from hashlib import md5
from typing import Any

import polars as pl

from relscan import Extractor, sutra

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
SENTENCES = [
    "The committee met again on Tuesday and no decision was taken about the old bridge over the river.",
    "Heavy rain causes floods in the valleys below the dam, as the report of last year says at length.",
    "Salt water is a liquid that freezes at a lower temperature than fresh water does in the same lake.",
    "She had walked the whole way from the station with both suitcases and an umbrella under her arm.",
]


def best(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    results = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        results.append(time.perf_counter() - start)
    return min(results), result


def short() -> None:
    for pack in ("seed", "english"):
        extract = Extractor(pack).extract
        for text in ("", "no", "Rain causes floods"):
            took, _ = best(lambda: [extract(text) for _ in range(100_000)], 5)  # noqa: B023
            print(f"extract, {pack}, {text!r}: {took * 10:.2f} us a call")


def columns() -> None:
    texts = [SENTENCES[n % 4] + f" ({n})" for n in range(ROWS)]
    frame = pl.DataFrame({"id": range(ROWS), "body": texts})
    size = sum(map(len, texts))
    for pack in ("seed", "english"):
        extractor = Extractor(pack)
        for workers in (1, 2):
            took, table = best(lambda: extractor.extract_table(frame, text="body", workers=workers))  # noqa: B023
            rate = size / took / 1e9
            print(f"extract_table, {pack}, {workers} workers: {took:.3f} s, {rate:.3f} GB/s, {len(table)} found")
        took, many = best(lambda: extractor.extract_many(texts, workers=1), 1)  # noqa: B023
        print(f"extract_many, {pack}, 1 worker: {took:.3f} s, {size / took / 1e9:.3f} GB/s, {sum(map(len, many))} found")


def worker(content: str, patterns: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """What the original's worker does, in its own way."""
    found = []
    lower = content.lower()
    for pattern, kind in patterns:
        for match in re.compile(pattern).finditer(lower):
            source, target = match.group(1).strip(), match.group(2).strip()
            if source and target:
                ids = [md5(text.encode()).hexdigest()[:16] for text in (source, target)]
                found.append((ids[0], ids[1], kind))
    return found


def workers() -> None:
    patterns = [(pattern, kind.name) for pattern, kind in sutra.get_association_patterns()]
    contents = [SENTENCES[n % 4] + f" ({n})" for n in range(984)]
    took, found = best(lambda: [worker(content, patterns) for content in contents])
    count = sum(map(len, found))
    print(f"a worker of re, 984 contents: {took * 1e3:.1f} ms, {count} found")
    extractor = sutra.ParallelAssociationExtractor(None, enable_central_links=False, num_workers=1)
    data = [(str(n), content) for n, content in enumerate(contents)]
    ours, number = best(lambda: extractor.extract_associations_batch(data))
    print(f"extract_associations_batch: {ours * 1e3:.2f} ms, {took / ours:.0f} times, {number} found")
    tasks = [extractor._task(*pair, 1) for pair in data]
    ours, results = best(lambda: sutra._extract(tasks, 1))
    number = sum(len(result.associations) for result in results)
    print(f"_extract_associations_worker, all at once: {ours * 1e3:.2f} ms, {took / ours:.0f} times, {number} found")
    frame = pl.DataFrame({"body": contents})
    ours, table = best(lambda: Extractor.extract_table(SEED, frame, workers=1), 20)
    print(f"extract_table: {ours * 1e3:.3f} ms, {took / ours:.0f} times, {len(table)} found")


SEED = Extractor("seed")

if __name__ == "__main__":
    short()
    columns()
    workers()
