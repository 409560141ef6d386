"""``testimonia map table``, ``map describe`` and ``map schema``, from draft to claims."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia.cli import run

Outcome = tuple[int, str, str]
TABLES = Path(__file__).parents[2] / "examples" / "tables"
SHEET = TABLES / "hdx-casualties.csv"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def call(*words: str) -> Outcome:
        code = run(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_from_a_draft_to_claims(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    draft, output = tmp_path / "d.yaml", tmp_path / "out.nq.zst"
    assert cli("map", "describe", str(SHEET), "-o", str(draft))[0] == 0
    code, out, err = cli("map", "table", str(SHEET), "--as", str(draft), "-o", str(output))
    assert (code, err) == (1, "")
    assert "6 rows, 2 rejected" in out
    assert "skipped above the header: 2 rows" in out
    assert "skipped: row 1 of HXL tags" in out
    assert cli("validate", "--data", str(output))[0] == 0


def test_rejects_may_be_tolerated(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    words = ("map", "table", str(SHEET), "--as", "hdx-casualties", "-o", str(tmp_path / "out.nq"))
    assert cli(*words, "--tolerate", "30%")[0] == 1
    code, _, err = cli(*words, "--tolerate", "34%")
    assert code == 0
    assert "rejected rows are tolerated, up to 34% of each file" in err
    code, _, err = cli(*words, "--tolerate", "few")
    assert code == 2
    assert "neither a share nor a number of rows" in err


def test_a_description_that_is_not_there(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    code, _, err = cli("map", "table", str(SHEET), "--as", "alced", "-o", str(tmp_path / "out.nq"))
    assert code == 2
    assert "Did you mean acled?" in err
    assert not list(tmp_path.iterdir())


def test_the_help_names_the_shipped_descriptions(cli: Callable[..., Outcome]) -> None:
    from testimonia.catalogue import resources

    code, out, _ = cli("map", "table", "--help")
    assert code == 0
    words = " ".join(out.replace("│", " ").split())
    assert all(path.stem in words for path in resources.descriptions())


def test_a_draft_never_overwrites_its_table(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(SHEET.read_bytes())
    code, _, err = cli("map", "describe", str(path), "-o", str(path))
    assert code == 2
    assert path.read_bytes() == SHEET.read_bytes()
    assert err


def test_the_schema_is_json(cli: Callable[..., Outcome]) -> None:
    code, out, _ = cli("map", "schema")
    assert code == 0
    assert "figures" in json.loads(out)["properties"]


def test_reading_options_are_not_for_spark(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    words = ("map", "table", str(SHEET), "--as", "hdx-casualties", "-o", str(tmp_path / "out"))
    code, _, err = cli(*words, "--engine", "spark", "--merged", "fill")
    assert code == 2
    assert "--merged" in err
