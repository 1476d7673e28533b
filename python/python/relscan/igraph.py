"""igraph: graphs of what was found or learned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import igraph

from . import Association, Associations, Graph
from ._results import associations

__all__ = ["graph"]


def graph(found: Graph | Iterable[Association | Associations]) -> igraph.Graph:
    """A directed multigraph, whose vertices have a `name`.

    Of a `Graph`: names are ids of concepts, with their attributes; edges have `relation`, `weight` and `confidence`. Of
    associations, or of several results: names are texts; an edge for each relation between two of them, with `weight`, the
    number of times it was found, and `confidence`, the highest.
    """
    vertices: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    if isinstance(found, Graph):
        for concept in found.concepts():
            name = concept.pop("id")
            vertices[name] = {"name": name, **concept}
        edges = found.associations()
    else:
        known: dict[tuple[str, str, str], dict[str, Any]] = {}
        for a in associations(found):
            for text in (a.source, a.target):
                vertices.setdefault(text, {"name": text})
            start = {"source": a.source, "target": a.target, "relation": a.relation, "weight": 0, "confidence": 0.0}
            edge = known.setdefault((a.source, a.target, a.relation), start)
            edge["weight"] += 1
            edge["confidence"] = max(edge["confidence"], a.confidence)
        edges = list(known.values())
    return igraph.Graph.DictList(list(vertices.values()), edges, directed=True)
