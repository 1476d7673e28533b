"""Ray Data: associations from a column of text, by actors that each hold an extractor.

    import relscan.ray
    found = relscan.ray.extract(ray.data.read_parquet("texts/"), text="body", id="url")
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from ._tables import associations, check_options, compiled

if TYPE_CHECKING:
    from ray.data import Dataset

    from .spark import Pack

__all__ = ["Worker", "extract"]


class Worker:
    """What an actor does with a batch of pyarrow."""

    def __init__(self, pickled: bytes, text: str, id: str, offsets: str, on_error: str) -> None:
        self._extractor = compiled(pickled)
        self._rest = (text, id, offsets, on_error)

    def __call__(self, batch: Any) -> Any:
        return associations(self._extractor, batch, *self._rest)[0]


def extract(
    dataset: Dataset,
    text: str = "text",
    id: str = "id",
    pack: Pack = "english",
    *,
    concurrency: int | tuple[int, int] = (1, 1024),
    batch_size: int | None = 1024,
    offsets: str = "characters",
    on_error: str = "record",
    **options: Any,
) -> Dataset:
    """The associations of a column of strings, with the columns of `relscan.spark.extract`: a row for each.

    `concurrency` is the number of actors, each on one CPU, or its least and most; the most that the cluster has CPUs
    for is used. `pack` and `options` are those of `Extractor`. Raises PatternError or ValueError before anything runs.
    """
    from ray.data import ActorPoolStrategy

    from .spark import _extractor

    check_options(offsets, on_error)
    pickled = pickle.dumps(_extractor(pack, options))
    least, most = (concurrency, concurrency) if isinstance(concurrency, int) else concurrency
    return dataset.select_columns([id, text] if id != text else [id]).map_batches(
        Worker,
        fn_constructor_args=(pickled, text, id, offsets, on_error),
        batch_format="pyarrow",
        batch_size=batch_size,
        zero_copy_batch=True,
        compute=ActorPoolStrategy(min_size=least, max_size=most),
        num_cpus=1,
    )
