"""Descriptions as people type them: what is wrong, where, and how to fix it; and what they change."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from testimonia.catalogue import resources
from testimonia.errors import InputError, SyntaxFault, TableError
from testimonia.tables.descriptions.agent_names import read_names
from testimonia.tables.descriptions.described_source import described
from testimonia.tables.descriptions.description_reader import description_of, read_description
from testimonia.tables.descriptions.description_schema import description_schema
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.mapping import Run, map_files

FINE = """\
name: ledger
title: Ledger of Port Alder
compiler: {name: Harbour office, type: OfficialBody}
key: no
day: day
figures:
  - {column: dead, harm: killed}
"""
ROWS = [
    {"no": "1", "day": "2031-03-03", "dead": "3", "by": "Harbour Police"},
    {"no": "2", "day": "2031-03-04", "dead": "~60", "by": "harbour  police"},
    {"no": "3", "day": "2031-03-05", "dead": "", "by": "Alder Gazette"},
]


def table(path: Path, rows: list[dict[str, str]] | None = None, above: str = "") -> Path:
    rows = ROWS if rows is None else rows
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(above)
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(folder: Path, text: str, *files: Path, **options: Any) -> Run:
    path = folder / "description.yaml"
    path.write_text(text, encoding="utf-8")
    names = options.pop("names", None)
    source = described(path, names)
    return map_files(source, files or [table(folder / "rows.csv")], folder / "out.nq", **options)


def written(folder: Path) -> str:
    return (folder / "out.nq").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "place", "message", "hint"),
    [
        ({"column: dead": "colunm: dead"}, "7:6", "has no field 'colunm'", "Did you mean column"),
        ({"harm: killed": "harm: kiled"}, "7:26", "there is no code 'kiled'", "killed"),
        ({"title: Ledger of Port Alder\n": ""}, "1:1", "lacks the field 'title'", "The title"),
        ({"name: ledger": "name: The Ledger"}, "1:7", "is not lower-case letters", ""),
        (
            {"type: OfficialBody": "type: Officialbody"},
            "3:",
            "no class 'Officialbody'",
            "OfficialBody",
        ),
        ({"day: day": "day: [a, b]"}, "5:6", "day: must have fields", "column"),
        ({"key: no": "key: {a: b}"}, "4:6", "must be one value", ""),
    ],
)
def test_a_fault_has_its_place_and_a_hint(
    change: dict[str, str], place: str, message: str, hint: str
) -> None:
    text = FINE
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(InputError) as raised:
        description_of(text, "d.yaml")
    assert str(raised.value.place).startswith(f"d.yaml:{place}")
    assert message in raised.value.message
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("  - {column: killed, harm: killed}\n", "counts the same harm to the same people as dead"),
        ("  - {column: dead, harm: injured}\n", "two figures or accounts have the name 'dead'"),
        ("  - {column: a, low: b, harm: injured}\n", "give either column, or low and high"),
        ("  - {low: b, harm: injured}\n", "low and high go together"),
        ("  - {column: a, harm: injured, subset of: b}\n", "subset_of names 'b'"),
        ("left_out: {dead: of no use}\n", "'dead' is mapped, and cannot be left out"),
        ("place: {latitude: lat}\n", "latitude and longitude go together"),
        ("years: [2031]\n", "give the first and the last year"),
        ("clarity: {column: c}\n", "give the values of the column 'c'"),
    ],
)
def test_fields_that_do_not_go_together(more: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        description_of(FINE + more, "d.yaml")


def test_all_faults_are_listed() -> None:
    text = FINE.replace("harm: killed", "harm: kiled").replace("key: no", "kay: no")
    with pytest.raises(InputError) as raised:
        description_of(text, "d.yaml")
    assert "and 1 other faults" in raised.value.message
    assert "d.yaml:7:" in raised.value.message


def test_toml_says_the_same() -> None:
    toml = """\
