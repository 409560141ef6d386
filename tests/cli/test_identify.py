"""Identifiers are suggested from a table that the user has, and written nowhere else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from testimonia.cli import run

TABLE = """identifier,name,also_called
T1,United States,United States of America | USA
T2,Syria,
T3,SYRIA,
T4,Marco  Rubío,
T5,Northern Syria,North-eastern Syria
"""


def test_same_and_similar_names_are_suggested(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE, encoding="utf-8")
    assert run(["identify", "--table", str(table)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    found = {(row["thing"].rpartition("/id/")[2], row["identifier"]): row["match"] for row in rows}
    assert found["agent/united-states", "T1"] == "same name"
    assert found["place/syria", "T2"] == "same name, of several"
    assert found["place/syria", "T3"] == "same name, of several"
    assert found["agent/marco-rubio", "T4"] == "same name"
    assert found["place/northeastern-syria", "T5"] == "similar"
    assert ("agent/donald-trump", "T1") not in found


def test_a_table_without_names_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,label\nT1,United States\n", encoding="utf-8")
    assert run(["identify", "--table", str(table)]) == 2
    assert "no column identifier and no column name" in capsys.readouterr().err
