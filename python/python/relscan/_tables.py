"""Tables of pyarrow in, tables with a column of errors out: what Spark, Ray, Dask and Daft share."""

from __future__ import annotations

from functools import lru_cache
from pickle import loads
from typing import Any

import pyarrow as pa

from . import Extractor

#: The columns of a table of associations after its id. Offsets count characters, or bytes if so asked.
FIELDS: tuple[tuple[str, pa.DataType], ...] = (
    ("source", pa.string()),
    ("target", pa.string()),
    ("relation", pa.string()),
    ("pattern", pa.string()),
    ("confidence", pa.float64()),
    ("source_start", pa.int64()),
    ("source_end", pa.int64()),
    ("trigger_start", pa.int64()),
    ("trigger_end", pa.int64()),
    ("target_start", pa.int64()),
    ("target_end", pa.int64()),
    ("negated", pa.bool_()),
    ("hedged", pa.bool_()),
    ("pronoun", pa.bool_()),
)

ON_ERROR = ("record", "skip", "raise")


def check_options(offsets: str, on_error: str) -> None:
    """Raises ValueError where a job would fail long after it was started."""
    if offsets not in ("characters", "bytes"):
        raise ValueError(f'offsets is {offsets!r}; use "characters" or "bytes"')
    if on_error not in ON_ERROR:
        raise ValueError(f'on_error is {on_error!r}; use "record", "skip" or "raise"')


@lru_cache(maxsize=8)
def compiled(pickled: bytes) -> Extractor:
    """An extractor, compiled once in a process."""
    extractor = loads(pickled)
    assert isinstance(extractor, Extractor)
    return extractor


def schema(id_type: pa.DataType) -> pa.Schema:
    """The schema of a table of associations."""
    fields = [("id", id_type), *FIELDS, ("error", pa.string())]
    return pa.schema([pa.field(name, kind) for name, kind in fields])


def associations(
    extractor: Extractor,
    table: Any,
    text: str,
    id: str,
    offsets: str = "characters",
    on_error: str = "record",
    workers: int = 1,
    why: str | None = None,
) -> tuple[pa.Table, int]:
    """The associations of a table or record batch, a row for each, and the number of bad rows.

    A row is bad if its text is null or is not UTF-8. It is its own row, of nothing but its id and what is wrong in
    `error`, or is left out ("skip"); or ValueError is raised. The column `why`, if there is one, says why texts are null.
    """
    ids, texts = table.column(id), table.column(text)
    errors = _errors(texts)
    if why is not None and errors:
        for row, reason in enumerate(table.column(why).to_pylist()):
            if reason is not None:
                errors[row] = reason
    if errors:
        if on_error == "raise":
            row, message = next(iter(errors.items()))
            raise ValueError(f"the row {ids[row].as_py()!r}: {message}; use on_error=\"record\" or \"skip\"")
        good = [None if row in errors else value for row, value in enumerate(_bytes(texts))]
        texts = pa.array(good, pa.binary()).cast(pa.string())
    found = extractor.extract_table(
        pa.table({"id": ids, "text": texts}), text="text", id="id", workers=workers, offsets=offsets, on_error="skip"
    )
    result = pa.table(found).drop_columns(["row"])
    result = result.append_column("error", pa.nulls(len(result), pa.string())).cast(schema(ids.type))
    if errors and on_error == "record":
        columns: dict[str, Any] = {"id": ids.take(pa.array(list(errors), pa.int64()))}
        columns |= {name: pa.nulls(len(errors), kind) for name, kind in FIELDS}
        columns["error"] = pa.array(errors.values(), pa.string())
        result = pa.concat_tables([result, pa.table(columns, schema=result.schema)])
    return result, len(errors)


def _errors(texts: Any) -> dict[int, str]:
    """What is wrong with the texts, by their rows."""
    errors = {}
    if texts.null_count:
        errors = {row: "the text is null" for row, missing in enumerate(texts.is_null().to_pylist()) if missing}
    try:
        for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
            chunk.validate(full=True)
    except pa.ArrowInvalid:
        for row, value in enumerate(_bytes(texts)):
            try:
                if value is not None:
                    value.decode()
            except UnicodeDecodeError as error:
                errors[row] = f"the text is not UTF-8 at byte {error.start}"
    return dict(sorted(errors.items()))


def _bytes(texts: Any) -> list[bytes | None]:
    if pa.types.is_dictionary(texts.type):
        texts = texts.cast(texts.type.value_type)
    found: list[bytes | None] = texts.cast(pa.large_binary()).to_pylist()
    return found
