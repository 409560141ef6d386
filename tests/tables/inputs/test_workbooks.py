"""Workbooks as programs write them: what people see is what is read, and what they cannot see is said."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from testimonia.errors import InputError, SyntaxFault
from testimonia.tables.inputs.as_tables import plain
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.workbooks.styles import moment, number
from testimonia.tables.sheets.filled_in import read

_NS = "http://schemas.openxmlformats.org"
_MAIN = f"{_NS}/spreadsheetml/2006/main"
_TYPES = f'<Types xmlns="{_NS}/package/2006/content-types"/>'
_RELATION = f"{_NS}/officeDocument/2006/relationships"


def relations(**targets: str) -> str:
    lines = "".join(
        f'<Relationship Id="{kind}{place}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_NS}/package/2006/relationships">{lines}</Relationships>'


def book(
    path: Path,
    sheet: str,
    *,
    name: str = "places",
    strings: str = "",
    styles: str = "",
    settings: str = "",
    begin: str = "<?xml version='1.0'?>",
) -> Path:
    """Write a workbook with one sheet from its XML."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations(officeDocument="/xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}">{settings}'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="worksheet0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            worksheet="worksheets/a.xml", sharedStrings="shared.xml", styles="styles.xml"
        ),
        "xl/worksheets/a.xml": f'{begin}<worksheet xmlns="{_MAIN}">{sheet}</worksheet>',
        "xl/shared.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>label</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>latitude</t></is></c>'
    '<c r="D1" t="inlineStr"><is><t>longitude</t></is></c></row>'
)


def row(number_: int, cells: str, attributes: str = "") -> str:
    text = f'<c r="A{number_}" t="inlineStr"><is><t>p{number_}</t></is></c>{cells}'
    return f'<row r="{number_}" {attributes}>{text}</row>'


def label(number_: int, text: str = "x") -> str:
    return f'<c r="B{number_}" t="inlineStr"><is><t>{text}</t></is></c>'


