"""LlamaIndex: an extractor for the `kg_extractors` of a property graph index, without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.graph_stores.types import KG_NODES_KEY, KG_RELATIONS_KEY, EntityNode, Relation
from llama_index.core.schema import BaseNode, MetadataMode, TransformComponent

from . import Extractor

__all__ = ["RelscanPathExtractor"]


class RelscanPathExtractor(TransformComponent):
    """Appends what is found in each node to its metadata, as the index expects it."""

    pack: str = "english"
    negated: bool = False
    min_confidence: float = 0.0

    @classmethod
    def class_name(cls) -> str:
        return "RelscanPathExtractor"

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        extractor = Extractor(self.pack, negated=self.negated, min_confidence=self.min_confidence)
        texts = [node.get_content(metadata_mode=MetadataMode.NONE) for node in nodes]
        for node, found in zip(nodes, extractor.extract_many(texts), strict=True):
            entities = node.metadata.pop(KG_NODES_KEY, [])
            relations = node.metadata.pop(KG_RELATIONS_KEY, [])
            known = {entity.name for entity in entities}
            for a in found:
                for text in (a.source, a.target):
                    if text not in known:
                        known.add(text)
                        entities.append(EntityNode(name=text, label="concept", properties={}))
                properties = {"confidence": a.confidence, "pattern": a.pattern, "negated": a.negated}
                relations.append(
                    Relation(source_id=a.source, target_id=a.target, label=a.relation.upper(), properties=properties)
                )
            node.metadata[KG_NODES_KEY] = entities
            node.metadata[KG_RELATIONS_KEY] = relations
        return nodes

    async def acall(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        return self(nodes, **kwargs)
