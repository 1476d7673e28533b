"""The drop-in: golden vectors of the original, and the original itself beside it where it is to be had."""

from __future__ import annotations

import dataclasses
import importlib
import logging
import pickle
import sys
import types
from typing import Any

import pytest

from relscan import sutra


def task(text: str, links: bool = False, concept: str = "central") -> sutra.AssociationTask:
    return sutra.AssociationTask(concept, text, links, 0.6, "COMPOSITIONAL", 1)


PATTERNS = [(pattern, kind.name) for pattern, kind in sutra.get_association_patterns()]


@pytest.mark.parametrize("name", ["corner", "random", "prose"])
def test_the_worker_gives_the_vectors(vectors, name: str) -> None:
    for row in vectors(name):
        result = sutra._extract_associations_worker(task(row["text"]), PATTERNS)
        texts = dict(result.concepts_to_create)
        found = [[texts[s], texts[t], kind.lower(), sure] for s, t, kind, sure in result.associations]
        assert found == row["associations"], row["id"]
        assert [list(pair) for pair in result.concepts_to_create] == row["concepts"], row["id"]
        assert result.associations_count == len(found) and result.processing_time >= 0


def test_the_worker_links(vectors) -> None:
    for row in vectors("central"):
        result = sutra._extract_associations_worker(task(row["text"], True, row["concept_id"]), PATTERNS)
        assert [list(each) for each in result.associations] == row["associations"], row["id"]
        assert pickle.loads(pickle.dumps(result)) == result


def test_other_patterns_are_matched_too() -> None:
    patterns = [*PATTERNS, ("(.+?) likes (.+)", "SEMANTIC"), ("(", "CAUSAL")]
    result = sutra._extract_associations_worker(task("Rain causes floods\nTom likes tea", True), patterns)
    alone = sutra._extract_associations_worker(task("Rain causes floods\nTom likes tea", True), PATTERNS)
    assert result.associations[:3] == alone.associations and len(result.associations) == 6


def test_a_small_batch_is_as_a_large_one(caplog: pytest.LogCaptureFixture) -> None:
    data = [(f"c{n}", f"Thing {n} causes effect {n % 5}") for n in range(60)]
    small = sutra.ParallelAssociationExtractor(None, parallel_threshold=1000)
    large = sutra.ParallelAssociationExtractor(None, num_workers=2)
    with caplog.at_level(logging.DEBUG, "relscan.sutra"):
        assert small.extract_associations_batch(data) == large.extract_associations_batch(data) == 180
    assert "Sequential extraction: 60 concepts" in caplog.text and "Parallel extraction: 60" in caplog.text
    assert small.associations.keys() == large.associations.keys()
    stats = large.get_stats()
    assert stats["total_processed"] == 60 and stats["num_workers"] == 2 and stats["parallel_threshold"] == 20
    assert stats["parallel_time"] > 0 == stats["sequential_time"]
    assert large.extract_associations_batch([]) == 0


class Storage:
    """A storage in memory."""

    def __init__(self) -> None:
        self.concepts: dict[str, Any] = {}
        self.associations: list[tuple[str, str, str, float]] = []

    def has_concept(self, concept: str) -> bool:
        return concept in self.concepts

    def get_concept(self, concept: str) -> Any:
        return self.concepts.get(concept)

    def get_all_concept_ids(self) -> list[str]:
        return list(self.concepts)

    def add_concept(self, concept: Any, embedding: Any) -> None:
        self.concepts[concept.id] = concept

    def add_association(self, a: Any) -> None:
        self.associations.append((a.source_id, a.target_id, a.assoc_type.value, a.confidence))

    def search_by_text(self, word: str) -> list[str]:
        return [each.id for each in self.concepts.values() if word in each.content.lower().split()][:1]


def contents(vectors) -> list[str]:
    """984 contents, as the original's benchmark has."""
    rows = [row["text"] for name in ("prose", "corner") for row in vectors(name) if row["text"].strip()]
    return rows[:984]


def state(extractor: Any) -> tuple[Any, ...]:
    def plain(thing: Any) -> dict[str, Any]:
        times = ("created", "last_used", "last_accessed")
        return {k: getattr(v, "value", v) for k, v in dataclasses.asdict(thing).items() if k not in times}

    return (
        [plain(concept) for concept in extractor.concepts.values()],
        [plain(association) for association in extractor.associations.values()],
        dict(extractor.word_to_concepts),
        dict(extractor.concept_neighbors),
    )


def test_beside_the_original_worker(original, vectors) -> None:
    for name in ("prose", "random", "corner"):
        for row in vectors(name)[:400]:
            theirs = original.associations_parallel._extract_associations_worker(task(row["text"], True), PATTERNS)
            ours = sutra._extract_associations_worker(task(row["text"], True), PATTERNS)
            assert ours.associations == theirs.associations and ours.concepts_to_create == theirs.concepts_to_create


