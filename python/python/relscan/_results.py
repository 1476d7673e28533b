"""What modules for graphs accept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import Association, Associations


def results(found: object) -> list[Associations]:
    """One result or several, as a list."""
    if isinstance(found, Associations):
        return [found]
    several: list[Associations] = []
    for item in found if isinstance(found, Iterable) and not isinstance(found, str) else [found]:
        if not isinstance(item, Associations):
            raise TypeError(f"results must be what extract or extract_many gives, not {type(item).__name__}")
        several.append(item)
    return several


def associations(found: object) -> Iterator[Association]:
    """The associations of results, or of associations."""
    if not isinstance(found, Iterable) or isinstance(found, str):
        raise TypeError(f"found must be a Graph, associations or results, not {type(found).__name__}")
    for item in found:
        if isinstance(item, Associations):
            yield from item
        elif isinstance(item, Association):
            yield item
        else:
            raise TypeError(f"found must hold associations or results, not {type(item).__name__}")
