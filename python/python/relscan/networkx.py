"""networkx: graphs of what was found or learned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from . import Association, Associations, Graph
from ._results import associations

__all__ = ["graph"]


def graph(found: Graph | Iterable[Association | Associations]) -> nx.MultiDiGraph[Any]:
    """A directed multigraph.

    Of a `Graph`: nodes are ids of concepts, with their attributes; edges have `relation`, `weight` and `confidence`. Of
    associations, or of several results: nodes are texts; an edge for each relation between two of them, with `weight`, the
    number of times it was found, and `confidence`, the highest.
    """
    result: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    if isinstance(found, Graph):
        for concept in found.concepts():
            result.add_node(concept.pop("id"), **{k: v for k, v in concept.items() if v is not None})
        for edge in found.associations():
            result.add_edge(edge.pop("source"), edge.pop("target"), key=edge["relation"], **edge)
        return result
    for a in associations(found):
        ends, relation = (a.source, a.target), a.relation
        if result.has_edge(*ends, key=relation):
            data = result.edges[*ends, relation]
            data["weight"] += 1
            data["confidence"] = max(data["confidence"], a.confidence)
        else:
            result.add_edge(*ends, key=relation, relation=relation, weight=1, confidence=a.confidence)
    return result
