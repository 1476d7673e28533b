"""datatrove: a step of a pipeline that adds what is found to the metadata of documents, or writes it as Parquet.

    from relscan.datatrove import RelscanExtractor
    pipeline = [JsonlReader("texts/"), RelscanExtractor(), JsonlWriter("found/")]
    pipeline = [JsonlReader("texts/"), RelscanExtractor(output="found/")]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from datatrove.pipeline.base import PipelineStep

from . import Extractor

if TYPE_CHECKING:
    from datatrove.data import Document

    from .spark import Pack

__all__ = ["RelscanExtractor"]


class RelscanExtractor(PipelineStep):
    """Adds the list `relations` to the metadata of each document, as `Association.to_dict` has them.

    With `output`, a folder on any file system that datatrove writes, they go to a Parquet file for each task instead,
    with the columns of `relscan.spark.extract`; a task that is run again replaces its file. A document whose text is
    no text passes with `relations_error` in its metadata, or has its row in the file, and is counted as `errors`.
    `pack` and `options` are those of `Extractor`; `batch_size` documents are extracted from at a time.
    """

    name = "relscan"
    type = "ENRICHER"

    def __init__(
        self, pack: Pack = "english", *, output: Any = None, batch_size: int = 256, workers: int = 1, **options: Any
    ) -> None:
        from .spark import _extractor

        super().__init__()
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        self.extractor: Extractor = _extractor(pack, options)
        self.output = output
        self.batch_size = batch_size
        self.workers = workers

    def run(self, data: Iterable[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Documents in the order in which they come."""
        if self.output is None:
            for documents in self._batches(data):
                yield from self._enriched(documents)
            return
        import pyarrow as pa
        import pyarrow.parquet as pq
        from datatrove.io import get_datafolder

        from ._tables import associations, schema

        # Until it is whole, the file has another name.
        folder, name = get_datafolder(self.output), f"{rank:05d}.parquet"
        with folder.open(f"{name}.part", "wb") as file, pq.ParquetWriter(file, schema(pa.string())) as writer:
            for documents in self._batches(data):
                with self.track_time("batch"):
                    texts = [_text(document.text) for document in documents]
                    ids = pa.array([str(document.id) for document in documents], pa.string())
                    why = pa.array([error for _, error in texts], pa.string())
                    rows = pa.table({"id": ids, "text": pa.array([text for text, _ in texts], pa.string()), "why": why})
                    table, errors = associations(self.extractor, rows, "text", "id", workers=self.workers, why="why")
                    writer.write_table(table)
                self._count(len(table) - errors, errors)
                yield from documents
        folder.mv(f"{name}.part", name)

    def _batches(self, data: Iterable[Document]) -> Iterator[list[Document]]:
        stream = iter(data or ())
        while documents := list(islice(stream, self.batch_size)):
            yield documents

    def _enriched(self, documents: list[Document]) -> list[Document]:
        with self.track_time("batch"):
            results = self.extractor.extract_many(
                [document.text for document in documents], workers=self.workers, on_error="record"
            )
            for document, found in zip(documents, results, strict=True):
                document.metadata["relations"] = found.to_dicts()
                if found.error is not None:
                    document.metadata["relations_error"] = str(found.error)
        self._count(sum(map(len, results)), sum(found.error is not None for found in results))
        return documents

    def _count(self, found: int, errors: int) -> None:
        self.stat_update("relations", value=found, unit="batch")
        if errors:
            self.stat_update("errors", value=errors, unit="batch")


def _text(text: object) -> tuple[str | None, str | None]:
    if not isinstance(text, str):
        return None, f"the text is {type(text).__name__}, not str"
    try:
        text.encode()
    except UnicodeEncodeError:
        return None, "the text has a lone surrogate"
    return text, None
