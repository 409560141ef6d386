"""Runs the notebooks, each in a new kernel, and saves them with their output.

``python -m tools.notebooks`` runs all of notebooks/, or those given. The result depends only on code and
data: execution counts, times, paths and kernel names are removed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

FOLDER: Final = Path(__file__).parents[1] / "notebooks"
_SECONDS: Final = 120
_METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def paths() -> list[Path]:
    """List the notebooks."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path, folder: Path = FOLDER) -> nbformat.NotebookNode:
    """Run a notebook in a new kernel of this Python.

    Parameters
    ----------
    path
        The notebook.
    folder
        Where its kernel runs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed; the message shows which and how.
    RuntimeError
        A cell warned.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    with TemporaryDirectory() as own:
        client = NotebookClient(
            notebook,
            resources={"metadata": {"path": str(folder)}},
            timeout=_SECONDS,
            record_timing=False,
        )
        manager = client.create_kernel_manager()
        # Without directories only the kernel of this Python is found, none that a user installed.
        manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
        manager.transport, manager.ip = "ipc", f"{own}/kernel"  # no network
        # User settings must not change the plots, and nothing must be left behind.
        own_places = dict.fromkeys(("IPYTHONDIR", "MPLCONFIGDIR", "TMPDIR"), own)
        client.execute(env={**os.environ, **own_places})
    for cell, kind, text in texts(notebook):
        if kind == "stderr":
            raise RuntimeError(f"{path.name}, cell {cell}: {text}")
    return _stable(notebook)


def texts(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, str, str]]:
    """List the text outputs of a notebook: cell id, kind of text, and text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                yield cell.id, output.name, output.text
            for kind, content in sorted(output.get("data", {}).items()):
                if kind.startswith("text/"):
                    yield cell.id, kind, content


def pictures(notebook: nbformat.NotebookNode) -> list[str]:
    """List the cells that show a picture."""
    outputs = ((cell.id, output) for cell in notebook.cells for output in cell.get("outputs", []))
    return [cell for cell, output in outputs if "image/png" in output.get("data", {})]


def _stable(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook.metadata = nbformat.NotebookNode(_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
            if "metadata" in output:
                output.metadata = nbformat.NotebookNode()
    return notebook


def main(names: list[str]) -> None:
    """Run notebooks and save them."""
    chosen: list[Any] = [Path(name) for name in names] or paths()
    for path in chosen:
        notebook = executed(path)
        beside = path.with_suffix(".part")
        nbformat.write(notebook, beside)
        beside.replace(path)
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
