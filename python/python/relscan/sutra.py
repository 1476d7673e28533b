"""A drop-in for the association extraction of Sutra (`sutra_core.learning`): its names, signatures, results and order.

    from relscan.sutra import AssociationExtractor, ParallelAssociationExtractor

Where the original's paths disagree or fail, this module does one thing: an argument that is empty is skipped; a batch below
the threshold gives what a larger one gives; co-occurrence follows insertion order. Classes of the original are used where
the client has loaded them, so that its types are met; else those of this module.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

from . import Extractor, _relscan

__all__ = [
    "Association",
    "AssociationExtractor",
    "AssociationResult",
    "AssociationTask",
    "AssociationType",
    "Concept",
    "ParallelAssociationExtractor",
    "extract_words",
    "get_association_patterns",
    "learn_batch",
]

logger = logging.getLogger(__name__)

#: The most links by co-occurrence that one content makes.
MAX_COOCCURRENCE = 50
_STOP_WORDS = frozenset(
    "the a an and or but in on at to for of with by is was are were be been being have has had do does did will would "
    "could should may might can must shall this that these those".split()
)
_WORD = re.compile(r"\b\w+\b")
_SEED = Extractor("seed")


class AssociationType(Enum):
    """The relations of the original."""

    SEMANTIC = "semantic"
    CAUSAL = "causal"
    TEMPORAL = "temporal"
    HIERARCHICAL = "hierarchical"
    COMPOSITIONAL = "compositional"


@dataclass
class Concept:
    """A concept, as the original has it."""

    id: str
    content: str
    created: float = field(default_factory=time.time)
    access_count: int = 0
    strength: float = 1.0
    last_accessed: float = field(default_factory=time.time)
    source: str | None = None
    category: str | None = None
    confidence: float = 1.0


@dataclass
class Association:
    """An association, as the original has it."""

    source_id: str
    target_id: str
    assoc_type: AssociationType
    weight: float = 1.0
    confidence: float = 1.0
    created: float = field(default_factory=time.time)
    last_used: float = field(default_factory=time.time)


@dataclass
class AssociationTask:
    """One concept to extract from."""

    concept_id: str
    content: str
    enable_central_links: bool
    central_link_confidence: float
    central_link_type: str
    depth: int


@dataclass
class AssociationResult:
    """What was extracted for one concept: (source id, target id, type, confidence), and the (id, text) of new concepts."""

    concept_id: str
    associations: list[tuple[str, str, str, float]]
    concepts_to_create: list[tuple[str, str]]
    processing_time: float
    associations_count: int


def _types() -> Any:
    """The classes of the client if it has loaded them, else ours."""
    return sys.modules.get("sutra_core.graph.concepts") or _OURS


_OURS = SimpleNamespace(Association=Association, AssociationType=AssociationType, Concept=Concept)


def get_association_patterns() -> list[tuple[str, Any]]:
    """The 16 patterns of the original, in order, with their types."""
    types = _types().AssociationType
    return [(f"(.+?) {middle} (.+)", getattr(types, name)) for name, middle in _MIDDLES]


_MIDDLES = [
    ("CAUSAL", "causes"),
    ("CAUSAL", "leads to"),
    ("CAUSAL", "results in"),
    ("HIERARCHICAL", "is (?:a|an)"),
    ("HIERARCHICAL", "are (?:a|an|types? of)"),
    ("COMPOSITIONAL", "contains"),
    ("COMPOSITIONAL", "includes"),
    ("COMPOSITIONAL", "consists of"),
    ("SEMANTIC", "refers to"),
    ("SEMANTIC", "means"),
    ("SEMANTIC", "involves"),
    ("SEMANTIC", "similar to"),
    ("SEMANTIC", "related to"),
    ("TEMPORAL", "before"),
    ("TEMPORAL", "after"),
    ("TEMPORAL", "follows"),
]
_PATTERNS = [(f"(.+?) {middle} (.+)", name) for name, middle in _MIDDLES]


def extract_words(text: str) -> list[str]:
    """The words of a text that count: longer than two characters, no stop words, in lower case."""
    return [word for word in _WORD.findall(text.lower()) if len(word) > 2 and word not in _STOP_WORDS]


def _extract(tasks: Sequence[AssociationTask], workers: int) -> list[AssociationResult]:
    """The results of tasks that have their links in common, in order."""
    if not tasks:
        return []
    start = time.time()
    first = tasks[0]
    link = (first.central_link_type, first.central_link_confidence) if first.enable_central_links else None
    found = _relscan.extract_tasks(_SEED, [(task.concept_id, task.content) for task in tasks], link, workers)
    each = (time.time() - start) / len(tasks)
    return [
        AssociationResult(task.concept_id, associations, concepts, each, len(associations))
        for task, (associations, concepts) in zip(tasks, found, strict=True)
    ]


def _extract_associations_worker(task: AssociationTask, patterns: list[tuple[str, str]]) -> AssociationResult:
    """What the original's worker gives for one concept. Other patterns than its own are matched by `re`."""
    if patterns == _PATTERNS:
        return _extract([task], 1)[0]
    start = time.time()
    content = task.content.lower()
    texts: dict[str, str] = {}
    associations: list[tuple[str, str, str, float]] = []
    for pattern, kind in patterns:
        try:
            for match in re.finditer(pattern, content):
                source, target = match.group(1).strip(), match.group(2).strip()
                if not source or not target:
                    continue
                for text in (source, target):
                    if text not in texts:
                        texts[text] = _relscan.concept_ids([text])[0]
                ends = (texts[source], texts[target])
                associations.append((*ends, kind, 0.8))
                if task.enable_central_links:
                    for end in ends:
                        associations.append(
                            (task.concept_id, end, task.central_link_type, task.central_link_confidence)
                        )
        except Exception as error:
            logger.debug("Pattern matching error: %s", error)
    concepts = [(concept, text) for text, concept in texts.items()]
    return AssociationResult(task.concept_id, associations, concepts, time.time() - start, len(associations))


