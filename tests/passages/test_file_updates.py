"""Updates of data in place: of all files or none, also if a run is killed; and of tables in any dialect."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia import passages
from testimonia.errors import InputError
from testimonia.outputs.journal import JOURNAL, complete

EXAMPLES = Path(__file__).parents[2] / "examples"
DOCUMENT = "https://example.org/document/boats"
TEXT = "One boat sank there. Two boys were saved. The next was absent. "
ADDED = "It is corrected now. "  # as long as a sentence: passages get the offsets that others had
KILLED = """
import os, sys
from pathlib import Path
from testimonia import passages
replace, left = Path.replace, [int(sys.argv[1])]
def replace_or_die(self, target):
    if Path(target).parent.name == "data":
        if not left[0]:
            os._exit(9)
        left[0] -= 1
    return replace(self, target)
Path.replace = replace_or_die
passages.{call}(Path("data"), Path("texts"))
"""


def rdf() -> None:
    """Write a document, its passages and claims that cite them into three files; then edit the text."""
    source = Path("texts/text.txt")
    source.write_text(TEXT, encoding="utf-8")
    prefixes = "@prefix tmn: <https://w3id.org/testimonia/ns#> .\n"
    sentences = [f"{each}." for each in TEXT.split(". ")[:3]]
    written = {
        "document.ttl": passages.document(source, DOCUMENT),
        "passages.ttl": "".join(passages.locate(source, each, DOCUMENT) for each in sentences),
        "claims.ttl": prefixes
        + "".join(
            f"<urn:c{n}> tmn:passage <{DOCUMENT}#char={n * 21},{n * 21 + 20}> .\n" for n in range(3)
        ),
    }
    for name, text in written.items():
        Path("data", name).write_text(text, encoding="utf-8")
    source.write_text(ADDED + TEXT, encoding="utf-8")


def tables() -> None:
    """Take the example of claim tables, and edit the text."""
    shutil.copytree(EXAMPLES / "port-alder-sheet", "data", dirs_exist_ok=True)
    report = (EXAMPLES / "port-alder/report.txt").read_text(encoding="utf-8")
    Path("texts/report.txt").write_text("Corrected.\n" + report, encoding="utf-8")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("texts").mkdir()


def contents() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("data").iterdir()}


def test_python_updates_files() -> None:
    rdf()
    made = passages.update("data", "texts")
    assert made.report.ok
    assert made.report.complete
    assert [moved.new.rpartition("#")[2] for moved in made.moved] == [
        f"char={at},{at + 20}" for at in (21, 42, 63)
    ]
    assert {path.name for path in made.files} == {"document.ttl", "passages.ttl", "claims.ttl"}
    assert made.left == {}
    again = passages.update(["data/document.ttl", "data/passages.ttl", "data/claims.ttl"], "texts")
    assert (again.files, again.moved, again.report.ok) == ((), (), True)


@pytest.mark.parametrize(("write", "call"), [(rdf, "update"), (tables, "update_sheet")])
def test_a_killed_update_is_completed_by_the_next(write: Callable[[], None], call: str) -> None:
    update = getattr(passages, call)
    write()
    before = contents()
    update("data", "texts")
    after = contents()
    assert sum(after[name] != before[name] for name in before) == 3
    for renames in range(4):  # of the journal, then of each file
        for name, text in before.items():
            Path("data", name).write_bytes(text)
        command = [sys.executable, "-c", KILLED.format(call=call), str(renames)]
        assert subprocess.run(command, check=False).returncode == 9
        new = [name for name in before if Path("data", name).read_bytes() != before[name]]
        assert len(new) == max(renames - 1, 0)
        assert update("data", "texts").report.ok
        assert contents() == after


def test_a_killed_update_touches_nothing_else() -> None:
    rdf()
    before = contents()
    command = [sys.executable, "-c", KILLED.format(call="update"), "2"]
    assert subprocess.run(command, check=False).returncode == 9
    half = contents()
    for path in map(Path, ("data/document.ttl", "data/claims.ttl", "data/passages.ttl")):
        with pytest.raises(InputError, match="which was not given"):
            passages.update(path, "texts")
    assert contents() == half
    changed = next(n for n in before if half[n] == before[n])
    Path("data", changed).write_bytes(before[changed] + b"# edited\n")
    half = contents()
    with pytest.raises(InputError, match="has changed since"):
        passages.update("data", "texts")
    assert contents() == half
    Path("data", JOURNAL).write_text('[{"path": 1}]', encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        complete(Path("data").iterdir())


def test_files_that_may_not_change_are_refused() -> None:
    rdf()
    before = contents()
    with pytest.raises(InputError, match="may not be changed"):
        passages.update("data/claims.ttl", "texts", others=["data"])
    assert contents() == before


def test_a_link_stays_a_link() -> None:
    rdf()
    Path("data").rename("real")
    Path("data").mkdir()
    for name in ("document.ttl", "passages.ttl", "claims.ttl"):
        Path("data", name).symlink_to(f"../real/{name}")
    assert passages.update("data", "texts").report.ok
    assert all(path.is_symlink() for path in Path("data").iterdir())


@pytest.mark.parametrize(
    "written",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "# Compiled by hand, from the report, twice\n\n" + text + "\n",
        lambda text: "sep=,\n" + text,
        lambda text: text.replace("Port Alder", "Port\u2028Alder"),
        lambda text: text.replace('"Port', '"\nPort'),
    ],
    ids=["byte order mark", "line ends", "comments", "separator", "line separators", "line breaks"],
)
def test_tables_of_any_dialect_are_changed_in_place(written: Callable[[str], str]) -> None:
    tables()
    for path in Path("data").iterdir():
        text = path.read_bytes().decode()
        path.write_bytes(written(text).encode())
    before = contents()
    made = passages.update_sheet("data", "texts")
    assert made.report.ok
    assert {path.name for path in made.files} == {"claims.csv", "documents.csv", "passages.csv"}
    for name, old in before.items():
        new = Path("data", name).read_bytes()
        assert new.count(b"\n") == old.count(b"\n")
        assert new.count(b"\r") == old.count(b"\r")
        assert new[:8] == old[:8]