name = "ledger"
title = "Ledger of Port Alder"
key = "no"
day = "day"
compiler = { name = "Harbour office", type = "OfficialBody" }
[[figures]]
column = "dead"
harm = "killed"
"""
    assert description_of(toml, "d.toml") == description_of(FINE, "d.yaml")
    with pytest.raises(InputError, match="has no field 'kay'"):
        description_of(toml.replace("key", "kay"), "d.toml")
    with pytest.raises(SyntaxFault, match="not well-formed TOML"):
        description_of("name = ", "d.toml")


def test_what_is_no_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no description of that name"):
        read_description("acleda")
    with pytest.raises(SyntaxFault, match="a description must be a mapping"):
        description_of("- a\n", "d.yaml")
    (tmp_path / "d.yaml").write_bytes(b"name: \xff\n")
    with pytest.raises(InputError, match="not in UTF-8"):
        read_description(tmp_path / "d.yaml")


def keys_of(schema: dict[str, Any], found: set[str]) -> set[str]:
    for key, value in schema.get("properties", {}).items():
        found.add(key)
        keys_of(value, found)
    for each in schema.get("anyOf", []):
        keys_of(each, found)
    if isinstance(schema.get("items"), dict):
        keys_of(schema["items"], found)
    return found


def test_the_schema_knows_every_field_of_the_shipped_descriptions() -> None:
    schema = description_schema()
    json.dumps(schema)
    known = keys_of(schema, set())
    assert {"figures", "subset of", "subset_of", "responsibility", "channel"} <= known
    assert schema["required"] == ["name", "title", "compiler", "day"]
    assert "killed" in json.dumps(schema)
    assert len(resources.descriptions()) > 5


def test_a_misspelt_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(TableError) as raised:
        run(tmp_path, FINE.replace("column: dead", "column: ded"))
    assert "it has no column 'ded'" in raised.value.message
    assert "Did you mean dead?" in raised.value.hint


def test_a_header_that_does_not_come_first_is_found(tmp_path: Path) -> None:
    above = 'The ledger,,\n"Made up, all of it",,\n\n'
    done = run(tmp_path, FINE, table(tmp_path / "rows.csv", above=above))
    assert list(done.read.values()) == [3]
    assert done.notices[str(tmp_path / "rows.csv")] == ["skipped above the header: 2 rows"]


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write_row(0, 0, ["Read me"])
        pivot = book.add_worksheet("Pivot")
        pivot.write_row(0, 0, ["day", "sum"])
        pivot.write_row(1, 0, ["2031", 5])
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["Ledger of Port Alder"])
        sheet.write_row(2, 0, ["no", "day", "dead"])
        sheet.write_row(3, 0, [1, "2031-03-03", 3])
        sheet.write_row(4, 0, [2, "", 4])
        sheet.merge_range("B4:B5", "2031-03-03")
        sheet.write_row(5, 0, [3, "2031-03-05"])
        sheet.write_formula("C6", "=1+1", value="")
    return path


def test_the_sheet_and_header_of_a_workbook_are_found(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book.xlsx")
    done = run(tmp_path, FINE, book)
    assert done.notices[str(book)][:3] == [
        "read from the workbook: sheet Data",
        "skipped in the workbook: sheets Notes, Pivot",
        "skipped above the header: 1 rows",
    ]
    rejects = pl.read_csv(done.rejects or "").sort("row")
    assert rejects["row"].to_list() == [2, 3]
    assert "--merged fill uses that value for all" in rejects["expected"][0]
    assert "never computed" in rejects["expected"][1]


def test_merged_cells_may_be_filled(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book.xlsx")
    done = run(tmp_path, FINE, book, manner=Manner(fill_merged=True))
    assert done.rejected == {str(book): 1}
    assert (
        "filled with the value of the cell that they are merged with: 2 cells"
        in (done.notices[str(book)])
    )
    assert written(tmp_path).count("tmn") == 0
    assert 'ns#lowerBound> "4"' in written(tmp_path)


def test_a_workbook_without_the_columns_says_what_is_nearest(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book.xlsx")
    with pytest.raises(InputError, match="the nearest is sheet Data, row 3, which lacks 'ded'"):
        run(tmp_path, FINE.replace("column: dead", "column: ded"), book)


def test_rows_without_a_key_are_known_by_their_number(tmp_path: Path) -> None:
    run(tmp_path, FINE.replace("key: no\n", ""))
    assert "#record=2>" in written(tmp_path)


def test_a_key_of_several_columns(tmp_path: Path) -> None:
    run(tmp_path, FINE.replace("key: no", "key: [day, by]"))
    assert "#record=2031-03-03%20%2F%20Harbour%20Police>" in written(tmp_path)
    twice = table(tmp_path / "twice.csv", [ROWS[0], ROWS[0] | {"no": "7"}])
    done = run(tmp_path, FINE.replace("key: no", "key: [day, by]"), twice)
    assert list(done.rejected.values()) == [1]


def test_totals_are_skipped_and_counted(tmp_path: Path) -> None:
    rows = table(tmp_path / "rows.csv", [*ROWS, {"no": "Total", "day": "", "dead": "63", "by": ""}])
    done = run(tmp_path, FINE + "skip: {no: total}\n", rows)
    assert done.notices[str(rows)] == ["skipped: 1 rows that are no records by the description"]
    assert done.rejects is None


def test_tags_are_skipped_where_the_key_has_none(tmp_path: Path) -> None:
    tags = {"no": "", "day": "#date", "dead": "#affected +killed", "by": ""}
    for text in (FINE, FINE.replace("key: no\n", "")):
        done = run(tmp_path, text, table(tmp_path / "rows.csv", [tags, *ROWS]))
        assert list(done.read.values()) == [3]
        assert done.rejects is None


def test_no_cell_is_lost_without_a_line(tmp_path: Path) -> None:
    rows = [
        {"no": "1", "day": "2031-03-03", "dead": "-99", "by": "N/A"},
        {"no": "2", "day": "2031-03-03", "dead": "0+", "by": "Alder Gazette"},
        {"no": "3", "day": "2031-03-03", "dead": "a lot", "by": ""},
        {"no": "4", "day": "2031-03-03", "dead": "5", "by": ""},
    ]
    text = FINE.replace("harm: killed}", "harm: killed, by: by, missing: -99}") + "missing: N/A\n"
    done = run(tmp_path, text, table(tmp_path / "rows.csv", rows))
    assert done.flagged == {
        "no value, by a code for missing: by": 1,
        "no figure, by a code for missing: dead": 1,
        "not a figure, by the description or since it says nothing: dead": 1,
        "not claimed, since nobody is named: dead": 1,
    }
    assert list(done.rejected.values()) == [1]
    assert done.things.get("claims", 0) == 0


NAMES = "name,id,label,type\nHarbour Police,police,Harbour police,OfficialBody\nHarbour police ,police,,\n"


def test_names_are_reconciled_by_a_table_of_the_user(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text(NAMES, encoding="utf-8")
    text = FINE + "sources: {informants: {column: by, separator: ;}}\n"
    run(tmp_path, text)
    assert "agent/ledger/Harbour_Police>" in written(tmp_path)
    assert "agent/ledger/harbour_police>" in written(tmp_path)
    run(tmp_path, text, names=names)
    assert (
        written(tmp_path).count("ns#informant> <https://w3id.org/testimonia/id/agent/police>") == 2
    )
    assert "agent/ledger/Alder_Gazette>" in written(tmp_path)
    assert (
        'agent/police> <http://www.w3.org/2000/01/rdf-schema#label> "Harbour police"@en'
        in written(tmp_path)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,label\na,b\n", "no column name"),
        ("name,id\nA,\n", "row 1 of this table of names has no id"),
        ("name,id\nA,a\na,b\n", "gives 'a' the id 'b', and an earlier row another"),
        ("name,id,type\nA,a,Polis\n", "which is not a class of agents"),
    ],
)
def test_a_table_of_names_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=message):
        read_names(path)


def test_equal_figures_of_two_claimants_are_one_proposition(tmp_path: Path) -> None:
    rows = [{"no": "1", "day": "2031-03-03", "dead": "3", "police say": "3", "by": "Police"}]
    text = FINE + "  - {column: police say, harm: killed, by: by}\n"
    done = run(tmp_path, text, table(tmp_path / "rows.csv", rows))
    assert (done.things["propositions"], done.things["claims"]) == (1, 2)


def test_a_lowest_number_above_the_highest_is_two_claims_and_a_flag(tmp_path: Path) -> None:
    rows = [{"no": "1", "day": "2031-03-03", "low": "9", "high": "4"}]
    text = FINE.replace("column: dead", "low: low, high: high")
    done = run(tmp_path, text, table(tmp_path / "rows.csv", rows))
    assert done.flagged == {"low-above-high": 1}
    assert done.things["claims"] == 2


def test_a_part_above_its_whole_is_not_linked_and_counted(tmp_path: Path) -> None:
    rows = [{"no": "1", "day": "2031-03-03", "dead": "2", "women": "3"}]
    text = FINE + "  - {column: women, harm: killed, who: woman, subset of: dead}\n"
    done = run(tmp_path, text, table(tmp_path / "rows.csv", rows))
    assert done.flagged == {"more than the whole, so not linked: women in dead": 1}
    assert "subsetOf" not in written(tmp_path)


HOSTILE = [
    '<script>alert("1")</script>',
    "#record=2",
    "../../x",
    'a" . <http://a> <http://b> "c',
    "\u202ertl",
    "a\\nb\tc",
    "%41 %",
    "x" * 400,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_outside_text_stays_text(tmp_path: Path, text: str) -> None:
    import pyoxigraph as ox

    rows = [{"no": text, "day": "2031-03-03", "dead": "1", "by": text, "place": text}]
    described_by = (
        FINE.replace("harm: killed}", "harm: killed, by: by, comment: 'Place: {place}'}")
        + "place: {levels: place}\nsources: {informants: by}\n"
    )
    done = run(tmp_path, described_by, table(tmp_path / "rows.csv", rows))
    assert done.rejects is None
    quads = list(ox.parse(path=str(tmp_path / "out.nq"), format=ox.RdfFormat.N_QUADS))
    assert len(quads) == done.quads
    assert any(str(quad.object.value) == text for quad in quads)


@pytest.mark.parametrize(
    ("tolerated", "within"),
    [("0", False), ("33%", False), ("34%", True), ("1", True), ("100 %", True)],
)
def test_rejects_are_tolerated_up_to_a_share(tmp_path: Path, tolerated: str, within: bool) -> None:
    rows = [*ROWS[:2], ROWS[2] | {"dead": "a lot"}]
    assert run(tmp_path, FINE, table(tmp_path / "rows.csv", rows)).within(tolerated) is within


def test_a_file_without_a_mapped_row_is_never_tolerated(tmp_path: Path) -> None:
    rows = [ROWS[0] | {"dead": "a lot"}]
    assert not run(tmp_path, FINE, table(tmp_path / "rows.csv", rows)).within("100%")
    with pytest.raises(InputError, match="neither a share nor a number"):
        Run("").within("some")


def test_the_document_was_published_after_the_last_day(tmp_path: Path) -> None:
    rows = [ROWS[0] | {"day": "3 March 2031"}]
    run(tmp_path, FINE, table(tmp_path / "rows.csv", rows))
    assert 'notBefore> "2031-03-03T00:00:00+14:00"' in written(tmp_path)
    assert "rows.csv" in written(tmp_path)


def test_batches_are_mapped_alike_however_large(tmp_path: Path) -> None:
    """A batch that is put together from several parts once met a filter that was made for one."""
    rows = [
        {"no": str(n), "day": "2031-03-03", "dead": str(n % 7), "by": "Police"}
        for n in range(45_000)
    ]
    done = run(tmp_path, FINE, table(tmp_path / "rows.csv", rows))
    assert (done.things["claims"], done.things["records"]) == (45_000, 45_000)


def test_the_guide_names_every_field() -> None:
    guide = (Path(__file__).parents[3] / "docs/guides/describe-a-table.md").read_text("utf-8")
    fields = set(description_schema()["properties"])
    assert {name for name in fields if " " not in name and f"`{name}`" not in guide} == set()
    shipped = {path.stem for path in resources.descriptions()}
    assert {name for name in shipped if f"| `{name}` |" not in guide} == set()


def test_columns_may_have_the_names_of_ours(tmp_path: Path) -> None:
    ours = ["type", "lower", "upper", "bound", "words", "agent", "read", "cites", "flag", "gloss"]
    more = ["victims", "harm", "proposition", "stance", "claimant", "actor", "called", "id", "whom"]
    cells = {name: f"v {name}" for name in [*ours, *more]} | {"lower": "4", "upper": "9"}
    rows = [{"no": "1", "day": "2031-03-03", "dead": "3", **cells}]
    lines = [
        "  - {low: lower, high: upper, harm: injured, by: agent, certainty: {column: type, values: {v type: probable}}}",
        "responsibility:",
        "  - {perpetrators: actor, certainty: {column: type, values: {v type: suspected}}, comment: '{gloss}'}",
        "conduct:",
        "  - {actors: agent, against: called, alongside: actor}",
        "place: {levels: [id, place]}",
        "sources: {informants: [{column: read, separator: ;}, cites], addresses: flag}",
        "optional: [place]",
    ]
    done = run(tmp_path, FINE + "\n".join(lines) + "\n", table(tmp_path / "rows.csv", rows))
    assert done.rejects is None
    assert done.things["claims"] == 4
    text = written(tmp_path)
    for agent in ("v_actor", "v_agent", "v_called", "v_read"):
        assert f"agent/ledger/{agent}>" in text
    assert "\1" not in text
    assert 'comment> "v gloss"' in text
    assert 'label> "v id"' in text
    assert text.count("code/suspected>") == text.count("code/probable>") == 1


def test_rejects_name_the_columns_of_the_table(tmp_path: Path) -> None:
    rows = [{"no": "1", "day": "2031-03-03", "dead": "a lot", "lat": "1", "lon": ""}]
    text = FINE + "place: {latitude: lat, longitude: lon}\n"
    done = run(tmp_path, text, table(tmp_path / "rows.csv", rows))
    with (done.rejects or tmp_path).open(encoding="utf-8", newline="") as stream:  # type: ignore[union-attr]
        found = {row["column"]: row["expected"] for row in csv.DictReader(stream)}
    assert found.keys() == {"dead", "lon"}
    assert found["lon"] == "a value, since lat has one"
