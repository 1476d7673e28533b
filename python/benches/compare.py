"""The package beside the Rust library on the same column, and beside a pipeline of spaCy with a matcher, in one run.

    python python/benches/compare.py [ROWS]

Wants cargo, polars and spaCy. spaCy's `blank` pipeline tokenises, a `PhraseMatcher` or a `Matcher` looks for the trigger
words of the seed pack and what stands at either side up to the end of the sentence is taken: less than relscan does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from relscan import Extractor, __version__

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
SENTENCES = [
    "The committee met again on Tuesday and no decision was taken about the old bridge over the river.",
    "Heavy rain causes floods in the valleys below the dam, as the report of last year says at length.",
    "Salt water is a liquid that freezes at a lower temperature than fresh water does in the same lake.",
    "She had walked the whole way from the station with both suitcases and an umbrella under her arm.",
]
TRIGGERS = ["is a", "is an", "are", "causes", "cause", "leads to", "results in", "contains", "has", "is part of"]
TRIGGERS += ["consists of", "similar to", "is like", "before", "after", "produces"]


def best(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    results = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        results.append(time.perf_counter() - start)
    return min(results), result


def library(texts: list[str], pack: str, workers: int) -> tuple[float, int]:
    manifest = str(Path(__file__).parents[1] / "Cargo.toml")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(texts))
        file.flush()
        command = ["cargo", "run", "--release", "--quiet", "--locked", "--manifest-path", manifest, "--example", "column"]
        printed = subprocess.check_output([*command, "--", file.name, pack, str(workers)], text=True)
    took, found = printed.split()
    return float(took), int(found)


def columns() -> None:
    texts = [SENTENCES[n % 4] + f" ({n})" for n in range(ROWS)]
    frame = pl.DataFrame({"body": texts})
    size = sum(map(len, texts))
    print("| pack, workers | the library | `extract_table` | of it | found |\n|---|---|---|---|---|")
    for pack in ("seed", "english"):
        extractor = Extractor(pack)
        for workers in (1, 2):
            theirs, expected = library(texts, pack, workers)
            ours, table = best(lambda: extractor.extract_table(frame, workers=workers))  # noqa: B023
            if len(table) != expected:
                raise SystemExit(f"{len(table)} found here, {expected} there")
            rates = [f"{took:.3f} s, {size / took / 1e6:.0f} MB/s" for took in (theirs, ours)]
            print(f"| {pack}, {workers} | {rates[0]} | {rates[1]} | {ours / theirs:.2f} | {expected:,} |", flush=True)


def matchers() -> None:
    import spacy
    from spacy.matcher import Matcher, PhraseMatcher

    texts = [SENTENCES[n % 4] + f" ({n})" for n in range(10_000)]
    size = sum(map(len, texts))
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    phrases = PhraseMatcher(nlp.vocab, attr="LOWER")
    phrases.add("relation", [nlp.make_doc(trigger) for trigger in TRIGGERS])
    matcher = Matcher(nlp.vocab)
    matcher.add("relation", [[{"LOWER": word} for word in trigger.split()] for trigger in TRIGGERS])

    def pipeline(match: Any) -> int:
        found = 0
        for doc in nlp.pipe(texts):
            for _, start, end in match(doc):
                sentence = doc[start].sent
                source, target = doc[sentence.start : start].text, doc[end : sentence.end].text
                found += bool(source and target)
        return found

    print("\n| 10,000 rows, one thread | time | MB/s | found | times |\n|---|---|---|---|---|")
    frame = pl.DataFrame({"body": texts})
    rows: list[tuple[str, float, int]] = []
    for name, match in (("spaCy, PhraseMatcher", phrases), ("spaCy, Matcher", matcher)):
        took, found = best(lambda: pipeline(match), 1)  # noqa: B023
        rows.append((name, took, found))
    for pack in ("seed", "english"):
        extractor = Extractor(pack)
        took, table = best(lambda: extractor.extract_table(frame, workers=1), 5)  # noqa: B023
        rows.append((f"`extract_table`, {pack}", took, len(table)))
    for name, took, found in rows:
        print(f"| {name} | {took * 1e3:.1f} ms | {size / took / 1e6:.2f} | {found:,} | {rows[0][1] / took:,.0f} |", flush=True)


if __name__ == "__main__":
    print(f"{date.today()}, relscan {__version__}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    columns()
    matchers()
