"""Spark with two executors in processes of their own: equal to one machine, whatever happens to a task."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relscan import Extractor, PatternError

pytest.importorskip("pyspark", minversion="4.1")
pa = pytest.importorskip("pyarrow")
if shutil.which("java") is None:
    pytest.skip("there is no Java", allow_module_level=True)

import pyarrow.parquet as pq  # noqa: E402

import relscan.spark  # noqa: E402

ENVIRONMENT = {
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_DRIVER_PYTHON": sys.executable,
}
TEXTS: list[str | None] = [
    *(f"Heavy rain causes floods {n}. Salt water is a liquid." for n in range(20)),
    "Heavy  Rain causes floods. Ünïcode 𝄞. Smoking causes lung cancer.",
    None,
    "",
    "Nothing.",
    "No one knows. " * 20_000 + "\n\nSmoking causes lung cancer.",
]


@pytest.fixture(scope="module")
def seed() -> Extractor:
    return Extractor("seed")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    for name, value in ENVIRONMENT.items():
        os.environ[name] = value
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("tests of relscan")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.executorEnv.SPARK_LOCAL_IP": "127.0.0.1",
        "spark.task.maxFailures": "4",
        "spark.excludeOnFailure.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frame(spark: Any) -> Any:
    return spark.createDataFrame(list(enumerate(TEXTS)), "id long, text string").repartition(5).cache()


def row_of(id: Any, a: Any) -> tuple[Any, ...]:
    spans = (*a.source_span, *a.trigger_span, *a.target_span)
    flags = (a.negated, a.hedged, a.pronoun)
    return (id, a.source, a.target, a.relation, a.pattern, a.confidence, *spans, *flags, None)


def on_one_machine(extractor: Extractor, texts: list[str | None]) -> Counter[tuple[Any, ...]]:
    return Counter(row_of(id, a) for id, text in enumerate(texts) if text for a in extractor.extract(text))


def test_equal_to_one_machine(spark: Any, frame: Any, seed: Extractor) -> None:
    metrics = relscan.spark.Metrics(spark)
    rows = [tuple(row) for row in relscan.spark.extract(frame, pack=seed, metrics=metrics).collect()]
    bad = [row for row in rows if row[-1] is not None]
    expected = on_one_machine(seed, TEXTS)
    assert Counter(row for row in rows if row[-1] is None) == expected and len(expected) > 20
    assert bad == [(TEXTS.index(None), *[None] * 14, "the text is null")]
    assert (metrics.texts, metrics.found, metrics.errors) == (len(TEXTS), len(rows), 1)
    assert 0 < metrics.engine_seconds <= metrics.python_seconds and "texts 25" in repr(metrics)
    skipped = relscan.spark.extract(frame.where("id < 2").repartition(8), pack="seed", on_error="skip", offsets="bytes")
    assert skipped.count() == on_one_machine(seed, TEXTS[:2]).total() > 0  # most of the partitions are empty
    assert relscan.spark.extract(frame.limit(0), pack="seed").collect() == []


def test_a_lost_executor(frame: Any, seed: Extractor, tmp_path: Path) -> None:
    marker = str(tmp_path / "killed")

    def kill_once(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield batch
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            # The executor is the parent of the daemon that is the parent of this worker.
            with open(f"/proc/{os.getppid()}/stat") as stat:
                executor = int(stat.read().rsplit(") ", 1)[1].split()[1])
            os.kill(executor, 9)

    if not os.path.exists("/proc/self/stat"):
        pytest.skip("there is no /proc")
    found = relscan.spark.extract(frame.mapInArrow(kill_once, frame.schema), pack=seed, on_error="skip")
    found.write.parquet(str(tmp_path / "found"))
    assert os.path.exists(marker)
    names = pq.ParquetDataset(tmp_path / "found").read().to_pylist()
    assert Counter(tuple(row.values()) for row in names) == on_one_machine(seed, TEXTS)


def test_bytes_that_are_no_text(spark: Any) -> None:
    data = spark.createDataFrame([("a", bytearray(b"Rain causes \xff floods")), ("b", bytearray(b"Rain causes floods"))])
    frame = data.toDF("id", "text").selectExpr("id", "cast(text as string) as text")
    rows = relscan.spark.extract(frame, pack="seed").orderBy("id").collect()
    assert [(row["id"], row["source"], row["error"]) for row in rows] == [
        ("a", None, "the text is not UTF-8 at byte 12"),
        ("b", "rain", None),
    ]
    with pytest.raises(Exception, match="not UTF-8"):
        relscan.spark.extract(frame, pack="seed", on_error="raise").collect()


def test_wrong_arguments(frame: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[[pattern]]\nname = 1\n")
    with pytest.raises(PatternError) as error:
        relscan.spark.extract(frame, pack=bad)
    assert error.value.line == 1 and "[[pattern]]" in str(error.value.excerpt)
    for options, kind, message in (
        ({"text": "body"}, KeyError, "there are id, text"),
        ({"text": "id", "id": "text"}, TypeError, "cast it to string"),
        ({"on_error": "log"}, ValueError, "on_error"),
        ({"offsets": "words"}, ValueError, "offsets"),
        ({"pack": Extractor("seed"), "negated": True}, TypeError, "Extractor"),
    ):
        with pytest.raises(kind, match=message):
            relscan.spark.extract(frame, **options)


def test_sql(spark: Any, frame: Any, seed: Extractor) -> None:
    relscan.spark.register(spark, pack=seed)
    frame.createOrReplaceTempView("documents")
    rows = spark.sql("select id, inline(relscan_extract(text)) from documents").collect()
    expected = on_one_machine(seed, TEXTS)
    assert Counter((*row, None) for row in rows) == expected
    nothing = spark.sql("select id from documents where relscan_extract(text) is null").collect()
    assert [row["id"] for row in nothing] == [TEXTS.index(None)]


def test_graph(frame: Any, seed: Extractor) -> None:
    found = relscan.spark.extract(frame, pack=seed)
    nodes, edges = ([row.asDict() for row in table.collect()] for table in relscan.spark.graph(found))
    # The same by hand.
    mentions: dict[str, list[tuple[int, str]]] = {}
    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for id, text in enumerate(TEXTS):
        for a in seed.extract(text) if text else ():
            keys = [" ".join(end.split()).lower() for end in (a.source, a.target)]
            for key, end in zip(keys, (a.source, a.target), strict=True):
                mentions.setdefault(key, []).append((id, end))
            best = (-a.confidence, id, a.pattern, *a.source_span, *a.target_span)
            groups.setdefault((*keys, a.relation, a.negated), []).append(best)
    for node in nodes:
        said = mentions.pop(node["key"])
        spellings = Counter(name for _, name in said)
        name = min(spellings, key=lambda name: (-spellings[name], name))
        assert node == {"key": node["key"], "name": name, "count": len(said), "texts": len({id for id, _ in said})}
    assert not mentions
    for edge in edges:
        group = groups.pop((edge["source"], edge["target"], edge["relation"], edge["negated"]))
        best = min(group)
        assert list(edge.values())[4:] == [len(group), len({row[1] for row in group}), -best[0], *best[1:]]
    assert not groups


def test_job(spark: Any, seed: Extractor, tmp_path: Path) -> None:
    from relscan._spark_job import _parser, run

    texts = {f"{n}.txt": f"Rain causes floods {n}\nSalt prevents ice" for n in range(50)}
    (tmp_path / "in").mkdir()
    for name, text in texts.items():
        (tmp_path / "in" / name).write_text(text)
    (tmp_path / "in" / "broken.parquet").write_bytes(b"PAR1 and no more")
    given = _parser().parse_args([str(tmp_path / "in"), str(tmp_path / "out"), "--pack", "seed"])
    manifest = run(spark, given, seed)
    lines = [line for text in texts.values() for line in text.split("\n")]
    expected = on_one_machine(seed, list(lines))
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["associations"] == expected.total() and manifest["errors"] == 1
    table = pq.ParquetDataset(tmp_path / "out" / "associations").read().to_pylist()
    good = Counter((row["source"], str(row["relation"]), row["target"]) for row in table if row["error"] is None)
    assert good == Counter((row[1], row[3], row[2]) for row in expected.elements())
    (bad,) = [row for row in table if row["error"] is not None]
    assert "broken.parquet" in bad["error"] and bad["relation"] == "__error__"
    listed = {file["path"]: file["bytes"] for file in manifest["files"]}
    assert all((tmp_path / "out" / path).stat().st_size == size for path, size in listed.items()) and listed
    assert manifest["patterns_sha256"] is None  # of a pack that goes by its name
    with pytest.raises(FileExistsError, match="--overwrite"):
        run(spark, given, seed)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_job_of_rows(spark: Any, tmp_path: Path, form: str) -> None:
    from relscan._spark_job import _parser, run

    rows = [{"body": "Rain causes floods", "url": "u1"}, {"body": None, "url": "u2"}]
    path = tmp_path / f"in.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"body": broken\n')
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    own = tmp_path / "own.toml"
    own.write_text("[[pattern]]\nname = 'causes'\nrelation = 'causal'\ntrigger = 'causes'\n")
    extractor = Extractor(own)
    for options, first in (["--id", "url"], "u1"), ([], f"in.{form}#"):
        arguments = [str(path), str(tmp_path / "out"), "--overwrite", "--format", form, "--text", "body", *options]
        manifest = run(spark, _parser().parse_args(arguments), extractor)
        assert manifest["patterns_sha256"] == hashlib.sha256(own.read_bytes()).hexdigest()
        assert (manifest["associations"], manifest["errors"]) == (1, 2 if form == "jsonl" else 1)
        table = pq.ParquetDataset(tmp_path / "out" / "associations").read().to_pylist()
        (good,) = [row["id"] for row in table if row["error"] is None]
        assert good.startswith(first)
        errors = sorted(row["error"] for row in table if row["error"])
        assert errors[-1] == "the text is null" and (form == "parquet" or "not JSON" in errors[0])
    if form == "parquet":
        with pytest.raises(KeyError, match="there are"):
            run(spark, _parser().parse_args([*arguments, "--text", "nowhere"]), extractor)


def test_command(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[[pattern]]\nname = 1\n")
    arguments = [sys.executable, "-m", "relscan.spark", str(tmp_path), str(tmp_path / "out"), "--pack", str(bad)]
    ended = subprocess.run(arguments, capture_output=True, text=True, env={**os.environ, **ENVIRONMENT}, check=False)
    assert ended.returncode == 2 and "bad.toml:1" in ended.stderr and "[[pattern]]" in ended.stderr
    assert not (tmp_path / "out").exists()
