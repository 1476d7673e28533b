"""The small modules for other packages, against those packages."""

from __future__ import annotations

import asyncio
import importlib
import pickle
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize("module", ["networkx", "igraph", "neo4j"])
def test_what_is_no_result(module: str) -> None:
    pytest.importorskip({"neo4j": "neo4j_graphrag"}.get(module, module))
    graph = importlib.import_module(f"relscan.{module}").graph
    for wrong in ("text", ["text"], 5, [None]):
        with pytest.raises(TypeError, match="not (str|int|NoneType)"):
            graph(wrong)
    assert graph(Extractor("seed").extract("Rain causes floods")) is not None


def test_igraph() -> None:
    igraph = pytest.importorskip("igraph")
    from relscan.igraph import graph

    made = graph(Extractor().extract_many([TEXT, TEXT]))
    assert isinstance(made, igraph.Graph) and made.is_directed()
    assert made.vs["name"] == ["heavy rain", "floods", "salt water", "liquid"]
    edge = made.es[made.get_eid("heavy rain", "floods")]
    assert (edge["relation"], edge["weight"]) == ("causal", 4) and 0 < edge["confidence"] <= 1
    learner = Learner(Extractor("seed"))
    learner.learn_batch(["Python is a language"])
    learned = graph(learner.graph)
    assert len(learned.vs) == 3 and len(learned.es) == learner.graph.association_count


def test_neo4j() -> None:
    pytest.importorskip("neo4j_graphrag")
    from neo4j_graphrag.components.types import Neo4jGraph

    from relscan.neo4j import graph

    results = Extractor().extract_many([TEXT, TEXT])
    made = graph(results, chunks=["c1", "c2"])
    assert isinstance(made, Neo4jGraph)
    assert [node.id for node in made.nodes] == ["heavy rain", "floods", "salt water", "liquid"]
    kinds = {(r.start_node_id, r.type, r.end_node_id): r.properties for r in made.relationships}
    causal = kinds["heavy rain", "CAUSAL", "floods"]
    assert causal["count"] == 4 and len(causal["patterns"]) == len(set(causal["patterns"])) >= 1
    assert ("liquid", "FROM_CHUNK", "c2") in kinds and len(kinds) == 2 + 8
    with pytest.raises(ValueError, match="1 chunks for 2 results"):
        graph(results, chunks=["c1"])


def test_lightrag() -> None:
    from relscan.lightrag import custom_kg

    kg = custom_kg([TEXT, "No.", "Floods are caused by heavy rain."], file_path="a.txt")
    assert [chunk["content"] for chunk in kg["chunks"]] == [TEXT, "No.", "Floods are caused by heavy rain."]
    assert {entity["entity_name"] for entity in kg["entities"]} == {"heavy rain", "floods", "salt water", "liquid"}
    pair = next(pair for pair in kg["relationships"] if pair["src_id"] == "heavy rain")
    assert (pair["tgt_id"], pair["keywords"], pair["weight"], pair["source_id"]) == ("floods", "causal", 3.0, "chunk#0")
    assert "heavy rain causes floods" in pair["description"].lower()
    with pytest.raises(TypeError, match="in a list"):
        custom_kg(TEXT)


def test_lightrag_takes_it(tmp_path: Path) -> None:
    lightrag = pytest.importorskip("lightrag")
    numpy = pytest.importorskip("numpy")
    from lightrag.utils import EmbeddingFunc, Tokenizer

    from relscan.lightrag import custom_kg

    async def embed(texts: list[str]) -> Any:
        return numpy.array([[len(text) % 7 + 1.0, 1.0, 0.5, 0.25] for text in texts])

    async def model(*_: Any, **__: Any) -> str:
        raise AssertionError("no model is needed")

    class Characters:
        def encode(self, content: str) -> list[int]:
            return [ord(c) for c in content]

        def decode(self, tokens: list[int]) -> str:
            return "".join(map(chr, tokens))

    async def run() -> tuple[set[str], int]:
        rag = lightrag.LightRAG(
            working_dir=str(tmp_path),
            llm_model_func=model,
            embedding_func=EmbeddingFunc(embedding_dim=4, max_token_size=512, func=embed),
            tokenizer=Tokenizer("characters", Characters()),
        )
        await rag.initialize_storages()
        await rag.ainsert_custom_kg(custom_kg([TEXT]))
        graph = rag.chunk_entity_relation_graph
        names = set(await graph.get_all_labels())
        edge = await graph.get_edge("heavy rain", "floods")
        await rag.finalize_storages()
        return names, round(float(edge["weight"]))

    names, weight = asyncio.run(run())
    assert {name.lower() for name in names} == {"heavy rain", "floods", "salt water", "liquid"} and weight == 2


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
    with pytest.raises(TypeError, match="id and text"):
        extract_graph([{"id": "t1"}])


def test_graphrag_registers() -> None:
    pytest.importorskip("graphrag")
    from graphrag.index.workflows.factory import PipelineFactory

    import relscan.graphrag

    relscan.graphrag.register()
    assert PipelineFactory.workflows["extract_graph_nlp"].__module__ == "relscan.graphrag"


def test_graphrag_runs_up_to_communities() -> None:
    pytest.importorskip("graphrag")
    pd = pytest.importorskip("pandas")
    from graphrag.config.models.graph_rag_config import GraphRagConfig
    from graphrag.index.run.utils import create_run_context
    from graphrag.index.workflows.factory import PipelineFactory

    import relscan.graphrag

    relscan.graphrag.register(extractor=Extractor("seed"))
    config = GraphRagConfig(workflows=["extract_graph_nlp", "prune_graph", "finalize_graph", "create_communities"])
    config.prune_graph.min_node_freq = 1
    config.prune_graph.min_edge_weight_pct = 0
    config.prune_graph.remove_ego_nodes = False  # of three edges nothing else would be left
    context = create_run_context()
    texts = ["Rain causes floods", "Rain causes rust", "Storms causes floods"]
    units = [{"id": f"t{n}", "text": text} for n, text in enumerate(texts)]

    async def run() -> tuple[Any, ...]:
        await context.output_table_provider.write_dataframe("text_units", pd.DataFrame(units))
        for _, workflow in PipelineFactory.create_pipeline(config).run():
            await workflow(config, context)
        names = ("entities", "relationships", "communities")
        return tuple([await context.output_table_provider.read_dataframe(name) for name in names])

    entities, relationships, communities = asyncio.run(run())
    assert {"RAIN", "FLOODS"} <= set(entities["title"]) and entities["degree"].min() >= 1
    assert len(relationships) == len(relationships[["source", "target"]].drop_duplicates()) == 3
    assert len(communities) >= 1 and set(relationships["source"]) <= set(entities["title"])
