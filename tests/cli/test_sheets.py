"""Sheets on the command line: made, mapped, and the data written as tables."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sheets import changed, write_csv

import testimonia
from testimonia.cli import run
from testimonia.rdf import files

Outcome = tuple[int, str, str]


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words: object) -> Outcome:
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_fine_sheet(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    sheet, output = write_csv(tmp_path / "sheet"), tmp_path / "out.nq"
    code, out, err = cli("map", "sheet", sheet, "-o", output)
    assert (code, err) == (0, "")
    assert f"{sheet}/claims.csv: 2 rows, 0 rejected\n" in out
    assert f"{output}: 75 statements\n" in out
    assert len(list(files.read([output]))) == 75


def test_a_sheet_with_a_fault(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", changed("claims", 3, "stance", "says"))
    code, out, err = cli("map", "sheet", sheet, "--output", tmp_path / "out.nq")
    assert (code, err) == (1, "")
    rejects = tmp_path / "out.nq.rejects.csv"
    assert f"Rejected rows and reasons: {rejects}\n" in out
    with rejects.open(newline="", encoding="utf-8") as lines:
        assert [(row["row"], row["column"], row["value"]) for row in csv.DictReader(lines)] == [
            ("3", "stance", "says")
        ]


def test_a_share_of_rejected_rows_is_tolerated(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", changed("claims", 3, "stance", "says"))
    words = ("map", "sheet", str(sheet), "-o", str(tmp_path / "out.nq"))
    assert cli(*words, "--tolerate", "49%")[0] == 1  # one of two claims
    code, _, err = cli(*words, "--tolerate", "50%")
    assert code == 0
    assert "rejected rows are tolerated" in err
    assert cli(*words, "--tolerate", "half")[0] == 2


def test_links_into_data(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", changed("claims", 3, "claimant", "sana"))
    data = tmp_path / "agents.ttl"
    data.write_text(
        "<https://w3id.org/testimonia/id/agent/sana> a <https://w3id.org/testimonia/ns#StateMedia> ."
    )
    map_it = ("map", "sheet", sheet, "-o", tmp_path / "out.nq")
    assert cli(*map_it)[0] == 1
    assert cli(*map_it, "--data", data)[0] == 0
    known = next(iter(testimonia.open().tables()["agents"]["id"]))
    write_csv(tmp_path / "sheet", changed("claims", 3, "claimant", known))
    assert cli(*map_it)[0] == 1
    assert cli(*map_it, "--shipped")[0] == 0


def test_a_sheet_that_cannot_be_read(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes("id,label\na,القاهرة\n".encode("cp1256"))
    map_it = ("map", "sheet", tmp_path, "-o", tmp_path / "out.nq")
    code, out, err = cli(*map_it)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {path}:2: this file is not in UTF-8")
    assert "--encoding" in err
    assert not (tmp_path / "out.nq").exists()
    assert cli(*map_it, "--encoding", "windows-1256")[0] == 0
    assert "القاهرة" in (tmp_path / "out.nq").read_text("utf-8")


def test_what_was_detected_in_a_file_is_reported(
    cli: Callable[..., Outcome], tmp_path: Path
) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes("id;label\na;Zürich\n".encode("latin-1"))
    code, out, err = cli("map", "sheet", tmp_path, "-o", tmp_path / "out.nq")
    assert (code, err) == (0, "")
    assert f"{path}: cells separated by semicolons\n" in out
    assert (
        f"{path}: not in UTF-8 (byte 0xfc on line 2): read as Windows-1252, which is a guess" in out
    )


@pytest.mark.parametrize("option", [[], ["--xlsx"]])
def test_a_new_sheet(cli: Callable[..., Outcome], tmp_path: Path, option: list[str]) -> None:
    directory = tmp_path / "new"
    code, out, err = cli("sheet", "new", directory, *option)
    assert (code, err) == (0, "")
    paths = sorted(directory.iterdir())
    assert out.splitlines() == [str(path) for path in paths]
    code, out, err = cli("sheet", "new", directory, *option)
    assert (code, out) == (2, "")
    assert "is not overwritten" in err
    source = paths[0] if option else directory
    code, out, err = cli("map", "sheet", source, "-o", tmp_path / "out.nq")
    assert (code, out) == (2, "")
    assert "no table here has rows below its header" in err
    assert not (tmp_path / "out.nq").exists()


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_tables_there_and_back(cli: Callable[..., Outcome], tmp_path: Path, form: str) -> None:
    output = tmp_path / f"tables.{form}"
    code, out, err = cli("tables", "-o", output, "--format", form)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].split() == [f"{testimonia.open().count_claims():,}", "claims"]
    back = tmp_path / "back.nq"
    assert cli("map", "sheet", output, "-o", back)[0] == 0
    assert {q.triple for q in files.read([back])} == {q.triple for q in testimonia.open().quads()}
    assert cli("tables", "-o", output, "--format", form)[0] == (0 if form == "xlsx" else 2)


def test_what_fits_no_table_is_reported(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    data = tmp_path / "a.nt"
    data.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    code, out, _ = cli("tables", "-o", tmp_path / "out", "--data", data)
    assert code == 0
    assert "1 statements that fit no table, in rest.nq" in out
    assert (tmp_path / "out" / "rest.nq").read_text() == data.read_text()


@pytest.mark.parametrize(("module", "words"), [
    ("xlsxwriter", ["sheet", "new", "new", "--xlsx"]),
    ("xlsxwriter", ["tables", "-o", "a.xlsx", "--format", "xlsx"]),
])  # fmt: skip
def test_a_missing_package_is_named(tmp_path: Path, module: str, words: list[str]) -> None:
    (tmp_path / "a.xlsx").write_text("x")
    script = (
        f"import sys; sys.modules[{module!r}] = None; import testimonia.cli; "
        "sys.exit(testimonia.cli.run(sys.argv[1:]))"
    )
    source = str(Path(testimonia.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={"PYTHONPATH": source},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"this needs the package {module}, which is not installed" in done.stderr
    assert 'pip install "testimonia[sheets]"' in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