def _embedding(size: int) -> Any:
    """Nothing, in a form that a storage takes."""
    try:
        import numpy
    except ImportError:
        return [0.0] * size
    return numpy.zeros(size, dtype=numpy.float32)


class ParallelAssociationExtractor:
    """The original's parallel extractor; the threads of one process take the place of its pool of processes.

    `concepts`, `associations` (by (source id, target id)), `word_to_concepts` and `concept_neighbors` hold what was
    extracted, and `storage.add_concept` / `storage.add_association` are called as the original does.
    """

    def __init__(
        self,
        storage: Any,
        enable_central_links: bool = True,
        central_link_confidence: float = 0.6,
        central_link_type: Any = AssociationType.COMPOSITIONAL,
        num_workers: int | None = None,
        parallel_threshold: int = 20,
        entity_cache: Any = None,
    ) -> None:
        self.storage = storage
        self.concepts: dict[str, Any] = {}
        self.word_to_concepts: defaultdict[str, set[str]] = defaultdict(set)
        self.concept_neighbors: defaultdict[str, set[str]] = defaultdict(set)
        self.associations: dict[tuple[str, str], Any] = {}
        self.enable_central_links = enable_central_links
        self.central_link_confidence = central_link_confidence
        self.central_link_type = central_link_type
        self.parallel_threshold = parallel_threshold
        self.entity_cache = entity_cache
        self.num_workers = max(1, (os.cpu_count() or 1) - 1 if num_workers is None else num_workers)
        self.patterns = list(_PATTERNS)
        self.total_processed = 0
        self.total_parallel_time = 0.0
        self.total_sequential_time = 0.0
        self._prepared: dict[tuple[str, str], AssociationResult] = {}
        logger.info(
            "ParallelAssociationExtractor initialized: %d workers, threshold=%d", self.num_workers, parallel_threshold
        )

    def _task(self, concept_id: str, content: str, depth: int) -> AssociationTask:
        return AssociationTask(
            concept_id,
            content,
            self.enable_central_links,
            self.central_link_confidence,
            self.central_link_type.name,
            depth,
        )

    def prepare(self, concept_data: Iterable[tuple[str, str]]) -> None:
        """Extracts ahead, in one batch, what `extract_associations_adaptive` will be asked for."""
        tasks = [self._task(concept_id, content, 1) for concept_id, content in concept_data]
        results = self._extract(tasks, self.num_workers)
        self._prepared = {(task.concept_id, task.content): result for task, result in zip(tasks, results, strict=True)}

    def _extract(self, tasks: list[AssociationTask], workers: int) -> list[AssociationResult]:
        if self.patterns == _PATTERNS:
            return _extract(tasks, workers)
        return [_extract_associations_worker(task, self.patterns) for task in tasks]

    def extract_associations_adaptive(self, content: str, concept_id: str, depth: int = 1) -> int:
        """Extracts from one content; returns how many associations were found, links included."""
        if self.entity_cache:
            entities = self.entity_cache.get(concept_id)
            if entities:
                created = self._create_associations_from_entities(concept_id, entities)
                logger.debug("Used %d cached entities for %s: %d associations", len(entities), concept_id, created)
                return created
            self.entity_cache.add_to_processing_queue(concept_id)
            logger.debug("Cache miss for %s, queued for background extraction", concept_id)
        result = self._prepared.get((concept_id, content))
        if result is None:
            result = _extract_associations_worker(self._task(concept_id, content, depth), self.patterns)
        self._apply_result(result)
        self._persist(result)
        return result.associations_count

    def _persist(self, result: AssociationResult) -> None:
        storage = self.storage
        if not (hasattr(storage, "add_association") and hasattr(storage, "has_concept")):
            return
        types = _types()
        try:
            for source, target, kind, confidence in result.associations:
                if storage.has_concept(source) and storage.has_concept(target):
                    storage.add_association(
                        types.Association(source, target, types.AssociationType[kind], confidence=confidence)
                    )
        except Exception as error:  # a storage that fails does not stop learning, as in the original
            logger.debug("Storage error: %s", error)

    def _create_associations_from_entities(self, concept_id: str, entities: list[dict[str, Any]]) -> int:
        types = _types()
        created = 0
        for entity in entities:
            text, kind = entity.get("text", "").strip(), entity.get("type", "").strip()
            if not text or not kind:
                continue
            entity_id = _relscan.concept_ids([text])[0]
            if entity_id not in self.concepts:
                self._add_concept(types.Concept(id=entity_id, content=text, source="llm_cache", category=kind))
            if self._associate(concept_id, entity_id, "COMPOSITIONAL", entity.get("confidence", 0.8)):
                created += 1
        return created

    def _add_concept(self, concept: Any) -> None:
        self.concepts[concept.id] = concept
        for word in extract_words(concept.content):
            self.word_to_concepts[word].add(concept.id)

    def _associate(self, source: str, target: str, kind: str, confidence: float) -> bool:
        """Enters an association, unless the two are associated already."""
        if (source, target) in self.associations:
            return False
        types = _types()
        self.associations[source, target] = types.Association(
            source_id=source, target_id=target, assoc_type=types.AssociationType[kind], confidence=confidence
        )
        self.concept_neighbors[source].add(target)
        self.concept_neighbors[target].add(source)
        return True

    def _apply_result(self, result: AssociationResult) -> None:
        new_concept = _types().Concept
        for concept_id, text in result.concepts_to_create:
            if concept_id in self.concepts:
                continue
            concept = new_concept(id=concept_id, content=text, confidence=0.7)
            self._add_concept(concept)
            if self.storage is not None and hasattr(self.storage, "add_concept"):
                try:
                    self.storage.add_concept(concept, _embedding(384))
                except Exception as error:
                    logger.debug("Storage error: %s", error)
        for association in result.associations:
            self._associate(*association)

    def extract_associations_batch(self, concept_data: list[tuple[str, str]], depth: int = 1) -> int:
        """Extracts from (concept id, content) pairs; returns how many associations were found, links included."""
        if not concept_data:
            return 0
        start = time.time()
        is_parallel = len(concept_data) >= self.parallel_threshold
        tasks = [self._task(concept_id, content, depth) for concept_id, content in concept_data]
        total = 0
        for result in self._extract(tasks, self.num_workers if is_parallel else 1):
            self._apply_result(result)
            total += result.associations_count
        elapsed = max(time.time() - start, 1e-9)
        if is_parallel:
            self.total_parallel_time += elapsed
        else:
            self.total_sequential_time += elapsed
        self.total_processed += len(tasks)
        logger.debug(
            "%s extraction: %d concepts in %.3fs (%.1f concepts/sec, %d workers)",
            "Parallel" if is_parallel else "Sequential",
            len(tasks),
            elapsed,
            len(tasks) / elapsed,
            self.num_workers if is_parallel else 1,
        )
        return total

    def get_stats(self) -> dict[str, Any]:
        """What was processed, in what time, with how many workers."""
        return {
            "total_processed": self.total_processed,
            "parallel_time": self.total_parallel_time,
            "sequential_time": self.total_sequential_time,
            "num_workers": self.num_workers,
            "parallel_threshold": self.parallel_threshold,
        }


