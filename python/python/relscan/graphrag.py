"""GraphRAG: a workflow in place of `extract_graph_nlp`, with typed relations instead of co-occurrence.

    import relscan.graphrag
    relscan.graphrag.register()      # then run the index with method="fast"
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import Extractor

__all__ = ["extract_graph", "register"]


def extract_graph(
    text_units: Iterable[dict[str, Any]], extractor: Extractor | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the tables entities and relationships, from rows with `id` and `text`.

    Entities are the arguments, titled in capitals as GraphRAG does; a relationship joins two of them, whatever its
    relations are: its weight is the sum of confidences, its description names relations and quotes sentences.
    """
    extractor = extractor if extractor is not None else Extractor()
    try:
        units = [(str(unit["id"]), unit["text"]) for unit in text_units]
    except (KeyError, TypeError, IndexError) as error:
        raise TypeError("text_units must be rows with the keys id and text, as GraphRAG's table has them") from error
    entities: dict[str, dict[str, Any]] = {}
    edges: dict[tuple[str, str], dict[str, Any]] = {}
    for (unit, text), found in zip(units, extractor.extract_many([text for _, text in units]), strict=True):
        for a in found:
            ends = (a.source.upper(), a.target.upper())
            if ends[0] == ends[1]:
                continue
            sentence = text[_before(text, a) : _after(text, a)].strip()
            for title in ends:
                entity = entities.setdefault(
                    title,
                    {"title": title, "frequency": 0, "text_unit_ids": [], "type": "CONCEPT", "description": sentence},
                )
                if unit not in entity["text_unit_ids"]:
                    entity["text_unit_ids"].append(unit)
                    entity["frequency"] += 1
            said = f"{a.source} {a.trigger} {a.target} ({a.relation}): {sentence}"
            key = ends if ends in edges or (ends[1], ends[0]) not in edges else (ends[1], ends[0])
            edge = edges.setdefault(
                key,
                {"source": key[0], "target": key[1], "weight": 0.0, "text_unit_ids": [], "description": said},
            )
            edge["weight"] += a.confidence
            if unit not in edge["text_unit_ids"]:
                edge["text_unit_ids"].append(unit)
    return list(entities.values()), list(edges.values())


def _before(text: str, a: Any) -> int:
    start = min(a.source_span[0], a.target_span[0])
    return max(text.rfind(end, 0, start) + len(end) if end in text[:start] else 0 for end in (". ", "\n", "! ", "? "))


def _after(text: str, a: Any) -> int:
    end = max(a.source_span[1], a.target_span[1])
    places = [at + 1 for at in (text.find(mark, end) for mark in (". ", "\n", "! ", "? ")) if at >= 0]
    return min(places, default=len(text))


def register(name: str = "extract_graph_nlp", extractor: Extractor | None = None) -> None:
    """Puts the workflow in the place of GraphRAG's own of this name."""
    from graphrag.index.typing.workflow import WorkflowFunctionOutput
    from graphrag.index.workflows.factory import PipelineFactory

    async def run_workflow(config: Any, context: Any) -> Any:
        provider = context.output_table_provider
        async with provider.open("text_units", truncate=False) as table:
            units = [row async for row in table]
        entities, relationships = extract_graph(units, extractor)
        for table_name, rows in (("entities", entities), ("relationships", relationships)):
            async with provider.open(table_name) as table:
                for row in rows:
                    await table.write(row)
        return WorkflowFunctionOutput(result={"entities": entities, "relationships": relationships})

    PipelineFactory.register(name, run_workflow)
