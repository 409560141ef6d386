"""The notebooks run in a fresh kernel, show what they were committed with, and publish no document."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import ensure_event_loop
from tools import notebooks

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOURCES = ROOT.parent / "shared" / "sources"
PATHS = notebooks.paths()
SOME_WORDS = 7
WORD = re.compile(r"\w+")
each = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
held = pytest.mark.skipif(
    not SOURCES.is_dir(), reason=f"the documents are not published with the project ({SOURCES})"
)


@pytest.fixture(scope="module", autouse=True)
def event_loop_is_closed() -> Iterator[None]:
    """Close the event loop that jupyter_core keeps open, or it is complained of in some later test."""
    yield
    ensure_event_loop(prefer_selector_loop=True).close()


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + SOME_WORDS]) for i in range(len(words) - SOME_WORDS + 1)}


def published(notebook: nbformat.NotebookNode) -> str:
    """All that a reader of the file sees, and all that a search of it would find."""
    shown = [text for _, _, text in notebooks.texts(notebook)]
    cells = [cell.source for cell in notebook.cells]
    plain = [html.unescape(re.sub("<[^>]*>", " ", text)) for text in shown]
    return "\n".join([*cells, *shown, *plain])


def test_there_are_five() -> None:
    assert [path.stem for path in PATHS] == [
        "01-who-confirmed-what",
        "02-two-stories",
        "03-trust",
        "04-from-the-source",
        "05-your-own-incident",
    ]


@each
def test_runs_and_shows_what_was_committed(path: Path) -> None:
    committed, now = read(path), notebooks.executed(path)
    assert list(notebooks.texts(now)) == list(notebooks.texts(committed)), "make notebooks"
    assert notebooks.pictures(now) == notebooks.pictures(committed)
    assert notebooks.pictures(now) != []


@each
def test_committed_file_depends_on_code_and_data_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert text == nbformat.writes(nbformat.from_dict(notebook)) + "\n"
    nbformat.validate(nbformat.from_dict(notebook))
    cells = notebook["cells"]
    assert [cell["id"] for cell in cells] == [
        f"{path.stem[:2]}-{number:02}" for number in range(1, len(cells) + 1)
    ]
    assert all(cell["metadata"] == {} for cell in cells)
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert {json.dumps(x.get("metadata", {})) for x in outputs} == {"{}"}
    assert {x.get("execution_count") for x in [*cells, *outputs]} == {None}
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert re.findall(r"(?<![\w.:/<])/(?:home|root|tmp|usr|work|Users|private|var)/", text) == []


def test_every_cell_that_draws_or_computes_was_run() -> None:
    for path in PATHS:
        for cell in read(path).cells:
            last = cell.source.rstrip().splitlines()[-1]
            if cell.cell_type == "code" and last == "plt.show()":
                assert [o.output_type for o in cell.outputs] == ["display_data"], (path, cell.id)


def test_a_failing_cell_and_a_warning_are_noticed(tmp_path: Path) -> None:
    from nbclient.exceptions import CellExecutionError

    path = tmp_path / "x.ipynb"
    for source, error in (
        ("1 / 0", CellExecutionError),
        ("import warnings; warnings.warn('mind')", RuntimeError),
    ):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id="a")])
        nbformat.write(notebook, path)
        with pytest.raises(error, match=r"ZeroDivisionError|x\.ipynb, cell a"):
            notebooks.executed(path, tmp_path)


def test_runs_of_words_are_found_across_lines_and_tags() -> None:
    cell = nbformat.v4.new_code_cell("pass", id="a")
    shown = {"text/html": "<td>one two</td>\n<td>three, FOUR five &quot;six seven&quot;</td>"}
    cell.outputs = [nbformat.v4.new_output("display_data", shown)]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    found = runs_of_words(published(notebook))
    assert ("one", "two", "three", "four", "five", "six", "seven") in found
    assert ("two", "one", "three", "four", "five", "six", "seven") not in found


@held
@each
def test_holds_no_seven_words_of_a_document(path: Path) -> None:
    documents = [source.read_text(encoding="utf-8") for source in SOURCES.glob("*.txt")]
    taken = set().union(*map(runs_of_words, documents)) & runs_of_words(published(read(path)))
    assert len(documents) == 2
    assert sorted(taken) == []


@held
def test_quotes_the_documents_where_they_are_at_hand(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    shutil.copytree(notebooks.FOLDER, folder)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (folder / "sources").symlink_to(SOURCES)
    path = folder / "04-from-the-source.ipynb"
    shown = [text for cell, _, text in notebooks.texts(notebooks.executed(path, folder))]
    quoted = next(
        text for text in shown if "palmyra-damascus#char=289,332" in text and "True" in text
    )
    texts = (source.read_text(encoding="utf-8") for source in SOURCES.glob("*.txt"))
    damascus = next(text for text in texts if "\nDAMASCUS" in text or text.startswith("DAMASCUS"))
    assert damascus[289:332] in quoted
    assert quoted.count("True") == 3
    assert "No folder" not in "".join(shown)


def test_index_links_every_notebook() -> None:
    index = (ROOT / "docs" / "tutorials" / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(\.\./\.\./notebooks/([^)]+)\)", index)
    assert list(dict.fromkeys(links)) == [path.name for path in PATHS]


@each
def test_links_of_notebooks_lead_somewhere(path: Path) -> None:
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            for link in re.findall(r"\]\(([^)]+)\)", cell.source):
                assert (path.parent / link).exists(), link
