"""Every cell that is not empty is in the output, or in a line that says what became of it."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from sheets import FINE, copy, write_csv, write_xlsx

from testimonia.cli import run as run_command
from testimonia.tables.cell_terms import encoded

MESS = [
    *("", " ", "x", "zz-1", "#note", "#N/A", "#date+start", "2026-03-03", "0016-01-01", "März"),
    *("a | b", "a || b", "-1", "2.0", "007", "TRUE", "=1+1", "'", '"', "two\nlines", "\ttab"),
    *("https://example.org/a b", "urn:x:y", "e\u0301", "\u202eabc", "١٢", "1,5", "NULL", "nan"),
]


def messy(seed: int) -> dict[str, list[list[str]]]:
    """Make a mess of the fine sheet: odd cells, rows of odd length, headers, comments, empty rows."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    sheet = copy(FINE)
    for rows in sheet.values():
        for _ in range(chance.randrange(4)):
            row = chance.choice(rows[1:])
            row[chance.randrange(len(row))] = chance.choice(MESS)
        if chance.random() < 0.3:
            rows.insert(
                chance.randrange(len(rows) + 1), chance.choice([["# remark", "of mine"], [""]])
            )
        if chance.random() < 0.2:
            rows.append([chance.choice(MESS) for _ in range(chance.randrange(1, 12))])
        if chance.random() < 0.1:
            rows[0].append(chance.choice(["more", "#mine", "label@ar", ""]))
            for row in rows[1:]:
                row.append(chance.choice(MESS))
    return sheet


@pytest.mark.slow
@pytest.mark.parametrize("workbook", [False, True], ids=["csv", "xlsx"])
@pytest.mark.parametrize("seed", range(25))
def test_no_cell_of_a_messy_sheet_is_lost(
    tmp_path: Path, seed: int, workbook: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = messy(seed)
    path = write_xlsx(tmp_path / "s.xlsx", sheet) if workbook else write_csv(tmp_path / "s", sheet)
    output = tmp_path / "o.nq"
    code = run_command(["map", "sheet", str(path), "-o", str(output)])
    printed = capsys.readouterr()
    assert code in (0, 1, 2), printed.err
    if code == 2:
        assert printed.err.startswith("error: ")
        return
    said = output.read_text("utf-8")
    rejected = rejected_rows(tmp_path / "o.nq.rejects.csv")
    for name, rows in sheet.items():
        numbered = [(n, row) for n, row in enumerate(rows, 1) if any(row)]
        kept = [(n, row) for n, row in numbered if not row[0].startswith("#") or row[0] == "#N/A"]
        header = kept[0][1]
        for number, row in kept[1:]:
            if (name, number) in rejected or all(cell.startswith("#") for cell in row if cell):
                continue
            for title, cell in zip(header, row, strict=False):
                if cell and not title.startswith("#"):
                    for value in cell.split("|"):
                        forms = written(value.strip()), encoded(value.strip())
                        assert any(form in said for form in forms), (name, number, title, cell)
            assert not any(row[len(header) :]), (name, number)


def rejected_rows(path: Path) -> set[tuple[str, int]]:
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            (row["sheet"] or Path(row["file"]).stem, int(row["row"]))
            for row in csv.DictReader(stream)
            if row["row"]
        }


def written(value: str) -> str:
    """Write a value as a literal of N-Quads has it."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
