"""The job `python -m relscan.spark INPUT OUTPUT`, to be run by spark-submit or by itself."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import Extractor, PatternError, __version__, read
from .spark import Metrics, _extract

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Relation of the rows of errors, by which they are told from associations in the folders of the result.
ERROR = "__error__"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m relscan.spark", description="Extracts associations from files.")
    parser.add_argument("input", help="a file, a folder or a pattern of paths, on any file system that Spark reads")
    parser.add_argument("output", help="the folder to write: associations/relation=…/*.parquet and manifest.json")
    parser.add_argument("--pack", default="english", help="english, seed, or a pattern file of this machine")
    formats = 'parquet, jsonl, or a format that relscan reads ("auto" goes by name and content)'
    parser.add_argument("--format", default="auto", help=formats)
    parser.add_argument("--text", default="text", help="the column or key of text (parquet, jsonl)")
    parser.add_argument("--id", help="the column or key of ids (parquet, jsonl); else file#row, or file#hash of the text")
    parser.add_argument("--partitions", type=int, help="spread the texts anew over so many tasks")
    parser.add_argument("--offsets", default="characters", choices=["characters", "bytes"])
    parser.add_argument("--negated", action="store_true", help="with what is denied, too")
    parser.add_argument("--min-confidence", type=float, default=0.0)
    parser.add_argument("--overwrite", action="store_true", help="replace the output if it is there")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs the job; 0 if it ended well, 2 if it could not start."""
    given = _parser().parse_args(arguments)
    try:
        extractor = Extractor(given.pack, negated=given.negated, min_confidence=given.min_confidence)
    except PatternError as error:
        print(f"relscan: {error}\n{error.excerpt or ''}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"relscan: {error}", file=sys.stderr)
        return 2
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("relscan").getOrCreate()
    try:
        manifest = run(session, given, extractor)
    except (FileExistsError, KeyError, TypeError) as error:
        print(f"relscan: {error.args[0]}", file=sys.stderr)
        return 2
    finally:
        session.stop()
    print(json.dumps({name: manifest[name] for name in ("associations", "errors", "seconds")}))
    return 0


def run(session: SparkSession, given: argparse.Namespace, extractor: Extractor) -> dict[str, Any]:
    """Does the work of a parsed command; the manifest is written last, and so says that all is there."""
    from pyspark.sql import functions as F

    started = time.time()
    _claim(session, given.output, given.overwrite)
    metrics = Metrics(session)
    texts = _texts(session, given)
    if given.partitions:
        texts = texts.repartition(given.partitions)
    # What could not be read comes with a null for its text, and says why.
    found = _extract(texts, "text", "id", extractor, given.offsets, metrics=metrics, why="why")
    target = f"{given.output.rstrip('/')}/associations"
    named = found.withColumn("relation", F.coalesce(F.col("relation"), F.lit(ERROR)))
    named.write.partitionBy("relation").parquet(target)
    return _manifest(session, given, extractor, target, metrics, started)


def _claim(session: SparkSession, output: str, overwrite: bool) -> None:
    path, files = _path(session, output)
    if files.exists(path):
        if not overwrite:
            raise FileExistsError(f"{output} is there already; name another folder or pass --overwrite")
        files.delete(path, True)


def _path(session: SparkSession, name: str) -> tuple[Any, Any]:
    context: Any = session.sparkContext
    java = context._jvm
    path = java.org.apache.hadoop.fs.Path(name)
    return path, path.getFileSystem(context._jsc.hadoopConfiguration())


def _texts(session: SparkSession, given: argparse.Namespace) -> DataFrame:
    """Rows of id, text and why (not null if a text could not be read)."""
    from pyspark.sql import functions as F

    none = F.lit(None).cast("string")
    if given.format == "parquet":
        frame = session.read.parquet(given.input)
        row = F.concat(F.col("_metadata.file_name"), F.lit("#"), F.col("_metadata.row_index").cast("string"))
        return _named(frame, given, row, none)
    if given.format == "jsonl":
        fields = ", ".join(f"`{name}` string" for name in (given.text, given.id) if name)
        reader = session.read.schema(f"{fields}, _bad string").option("columnNameOfCorruptRecord", "_bad")
        frame = reader.json(given.input)
        line = F.coalesce(F.col(f"`{given.text}`"), F.col("_bad"), F.lit(""))
        row = F.concat(F.col("_metadata.file_name"), F.lit("#"), F.hex(F.xxhash64(line)))
        why = F.when(F.col("_bad").isNotNull(), F.concat(F.lit("the line is not JSON: "), F.substring("_bad", 1, 80)))
        return _named(frame, given, row, why)
    form, field = given.format, given.text
    # Files are read whole, each by one task, by relscan's readers, wherever they are.
    files = session.read.format("binaryFile").option("recursiveFileLookup", "true").load(given.input)

    def work(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            for path, content in zip(batch.column("path").to_pylist(), batch.column("content"), strict=True):
                yield from _tables(path, content.as_buffer(), form, field)

    return files.select("path", "content").mapInArrow(work, "id string, text string, why string")


def _named(frame: DataFrame, given: argparse.Namespace, row: Any, why: Any) -> DataFrame:
    from pyspark.sql import functions as F

    for name in filter(None, (given.text, given.id)):
        if name not in frame.columns:
            raise KeyError(f"there is no column {name!r}; there are {', '.join(frame.columns)}")
    identity = F.col(f"`{given.id}`").cast("string") if given.id else row
    return frame.select(identity.alias("id"), F.col(f"`{given.text}`").alias("text"), why.alias("why"))


def _tables(path: str, content: Any, form: str, field: str) -> Iterator[Any]:
    """The texts of one file, some megabytes at a time."""
    import pyarrow as pa

    def table(rows: list[tuple[str, str | None, str | None]]) -> Any:
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        return pa.RecordBatch.from_arrays(columns, ["id", "text", "why"])

    rows: list[tuple[str, str | None, str | None]] = []
    size = 0
    with tempfile.TemporaryDirectory(prefix="relscan-") as folder:
        # The name tells the format, and stands in messages.
        copy = os.path.join(folder, path.rsplit("/", 1)[-1] or "file")
        with open(copy, "wb") as file:
            file.write(content)
        contents = read(copy, form, field)
        number = faults = 0
        while True:
            try:
                text = next(contents).text
            except StopIteration:
                break
            except OSError as error:
                rows.append((f"{path}#{number}", None, str(error).replace(copy, path)))
                faults += 1
                if faults == 1000:
                    rows.append((f"{path}#{number}", None, "1,000 errors in this file; the rest of it is left out"))
                    break
                continue
            rows.append((f"{path}#{number}", text, None))
            number += 1
            size += len(text)
            if size > 4 << 20:
                yield table(rows)
                rows, size = [], 0
    if rows:
        yield table(rows)


def _manifest(
    session: SparkSession, given: argparse.Namespace, extractor: Extractor, target: str, metrics: Metrics, started: float
) -> dict[str, Any]:
    from pyspark.sql import functions as F

    written = session.read.schema("relation string").parquet(target)
    counts = {row["relation"]: row["count"] for row in written.groupBy("relation").count().collect()}
    path, files = _path(session, target)
    listed = files.listFiles(path, True)
    names = []
    while listed.hasNext():
        status = listed.next()
        name = status.getPath().toString()
        if name.endswith(".parquet"):
            names.append({"path": name[name.rindex("/associations/") + 1 :], "bytes": status.getLen()})
    # A pack of relscan is known by its version.
    text = next(iter(extractor.patterns.__reduce__()[1]), None)
    manifest = {
        "relscan": __version__,
        "pack": given.pack,
        "patterns": len(extractor.patterns),
        "patterns_sha256": hashlib.sha256(text.encode()).hexdigest() if text is not None else None,
        "input": given.input,
        "options": {name: getattr(given, name) for name in ("format", "offsets", "negated", "min_confidence")},
        "errors": counts.pop(ERROR, 0),
        "associations": sum(counts.values()),
        "relations": dict(sorted(counts.items())),
        "files": sorted(names, key=lambda file: str(file["path"])),
        "engine_seconds": round(metrics.engine_seconds, 3),
        "python_seconds": round(metrics.python_seconds, 3),
        "seconds": round(time.time() - started, 3),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    path, files = _path(session, f"{given.output.rstrip('/')}/manifest.json")
    stream = files.create(path, True)
    stream.write(bytearray(json.dumps(manifest, indent=2).encode() + b"\n"))
    stream.close()
    return manifest