def test_beside_the_original_on_984_concepts(original, vectors) -> None:
    data = [(f"{n:016x}", text) for n, text in enumerate(contents(vectors))]
    assert len(data) == 984
    ours, theirs = (
        kind(Storage(), num_workers=2)
        for kind in (sutra.ParallelAssociationExtractor, original.associations_parallel.ParallelAssociationExtractor)
    )
    assert ours.extract_associations_batch(data) == theirs.extract_associations_batch(data)
    assert state(ours) == state(theirs)
    assert ours.get_stats().keys() == theirs.get_stats().keys()
    assert ours.storage.concepts.keys() == theirs.storage.concepts.keys()
    sequential, expected = Storage(), Storage()
    for storage, kind in (
        (sequential, sutra.AssociationExtractor),
        (expected, original.associations.AssociationExtractor),
    ):
        extractor = kind(storage)
        counts = [extractor.extract_associations_adaptive(text, cid, depth) for cid, text in data[:300] for depth in (1, 2)]
        storage.counts = counts
    assert sequential.counts == expected.counts
    assert sequential.associations == expected.associations
    assert list(sequential.concepts) == list(expected.concepts)


def test_the_original_learner_with_our_extractor(original, vectors) -> None:
    lessons = [(text, "book", None) for text in contents(vectors)[:300]] * 2
    vector = [0.0] * 3
    results = []
    for kind in (sutra.ParallelAssociationExtractor, original.associations_parallel.ParallelAssociationExtractor):
        storage = Storage()
        learner = original.adaptive.AdaptiveLearner(storage, kind(storage, num_workers=2))
        if kind is sutra.ParallelAssociationExtractor:
            ids = sutra.learn_batch(lessons, learner=learner, embedding=vector)
        else:
            ids = [learner.learn_adaptive(*lesson, embedding=vector) for lesson in lessons]
        extractor = learner.association_extractor
        results.append((ids, learner.get_learning_stats(), storage.associations, *state(extractor)))
    assert results[0] == results[1]


def test_learn_batch_goes_on_or_raises() -> None:
    class Learner:
        association_extractor = sutra.ParallelAssociationExtractor(None)

        def learn_adaptive(self, content: str, source: Any, category: Any) -> str:
            if content == "bad":
                raise ValueError("bad")
            return content

    lessons = [("a", None, None), ("bad", None, None), ("b", None, None)]
    seen: list[tuple[int, int]] = []
    progress = lambda done, total: seen.append((done, total))  # noqa: E731
    assert sutra.learn_batch(lessons, 2, 1, False, learner=Learner(), progress=progress) == ["a", "b"]
    assert seen == [(2, 3), (3, 3)]
    with pytest.raises(ValueError, match="bad"):
        sutra.learn_batch(lessons, learner=Learner())


def test_the_entity_cache_comes_first() -> None:
    class Cache:
        queue: list[str] = []

        def get(self, concept: str) -> Any:
            return [{"text": "Tea", "type": "DRINK", "confidence": 0.9}, {"text": " "}] if concept == "known" else None

        def add_to_processing_queue(self, concept: str) -> None:
            self.queue.append(concept)

    extractor = sutra.ParallelAssociationExtractor(None, entity_cache=Cache())
    assert extractor.extract_associations_adaptive("Rain causes floods", "known") == 1
    assert extractor.extract_associations_adaptive("Rain causes floods", "new") == 3
    assert Cache.queue == ["new"] and len(extractor.associations) == 4


def test_the_reasoning_engine_learns_with_our_extractor(original, vectors) -> None:
    """The original's engine, its storage server and spaCy being stubs."""
    for package in ("numpy", "psutil"):
        pytest.importorskip(package)

    class Server(Storage):
        def __init__(self, **_: Any) -> None:
            super().__init__()

        def stats(self) -> dict[str, int]:
            return {"total_concepts": 0}

        def save(self) -> None:
            self.saved = True

    class NoProcessor:
        def __init__(self) -> None:
            raise ImportError("spaCy is not wanted here")

    sys.modules["sutra_core.utils.nlp"].TextProcessor = NoProcessor  # type: ignore[attr-defined]
    stub = types.ModuleType("sutra_core.storage")
    stub.TcpStorageAdapter = Server  # type: ignore[attr-defined]
    sys.modules["sutra_core.storage"] = stub
    engine_module = importlib.import_module("sutra_core.reasoning.engine")
    names = ("AssociationExtractor", "ParallelAssociationExtractor")
    theirs = {name: getattr(engine_module, name) for name in names}
    lessons = [(text, "book", "physics") for text in contents(vectors)[:120]]
    results = []
    for module in (sutra, None):
        for name in names:
            kind = theirs[name] if module is None else getattr(module, name)
            setattr(engine_module, name, kind)
            engine = engine_module.ReasoningEngine(
                enable_parallel_associations=name != names[0], association_workers=4, enable_batch_embeddings=False
            )
            assert isinstance(engine.association_extractor, kind)
            ids = engine.learn_batch(lessons, embedding=[0.0] * 3)
            assert engine.storage.saved and engine.learning_events == len(lessons)
            results.append((ids, list(engine.storage.concepts), engine.storage.associations))
    assert len(results[0][0]) == len(lessons) and len(results[0][2]) > 20
    assert results[0] == results[2] and results[1] == results[3]
