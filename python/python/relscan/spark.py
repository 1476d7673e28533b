"""PySpark: associations from a column of text on a cluster, and graphs of them.

    import relscan.spark
    found = relscan.spark.extract(frame, text="body", id="url")
    nodes, edges = relscan.spark.graph(found)

Patterns are read and compiled where the job is made, so that a bad file fails there, and are sent with the job; each
Python worker compiles them once. `python -m relscan.spark INPUT OUTPUT` makes a whole job of files.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from . import Extractor, Pattern, PatternSet
from ._tables import associations, check_options, compiled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Metrics", "extract", "graph", "register"]

Pack = str | os.PathLike[str] | PatternSet | Iterable[Pattern] | Extractor

_COLUMNS = (
    "source string, target string, relation string, pattern string, confidence double, source_start long, "
    "source_end long, trigger_start long, trigger_end long, target_start long, target_end long, negated boolean, "
    "hedged boolean, pronoun boolean"
)


class Metrics:
    """Counts of a job, by accumulators of Spark: they are right when an action has ended, and a task that was tried
    twice may have counted twice.

    `texts`, `found` and `errors` are rows; `engine_seconds` is time in the engine and `python_seconds` all time of the
    extracting workers, waiting for rows included.
    """

    _NAMES = ("texts", "found", "errors", "engine_seconds", "python_seconds")

    def __init__(self, session: SparkSession) -> None:
        context = session.sparkContext
        self._counts = {name: context.accumulator(0.0 if name.endswith("seconds") else 0) for name in self._NAMES}

    def __getattr__(self, name: str) -> float:
        if name in self._NAMES:
            return float(self._counts[name].value)
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"<relscan metrics: {', '.join(f'{name} {getattr(self, name):.6g}' for name in self._NAMES)}>"


def _extractor(pack: Pack, options: dict[str, Any]) -> Extractor:
    if isinstance(pack, Extractor):
        if options:
            raise TypeError("give options to the Extractor, or give a pack instead of it")
        return pack
    return Extractor(pack, **options)


def _column(frame: DataFrame, name: str, what: str) -> Any:
    for field in frame.schema.fields:
        if field.name == name:
            return field.dataType
    raise KeyError(f"there is no column {name!r} for {what}; there are {', '.join(frame.columns)}")


def extract(
    frame: DataFrame,
    text: str = "text",
    id: str = "id",
    pack: Pack = "english",
    *,
    offsets: str = "characters",
    on_error: str = "record",
    workers: int = 1,
    metrics: Metrics | None = None,
    **options: Any,
) -> DataFrame:
    """The associations of a column of strings: a row for each, with the id of its text.

    Columns: id, source, target, relation, pattern, confidence, the start and end of source, trigger and target in
    characters of the text (or bytes), negated, hedged, pronoun, error. `error` is null but for texts that are null or
    not UTF-8, each of which has a row of its own; on_error="skip" leaves these out, "raise" fails the job.

    `pack` and `options` are those of `Extractor`. `workers` are threads for each task of Spark, which counts on one.
    Raises PatternError, KeyError, TypeError or ValueError before any job starts.
    """
    extractor = _extractor(pack, options)
    return _extract(frame, text, id, extractor, offsets, on_error, workers, metrics)


def _extract(
    frame: DataFrame,
    text: str,
    id: str,
    extractor: Extractor,
    offsets: str,
    on_error: str = "record",
    workers: int = 1,
    metrics: Metrics | None = None,
    why: str | None = None,
) -> DataFrame:
    from pyspark.sql.types import StringType

    check_options(offsets, on_error)
    kind = _column(frame, text, "text")
    if not isinstance(kind, StringType):
        raise TypeError(f"the column {text!r} is of type {kind.simpleString()}; cast it to string")
    identity = _column(frame, id, "id")
    pickled = pickle.dumps(extractor)
    counts = metrics._counts if metrics is not None else None

    def work(batches: Iterator[Any]) -> Iterator[Any]:
        started = time.perf_counter()
        extractor = compiled(pickled)
        texts = found = errors = 0
        engine = 0.0
        for batch in batches:
            before = time.perf_counter()
            table, bad = associations(extractor, batch, text, id, offsets, on_error, workers, why)
            engine += time.perf_counter() - before
            texts, found, errors = texts + batch.num_rows, found + len(table), errors + bad
            yield from table.to_batches()
        if counts is not None:
            values = (texts, found, errors, engine, time.perf_counter() - started)
            for name, value in zip(Metrics._NAMES, values, strict=True):
                counts[name].add(value)

    schema = f"id {identity.simpleString()}, {_COLUMNS}, error string"
    return frame.select(*dict.fromkeys(filter(None, (id, text, why)))).mapInArrow(work, schema)


def register(
    session: SparkSession, name: str = "relscan_extract", pack: Pack = "english", **options: Any
) -> Callable[..., Any]:
    """Makes a function of SQL, which gives an array of structs for each text, null for null; it is returned too.

        select id, inline(relscan_extract(body)) from documents
    """
    import pyarrow as pa
    from pyspark.sql import functions

    pickled = pickle.dumps(_extractor(pack, options))

    def found(texts: Any) -> Any:
        rows = pa.table({"id": pa.array(range(len(texts)), pa.int64()), "text": texts})
        table, _ = associations(compiled(pickled), rows, "text", "id", on_error="skip")
        columns = table.drop_columns(["id", "error"]).combine_chunks()
        counts = [0] * len(texts)
        for row in table.column("id").to_pylist():
            counts[row] += 1
        ends = [0]
        for count in counts:
            ends.append(ends[-1] + count)
        batches = columns.to_struct_array().combine_chunks()
        # A null as a start makes the list null.
        missing = texts.is_null().to_pylist()
        starts = [None if missing[row] else end for row, end in enumerate(ends[:-1])] + [ends[-1]]
        return pa.ListArray.from_arrays(pa.array(starts, pa.int32()), batches)

    # Spark reads from the hints what kind of function it is.
    found.__annotations__ = {"texts": pa.Array, "return": pa.Array}
    arrow_udf: Any = functions.arrow_udf  # type: ignore[attr-defined,unused-ignore]
    function: Callable[..., Any] = arrow_udf(found, f"array<struct<{_COLUMNS.replace(' ', ':').replace(',:', ', ')}>>")
    session.udf.register(name, function)
    return function


def graph(found: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The nodes and edges of what `extract` gave, merged by key on the cluster; the same whatever the partitions.

    The key of a node is its text in small letters with single spaces; its `name` the spelling that is found most often,
    of equals the first in order. Nodes: key, name, count (how often it is an end), texts (in how many it stands).
    Edges: source, target, relation, negated, count, texts, and of the evidence with the highest confidence (of equals
    the first in order) confidence, id, pattern, source_start, source_end, target_start, target_end.
    """
    from pyspark.sql import functions as F

    def key(column: str) -> Any:
        return F.lower(F.trim(F.regexp_replace(F.col(column), r"\s+", " ")))

    good = found.where(F.col("error").isNull())
    ends = [good.select(key(end).alias("key"), F.col(end).alias("name"), "id") for end in ("source", "target")]
    mentions = ends[0].unionAll(ends[1])
    spellings = mentions.groupBy("key", "name").agg(F.count("*").alias("n"))
    names = spellings.groupBy("key").agg(
        F.min(F.struct((-F.col("n")).alias("n"), F.col("name"))).getField("name").alias("name"),
        F.sum("n").alias("count"),
    )
    texts = mentions.groupBy("key").agg(F.count_distinct("id").alias("texts"))
    nodes = names.join(texts, "key")

    evidence = ("id", "pattern", "source_start", "source_end", "target_start", "target_end")
    best = F.min(F.struct((-F.col("confidence")).alias("least"), *evidence)).alias("best")
    groups = good.withColumn("source", key("source")).withColumn("target", key("target"))
    edges = (
        groups.groupBy("source", "target", "relation", "negated")
        .agg(F.count("*").alias("count"), F.count_distinct("id").alias("texts"), best)
        .select(
            *("source", "target", "relation", "negated", "count", "texts"),
            (-F.col("best.least")).alias("confidence"),
            *(F.col(f"best.{name}").alias(name) for name in evidence),
        )
    )
    return nodes, edges


if __name__ == "__main__":
    from relscan._spark_job import main

    raise SystemExit(main())
