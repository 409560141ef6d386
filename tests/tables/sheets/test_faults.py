"""Every fault of a sheet is reported with file, row, column, value and what was expected."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store
from sheets import FINE, ROWS, changed, copy, rejects, write_csv, write_xlsx

from testimonia.errors import InputError, SyntaxFault
from testimonia.rdf import files
from testimonia.tables.sheets.filled_in import Filled, read
from testimonia.tables.to_quads import QuadWriter


def expectations(filled: Filled) -> list[str]:
    return filled.rejects["expected"].to_list()


def test_nothing_is_amiss(tmp_path: Path) -> None:
    for path in (write_csv(tmp_path / "csv"), write_xlsx(tmp_path / "fine.xlsx")):
        filled = read(path)
        assert rejects(filled) == []
        assert sum(filled.read.values()) == ROWS
        assert sum(frame.height for frame in filled.tables.values()) == ROWS + 2


# What is wrong with one cell, and the start of what was expected. None of them has dependants.
CELLS = [
    ("claims", 3, "stance", "says", "a code of the list stance: asserts, "),
    ("claims", 3, "voice", "", "a value"),
    ("claims", 3, "claimant", "adda", "the id of a row of agents; is it 'ada'?"),
    ("claims", 3, "claimant", "nobody-known", "the id of a row of agents"),
    ("claims", 3, "claimant", "https://example.org/ada", "the id of a row of agents"),
    ("claims", 3, "claimant", "report", "the id of a row of agents"),
    ("claims", 3, "reports", "one | ", "no leading or trailing space"),
    ("claims", 3, "reports", "one || one", "values separated by “ | ”"),
    ("claims", 3, "stated_at", "03/03/2026", "the id of a row of bounds, or a date in EDTF"),
    ("claims", 3, "stated_at", "46084", "the id of a row of bounds, or a date in EDTF"),
    ("claims", 3, "stated_at", "2026-02-30", "the id of a row of bounds, or a date in EDTF"),
    ("claims", 3, "stated_at", "2026-03-03 00:00:00", "the id of a row of bounds, or a date"),
    ("propositions", 3, "lower_bound", "2.0", "a whole number in digits"),
    ("propositions", 3, "lower_bound", "two", "a whole number in digits"),
    ("propositions", 3, "lower_bound", "-1", "a whole number in digits"),
    ("propositions", 3, "lower_bound", "007", "a whole number in digits"),
    ("propositions", 3, "lower_bound", "9" * 19, "a whole number in digits"),
    ("propositions", 3, "lower_bound", "٢", "a whole number in digits"),
    ("propositions", 3, "gloss", " Nobody hurt", "no leading or trailing space"),
    ("propositions", 3, "gloss", "Nobody hurt\u00a0", "no leading or trailing space"),
    ("propositions", 3, "gloss", "#REF!", "a value: the formula fails"),
    ("propositions", 3, "gloss", "Err:502", "a value: the formula fails"),
    ("propositions", 3, "type", "Casualty", "one of: CasualtyProposition, "),
    ("propositions", 3, "id", "#N/A", "a value: the formula fails"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "expected"), CELLS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_faulty_cell(
    tmp_path: Path, form: str, table: str, row: int, column: str, value: str, expected: str
) -> None:
    write = write_csv if form == "csv" else write_xlsx
    filled = read(write(tmp_path / f"sheet.{form}", changed(table, row, column, value)))
    assert rejects(filled) == [(table, row, column, value or None)]
    assert expectations(filled)[0].startswith(expected)
    # All else is there.
    heights = {name: frame.height for name, frame in filled.tables.items() if name != "bounds"}
    whole = {name: len(rows) - 1 for name, rows in FINE.items()}
    assert heights == {**whole, table: whole[table] - 1}


def test_latitudes_in_words_and_moments_without_an_offset(tmp_path: Path) -> None:
    sheet = changed("places", 2, "latitude", "34,5")
    sheet["bounds"] = [["id", "not_before", "edtf"], ["then", "2026-03-03T10:00:00", "3 March"]]
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert set(rejects(filled)) >= {
        ("bounds", 2, "edtf", "3 March"),
        ("bounds", 2, "not_before", "2026-03-03T10:00:00"),
        ("places", 2, "latitude", "34,5"),
    }


@pytest.mark.parametrize(
    "moment",
    ["2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z", "2026-03-03T00:00:00+14:30"],
)
def test_moments_that_never_were(tmp_path: Path, moment: str) -> None:
    sheet = copy()
    sheet["bounds"] = [["id", "not_before"], ["then", moment], ["now", "2028-02-29T00:00:00+14:00"]]
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert rejects(filled) == [("bounds", 2, "not_before", moment)]


@pytest.mark.parametrize(
    ("key", "name"),
    [("H 1/2:a", "H%201%2F2%3Aa"), ("\u00e9", "%C3%A9"), ("5%", "5%25"), ("~a_b-1.c", "~a_b-1.c")],
)
def test_records_are_named_as_the_shape_asks(tmp_path: Path, key: str, name: str) -> None:
    sheet = copy()
    sheet["records"] = [
        ["id", "document", "key"],
        [f"report#record={name}", "report", key],
        ["report#record=other", "report", "another"],
    ]
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert rejects(filled) == [("records", 3, "id", "report#record=other")]
    with (tmp_path / "out.nq").open("wb") as stream:
        QuadWriter(stream).write({"records": filled.tables["records"]})
    store = Store()
    store.load(path=str(tmp_path / "out.nq"), format=RdfFormat.N_QUADS)
    asked = """
        PREFIX tmn: <https://w3id.org/testimonia/ns#>
        ASK { ?record tmn:recordOf ?document ; tmn:recordKey ?key .
              FILTER (STR(?record) = CONCAT(STR(?document), "#record=", ENCODE_FOR_URI(?key))) }
    """
    assert store.query(asked)


def test_what_leans_on_a_rejected_row_is_rejected_and_listed(tmp_path: Path) -> None:
    filled = read(write_csv(tmp_path / "sheet", changed("events", 2, "event_type", "bomb")))
    assert rejects(filled) == [
        ("events", 2, "event_type", "bomb"),
        ("propositions", 2, "about", "blast"),
        ("propositions", 3, "about", "blast"),
        ("claims", 2, "proposition", "two"),
        ("claims", 3, "proposition", "two"),
    ]
    assert expectations(filled)[1] == "a row that is not rejected: row 2 of events is"
    assert "claims" not in filled.tables
    # The times of rejected rows are not made either.
    assert filled.tables["bounds"]["id"].to_list() == ["anywhere-2026-03-04"]


def test_a_chain_of_reports_falls_with_its_end(tmp_path: Path) -> None:
    filled = read(write_csv(tmp_path / "sheet", changed("claims", 2, "stance", "shouts")))
    assert rejects(filled) == [
        ("claims", 2, "stance", "shouts"),
        ("claims", 3, "reports", "one"),
    ]


def test_claims_that_report_each_other(tmp_path: Path) -> None:
    sheet = changed("claims", 2, "reports", "relay")
    assert rejects(read(write_csv(tmp_path / "fine", sheet))) == []
    sheet["claims"][1][3] = "shouts"
    assert [fault[:3] for fault in rejects(read(write_csv(tmp_path / "odd", sheet)))] == [
        ("claims", 2, "stance"),
        ("claims", 3, "reports"),
    ]


def test_a_name_given_twice(tmp_path: Path) -> None:
    sheet = copy()
    sheet["agents"].append(["ada", "Person", "Ada Other", "", "", ""])
    sheet["posts"] = [["id", "label"], ["https://w3id.org/testimonia/id/place/mirel", "Mayor"]]
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert [fault for fault in rejects(filled) if fault[2] == "id"] == [
        ("places", 2, "id", "mirel"),
        ("agents", 3, "id", "ada"),
        ("agents", 5, "id", "ada"),
        ("posts", 2, "id", "https://w3id.org/testimonia/id/place/mirel"),
    ]
    assert "a unique name: these rows have it: agents 3, agents 5" in expectations(filled)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (["report#char=0,8", "report", "0", "9"], "report#char=0,9, according to its other cells"),
        (["nine", "report", "0", "9"], "report#char=0,9, according to its other cells"),
    ],
)
def test_passages_are_named_after_their_span(tmp_path: Path, row: list[str], wanted: str) -> None:
    sheet = copy()
    sheet["passages"].append([*row, "0" * 64])
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert rejects(filled) == [("passages", 3, "id", row[0])]
    assert expectations(filled) == [wanted]


def test_faulty_headers_reject_every_row(tmp_path: Path) -> None:
    sheet = copy()
    sheet["propositions"][0][6] = "lower_bond"
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert rejects(filled) == [
        ("propositions", None, "lower_bond", None),
        ("propositions", 2, "", None),
        ("propositions", 3, "", None),
        ("claims", 2, "proposition", "two"),
        ("claims", 3, "proposition", "two"),
    ]
    assert expectations(filled)[0].startswith("to be a column of this table: id, type, label, ")


@pytest.mark.parametrize(
    ("header", "row", "fault"),
    [
        (["id", "label", "label"], ["a", "A", "B"], (None, "label", "label")),
        (["id", "label", ""], ["a", "A", "B"], (None, "column 3", None)),
        (["id", "name"], ["a", "A"], (None, "name", None)),
        (["id"], ["a"], (None, "label", None)),
        (["id", "label", "latitude@fr"], ["a", "A", "1"], (None, "latitude@fr", None)),
        (["id", "label", "label@"], ["a", "A", "B"], (None, "label@", None)),
    ],
)
def test_headers(
    tmp_path: Path, header: list[str], row: list[str], fault: tuple[None, str, str | None]
) -> None:
    filled = read(write_csv(tmp_path / "sheet", {"places": [header, row]}))
    assert ("places", *fault) in rejects(filled)
    assert ("places", 2, "", None) in rejects(filled)
    assert filled.tables == {}


def test_the_header_once_more(tmp_path: Path) -> None:
    sheet = copy()
    sheet["places"] += [["id", "label", "latitude", "longitude"], ["b", "B", "", ""]]
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert rejects(filled)[0][:3] == ("places", 3, "id")
    assert expectations(filled)[0] == "a row, not the header again"
    assert filled.tables["places"]["id"].to_list() == ["mirel", "b"]


def test_rows_of_the_wrong_length(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("id,label\na\nb,B,more\nc,C,\nd,D\n", encoding="utf-8")
    filled = read(tmp_path)
    assert rejects(filled) == [
        ("places", 2, "", "1 cells"),
        ("places", 2, "label", None),
        ("places", 3, "", "3 cells"),
    ]
    assert filled.tables["places"]["id"].to_list() == ["c", "d"]


def test_rows_are_numbered_as_spreadsheets_number_them(tmp_path: Path) -> None:
    text = '# a comment\n\nid,label,#mine\n# more,,\n,,\na,"A\nB",x\nb, B,\n'
    (tmp_path / "places.csv").write_text("\ufeff" + text, encoding="utf-8")
    filled = read(tmp_path)
    assert rejects(filled) == [("places", 7, "label", " B")]
    assert filled.tables["places"].to_dicts() == [{"id": "a", "label": "A\nB"}]
    assert filled.skipped == {f"3 in {tmp_path / 'places.csv'}": "comments"}


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ("id,label\na,Москва\n".encode("cp1251"), ":2", "not in UTF-8 (byte 0xcc)"),
        ("id,label\na,القاهرة\n".encode("cp1256"), ":2", "its encoding cannot be guessed"),
        (b"id,label\na,\x81\x8d\n", ":2", "its encoding cannot be guessed"),
        (b"id,label\na,A\0\x01\x02\x03\n", "", "this is a binary file"),
        (codecs.BOM_UTF16_LE + b"i\0d", "", "not in UTF-16"),
        (b'id,label\na,"A\n', ":2", "not well-formed CSV"),
        (b'id,label\na,"A"B\n', ":2", "not well-formed CSV"),
        (b"", "", "this file is empty"),
        (b"<!DOCTYPE html><html>", "", "an HTML or XML page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "an old Excel workbook"),
        (b"# only a comment\n", "", "there is no header"),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, content: bytes, place: str, message: str
) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(tmp_path)
    assert message in caught.value.message
    assert str(caught.value.place) == f"{path}{place}"
    assert caught.value.hint


@pytest.mark.parametrize("name", ["claim.csv", "claims (2).csv", "Claims.csv", "Calims.parquet"])
def test_files_of_nearly_the_name_of_a_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("id\n")
    with pytest.raises(InputError, match=r"no claim table is named .*; is it 'claims'\?"):
        read(tmp_path)


def test_files_of_no_table_are_skipped_by_name(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_text("id\n")
    with pytest.raises(InputError, match="there is no claim table here"):
        read(tmp_path)
    write_csv(tmp_path, FINE)
    assert read(tmp_path).skipped == {"rows.parquet": "not the name of a claim table"}


def test_what_is_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none")
    with pytest.raises(InputError, match="there is no claim table here"):
        read(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("x")
    with pytest.raises(InputError, match="neither a directory nor a workbook"):
        read(text)
    (tmp_path / "no.xlsx").write_text("x")
    with pytest.raises(SyntaxFault, match="this is not a workbook"):
        read(tmp_path / "no.xlsx")
    (tmp_path / "places.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(SyntaxFault, match="this Parquet file is damaged"):
        read(tmp_path)


def test_other_files_are_reported(tmp_path: Path) -> None:
    write_csv(tmp_path, FINE)
    (tmp_path / "rest.nq").write_text("")
    (tmp_path / "out.nq.rejects.csv").write_text("file\n")
    assert read(tmp_path).skipped == {
        "out.nq.rejects.csv": "is a list of rejected rows",
        "rest.nq": "is neither CSV nor Parquet",
    }


def test_a_workbook_in_a_directory_is_named(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "sheet.xlsx")
    with pytest.raises(InputError, match="there is no claim table here") as caught:
        read(tmp_path)
    assert caught.value.hint == f"Give the workbook itself: {path}"


def test_links_into_data(tmp_path: Path) -> None:
    data = tmp_path / "agents.ttl"
    data.write_text(
        "<https://w3id.org/testimonia/id/agent/mayor> a <https://w3id.org/testimonia/ns#Person> .\n"
        "<https://w3id.org/testimonia/id/bounds/2026-03-03> "
        "a <https://w3id.org/testimonia/ns#TimeBounds> .\n"
    )
    sheet = changed("claims", 3, "claimant", "mayor")
    path = write_csv(tmp_path / "sheet", sheet)
    assert rejects(read(path)) == [("claims", 3, "claimant", "mayor")]
    filled = read(path, files.read([data]))
    assert rejects(filled) == []
    # What is described already is no date.
    assert filled.tables["events"]["occurred"].to_list() == ["2026-03-03"]
    assert filled.tables["bounds"]["id"].to_list() == ["anywhere-2026-03-04"]
    # A place of the data is no agent.
    assert rejects(
        read(write_csv(tmp_path / "odd", changed("claims", 3, "claimant", "2026-03-03")))
    )


def test_a_row_of_the_data_stands_in_for_a_rejected_one(tmp_path: Path) -> None:
    data = tmp_path / "agents.ttl"
    data.write_text(
        "<https://w3id.org/testimonia/id/agent/guard> a <https://w3id.org/testimonia/ns#Person> .\n"
    )
    path = write_csv(tmp_path / "sheet", changed("agents", 4, "min_persons", "many"))
    assert [fault[0] for fault in rejects(read(path))] == ["agents", "claims"]
    assert [fault[0] for fault in rejects(read(path, files.read([data])))] == ["agents"]


def test_dates_in_place_of_bounds(tmp_path: Path) -> None:
    written = ["2026-03-03", "2026-03", "2026-03-01/2026-03-03", "2026-03-03T10:00:00+01:00"]
    sheet = copy()
    sheet["propositions"][0].append("claimed_time")
    for row in sheet["propositions"][1:]:
        row.append(" | ".join(written))
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert rejects(filled) == []
    assert filled.tables["propositions"]["claimed_time"].to_list()[0] == [
        "anywhere-2026-03-03",
        "anywhere-2026-03",
        "anywhere-2026-03-01/2026-03-03",
        "2026-03-03T10:00:00+01:00",
    ]
    rows = {row["edtf"]: row for row in filled.tables["bounds"].iter_rows(named=True)}
    assert {edtf: (row["not_before"], row["not_after"]) for edtf, row in rows.items()} == {
        "2026-03-04": ("2026-03-04T00:00:00+14:00", "2026-03-04T23:59:59-12:00"),
        "2026-03-03": ("2026-03-03T00:00:00+14:00", "2026-03-03T23:59:59-12:00"),
        "2026-03": ("2026-03-01T00:00:00+14:00", "2026-03-31T23:59:59-12:00"),
        "2026-03-01/2026-03-03": ("2026-03-01T00:00:00+14:00", "2026-03-03T23:59:59-12:00"),
        "2026-03-03T10:00:00+01:00": ("2026-03-03T10:00:00+01:00", "2026-03-03T10:00:00+01:00"),
    }
    assert all(row["resolution"] for row in rows.values())


def test_bounds_of_the_same_name_are_not_made_again(tmp_path: Path) -> None:
    sheet = copy()
    own = ["anywhere-2026-03-03", "The third"]
    sheet["bounds"] = [["id", "label"], own]
    filled = read(write_csv(tmp_path / "sheet", sheet))
    assert filled.tables["bounds"].select("id", "label").rows() == [
        tuple(own),
        ("anywhere-2026-03-04", "2026-03-04"),
    ]
