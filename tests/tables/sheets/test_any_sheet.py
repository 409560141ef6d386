"""Whatever stands in a sheet: each row is written or listed, and what is written is well formed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from claim_rows import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import FINE, copy, write_csv, write_xlsx

from testimonia.errors import InputError
from testimonia.rdf import files
from testimonia.tables.sheets.containers import opened
from testimonia.tables.sheets.filled_in import read
from testimonia.tables.sheets.mapped import map_sheet

pytestmark = pytest.mark.slow

CELLS = [
    (name, row, column)
    for name, rows in FINE.items()
    for row in range(len(rows))
    for column in range(len(rows[0]))
]
WORDS = st.one_of(
    st.sampled_from([*HOSTILE, "", "#REF!", "2", "ada", "two", "2026-03-03", "killed | injured"]),
    st.sampled_from(sorted({cell for rows in FINE.values() for row in rows for cell in row})),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
CHANGES = st.lists(st.tuples(st.sampled_from(CELLS), WORDS), min_size=1, max_size=6)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=60, deadline=None)
@given(changes=CHANGES)
def test_each_row_is_written_or_listed(
    tmp_path_factory: pytest.TempPathFactory,
    form: str,
    changes: list[tuple[tuple[str, int, int], str]],
) -> None:
    sheet = copy()
    for (name, row, column), word in changes:
        if form == "csv" or all(ord(c) >= 32 and c not in "\ufffe\uffff" for c in word):
            sheet[name][row][column] = word
    directory = tmp_path_factory.mktemp("sheet")
    path = (write_csv if form == "csv" else write_xlsx)(directory / f"sheet.{form}", sheet)
    try:
        filled = read(path)
    except InputError:
        return
    listed = Counter(
        (row["sheet"] or Path(row["file"]).stem)
        for row in filled.rejects.select("file", "sheet", "row")
        .unique()
        .drop_nulls("row")
        .to_dicts()
    )
    for each in opened(path).sheets:
        name = each.table.name
        written = filled.tables[name].height if name in filled.tables else 0
        assert written + listed[name] == each.rows.height == filled.read[each.shown], name
    run = map_sheet(path, directory / "out.nq")
    said = list(files.read([run.output]))
    assert len(said) == run.quads
    subjects = {quad.subject.value for quad in said}
    links = {quad.object.value for quad in said if "/id/" in quad.object.value}
    assert {link for link in links if link.startswith("https://w3id.org/")} <= subjects
    if run.rejects is not None:
        with run.rejects.open(newline="", encoding="utf-8") as lines:
            assert all(row["expected"] for row in csv.DictReader(lines))


def is_comment(row: list[str]) -> bool:
    if row[0].startswith("#"):
        return row[0] != "#N/A"
    return all(re.fullmatch(r"\s*#[A-Za-z]\w*\s*", cell, re.ASCII) for cell in row if cell)


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    directory = tmp_path_factory.mktemp("sheet")
    (directory / "places.csv").write_bytes(b"id,label\n" + content)
    try:
        filled = read(directory)
    except InputError:
        return
    try:
        text = ("id,label\n" + content.decode()).removeprefix("\ufeff")
    except UnicodeDecodeError:  # then the encoding is a guess, which is named
        assert "which is a guess" in str(filled.notices)
        return
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)]
    kept = [row for row in rows[1:] if not is_comment(row)]
    assert sum(filled.read.values()) == len(kept)