class AssociationExtractor:
    """The original's sequential extractor, whose concepts and associations are in `storage`."""

    def __init__(
        self,
        storage: Any,
        enable_central_links: bool = True,
        central_link_confidence: float = 0.6,
        central_link_type: Any = AssociationType.COMPOSITIONAL,
        max_cooccurrence_links: int = 200,
        nlp_processor: Any = None,
        entity_cache: Any = None,
    ) -> None:
        self.storage = storage
        self.enable_central_links = enable_central_links
        self.central_link_confidence = central_link_confidence
        self.central_link_type = central_link_type
        self.max_cooccurrence_links = max_cooccurrence_links
        self.nlp_processor = nlp_processor
        self.entity_cache = entity_cache

    def extract_associations(self, content: str, concept_id: str) -> int:
        """Extracts by the patterns; returns how many associations between arguments were stored."""
        task = AssociationTask(concept_id, content, False, 0.0, "", 1)
        result = _extract([task], 1)[0]
        for new_id, text in result.concepts_to_create:
            self._find_or_create_concept(new_id, text)
        types = _types().AssociationType
        created = 0
        for source, target, kind, confidence in result.associations:
            created += self._create_association(source, target, types[kind], confidence)
            if self.enable_central_links:
                for end in (source, target):
                    self._create_association(concept_id, end, self.central_link_type, self.central_link_confidence)
        return created

    def extract_associations_adaptive(self, content: str, concept_id: str, depth: int = 1) -> int:
        """As `extract_associations`, and with `depth` above 1 by co-occurrence of words too."""
        created = self.extract_associations(content, concept_id)
        return created + self._cooccurrence(content) if depth > 1 else created

    def _cooccurrence(self, content: str) -> int:
        if not self.storage:
            return 0
        limit = min(MAX_COOCCURRENCE, self.max_cooccurrence_links)
        semantic = _types().AssociationType.SEMANTIC
        words = extract_words(content)
        known: dict[str, list[str]] = {}

        def concepts(word: str) -> list[str]:
            if word not in known:
                known[word] = list(dict.fromkeys(self.storage.search_by_text(word)))[:2]
            return known[word]

        created = 0
        for at, word in enumerate(words):
            for other in words[at + 1 : at + 4]:
                for source in concepts(word):
                    for target in concepts(other):
                        if source != target and self._create_association(source, target, semantic, 0.5):
                            created += 1
                            if created >= limit:
                                return created
        return created

    def _find_or_create_concept(self, concept_id: str, text: str) -> None:
        storage = self.storage
        try:
            if not storage or storage.has_concept(concept_id):
                return
            embedding = self.nlp_processor.get_embedding(text) if self.nlp_processor else None
            if embedding is None:
                embedding = _embedding(getattr(storage, "vector_dimension", 384))
            storage.add_concept(_types().Concept(id=concept_id, content=text, confidence=0.7), embedding)
        except Exception as error:
            logger.debug("Storage error: %s", error)

    def _create_association(self, source: str, target: str, kind: Any, confidence: float) -> bool:
        storage = self.storage
        try:
            if storage and storage.has_concept(source) and storage.has_concept(target):
                storage.add_association(_types().Association(source, target, kind, confidence=confidence))
                return True
        except Exception as error:
            logger.debug("Storage error: %s", error)
        return False


