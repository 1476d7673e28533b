"""Spark beside one machine on the same text: is it equal, what does Spark cost, and what if an executor is killed.

    python python/benches/spark.py TEXT [MEGABYTES] [PACK]

TEXT is a file of prose with blank lines between paragraphs, repeated (with a number each time) up to MEGABYTES in
documents of about 4 KB, besides one of a tenth of all, nulls and empty texts. Needs Java 17. The result is Markdown.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import relscan.spark
from relscan import Extractor, __version__
from relscan._tables import associations

TEXT = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
SIZE = int(sys.argv[2]) * 1_000_000 if len(sys.argv) > 2 else 100_000_000
PACK = sys.argv[3] if len(sys.argv) > 3 else "english"


def documents() -> Iterator[str | None]:
    """One document in a hundred is empty, one null."""
    made = number = 0
    paragraphs = TEXT.split("\n\n")
    large: list[str] = []
    while made < SIZE:
        document: list[str] = []
        length = 0
        for paragraph in paragraphs:
            document.append(paragraph)
            length += len(paragraph) + 2
            if length < 4096:
                continue
            number += 1
            text = "\n\n".join([f"Part {number}.", *document])
            made += len(text)
            if made < SIZE // 10:
                large.append(text)
            else:
                if large:
                    yield "\n\n".join(large)
                    large = []
                yield text
                if number % 100 == 0:
                    yield None
                    yield ""
            document, length = [], 0
            if made >= SIZE:
                return


def digest(table: pa.Table) -> str:
    """Of all columns of the rows in order of all columns."""
    names = table.column_names
    order = ["id", "source_start", "trigger_start", "target_start", "source_end", "target_end", "pattern"]
    table = table.sort_by([(name, "ascending") for name in order])
    hashed = hashlib.sha256()
    for name in names:
        for value in table.column(name).to_pylist():
            hashed.update(repr(value).encode())
    return hashed.hexdigest()[:16]


def main() -> None:
    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)
    from pyspark.sql import SparkSession

    folder = tempfile.TemporaryDirectory(prefix="relscan-bench-")
    source = Path(folder.name) / "texts.parquet"
    texts = list(documents())
    ids = pa.array(range(len(texts)), pa.int64())
    table = pa.table({"id": ids, "text": pa.array(texts, pa.string())})
    pq.write_table(table, source, row_group_size=512, compression="zstd")
    size = sum(len(text.encode()) for text in texts if text)
    lengths = sorted(len(text) for text in texts if text)
    print(f"{date.today()}, relscan {__version__}, pack {PACK}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{size / 1e6:.0f} MB, {len(texts)} documents, the median {lengths[len(lengths) // 2]}, the largest {lengths[-1]}\n")

    extractor = Extractor(PACK)
    start = time.perf_counter()
    tables = [
        associations(extractor, batch, "text", "id", on_error="skip")[0]
        for batch in pq.ParquetFile(source).iter_batches(512)
    ]
    one = time.perf_counter() - start
    alone = pa.concat_tables(tables)
    expected = digest(alone)
    print("| | time | MB/s | rows | digest |\n|---|---|---|---|---|")
    print(f"| one thread, no Spark | {one:.1f} s | {size / 1e6 / one:.1f} | {len(alone)} | {expected} |")
    del tables, alone

    builder = SparkSession.builder.master("local-cluster[2,1,2048]").appName("relscan bench")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "2g",
        "spark.executorEnv.SPARK_LOCAL_IP": "127.0.0.1",
        "spark.sql.files.maxPartitionBytes": "2m",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "512",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    frame = session.read.parquet(str(source))
    relscan.spark.extract(frame.limit(1), pack=extractor).collect()
    marker = str(Path(folder.name) / "killed")

    def kill_once(batches: Iterator[Any]) -> Iterator[Any]:
        for number, batch in enumerate(batches):
            yield batch
            if number < 2:
                continue
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            with open(f"/proc/{os.getppid()}/stat") as stat:
                os.kill(int(stat.read().rsplit(") ", 1)[1].split()[1]), 9)

    shares = ""
    killer = frame.mapInArrow(kill_once, frame.schema)
    for name, given in (("two executors", frame), ("two executors, one killed", killer)):
        metrics = relscan.spark.Metrics(session)
        target = str(Path(folder.name) / name.replace(" ", "-"))
        start = time.perf_counter()
        relscan.spark.extract(given, pack=extractor, on_error="skip", metrics=metrics).write.parquet(target)
        took = time.perf_counter() - start
        found = pq.ParquetDataset(target).read()
        seen = digest(found)
        print(f"| {name} | {took:.1f} s | {size / 1e6 / took:.1f} | {len(found)} | {seen} |")
        if seen != expected:
            raise SystemExit("the results differ")
        if given is frame:
            share = metrics.engine_seconds / metrics.python_seconds
            shares = (
                f"\nExtraction is {metrics.engine_seconds:.1f} s of {metrics.python_seconds:.1f} s of the Python workers "
                f"({share:.0%}), and {metrics.engine_seconds / (2 * took):.0%} of the time of both executors."
            )
    print(shares)
    if not os.path.exists(marker):
        raise SystemExit("no executor was killed")
    session.stop()


if __name__ == "__main__":
    main()
