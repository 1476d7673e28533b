"""Ray, datatrove, Dask and Daft, against one machine."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relscan import Extractor

pa = pytest.importorskip("pyarrow")

TEXTS = [f"Rain causes floods {n}.\nSalt prevents ice." for n in range(40)]


@pytest.fixture(scope="module")
def seed() -> Extractor:
    return Extractor("seed")


@pytest.fixture(scope="module")
def expected(seed: Extractor) -> Counter[tuple[str, ...]]:
    return Counter((str(n), a.source, a.relation, a.target) for n, text in enumerate(TEXTS) for a in seed.extract(text))


def counted(rows: list[dict[str, Any]]) -> Counter[tuple[str, ...]]:
    return Counter(
        (str(row["id"]), row["source"], row["relation"], row["target"]) for row in rows if row["error"] is None
    )


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    module = pytest.importorskip("ray")
    os.environ.setdefault("RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS", "0")
    module.init(num_cpus=2, include_dashboard=False, object_store_memory=100 << 20, logging_level="error")
    yield module
    module.shutdown()


def test_ray(ray: Any, expected: Counter[tuple[str, ...]]) -> None:
    import relscan.ray

    rows = [{"id": n, "text": text} for n, text in enumerate(TEXTS)] + [{"id": 99, "text": None}]
    dataset = ray.data.from_items(rows, override_num_blocks=4)
    result = relscan.ray.extract(dataset, pack="seed", concurrency=1, batch_size=7).take_all()
    assert counted(result) == expected
    assert [(row["id"], row["error"]) for row in result if row["error"]] == [(99, "the text is null")]
    with pytest.raises(ValueError, match="on_error"):
        relscan.ray.extract(dataset, on_error="log")


def test_ray_loses_a_worker(ray: Any, expected: Counter[tuple[str, ...]], tmp_path: Path) -> None:
    import relscan.ray

    marker = str(tmp_path / "killed")

    class Dies(relscan.ray.Worker):
        def __call__(self, batch: Any) -> Any:
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return super().__call__(batch)
            os.kill(os.getpid(), 9)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relscan.ray, "Worker", Dies)
        rows = [{"id": n, "text": text} for n, text in enumerate(TEXTS)]
        dataset = ray.data.from_items(rows, override_num_blocks=8)
        result = relscan.ray.extract(dataset, pack="seed", concurrency=2, batch_size=5).take_all()
    assert os.path.exists(marker) and counted(result) == expected


def test_datatrove(seed: Extractor, expected: Counter[tuple[str, ...]], tmp_path: Path) -> None:
    pytest.importorskip("datatrove")
    import pyarrow.parquet as pq
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from relscan.datatrove import RelscanExtractor

    (tmp_path / "in").mkdir()
    for part in range(2):
        lines = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(TEXTS) if n % 2 == part]
        (tmp_path / "in" / f"{part}.jsonl").write_text("\n".join(lines))

    def run(name: str, *steps: Any) -> None:
        pipeline = [JsonlReader(str(tmp_path / "in")), *steps]
        LocalPipelineExecutor(pipeline, tasks=2, workers=1, logging_dir=str(tmp_path / name)).run()

    run("logs", RelscanExtractor(seed, batch_size=3), JsonlWriter(str(tmp_path / "out"), compression=None))
    documents = [json.loads(line) for path in (tmp_path / "out").iterdir() for line in path.open()]
    assert len(documents) == len(TEXTS)
    rows = [{"id": d["id"], "error": None, **a} for d in documents for a in d["metadata"]["relations"]]
    assert counted(rows) == expected
    # A task that is run again replaces what it has written.
    for name in ("first", "second"):
        run(name, RelscanExtractor("seed", output=str(tmp_path / "found"), batch_size=3))
    assert counted(pq.ParquetDataset(tmp_path / "found").read().to_pylist()) == expected
    # A step that dies leaves no file that looks whole.
    def dies() -> Iterator[Any]:
        yield Document(text=TEXTS[0], id="0")
        raise OSError("the disk is gone")

    step = RelscanExtractor("seed", output=str(tmp_path / "dead"), batch_size=1)
    with pytest.raises(OSError, match="disk is gone"):
        list(step.run(dies()))
    assert [path.name for path in (tmp_path / "dead").iterdir() if path.suffix == ".parquet"] == []
    bad = [Document(text="a\ud800", id="0"), Document(text=TEXTS[0], id="1")]
    first, second = RelscanExtractor("seed").run(bad)
    assert "surrogate" in first.metadata["relations_error"] and len(second.metadata["relations"]) == 1
    list(RelscanExtractor("seed", output=str(tmp_path / "bad")).run(bad))
    found = pq.read_table(tmp_path / "bad" / "00000.parquet").to_pylist()
    assert [row["error"] for row in found] == [None, "the text has a lone surrogate"]


def test_dask(seed: Extractor) -> None:
    dd = pytest.importorskip("dask.dataframe")
    pd = pytest.importorskip("pandas")
    import relscan.pandas  # noqa: F401

    frame = dd.from_pandas(pd.DataFrame({"body": TEXTS}), npartitions=3)
    # The lines of docs/SCALING.md.
    meta = frame["body"]._meta.relscan.extract(seed)
    found = frame["body"].map_partitions(lambda part: part.relscan.extract(seed), meta=meta).compute()
    whole = pd.Series(TEXTS).relscan.extract(seed)
    assert len(found) == len(whole) > 0 and list(found.index) == list(whole.index)
    assert list(found["source"]) == list(whole["source"]) and list(found["target"]) == list(whole["target"])


def test_daft(expected: Counter[tuple[str, ...]]) -> None:
    daft = pytest.importorskip("daft")
    from relscan._tables import compiled  # noqa: F401

    rows = daft.from_pydict({"id": [str(n) for n in range(len(TEXTS))], "body": TEXTS})
    # The lines of docs/SCALING.md.
    kind = daft.DataType.list(daft.DataType.struct({name: daft.DataType.string() for name in ("source", "relation", "target")}))
    relations = daft.func(lambda text: Extractor("seed").extract(text).to_dicts(), return_dtype=kind)
    found = rows.select("id", relations(rows["body"]).alias("found")).to_pydict()
    flat = [{"id": id, "error": None, **a} for id, row in zip(found["id"], found["found"], strict=True) for a in row]
    assert counted(flat) == expected
