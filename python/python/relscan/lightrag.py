"""LightRAG: what was found as the `custom_kg` of `ainsert_custom_kg`; nothing of LightRAG is imported.

    await rag.ainsert_custom_kg(relscan.lightrag.custom_kg(texts))
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import Extractor

__all__ = ["custom_kg"]


def custom_kg(
    texts: Iterable[str], extractor: Extractor | None = None, *, file_path: str = "custom_kg", type: str = "CONCEPT"
) -> dict[str, list[dict[str, Any]]]:
    """Chunks, entities and relationships of texts, each a chunk.

    LightRAG keeps one relationship for a pair, whatever its direction: relations are joined in `keywords`, directions stand
    in `description`. `weight` is how often the pair was found. An entity and a relationship name one chunk, the first.

    >>> kg = custom_kg(["Rain causes floods."], Extractor("seed"))
    >>> kg["relationships"][0]["src_id"], kg["relationships"][0]["keywords"], kg["relationships"][0]["weight"]
    ('rain', 'causal', 1.0)
    """
    if isinstance(texts, str):
        raise TypeError("texts must be several str, not one; give it in a list")
    extractor = extractor if extractor is not None else Extractor()
    chunks: list[dict[str, Any]] = []
    entities: dict[str, dict[str, Any]] = {}
    pairs: dict[tuple[str, ...], dict[str, Any]] = {}
    for number, found in enumerate(extractor.extract_many(texts)):
        source = f"chunk#{number}"
        place = {"source_id": source, "file_path": file_path}
        chunks.append({"content": found.text, "chunk_order_index": number, **place})
        for a in found:
            if a.source == a.target:
                continue
            said = f"{a.source} {a.trigger} {a.target}"
            for name in (a.source, a.target):
                entities.setdefault(name, {"entity_name": name, "entity_type": type, "description": said, **place})
            start = {"src_id": a.source, "tgt_id": a.target, "description": [], "keywords": [], "weight": 0.0, **place}
            pair = pairs.setdefault(tuple(sorted((a.source, a.target))), start)
            pair["weight"] += 1.0
            for key, value in (("keywords", a.relation), ("description", said)):
                if value not in pair[key]:
                    pair[key].append(value)
    for pair in pairs.values():
        pair["keywords"] = ",".join(pair["keywords"])
        pair["description"] = "; ".join(pair["description"])
    return {"chunks": chunks, "entities": list(entities.values()), "relationships": list(pairs.values())}
