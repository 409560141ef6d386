"""Editions of a table: what was changed, added and removed, and that changes are revisions of the compiler."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from testimonia.cli import run as run_cli
from testimonia.dataset import open as open_dataset
from testimonia.errors import InputError
from testimonia.query.results import Results
from testimonia.tables.descriptions.described_source import described
from testimonia.tables.mapping import Run, map_files

TABLES = Path(__file__).parents[2] / "examples" / "tables"
EARLIER = TABLES / "gun-violence-archive.csv"
SOURCE = described("gun-violence-archive")


def later(folder: Path) -> Path:
    """Write a later edition: one figure raised, one day changed, one row removed and one added."""
    header, first, second, _ = EARLIER.read_text(encoding="utf-8").splitlines()
    assert ",1,2," in first
    rows = [
        first.replace(",1,2,", ",1,3,"),
        second.replace("2031-01-02", "2031-01-03"),
        first.replace("900001", "900009"),
    ]
    path = folder / "later.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def mapped(folder: Path) -> tuple[Run, Path, Path]:
    one, other = folder / "earlier.nq", folder / "later.nq"
    map_files(SOURCE, [EARLIER], one)
    return map_files(SOURCE, [later(folder)], other, since=EARLIER), one, other


def changes(done: Run) -> set[tuple[str, ...]]:
    assert done.changes is not None
    with done.changes.open(encoding="utf-8", newline="") as stream:
        return {tuple(row.values()) for row in csv.DictReader(stream)}


def test_what_is_different_is_listed(tmp_path: Path) -> None:
    done = mapped(tmp_path)[0]
    assert done.changed == {"added": 3, "changed": 2, "removed": 3, "same": 4}
    found = changes(done)
    assert ("claim 900001/injured", "changed", "asserts exact 2 2", "asserts exact 3 3") in found
    assert ("claim 900003/killed", "removed", "asserts exact 2 2", "") in found
    assert ("claim 900009/killed", "added", "", "asserts exact 1 1") in found
    assert {(what, change) for what, change, *_ in found if what.startswith("event")} == {
        ("event 900002", "changed"),
        ("event 900003", "removed"),
        ("event 900009", "added"),
    }


def test_a_changed_figure_is_a_revision_of_the_compiler(tmp_path: Path) -> None:
    _, one, other = mapped(tmp_path)
    data = open_dataset(one, other)
    assert data.validate().findings == ()
    found = data.ask("revisions")
    assert isinstance(found, Results)
    rows = [row.as_dict() for row in found]
    assert [(row["direction"], row["oldLower"], row["lower"], row["corrects"]) for row in rows] == [
        ("up", 2, 3, True)
    ]
    assert str(rows[0]["speaker"]).endswith("agent/gun-violence-archive")


def test_an_edition_that_is_the_same_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "again.csv"
    path.write_bytes(EARLIER.read_bytes() + b"\n")
    done = map_files(SOURCE, [path], tmp_path / "out.nq", since=EARLIER)
    assert done.changed == {"same": 9}
    assert changes(done) == set()
    assert "corrects" not in (tmp_path / "out.nq").read_text(encoding="utf-8")


def test_the_same_file_or_several_are_refused(tmp_path: Path) -> None:
    output = tmp_path / "out.nq"
    with pytest.raises(InputError, match="given twice"):
        map_files(SOURCE, [EARLIER], output, since=EARLIER)
    with pytest.raises(InputError, match="with one file only"):
        map_files(SOURCE, [later(tmp_path), EARLIER], output, since=TABLES / "gtd.csv")
    assert not output.exists()


def test_the_list_of_changes_never_overwrites_an_input(tmp_path: Path) -> None:
    earlier = tmp_path / "out.nq.changes.csv"
    earlier.write_bytes(EARLIER.read_bytes())
    with pytest.raises(InputError):
        map_files(SOURCE, [later(tmp_path)], tmp_path / "out.nq", since=earlier)
    assert earlier.read_bytes() == EARLIER.read_bytes()


def test_the_command_reports_the_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["map", "table", str(later(tmp_path)), "--as", "gun-violence-archive"]
    code = run_cli([*words, "--since", str(EARLIER), "-o", str(tmp_path / "out.nq")])
    out = capsys.readouterr().out
    assert code == 0
    assert "Since the earlier edition: 3 added, 2 changed, 3 removed, 4 same" in out
