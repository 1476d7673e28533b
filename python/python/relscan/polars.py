"""Polars: `pl.col("body").relscan.extract()`, after `import relscan.polars`.

Each row gives a list of structs, one for each association; a null gives null. It runs in lazy and streaming queries.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from . import Extractor

__all__ = ["DTYPE", "RelscanExpression", "RelscanSeries"]

_FIELDS: dict[str, Any] = {
    "source": pl.String,
    "target": pl.String,
    "relation": pl.String,
    "pattern": pl.String,
    "confidence": pl.Float64,
    "source_start": pl.Int64,
    "source_end": pl.Int64,
    "trigger_start": pl.Int64,
    "trigger_end": pl.Int64,
    "target_start": pl.Int64,
    "target_end": pl.Int64,
    "negated": pl.Boolean,
    "hedged": pl.Boolean,
    "pronoun": pl.Boolean,
}
#: What `extract` gives for a row.
DTYPE = pl.List(pl.Struct(_FIELDS))


def _extract(column: pl.Series, extractor: Extractor, workers: int | None, offsets: str) -> pl.Series:
    if not isinstance(column.dtype, (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        raise TypeError(f"relscan extracts from text, not from {column.dtype}; cast it: .cast(pl.String)")
    table = extractor.extract_table(column.cast(pl.String), workers=workers, offsets=offsets, on_error="skip")
    found = pl.DataFrame(table).select("row", pl.struct(pl.col(name).cast(kind) for name, kind in _FIELDS.items()).alias("found"))
    lists = found.group_by("row", maintain_order=True).agg("found")
    rows = pl.DataFrame({"row": pl.int_range(column.len(), dtype=pl.UInt64, eager=True), "text": column.is_null()})
    joined = rows.join(lists, on="row", how="left", maintain_order="left")
    empty = pl.lit([], dtype=DTYPE)
    result = joined.select(pl.when("text").then(None).otherwise(pl.col("found").cast(DTYPE).fill_null(empty)))
    return result.to_series().alias(column.name)


@pl.api.register_expr_namespace("relscan")
class RelscanExpression:
    """The expressions of relscan."""

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def extract(
        self, extractor: Extractor | None = None, *, workers: int | None = None, offsets: str = "characters"
    ) -> pl.Expr:
        """The associations of each text; by the English pack unless `extractor` is given."""
        with_one = extractor if extractor is not None else Extractor()
        return self._expression.map_batches(
            lambda column: _extract(column, with_one, workers, offsets), return_dtype=DTYPE, is_elementwise=True
        )


@pl.api.register_series_namespace("relscan")
class RelscanSeries:
    """The methods of relscan."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def extract(
        self, extractor: Extractor | None = None, *, workers: int | None = None, offsets: str = "characters"
    ) -> pl.Series:
        """The associations of each text; by the English pack unless `extractor` is given."""
        return _extract(self._series, extractor if extractor is not None else Extractor(), workers, offsets)
