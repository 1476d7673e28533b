"""What several tests need: golden vectors of the library, and the original client where it is to be had."""

from __future__ import annotations

import gzip
import importlib
import json
import signal
import sys
import tarfile
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt, also where a shell has started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], list[dict[str, Any]]]:
    def read(name: str) -> list[dict[str, Any]]:
        path = ROOT / "tests" / "data" / f"{name}.jsonl.gz"
        if not path.exists():
            pytest.skip("the golden vectors are not part of a source distribution")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return read


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[types.SimpleNamespace]:
    """The learning modules of Sutra, without what their packages import besides."""
    found = [path for parent in ROOT.parents for path in parent.glob("shared/clients/sutra_core-*.tar.gz")]
    if not found:
        pytest.skip("the original client is not here")
    folder = tmp_path_factory.mktemp("sutra")
    with tarfile.open(found[0]) as archive:
        archive.extractall(folder, filter="data")
    package = next(path.parent for path in folder.rglob("sutra_core/graph/concepts.py")).parent
    for name in ("", ".graph", ".learning", ".utils", ".reasoning"):
        module = types.ModuleType(f"sutra_core{name}")
        module.__path__ = [str(package / name.lstrip("."))]
        sys.modules[f"sutra_core{name}"] = module
    # The module of natural language processing wants spaCy; without it the original uses its window of words.
    nlp = types.ModuleType("sutra_core.utils.nlp")
    sys.modules["sutra_core.utils.nlp"] = nlp
    names = ("graph.concepts", "learning.associations", "learning.associations_parallel", "learning.adaptive")
    modules = {name.split(".")[1]: importlib.import_module(f"sutra_core.{name}") for name in names}
    yield types.SimpleNamespace(**modules)
    for name in [name for name in sys.modules if name.split(".")[0] == "sutra_core"]:
        del sys.modules[name]
