"""neo4j-graphrag: what was found as the `Neo4jGraph` that its writers take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship

from . import Associations
from ._results import results as checked

__all__ = ["graph"]


def graph(results: Iterable[Associations], *, label: str = "Concept", chunks: Iterable[str] | None = None) -> Neo4jGraph:
    """Nodes whose id and `name` are texts, and a relationship for each relation between two of them.

    Its type is the relation in capitals, with `count`, `confidence` (the highest) and `patterns`. `chunks` are the ids
    of the nodes of the lexical graph that the texts were, one for each result: a FROM_CHUNK goes to them.
    """
    several = checked(results)
    places = [None] * len(several) if chunks is None else list(chunks)
    if len(places) != len(several):
        raise ValueError(f"there are {len(places)} chunks for {len(several)} results; give one for each")
    names: dict[str, None] = {}
    edges: dict[tuple[str, str, str], dict[str, Any]] = {}
    for found, chunk in zip(several, places, strict=True):
        for a in found:
            for text in (a.source, a.target):
                names[text] = None
                if chunk is not None:
                    edges.setdefault((text, chunk, "FROM_CHUNK"), {})
            start = {"count": 0, "confidence": 0.0, "patterns": []}
            edge = edges.setdefault((a.source, a.target, a.relation.upper()), start)
            edge["count"] += 1
            edge["confidence"] = max(edge["confidence"], a.confidence)
            if a.pattern not in edge["patterns"]:
                edge["patterns"].append(a.pattern)
    return Neo4jGraph(
        nodes=[Neo4jNode(id=name, label=label, properties={"name": name}) for name in names],
        relationships=[
            Neo4jRelationship(start_node_id=source, end_node_id=target, type=kind, properties=properties)
            for (source, target, kind), properties in edges.items()
        ],
    )
