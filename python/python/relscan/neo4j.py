"""neo4j-graphrag: what was found as the `Neo4jGraph` that its writers take."""

from __future__ import annotations

from collections.abc import Iterable

from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship

from . import Associations

__all__ = ["graph"]


def graph(results: Iterable[Associations], *, label: str = "Concept", chunks: Iterable[str] | None = None) -> Neo4jGraph:
    """Nodes whose id and `name` are texts, and a relationship for each relation between two of them.

    Its type is the relation in capitals, with `count`, `confidence` (the highest) and `patterns`. `chunks` are the ids
    of the nodes of the lexical graph that the texts were, one for each result: a FROM_CHUNK goes to them.
    """
    nodes: dict[str, Neo4jNode] = {}
    edges: dict[tuple[str, str, str], Neo4jRelationship] = {}
    results = list(results)
    places = [None] * len(results) if chunks is None else list(chunks)
    if len(places) != len(results):
        raise ValueError(f"there are {len(places)} chunks for {len(results)} results; give one for each")
    for found, chunk in zip(results, places, strict=True):
        for a in found:
            for text in (a.source, a.target):
                nodes.setdefault(text, Neo4jNode(id=text, label=label, properties={"name": text}))
                if chunk is not None:
                    key = (text, chunk, "FROM_CHUNK")
                    edges.setdefault(key, Neo4jRelationship(start_node_id=text, end_node_id=chunk, type="FROM_CHUNK"))
            key = (a.source, a.target, a.relation.upper())
            properties = {"count": 0, "confidence": 0.0, "patterns": []}
            edge = edges.setdefault(
                key, Neo4jRelationship(start_node_id=key[0], end_node_id=key[1], type=key[2], properties=properties)
            )
            edge.properties["count"] += 1
            edge.properties["confidence"] = max(edge.properties["confidence"], a.confidence)
            if a.pattern not in edge.properties["patterns"]:
                edge.properties["patterns"].append(a.pattern)
    return Neo4jGraph(nodes=list(nodes.values()), relationships=list(edges.values()))
