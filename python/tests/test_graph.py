"""Learning into a graph, in memory and in a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from relscan import Extractor, Graph, Learner

LESSONS = [("Python is a language", None, "code"), ("Smoking causes cancer", "leaflet", None), ("Rain is a gift", None, None)]


def test_a_graph_is_learned() -> None:
    learner = Learner(Extractor("seed"))
    ids = learner.learn_batch(LESSONS)
    graph = learner.graph
    assert len(ids) == 3 and graph.concept_count == 9
    assert graph.concept("python")["content"] == "python" and graph.concept("no such") is None
    assert {"language"} <= {c["content"] for c in graph.neighbours("python")}
    assert graph.association_count == len(graph.associations()) >= 9
    assert learner.learn("Rain is a gift") == ids[2]
    assert graph.concept("Rain is a gift")["access_count"] == 1
    assert graph.strength_stats()["total_concepts"] == 9


def test_one_by_one_is_as_a_batch() -> None:
    one, batch = Learner(Extractor("seed")), Learner(Extractor("seed"), workers=2)
    lessons = [(f"thing {n % 40} causes effect {n % 7}", None, None) for n in range(3000)]
    for lesson in lessons:
        one.learn(*lesson)
    batch.learn_batch(lessons)
    assert one.graph.concepts() == batch.graph.concepts()
    assert one.graph.associations() == batch.graph.associations()


def test_a_store_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    learner = Learner(Extractor("seed"), path)
    learner.learn_batch([lesson[0] for lesson in LESSONS])
    concepts = learner.graph.concepts()
    del learner
    graph = Graph.open(path)
    assert graph.concepts() == concepts
    out = tmp_path / "graph.graphml"
    graph.write(out)
    assert "graphml" in out.read_text()


def test_wrong_arguments(tmp_path: Path) -> None:
    learner = Learner(Extractor("seed"))
    with pytest.raises(TypeError, match="not one str"):
        learner.learn_batch("x")
    with pytest.raises(TypeError, match=r"contents\[1\]"):
        learner.learn_batch(["x", 3])
    with pytest.raises(TypeError, match=r"contents\[0\]"):
        learner.learn_batch([("x", 3)])
    with pytest.raises(ValueError, match="0 to 1"):
        Learner(Extractor("seed"), link_confidence=7)
    with pytest.raises(OSError, match="no.db"):
        Graph.open(tmp_path / "no.db")
    with pytest.raises(KeyError, match="no concept"):
        learner.graph.neighbours("x")
    with pytest.raises(ValueError, match="jsonl"):
        learner.graph.write(tmp_path / "x", "pdf")