def learn_batch(
    contents: list[tuple[str, str | None, str | None]],
    batch_size: int = 50,
    memory_cleanup_interval: int = 5,
    fail_on_error: bool = True,
    *,
    learner: Any,
    progress: Callable[[int, int], object] | None = None,
    **kwargs: Any,
) -> list[str]:
    """Learns (content, source, category) tuples with the original's `AdaptiveLearner`; returns the ids of the concepts.

    If the extractor of `learner` is a `ParallelAssociationExtractor` of this module, each batch is extracted ahead on
    several threads; the result is that of learning one by one. With `fail_on_error=False` a content that cannot be
    learned is logged and left out.
    """
    extractor = learner.association_extractor
    learned: list[str] = []
    for number, first in enumerate(range(0, len(contents), max(1, batch_size)), start=1):
        batch = contents[first : first + max(1, batch_size)]
        if isinstance(extractor, ParallelAssociationExtractor):
            texts = [content for content, _, _ in batch if isinstance(content, str)]
            extractor.prepare(zip(_relscan.concept_ids(texts), texts, strict=True))
        for at, (content, source, category) in enumerate(batch, start=first + 1):
            try:
                learned.append(learner.learn_adaptive(content, source=source, category=category, **kwargs))
            except Exception as error:
                logger.error("Failed to learn item %d: %s", at, error)
                if fail_on_error:
                    raise
        if memory_cleanup_interval and number % memory_cleanup_interval == 0:
            gc.collect()
        if progress is not None:
            progress(min(first + len(batch), len(contents)), len(contents))
        logger.info("Learned %d of %d", len(learned), len(contents))
    return learned
