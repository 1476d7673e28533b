"""Finds who relates to what in text: typed associations from compiled patterns, at the speed of memory.

>>> import relscan
>>> extractor = relscan.Extractor()
>>> for a in extractor.extract("Smoking causes lung cancer."):
...     print(a.source, a.relation, a.target)
smoking causal lung cancer

`Extractor` finds associations, `PatternSet` and `Pattern` say which, `Learner` and `Graph` make a graph of them, `read`
reads files, `tag` shows how a text is read. Modules for other packages are imported when they are needed:
`relscan.polars`, `relscan.pandas`, `relscan.spacy`, `relscan.networkx`, `relscan.igraph`, `relscan.langchain`,
`relscan.llama_index`, `relscan.graphrag`, `relscan.lightrag`, `relscan.neo4j`, `relscan.sutra`, and for clusters
`relscan.spark`, `relscan.ray`, `relscan.datatrove`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from . import _relscan
from ._relscan import (
    Association,
    Associations,
    Extractor,
    Graph,
    Learner,
    PatternError,
    PatternSet,
    __version__,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from typing import Literal

__all__ = [
    "Association",
    "Associations",
    "Content",
    "Extractor",
    "Graph",
    "Learner",
    "Pattern",
    "PatternError",
    "PatternSet",
    "Token",
    "__version__",
    "read",
    "tag",
]


@dataclass(frozen=True)
class Pattern:
    """One pattern: a name, a relation, and either a `trigger` or a `regex`; the keys are those of pattern files.

    >>> prevents = Pattern("prevents", "causal", trigger="prevents")
    >>> [a.target for a in Extractor([prevents]).extract("Salt prevents ice")]
    ['ice']
    """

    name: str
    relation: str
    trigger: str | None = None
    regex: str | None = None
    source: str | int | None = None
    target: str | int | None = None
    direction: str | None = None
    argument: str | None = None
    reach: str | None = None
    lists: str | None = None
    unwrap: bool | None = None
    left: str | None = None
    right: str | None = None
    confidence: float | None = None
    evidence: int | None = None
    reference: str | None = None

    def to_toml(self) -> str:
        """The pattern as it stands in a pattern file."""
        lines = ["[[pattern]]"]
        for key, value in self.__dict__.items():
            if value is not None:
                lines.append(f"{key} = {_toml(key, value)}")
        return "\n".join(lines) + "\n"


def _toml(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        if "'" not in value and value.isprintable():
            return f"'{value}'"
        escaped = "".join(
            {'"': '\\"', "\\": "\\\\"}.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in value
        )
        return f'"{escaped}"'
    raise TypeError(f"{key} must be a str, a number or a bool, not {type(value).__name__}")


class Token(NamedTuple):
    """A token of a text, its part of speech, and where it is, in characters."""

    text: str
    tag: str
    start: int
    end: int


class Content(NamedTuple):
    """A text that was read, where it comes from and what it is about, if that is known."""

    text: str
    source: str | None
    category: str | None


def tag(text: str) -> list[list[Token]]:
    """The tokens of each sentence of an English text, with their parts of speech.

    >>> [(t.text, t.tag) for t in tag("Rain causes floods.")[0]][:2]
    [('Rain', 'NOUN'), ('causes', 'VBZ')]
    """
    return [[Token(*token) for token in sentence] for sentence in _relscan.tag(text)]


def read(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    format: str = "auto",
    text_field: str = "content",
    on_error: Literal["raise", "skip"] = "raise",
) -> Iterator[Content]:
    """The contents of files and folders, one after another, as a stream.

    Rows of JSONL (the text is in `text_field`), lines of other files; with `format="text"` each file is one content. What
    cannot be read raises OSError, after which reading can go on; with `on_error="skip"` it is passed over.
    """
    contents = _relscan.read(paths, format, text_field, on_error)
    return (Content(*content) for content in contents)
