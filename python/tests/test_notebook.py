"""The notebook runs from its first cell to its last, and shows what it says."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_the_notebook_runs() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("networkx")
    path = Path(__file__).parents[1] / "examples" / "graph.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [output.data for cell in cells for output in cell.outputs if "data" in output]
    assert "page.html" in shown[0]["text/plain"] and "rivers.txt" in shown[0]["text/plain"]
    assert any("<mark" in data.get("text/html", "") or "<span" in data.get("text/html", "") for data in shown)
    assert any("('heavy rain', 'causal', 'floods')" in data["text/plain"] for data in shown)
