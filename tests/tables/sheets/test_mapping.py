"""Sheets become the graph that they say, whole files or none, and what was rejected is listed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from sheets import FINE, changed, write_csv, write_xlsx

import testimonia
from testimonia.errors import InputError
from testimonia.rdf import files
from testimonia.tables.sheets.mapped import map_sheet

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
OF_THE_SHEET = re.compile(r"https://w3id\.org/testimonia/id/[a-z]+/")


def triples(path: Path) -> set[str]:
    return {str(quad.triple) for quad in files.read([path])}


def test_port_alder_is_the_same_as_in_turtle_but_for_names(tmp_path: Path) -> None:
    run = map_sheet(EXAMPLES / "port-alder-sheet", tmp_path / "out.nq")
    assert run.rejects is None
    turtle = triples(EXAMPLES / "port-alder" / "incident.ttl")
    mapped = triples(run.output)
    assert {OF_THE_SHEET.sub("https://example.org/id/", line) for line in mapped} == turtle
    assert len(mapped) == run.quads == 151


def test_port_alder_passes_every_check(tmp_path: Path) -> None:
    run = map_sheet(EXAMPLES / "port-alder-sheet", tmp_path / "out.nq")
    dataset = testimonia.open(run.output)
    assert dataset.validate().findings == ()
    assert dataset.coverage(EXAMPLES / "port-alder").complete


def test_csv_and_workbook_say_the_same(tmp_path: Path) -> None:
    one = map_sheet(write_csv(tmp_path / "csv"), tmp_path / "csv.nq")
    other = map_sheet(write_xlsx(tmp_path / "sheet.xlsx"), tmp_path / "xlsx.nq.gz")
    assert (one.rejects, other.rejects) == (None, None)
    assert triples(one.output) == triples(other.output)
    assert one.quads == 75
    assert not (tmp_path / "csv.nq.rejects.csv").exists()


def test_a_fine_sheet_says_what_it_says(tmp_path: Path) -> None:
    run = map_sheet(write_csv(tmp_path / "csv"), tmp_path / "out.nq")
    here, ns = "https://w3id.org/testimonia/id/", "https://w3id.org/testimonia/ns#"
    whole = "<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>"
    said = triples(run.output)
    assert f'<{here}proposition/none> <{ns}upperBound> "0"^^{whole}' in said
    assert f"<{here}claim/relay> <{ns}reportsClaim> <{here}claim/one>" in said
    assert f"<{here}event/blast> <{ns}occurred> <{here}bounds/anywhere-2026-03-03>" in said
    assert not any("claim/relay" in line and "statedAt" in line for line in said)


def test_rows_that_are_fine_are_written_and_the_others_listed(tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "csv", changed("claims", 3, "stance", "says"))
    run = map_sheet(sheet, tmp_path / "out.nq")
    assert run.rejects == tmp_path / "out.nq.rejects.csv"
    with run.rejects.open(newline="", encoding="utf-8") as lines:
        (row,) = csv.DictReader(lines)
    assert row == {
        "file": str(sheet / "claims.csv"),
        "sheet": "",
        "row": "3",
        "column": "stance",
        "value": "says",
        "expected": row["expected"],
    }
    assert row["expected"].startswith("a code of the list stance: asserts")
    assert run.rejected[str(sheet / "claims.csv")] == 1
    whole = triples(map_sheet(write_csv(tmp_path / "fine"), tmp_path / "fine.nq").output)
    assert triples(run.output) == {line for line in whole if "claim/relay" not in line}


def test_fixing_the_sheet_removes_the_list(tmp_path: Path) -> None:
    output, rejects = tmp_path / "out.nq", tmp_path / "why.csv"
    map_sheet(
        write_csv(tmp_path / "csv", changed("claims", 3, "stance", "says")), output, rejects=rejects
    )
    assert rejects.exists()
    map_sheet(write_csv(tmp_path / "csv", FINE), output, rejects=rejects)
    assert not rejects.exists()


def test_a_sheet_that_cannot_be_read_leaves_both_files_as_they_were(tmp_path: Path) -> None:
    output, rejects = tmp_path / "out.nq", tmp_path / "out.nq.rejects.csv"
    output.write_text("before")
    rejects.write_text("before")
    sheet = write_csv(tmp_path / "csv")
    (sheet / "claims.csv").write_bytes(b"id,\xff\n")
    with pytest.raises(InputError):
        map_sheet(sheet, output)
    assert (output.read_text(), rejects.read_text()) == ("before", "before")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["csv", "out.nq", rejects.name]


@pytest.mark.parametrize("cell", ["<script>", 'a"b\\c', "\u202e", "=cmd()", "${x}", "{{x}}"])
def test_whatever_a_cell_holds_the_output_is_well_formed(tmp_path: Path, cell: str) -> None:
    sheet = changed("agents", 3, "id", cell)
    sheet["agents"][2][2] = cell
    sheet["claims"][1][1] = cell
    run = map_sheet(write_csv(tmp_path / "csv", sheet), tmp_path / "out.nq")
    assert run.rejects is None
    labels = {quad.object.value for quad in files.read([run.output])}
    assert cell in labels


def test_a_sheet_is_not_overwritten(tmp_path: Path) -> None:
    book, folder = write_xlsx(tmp_path / "sheet.xlsx"), write_csv(tmp_path / "csv")
    before = {path: path.read_bytes() for path in (book, folder / "claims.csv")}
    for sheet, file in ((book, book), (folder, folder / "claims.csv")):
        with pytest.raises(InputError, match="is not overwritten"):
            map_sheet(sheet, file)
        with pytest.raises(InputError, match="is not overwritten"):
            map_sheet(sheet, tmp_path / "out.nq", rejects=file)
    assert {path: path.read_bytes() for path in before} == before