def places(path: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Read places: their names, labels and latitudes; and the rejects."""
    filled = read(path)
    table = filled.tables.get("places")
    rows = [] if table is None else table.select(["id", "label", "latitude"]).rows()
    return rows, filled.rejects.select("row", "column", "value", "expected").rows()


def test_a_formula_that_was_never_computed_is_no_empty_cell(tmp_path: Path) -> None:
    sheet = HEADER + row(2, label(2) + '<c r="C2"><f>1+1</f></c><c r="D2"><v>1</v></c>')
    sheet += row(3, label(3) + '<c r="C3"><f>1+1</f><v></v></c><c r="D3"><v>1</v></c>')
    sheet += row(4, label(4) + '<c r="C4" t="str"><f>""</f><v></v></c>')
    sheet += row(5, label(5) + '<c r="C5"><f>1+1</f><v>2</v></c><c r="D5"><v>0</v></c>')
    found, rejects = places(book(tmp_path / "a.xlsx", f"<sheetData>{sheet}</sheetData>"))
    assert found == [("p4", "x", None), ("p5", "x", "2")]
    assert [each[:3] for each in rejects] == [
        (2, "latitude", "a formula"),
        (3, "latitude", "a formula"),
    ]
    assert "was never computed" in str(rejects[0][3])


def test_a_zero_that_waits_to_be_computed_is_no_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as out:
        page = out.add_worksheet("places")
        page.write_row(0, 0, ["id", "label", "latitude", "longitude"])
        page.write_row(1, 0, ["a", "A", 0, 0])
        page.write_row(2, 0, ["b", "B", None, 0])
        page.write_formula(2, 2, "=1+1")
        page.write_row(3, 0, ["c", "C", None, 0])
        page.write_formula(3, 2, "=1+1", None, 2)
    found, rejects = places(path)
    assert found == [("a", "A", "0"), ("c", "C", "2")]
    assert [each[:2] for each in rejects] == [(3, "latitude")]


def test_texts_that_cells_share(tmp_path: Path) -> None:
    strings = (
        "<si><t>plain</t></si><si><r><t>of </t></r><r><rPr><b/></rPr><t>parts</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
        '<si><t xml:space="preserve">a_x000A_b_x005F_x</t></si>'
    )
    rows = "".join(row(n + 2, f'<c r="B{n + 2}" t="s"><v>{n}</v></c>') for n in range(4))
    path = book(tmp_path / "a.xlsx", f"<sheetData>{HEADER}{rows}</sheetData>", strings=strings)
    assert [found[1] for found in read(path).tables["places"].select("id", "label").rows()] == [
        "plain",
        "of parts",
        "東京",
        "a\nb_x",
    ]


def test_truths_percentages_and_cells_without_a_place(tmp_path: Path) -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/></cellXfs>'
    sheet = HEADER + row(2, '<c r="B2" t="b"><v>1</v></c>')
    sheet += row(3, label(3) + '<c r="C3" s="1"><v>0.5</v></c><c r="D3"><v>1</v></c>')
    sheet += (
        "<row><c t='inlineStr'><is><t>p4</t></is></c><c t='inlineStr'><is><t>x</t></is></c></row>"
    )
    path = book(tmp_path / "a.xlsx", f"<sheetData>{sheet}</sheetData>", styles=styles)
    found, rejects = places(path)
    assert found == [("p2", "TRUE", None), ("p4", "x", None)]
    assert rejects == [(3, "latitude", "0.5", "a number that is not shown as a percentage")]


def test_merged_cells_hold_nothing_but_in_the_first(tmp_path: Path) -> None:
    sheet = HEADER + row(2, label(2)) + row(3, "") + row(4, label(4))
    merged = '<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="F9:G9"/></mergeCells>'
    found, rejects = places(book(tmp_path / "a.xlsx", f"<sheetData>{sheet}</sheetData>{merged}"))
    assert [place[0] for place in found] == ["p2", "p4"]
    assert {each[:2] for each in rejects} == {(3, "label")}
    assert "it is merged with another one" in str(rejects[0][3])


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    columns = '<cols><col min="2" max="2" hidden="1"/><col min="9" max="16384" hidden="1"/></cols>'
    sheet = HEADER + row(2, label(2), 'hidden="1"') + row(3, label(3))
    path = book(tmp_path / "a.xlsx", f"{columns}<sheetData>{sheet}</sheetData>")
    filled = read(path)
    assert filled.tables["places"].height == 2
    assert filled.notices == {f"{path}, sheet places": ["read although hidden: 2 rows or columns"]}


@pytest.mark.parametrize(
    ("days", "from_1904", "shown"),
    [
        ("1", False, "1900-01-01 00:00:00"),
        ("59", False, "1900-02-28 00:00:00"),
        ("60", False, None),  # 29 February 1900, which never was
        ("61", False, "1900-03-01 00:00:00"),
        ("46084", False, "2026-03-03 00:00:00"),
        ("46084.5", False, "2026-03-03 12:00:00"),
        ("44622", True, "2026-03-03 00:00:00"),
        ("0", True, "1904-01-01 00:00:00"),
        ("-1", False, None),
        ("1e300", False, None),
        ("2958465.5", False, "9999-12-31 12:00:00"),
        ("2958465.9999999", False, None),
        ("2957003", True, "9999-12-31 00:00:00"),
        ("2957100", True, None),
    ],
)
def test_days_are_counted_as_spreadsheets_count_them(
    days: str, from_1904: bool, shown: str | None
) -> None:
    assert moment(days, from_1904=from_1904) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2", "2"),
        ("2.0", "2"),
        ("007", "7"),
        ("0.1", "0.1"),
        ("34.550300000000003", "34.5503"),
        ("1E+21", "1000000000000000000000"),
        ("1e-7", "0.0000001"),
        ("-0", "0"),
        ("12345678901234567", "12345678901234567"),
        ("x", None),
        ("nan", None),
        ("1e999", None),
    ],
)
def test_numbers_are_written_as_people_do(written: str, shown: str | None) -> None:
    assert number(written) == shown


def as_csv(path: Path, manner: Manner) -> list[list[str]]:
    with plain(path, manner) as table, table.path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_a_dataset_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as out:
        out.add_worksheet("About").write(0, 0, "Of this file")
        page = out.add_worksheet("Data")
        day = out.add_format({"num_format": "dd/mm/yyyy"})
        clock = out.add_format({"num_format": '"at" h:mm'})
        shown = out.add_format({"num_format": '0 "days"'})
        page.write_row(1, 0, ["id", "day", "at", "length"])
        page.write_row(2, 0, [12.0])
        page.write_number(2, 1, 46084, day)
        page.write_number(2, 2, 46084.75, clock)
        page.write_number(2, 3, 3, shown)
        page.write_row(4, 0, [13])
        page.write_string(4, 5, "stray")
        page.write_formula(4, 1, "=1/0", None, "#DIV/0!")
        out.add_worksheet("Empty")
    manner = Manner(key_column="id")
    assert as_csv(path, manner) == [
        ["id", "day", "at", "length"],
        ["12", "2026-03-03", "2026-03-03 18:00:00", "3"],
        ["", "", "", ""],
        ["13", "#DIV/0!", "", ""],
    ]
    assert manner.notices == [
        "read from the workbook: sheet Data",
        "skipped in the workbook: sheets About, Empty",
    ]
    assert [(fault["row"], fault["column"], fault["value"]) for fault in manner.faults] == [
        (3, "day", "#DIV/0!"),
        (3, "column 6", "stray"),
    ]
    assert as_csv(path, Manner(sheet="About")) == [["Of this file"]]
    with pytest.raises(InputError, match="has no sheet 'about'") as caught:
        as_csv(path, Manner(sheet="about"))
    assert caught.value.hint == "Its sheets: About, Data, Empty."
    with pytest.raises(
        InputError, match="no sheet of this workbook is a table with a column 'key'"
    ):
        as_csv(path, Manner(key_column="key"))


def test_only_what_is_not_a_day_is_faulty(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as out:
        page = out.add_worksheet("Data")
        day = out.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["id", "day", "remark"])
        page.write_row(1, 0, ["a", None, "fire from 23:00:00 to 00:00:00"])
        page.write_number(1, 1, 46084, day)
        page.write_row(2, 0, ["b"])
        page.write_number(2, 1, 2958465.9999999, day)
    manner = Manner()
    assert as_csv(path, manner)[1] == ["a", "2026-03-03", "fire from 23:00:00 to 00:00:00"]
    assert [(fault["row"], fault["column"]) for fault in manner.faults] == [(2, "day")]


def test_a_merged_cell_beside_many_dates(tmp_path: Path) -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    days = "".join(
        f'<row r="{n}"><c r="A{n}" s="1"><v>46084</v></c><c r="B{n}" s="1"><v>46084</v></c></row>'
        for n in range(2, 50_004)
    )
    sheet = (
        f'<sheetData>{HEADER}{days}</sheetData><mergeCells><mergeCell ref="D2:E2"/></mergeCells>'
    )
    manner = Manner()
    path = book(tmp_path / "a.xlsx", sheet, styles=styles)
    assert len(as_csv(path, manner)) == 50_003
    assert [(fault["row"], fault["column"]) for fault in manner.faults] == [(1, "column 5")]
    merged = "".join(f'<mergeCell ref="A2:B{n}"/>' for n in (40_000, 15_000))
    sheet = f"<sheetData>{HEADER}{days}</sheetData><mergeCells>{merged}</mergeCells>"
    with pytest.raises(
        SyntaxFault, match="A2:B15000 and others merge more cells than are supported"
    ):
        as_csv(book(tmp_path / "b.xlsx", sheet, styles=styles), Manner())


def test_a_sheet_that_people_see_comes_before_one_that_is_hidden(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as out:
        out.add_worksheet("Old").write_column(0, 0, ["id", "old"])
        out.add_worksheet("New").write_column(0, 0, ["id", "new"])
        out.get_worksheet_by_name("New").activate()
        out.get_worksheet_by_name("Old").hide()
    manner = Manner(key_column="id")
    assert as_csv(path, manner) == [["id"], ["new"]]
    assert "read although the sheet is hidden" not in manner.notices
    manner = Manner(sheet="Old")
    assert as_csv(path, manner) == [["id"], ["old"]]
    assert "read although the sheet is hidden" in manner.notices


DEEP = "<x>" * 100 + "</x>" * 100
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        (f"<sheetData>{HEADER}{FAR}</sheetData>", "spans 1,048,576 rows and 16,384 columns"),
        ('<sheetData><row r="4294967295"/></sheetData>', "is not a row or column of a sheet"),
        ('<sheetData><row r="2"/><row r="1"/></sheetData>', "row 1 comes after row 2"),
        ('<sheetData><row r="1"><c r="A2"/></row></sheetData>', "cell A2 is in row 1"),
        ('<sheetData><row r="1"><c r="ZZZ1"/></row></sheetData>', "'ZZZ1' is not a cell"),
        (
            '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>',
            "no shared string '7'",
        ),
        (
            '<sheetData><row r="1"><c r="A1"><v>7,5</v></c></row></sheetData>',
            "'7,5' is not a number",
        ),
        (f"<sheetData>{DEEP}</sheetData>", "more than 64 deep"),
        ("<sheetData>", "is not well formed"),
        (f"<sheetData>{HEADER}</sheetData><mergeCells><mergeCell ref='A1:'/></mergeCells>", None),
        ("<mergeCells><mergeCell ref='7'/></mergeCells>", "'7' is not a cell"),
        (
            f"<sheetData>{row(1, label(1, 'x' * (2 << 20)))}</sheetData>",
            "more than 1,048,576 characters",
        ),
    ],
)
def test_what_no_spreadsheet_writes_is_refused(
    tmp_path: Path, sheet: str, message: str | None
) -> None:
    path = book(tmp_path / "a.xlsx", sheet)
    if message is None:
        assert read(path).tables == {}
        return
    with pytest.raises(InputError) as caught:
        read(path)
    assert message in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.path == path


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", f"<sheetData>{label(1, '&c;')}</sheetData>", begin=ENTITIES)
    with pytest.raises(SyntaxFault, match="it declares a document type"):
        read(path)


@pytest.mark.parametrize("encoding", ["UTF2999-8", "rot13", "hex", "undefined", "shift_jis"])
def test_an_encoding_that_no_xml_is_read_in_is_named(tmp_path: Path, encoding: str) -> None:
    begin = f"<?xml version='1.0' encoding='{encoding}'?>"
    path = book(tmp_path / "a.xlsx", f"<sheetData>{HEADER}</sheetData>", begin=begin)
    message = f"its part xl/worksheets/a.xml declares the encoding {encoding}"
    with pytest.raises(SyntaxFault, match=message) as caught:
        read(path)
    assert caught.value.place is not None
    assert caught.value.place.path == path


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "US-ASCII", "windows-1252"])
def test_encodings_that_xml_is_read_in_are_taken(tmp_path: Path, encoding: str) -> None:
    begin = f"<?xml version='1.0' encoding='{encoding}'?>"
    sheet = f"<sheetData>{HEADER}{row(2, label(2))}</sheetData>"
    assert places(book(tmp_path / "a.xlsx", sheet, begin=begin)) == ([("p2", "x", None)], [])


def test_a_workbook_unpacks_up_to_a_limit(tmp_path: Path) -> None:
    rows = "".join(row(n, label(n)) for n in range(2, 30_000))
    path = book(tmp_path / "a.xlsx", f"<sheetData>{HEADER}{rows}</sheetData>")
    assert path.stat().st_size < 500_000
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        read(path, manner=Manner(limit=1))
    assert read(path, manner=Manner(limit=8)).tables["places"].height == 29_998


@pytest.mark.parametrize("missing", ["xl/workbook.xml", "xl/worksheets/a.xml", "xl/shared.xml"])
def test_a_part_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    whole = book(tmp_path / "whole.xlsx", f"<sheetData>{HEADER}</sheetData>")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            if part != missing:
                new.writestr(part, old.read(part))
    with pytest.raises(SyntaxFault, match=f"its part {missing} is missing"):
        read(path)
