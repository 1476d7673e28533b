"""Arrow in and out, and the packages that speak it."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from typing import Any

import pytest

from relscan import Extractor

pa = pytest.importorskip("pyarrow")

TEXTS = ["Heavy rain causes floods.", "", "Ünïcode 𝄞.\n\nSmoking causes lung cancer. Salt water is a liquid.", "Nothing."]


@pytest.fixture(scope="module")
def english() -> Extractor:
    return Extractor()


def rows(table: Any) -> list[dict[str, Any]]:
    return pa.table(table).to_pylist()


def expected(english: Extractor, texts: list[str | None]) -> list[tuple[Any, ...]]:
    return [
        (row, a.source, a.relation, a.target, a.confidence, *a.source_span, *a.trigger_span, *a.target_span)
        for row, text in enumerate(texts)
        if text is not None
        for a in english.extract(text)
    ]


def found(table: Any) -> list[tuple[Any, ...]]:
    spans = [f"{part}_{end}" for part in ("source", "trigger", "target") for end in ("start", "end")]
    names = ["row", "source", "relation", "target", "confidence", *spans]
    return [tuple(row[name] for name in names) for row in rows(table)]


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
def test_every_sort_of_column(english: Extractor, kind: str) -> None:
    column = pa.array(TEXTS)
    column = column.dictionary_encode() if kind == "dictionary" else column.cast(getattr(pa, kind)())
    assert found(english.extract_table(column)) == expected(english, TEXTS)
    assert found(english.extract_table(column.slice(2))) == expected(english, TEXTS[2:])
    assert found(english.extract_table(pa.chunked_array([column, column]))) == expected(english, TEXTS * 2)


def test_tables_with_ids(english: Extractor) -> None:
    table = pa.table({"url": pa.array([10, 20, 30, 40], pa.int16()), "body": TEXTS})
    result = english.extract_table(table, text="body", id="url", workers=2)
    assert result.column_names[:3] == ["row", "id", "source"] and len(result) == 3
    assert [row["id"] for row in rows(result)] == [10, 30, 30]
    assert rows(result) == rows(result)  # it can be read again
    batch = table.to_batches()[0]
    assert rows(english.extract_table(batch, text="body", id="url")) == rows(result)
    in_bytes = rows(english.extract_table(table, text="body", offsets="bytes"))[1]
    assert TEXTS[2].encode()[in_bytes["source_start"] : in_bytes["source_end"]] == b"Smoking"


def test_large_columns_are_the_same_on_threads(english: Extractor) -> None:
    texts = [f"{'é' * (n % 5)} number {n}.\n\nHeavy rain causes floods." for n in range(20_000)]
    one, two = (found(english.extract_table(pa.array(texts), workers=n)) for n in (1, 2))
    assert one == two and len(one) == 20_000
    assert one[:50] == expected(english, texts[:50])


@pytest.mark.skipif(os.name != "posix", reason="signals as of POSIX")
@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_of_a_stream_is_not_swallowed(english: Extractor) -> None:
    column = pa.array(["Heavy rain causes floods. " * 40_000] * 30)
    thread = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        try:
            pa.table(english.extract_stream(column))
        except pa.ArrowInvalid:
            time.sleep(5)
    thread.join()
    assert len(english.extract_table(pa.array(TEXTS))) == 3


def test_nulls(english: Extractor) -> None:
    column = pa.array([TEXTS[0], None, TEXTS[0]])
    with pytest.raises(ValueError, match="row 1 of the text is null.*skip"):
        english.extract_table(column)
    assert [row["row"] for row in rows(english.extract_table(column, on_error="skip"))] == [0, 2]
    assert rows(english.extract_table(pa.nulls(3), on_error="skip")) == []


def test_streams_are_lazy(english: Extractor) -> None:
    taken = []

    def batches():
        for number in range(4):
            taken.append(number)
            if number == 3:
                raise OSError("the disk is gone")
            yield pa.record_batch({"t": TEXTS})

    source = pa.RecordBatchReader.from_batches(pa.schema({"t": pa.string()}), batches())
    stream = english.extract_stream(source)
    assert taken == [] and "stream" in repr(stream)
    reader = pa.RecordBatchReader.from_stream(stream)
    assert [row["row"] for row in reader.read_next_batch().to_pylist()] == [0, 2, 2] and len(taken) == 1
    assert [row["row"] for row in reader.read_next_batch().to_pylist()] == [4, 6, 6]
    reader.read_next_batch()
    with pytest.raises(Exception, match="disk"):
        reader.read_next_batch()
    with pytest.raises(ValueError, match="has been read"):
        pa.RecordBatchReader.from_stream(stream)
    with pytest.raises(TypeError, match="not known"):
        len(stream)


def test_text_that_is_no_utf_8_is_refused(english: Extractor) -> None:
    for kind, size in ((pa.string(), "i"), (pa.large_string(), "q")):
        import array

        offsets, data = array.array(size, [0, 4, 8]), b"good\xff\xfe\xfd\xfc"
        bad = pa.Array.from_buffers(kind, 2, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
        with pytest.raises(ValueError, match="row 1 of the text is not UTF-8"):
            english.extract_table(bad)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda e: e.extract_table(["x"]), TypeError, "extract_many"),
        (lambda e: e.extract_table(pa.array([1])), TypeError, "cast it to strings"),
        (lambda e: e.extract_table(pa.table({"a": ["x"], "b": ["x"]})), TypeError, "name its column"),
        (lambda e: e.extract_table(pa.table({"a": ["x"]}), text="b"), KeyError, "there are a"),
        (lambda e: e.extract_table(pa.array(["x"]), id="b"), TypeError, "no ids"),
        (lambda e: e.extract_table(pa.array(["x"]), offsets="b"), ValueError, "characters"),
        (lambda e: e.extract_table(pa.array(["x"]), on_error="record"), ValueError, "no place"),
        (lambda e: e.extract_table(pa.array(["x"]), workers=0), ValueError, "at least 1"),
    ],
)
def test_wrong_arguments(english: Extractor, call, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call(english)


def test_polars(english: Extractor) -> None:
    pl = pytest.importorskip("polars")
    import relscan.polars  # noqa: F401

    texts = [*TEXTS, None]
    frame = pl.DataFrame({"n": range(5), "body": texts})
    assert found(english.extract_table(frame, text="body", on_error="skip")) == expected(english, texts)
    direct = pl.DataFrame(english.extract_table(frame["body"], on_error="skip"))
    assert direct["source"].to_list() == ["heavy rain", "smoking", "salt water"]
    query = frame.lazy().select("n", pl.col("body").relscan.extract().alias("found"))
    for engine in ("in-memory", "streaming"):
        result = query.collect(engine=engine).sort("n")["found"]
        assert [None if row is None else len(row) for row in result.to_list()] == [1, 0, 2, 0, None]
    assert result[2][0]["source"] == "smoking" and result.dtype == relscan.polars.DTYPE
    assert frame["body"].relscan.extract(english).to_list() == result.to_list()
    with pytest.raises(TypeError, match="not from Int64"):
        pl.Series([1]).relscan.extract()
    assert pl.Series("x", [], dtype=pl.String).relscan.extract().to_list() == []


def test_pandas(english: Extractor) -> None:
    pd = pytest.importorskip("pandas")
    import relscan.pandas  # noqa: F401

    frame = pd.DataFrame({"body": TEXTS[:3]}, index=["a", "b", "c"])
    result = frame["body"].relscan.extract()
    assert list(result.index) == ["a", "c", "c"] and list(result["source"]) == ["heavy rain", "smoking", "salt water"]
    assert list(frame["body"].relscan.extract(english, workers=1)["relation"]) == ["causal", "causal", "hierarchical"]
    with pytest.raises(AttributeError, match="cast it to str"):
        pd.Series([1]).relscan  # noqa: B018


def test_duckdb(english: Extractor) -> None:
    duckdb = pytest.importorskip("duckdb")
    documents = duckdb.sql("select 1 as url, 'Heavy rain causes floods.' as body")
    found = pa.table(english.extract_table(documents.to_arrow_table(), text="body", id="url"))
    assert duckdb.sql("select id, source, relation from found").fetchall() == [(1, "heavy rain", "causal")]
    assert pickle.loads(pickle.dumps(found)) == found
