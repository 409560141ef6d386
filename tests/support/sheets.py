"""A small sheet that is fine, and ways to write it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from testimonia.tables.sheets.filled_in import Filled

FINE = {
    "documents": [["id", "label", "published"], ["report", "Report", "2026-03-04"]],
    "passages": [
        ["id", "document", "start", "end", "digest"],
        ["report#char=0,9", "report", "0", "9", "0" * 64],
    ],
    "places": [["id", "label", "latitude", "longitude"], ["mirel", "Mirel", "34.5503", "38.2833"]],
    "agents": [
        ["id", "type", "label", "also_called", "part_of", "min_persons"],
        ["police", "OfficialBody", "Police", "Harbour police | Polis", "", ""],
        ["ada", "Person", "Ada Vance", "", "", ""],
        ["guard", "UnnamedSource", "A guard", "", "", "1"],
    ],
    "events": [
        ["id", "type", "label", "event_type", "occurred", "place"],
        ["blast", "Incident", "Blast", "bombing", "2026-03-03", "mirel"],
    ],
    "groups": [
        ["id", "type", "label", "category", "affiliation"],
        ["dead", "VictimGroup", "The dead", "civilian | unknown-status", ""],
    ],
    "propositions": [
        ["id", "type", "about", "gloss", "harm", "victims", "lower_bound", "upper_bound"],
        ["two", "CasualtyProposition", "blast", "Two died", "killed", "dead", "2", "2"],
        ["none", "CasualtyProposition", "blast", "Nobody hurt", "injured", "dead", "0", "0"],
    ],
    "claims": [
        [
            *("id", "claimant", "on_behalf_of", "stance", "proposition", "stated_in", "passage"),
            *("voice", "stated_at", "reports"),
        ],
        [
            *("one", "ada", "police", "asserts", "two", "report", "report#char=0,9"),
            *("indirect-report", "2026-03-03", ""),
        ],
        [
            *("relay", "guard", "", "asserts", "two", "report", "report#char=0,9"),
            *("indirect-report", "", "one"),
        ],
    ],
}
"""A sheet in which nothing is amiss: 12 rows, and 3 dates in place of bounds, two of them alike."""

ROWS = 12

Sheet = Mapping[str, Iterable[Iterable[str]]]


def copy(sheet: Sheet = FINE) -> dict[str, list[list[str]]]:
    return {name: [list(row) for row in rows] for name, rows in sheet.items()}


def changed(table: str, row: int, column: str, value: str) -> dict[str, list[list[str]]]:
    """Give the fine sheet with another value in one cell; rows count from the header, which is 1."""
    sheet = copy()
    sheet[table][row - 1][sheet[table][0].index(column)] = value
    return sheet


def write_csv(directory: Path, sheet: Sheet = FINE) -> Path:
    directory.mkdir(exist_ok=True)
    for name, rows in sheet.items():
        with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return directory


def write_xlsx(path: Path, sheet: Sheet = FINE) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheet.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for index, cell in enumerate(row):
                    if cell:
                        page.write_string(number, index, cell)
    return path


Told = tuple[str, int | None, str, str | None]


def rejects(filled: Filled) -> list[Told]:
    """Each reject without what was expected: file or sheet, row, column, value."""
    return [
        (row["sheet"] or Path(row["file"]).stem, row["row"], row["column"], row["value"])
        for row in filled.rejects.iter_rows(named=True)
    ]
