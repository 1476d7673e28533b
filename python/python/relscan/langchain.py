"""LangChain: a transformer of documents into graph documents, without a language model."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_community.graphs.graph_document import GraphDocument, Node, Relationship
from langchain_core.documents import Document

from . import Extractor

__all__ = ["RelscanGraphTransformer"]


class RelscanGraphTransformer:
    """Has the methods of LangChain's graph transformers.

    All nodes have the type `node_type`; relationships have the relation in capitals, and `confidence`, `pattern` and
    `negated` as properties. `allowed_nodes` are texts and `allowed_relationships` relations, in any case; empty for all.
    """

    def __init__(
        self,
        extractor: Extractor | None = None,
        *,
        allowed_nodes: Sequence[str] = (),
        allowed_relationships: Sequence[str] = (),
        ignore_self_loops: bool = True,
        node_type: str = "Concept",
    ) -> None:
        self.extractor = extractor if extractor is not None else Extractor()
        self.allowed_nodes = {name.lower() for name in allowed_nodes}
        self.allowed_relationships = {name.lower() for name in allowed_relationships}
        self.ignore_self_loops = ignore_self_loops
        self.node_type = node_type

    def convert_to_graph_documents(self, documents: Sequence[Document]) -> list[GraphDocument]:
        """A graph document for each document."""
        results = self.extractor.extract_many([document.page_content for document in documents])
        graphs = []
        for document, found in zip(documents, results, strict=True):
            nodes: dict[str, Node] = {}
            relationships = []
            for a in found:
                ends = (a.source, a.target)
                if self.ignore_self_loops and ends[0] == ends[1]:
                    continue
                if self.allowed_nodes and not self.allowed_nodes.issuperset(ends):
                    continue
                if self.allowed_relationships and a.relation.lower() not in self.allowed_relationships:
                    continue
                source, target = (nodes.setdefault(text, Node(id=text, type=self.node_type)) for text in ends)
                properties = {"confidence": a.confidence, "pattern": a.pattern, "negated": a.negated}
                kind = a.relation.upper()
                relationships.append(Relationship(source=source, target=target, type=kind, properties=properties))
            graphs.append(GraphDocument(nodes=list(nodes.values()), relationships=relationships, source=document))
        return graphs

    def process_response(self, document: Document) -> GraphDocument:
        """The graph document of one document."""
        return self.convert_to_graph_documents([document])[0]
