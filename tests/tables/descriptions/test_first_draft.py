"""Drafts of descriptions: from tags, names and values; each is valid, and maps what it was drafted from."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from testimonia.errors import InputError, TableError
from testimonia.tables.descriptions.described_source import described
from testimonia.tables.descriptions.description import Description
from testimonia.tables.descriptions.description_reader import description_of
from testimonia.tables.descriptions.first_draft import draft_description
from testimonia.tables.mapping import map_files

TABLES = sorted((Path(__file__).parents[3] / "examples" / "tables").glob("*.csv"))
TAGGED = """\
Weekly summary,,,,,,
Semaine,Province,Chefferie,Tués,dont enfants,Blessés,Origine
#date,#adm1 +name,#adm2+name,#affected+killed,#affected +killed +children,#affected+injured,#meta+source
12/01/2031,Nord,Dell,4,1,~10,SOHR
25/01/2031,Nord,Kelmar,n/a,0,3,police
Total,,,4,1,13,
"""


def drafted(path: Path, text: str) -> tuple[str, Description]:
    path.write_text(text, encoding="utf-8")
    draft = draft_description(path)
    return draft, description_of(draft, "draft.yaml")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_draft_maps_the_table_that_it_was_made_from(path: Path, tmp_path: Path) -> None:
    draft = description_of(draft_description(path), "draft.yaml")
    run = map_files(described(draft), [path], tmp_path / "out.nq")
    assert run.things["claims"] > 0
    assert "not known to this version" not in run.left_out.values()
    (read,), (rejected,) = run.read.values(), run.rejected.values()
    assert rejected < read / 2


def test_tags_say_what_columns_in_any_language_hold(tmp_path: Path) -> None:
    draft, found = drafted(tmp_path / "rows.csv", TAGGED)
    assert found.day.column == "Semaine"
    assert found.day.formats == ("%d/%m/%Y",)
    assert found.place.levels == ("Province", "Chefferie")
    assert [(each.column, each.harm.always, each.who.name) for each in found.figures] == [
        ("Tués", "killed", "Anybody"),
        ("dont enfants", "killed", "Children"),
        ("Blessés", "injured", "Anybody"),
    ]
    assert found.missing == ("n/a",)
    assert [each.column for each in found.sources.informants] == ["Origine"]
    assert "some days cannot be read, such as 'Total'" in draft or "skip" in draft


def test_days_that_fit_two_formats_are_left_to_decide(tmp_path: Path) -> None:
    draft, found = drafted(
        tmp_path / "rows.csv", "id,date,killed\na,03/04/2031,1\nb,05/06/2031,2\n"
    )
    assert "%d/%m/%Y and %m/%d/%Y both fit all days" in draft
    assert found.key == ("id",)
    draft, found = drafted(
        tmp_path / "rows.csv", "id,date,killed\na,03/14/2031,1\nb,05/06/2031,2\n"
    )
    assert found.day.formats == ("%m/%d/%Y",)
    assert "both fit" not in draft


def test_words_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    draft, _ = drafted(
        tmp_path / "rows.csv", "date,killed\n2031-01-01,1\n2031-01-02,a few dead\n2031-01-03,2\n"
    )
    assert "what these mean in 'killed': 'a few dead'" in draft


def test_lowest_and_highest_numbers_are_one_figure(tmp_path: Path) -> None:
    text = "date,civilians_killed_min,civilians_killed_max\n2031-01-01,1,3\n"
    _, found = drafted(tmp_path / "rows.csv", text)
    assert [(each.low, each.high) for each in found.figures] == [
        ("civilians_killed_min", "civilians_killed_max")
    ]


def test_the_sheet_with_the_table_is_found(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        notes = book.add_worksheet("Notes")
        notes.write_column(0, 0, ["Read me"] * 30)
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["A title"])
        sheet.write_row(2, 0, ["Date", "Town", "Deaths"])
        sheet.write_row(3, 0, ["2031-01-01", "Bria", 3])
    found = description_of(draft_description(path), "draft.yaml")
    assert found.file.sheet == "Data"
    assert found.figures[0].column == "Deaths"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("town,killed\nBria,3\n", "no column of this table can be a day"),
        ("date,town\n2031-01-01,Bria\n", "no column of this table can be a number of victims"),
        ("just text\nand more\n", "holds no table"),
        ("date,killed\n", "holds no table"),
    ],
)
def test_what_cannot_be_described_is_said(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=message):
        draft_description(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is not a file"):
        draft_description(tmp_path / "none.csv")


def test_outside_text_stays_in_comments_and_values(tmp_path: Path) -> None:
    text = 'date,"killed\n# x: y",by\n2031-01-01,"1\n- a: b","z: \u202e#"\n2031-01-01,2,c\n'
    draft, found = drafted(tmp_path / "rows.csv", text)
    assert found.figures[0].column == "killed\n# x: y"
    assert all(line.startswith("# ") for line in draft.split("name:")[0].splitlines())


def test_the_separator_of_thousands_is_found(tmp_path: Path) -> None:
    text = "date;killed\n2031-01-01;1.204\n2031-01-02;3\n"
    _, found = drafted(tmp_path / "rows.csv", text)
    assert found.quantities.thousands == "point"
