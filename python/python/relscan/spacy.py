"""spaCy: `nlp.add_pipe("relscan")`, for any language object.

Sets `doc._.relations`, a list of `Relation`, and the span group of the configuration ("sc", which displaCy draws), whose
spans have the labels SOURCE, TRIGGER and TARGET. Spans are of whole tokens.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from . import Associations, Extractor

__all__ = ["Relation", "RelscanComponent", "create"]


class Relation(NamedTuple):
    """An association, its parts as spans of the document."""

    source: Span
    trigger: Span
    target: Span
    relation: str
    pattern: str
    confidence: float
    negated: bool
    hedged: bool


class RelscanComponent:
    """The component; it may be pickled and written with its pipeline."""

    def __init__(self, extractor: Extractor, span_group: str) -> None:
        self.extractor = extractor
        self.span_group = span_group
        if not Doc.has_extension("relations"):
            Doc.set_extension("relations", default=())

    def __call__(self, doc: Doc) -> Doc:
        self._set(doc, self.extractor.extract(doc.text))
        return doc

    def pipe(self, stream: Any, batch_size: int = 256) -> Any:
        """Extracts from many documents at a time."""
        stream = iter(stream)
        while docs := list(islice(stream, batch_size)):
            for doc, found in zip(docs, self.extractor.extract_many([doc.text for doc in docs]), strict=True):
                self._set(doc, found)
                yield doc

    def _set(self, doc: Doc, found: Associations) -> None:
        relations = []
        for a in found:
            source = doc.char_span(a.source_span[0], a.source_span[1], label="SOURCE", alignment_mode="expand")
            trigger = doc.char_span(a.trigger_span[0], a.trigger_span[1], label="TRIGGER", alignment_mode="expand")
            target = doc.char_span(a.target_span[0], a.target_span[1], label="TARGET", alignment_mode="expand")
            if source is not None and trigger is not None and target is not None:
                rest = (a.relation, a.pattern, a.confidence, a.negated, a.hedged)
                relations.append(Relation(source, trigger, target, *rest))
        doc._.relations = relations
        if self.span_group:
            doc.spans[self.span_group] = [span for r in relations for span in (r.source, r.trigger, r.target)]


@Language.factory(
    "relscan",
    assigns=["doc._.relations", "doc.spans"],
    default_config={"pack": "english", "negated": False, "min_confidence": 0.0, "span_group": "sc"},
)
def create(
    nlp: Language, name: str, pack: str, negated: bool, min_confidence: float, span_group: str
) -> RelscanComponent:
    """Makes the component of a pipeline."""
    return RelscanComponent(Extractor(pack, negated=negated, min_confidence=min_confidence), span_group)
