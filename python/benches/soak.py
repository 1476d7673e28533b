"""Does memory stay flat, and does an interrupt stop whatever is at work: a million calls, rows in a stream, 200 interrupts.

    python python/benches/soak.py [ROWS]

Fails if memory grows by more than 30 MB after the first tenth, or if what is found is another thing after an interrupt.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from relscan import Extractor, Learner, __version__

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
SENTENCE = "Heavy rain causes floods in the valleys below the dam, as the report of last year says."


def resident() -> float:
    """MB now, where Linux says it; else the most so far."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def flat(name: str, steps: int, step: Callable[[int], Any]) -> None:
    seen = []
    start = time.perf_counter()
    for number in range(10):
        for each in range(steps // 10):
            step(each)
        seen.append(resident())
    growth = max(seen[1:]) - seen[0]
    print(f"| {name} | {steps:,} | {time.perf_counter() - start:.1f} s | {seen[0]:.0f} MB | {growth:+.1f} MB |", flush=True)
    if growth > 30:
        raise SystemExit(f"{name}: memory grew by {growth:.0f} MB")


def main() -> None:
    print(f"{date.today()}, relscan {__version__}, CPython {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}\n")
    print("| | calls or rows | time | memory after a tenth | and most after it |\n|---|---|---|---|---|")
    seed, english = Extractor("seed"), Extractor()
    flat("extract, English", 1_000_000, lambda _: english.extract(SENTENCE)[0].source_span)
    many = [SENTENCE] * 100
    flat("extract_many of 100, seed", 10_000, lambda _: seed.extract_many(many))
    column = pa.array([SENTENCE] * 1000)
    flat("extract_table of 1,000 rows, seed", 2_000, lambda _: pa.table(seed.extract_table(column, workers=1)))
    flat("an error", 100_000, lambda _: seed.extract_many([None], on_error="record")[0].error)  # type: ignore[list-item]
    flat("a learner of one content", 20_000, lambda _: Learner(seed).learn(SENTENCE))

    schema = pa.schema([("text", pa.string())])
    seen: list[float] = []

    def batches() -> Iterator[Any]:
        for number in range(ROWS // 10_000):
            if number % (ROWS // 100_000 or 1) == 0:
                seen.append(resident())
            yield pa.record_batch([pa.array([f"{SENTENCE} {n}" for n in range(10_000)])], schema)

    start = time.perf_counter()
    reader = pa.RecordBatchReader.from_batches(schema, batches())
    found = sum(len(batch) for batch in pa.RecordBatchReader.from_stream(seed.extract_stream(reader)))
    growth = max(seen[1:]) - seen[1]
    took = time.perf_counter() - start
    print(f"| extract_stream, seed, {found:,} found | {ROWS:,} | {took:.1f} s | {seen[1]:.0f} MB | {growth:+.1f} MB |", flush=True)
    if found != ROWS // 10_000 * 10_000 or growth > 30:
        raise SystemExit("the stream lost rows, or its memory grew")
    interrupts(english)


def interrupts(english: Extractor) -> None:
    """An interrupt at a random time of each of four ways to extract; what was sent too late is taken as well."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    chance = random.Random(7)
    text = ("Heavy rain causes floods. " * 4_000 + "\n\n") * 10
    texts = [text] * 60
    column = pa.array(texts)
    ways: list[Callable[[], Any]] = [
        lambda: english.extract_many(texts, workers=2),
        lambda: list(english.extract_batches([texts] * 3)),
        lambda: pa.table(english.extract_table(column)),
        lambda: pa.table(english.extract_stream(column)),
    ]
    late = []
    for number in range(200):
        sent: list[float] = []

        def interrupt(sent: list[float] = sent, wait: float = chance.random() * 0.3) -> None:
            time.sleep(wait)
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        try:
            thread.start()
            try:
                ways[number % 4]()
            except pa.ArrowInvalid:
                time.sleep(0.1)  # what reads a stream raises its own error first
                raise SystemExit("the interrupt was swallowed") from None
            raise SystemExit("the work ended before the interrupt; give it more")
        except KeyboardInterrupt:
            late.append(time.monotonic() - sent[0])
        thread.join()
        if len(english.extract("Heavy rain causes floods.")) != 1:
            raise SystemExit("an extractor is broken after an interrupt")
    late.sort()
    print(f"\n200 interrupts: the median {late[100] * 1e3:.0f} ms, of ten nine within {late[180] * 1e3:.0f} ms, the longest {late[-1] * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
