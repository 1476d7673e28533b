"""pandas: `frame["body"].relscan.extract()`, after `import relscan.pandas`.

Gives a frame with a row for each association, whose index is that of the text; a missing text gives nothing.
"""

from __future__ import annotations

import pandas as pd

from . import Extractor

__all__ = ["RelscanAccessor"]


@pd.api.extensions.register_series_accessor("relscan")
class RelscanAccessor:
    """The methods of relscan."""

    def __init__(self, series: pd.Series) -> None:
        if not pd.api.types.is_string_dtype(series.dtype):
            raise AttributeError(f"relscan extracts from text, not from {series.dtype}; cast it to str")
        self._series = series

    def extract(
        self, extractor: Extractor | None = None, *, workers: int | None = None, offsets: str = "characters"
    ) -> pd.DataFrame:
        """The associations; by the English pack unless `extractor` is given."""
        with_one = extractor if extractor is not None else Extractor()
        texts = self._series.astype("str")
        found = pd.DataFrame.from_arrow(
            with_one.extract_table(texts, workers=workers, offsets=offsets, on_error="skip")
        )
        found.index = self._series.index.take(found.pop("row").to_numpy())
        return found
