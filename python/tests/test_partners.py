"""The small modules for other packages, against those packages."""

from __future__ import annotations

import asyncio
import pickle

import pytest

from relscan import Extractor, Learner

TEXT = "Heavy rain causes floods. Salt water is a liquid. Heavy rain causes floods."


def test_networkx() -> None:
    nx = pytest.importorskip("networkx")
    from relscan.networkx import graph

    made = graph(Extractor().extract_many([TEXT, TEXT]))
    assert isinstance(made, nx.MultiDiGraph) and set(made) == {"heavy rain", "floods", "salt water", "liquid"}
    assert made.edges["heavy rain", "floods", "causal"]["weight"] == 4
    learner = Learner(Extractor("seed"))
    learner.learn_batch(["Python is a language"])
    learned = graph(learner.graph)
    assert len(learned) == 3 and {d["relation"] for *_, d in learned.edges(data=True)} >= {"hierarchical", "compositional"}


def test_spacy() -> None:
    spacy = pytest.importorskip("spacy")
    import relscan.spacy  # noqa: F401

    nlp = spacy.blank("en")
    nlp.add_pipe("relscan", config={"min_confidence": 0.1})
    doc = nlp(TEXT)
    first = doc._.relations[0]
    assert (first.source.text, first.trigger.text, first.target.text) == ("Heavy rain", "causes", "floods")
    assert [span.label_ for span in doc.spans["sc"]][:3] == ["SOURCE", "TRIGGER", "TARGET"]
    assert "Heavy" in spacy.displacy.render(doc, style="span", page=False, jupyter=False)
    assert [len(d._.relations) for d in nlp.pipe([TEXT, "No.", TEXT])] == [3, 0, 3]
    assert len(pickle.loads(pickle.dumps(nlp.get_pipe("relscan")))(nlp.make_doc(TEXT))._.relations) == 3


def test_langchain() -> None:
    pytest.importorskip("langchain_community.graphs.graph_document")
    from langchain_core.documents import Document

    from relscan.langchain import RelscanGraphTransformer

    documents = [Document(page_content=TEXT, metadata={"n": 1}), Document(page_content="No.")]
    first, second = RelscanGraphTransformer().convert_to_graph_documents(documents)
    assert [node.id for node in first.nodes] == ["heavy rain", "floods", "salt water", "liquid"]
    assert first.relationships[0].type == "CAUSAL" and first.source is documents[0] and second.nodes == []
    only = RelscanGraphTransformer(allowed_relationships=["Hierarchical"], allowed_nodes=["salt water", "liquid"])
    assert [r.type for r in only.process_response(documents[0]).relationships] == ["HIERARCHICAL"]


def test_llama_index() -> None:
    pytest.importorskip("llama_index.core")
    from llama_index.core.graph_stores.types import KG_NODES_KEY, KG_RELATIONS_KEY
    from llama_index.core.schema import TextNode

    from relscan.llama_index import RelscanPathExtractor

    (node,) = RelscanPathExtractor()([TextNode(text=TEXT)])
    assert [n.name for n in node.metadata[KG_NODES_KEY]] == ["heavy rain", "floods", "salt water", "liquid"]
    assert node.metadata[KG_RELATIONS_KEY][0].label == "CAUSAL"
    (again,) = asyncio.run(RelscanPathExtractor(pack="seed").acall([node]))
    assert len(again.metadata[KG_RELATIONS_KEY]) > 3


def test_graphrag_rows() -> None:
    from relscan.graphrag import extract_graph

    entities, edges = extract_graph([{"id": "t1", "text": TEXT}, {"id": "t2", "text": TEXT}])
    assert entities[0] == {
        "title": "HEAVY RAIN",
        "frequency": 2,
        "text_unit_ids": ["t1", "t2"],
        "type": "CONCEPT",
        "description": "Heavy rain causes floods.",
    }
    assert edges[0]["source"] == "HEAVY RAIN" and edges[0]["weight"] > 1.5 and edges[0]["text_unit_ids"] == ["t1", "t2"]
    assert "(causal): Heavy rain causes floods." in edges[0]["description"]


def test_graphrag_registers() -> None:
    pytest.importorskip("graphrag")
    from graphrag.index.workflows.factory import PipelineFactory

    import relscan.graphrag

    relscan.graphrag.register()
    assert PipelineFactory.workflows["extract_graph_nlp"].__module__ == "relscan.graphrag"
