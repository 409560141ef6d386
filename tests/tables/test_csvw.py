"""The CSV on the Web metadata keep the rules of that standard, and say what our reader does.

Rules by number of section: Metadata Vocabulary for Tabular Data, W3C Recommendation of 17 December
2015.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import palmyra
import pytest
from pyoxigraph import Literal, NamedNode, Triple
from sheets import write_csv

from testimonia.namespaces import PREFIXES
from testimonia.rdf import files
from testimonia.tables.cell_format import COMMENT, SEPARATOR
from testimonia.tables.from_quads import tables
from testimonia.tables.schema import TABLES
from testimonia.tables.sheets.exporting import export
from testimonia.tables.sheets.filled_in import read
from testimonia.tables.sheets.mapped import map_sheet

ROOT = Path(__file__).parents[2]
FILE = ROOT / "mappings" / "claim-tables" / "csvw-metadata.json"
GROUP: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
BY_URL = {table["url"]: table for table in GROUP["tables"]}

OF_GROUP = {"@context", "tables", "dialect"}
OF_TABLE = {"url", "tableSchema"}
OF_SCHEMA = {"aboutUrl", "columns", "foreignKeys", "primaryKey"}
OF_COLUMN = {
    *("name", "titles", "virtual", "suppressOutput", "required", "separator", "datatype", "lang"),
    *("aboutUrl", "propertyUrl", "valueUrl"),
}
OF_DIALECT = {"commentPrefix", "encoding", "header"}
BUILT_IN = {
    "string",
    "nonNegativeInteger",
    "decimal",
    "dateTimeStamp",
    "anyURI",
}  # of section 5.11.1
VARIABLE = re.compile(r"\{\+?([A-Za-z0-9_]+)\}")


def columns(table: dict[str, Any]) -> list[dict[str, Any]]:
    return list(table["tableSchema"]["columns"])


def only(described: dict[str, Any], allowed: set[str]) -> bool:
    """Whether all properties are those of the standard, or common ones with a prefix (5.8)."""
    return all(name in allowed or name.startswith("dc:") for name in described)


def test_properties_are_those_of_the_standard() -> None:
    assert GROUP["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "en"}]  # 5.2
    assert only(GROUP, OF_GROUP)
    assert set(GROUP["dialect"]) <= OF_DIALECT
    for table in GROUP["tables"]:
        assert only(table, OF_TABLE)
        assert only(table["tableSchema"], OF_SCHEMA)
        for column in columns(table):
            assert only(column, OF_COLUMN)
            assert column.get("datatype", "string") in BUILT_IN


def test_names_of_columns_are_names_of_variables_and_come_once() -> None:
    for table in GROUP["tables"]:  # 5.6: no underscore first, unique
        names = [column["name"] for column in columns(table)]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.]*", name) for name in names)


def test_virtual_columns_come_last() -> None:
    for table in GROUP["tables"]:  # 5.6
        virtual = [column.get("virtual", False) for column in columns(table)]
        assert virtual == sorted(virtual)


def test_templates_name_columns_that_are_there() -> None:
    for table in GROUP["tables"]:  # 5.1.3
        own = {column["name"]: column for column in columns(table)}
        for described in (table["tableSchema"], *columns(table)):
            for name in ("aboutUrl", "valueUrl"):
                for variable in VARIABLE.findall(described.get(name, "")):
                    assert "separator" not in own[variable]


def test_keys_refer_to_columns_that_are_there() -> None:
    for table in GROUP["tables"]:  # 5.5
        names = {column["name"] for column in columns(table)}
        assert table["tableSchema"]["primaryKey"] in names
        for key in table["tableSchema"].get("foreignKeys", ()):
            assert key["columnReference"] in names
            other = BY_URL[key["reference"]["resource"]]
            assert other["tableSchema"]["primaryKey"] == key["reference"]["columnReference"]


def test_they_say_what_the_schema_says() -> None:
    assert [table["url"] for table in GROUP["tables"]] == [f"{table.name}.csv" for table in TABLES]
    assert GROUP["dialect"]["commentPrefix"] == COMMENT
    for table in TABLES:
        described = [
            column for column in columns(BY_URL[f"{table.name}.csv"]) if "virtual" not in column
        ]
        assert [column["titles"] for column in described] == [
            column.name for column in table.columns
        ]
        for column, said in zip(table.columns, described, strict=True):
            assert said.get("propertyUrl", "") == (column.predicate and column.property_iri)
            assert said.get("separator") == (SEPARATOR if column.many else None)
            assert said.get("required", False) == column.required


def test_what_they_allow_our_reader_takes(tmp_path: Path) -> None:
    filled = read(write_csv(tmp_path))
    for name, frame in filled.tables.items():
        allowed = {
            column["titles"]: column
            for column in columns(BY_URL[f"{name}.csv"])
            if "titles" in column
        }
        assert set(frame.columns) <= set(allowed)


def expand(template: str, row: dict[str, str]) -> str:
    return VARIABLE.sub(lambda match: row[match[1]], template)


def said_by(table: dict[str, Any], row: dict[str, str]) -> set[str]:
    """Tell what a row says by the metadata alone (Generating RDF from Tabular Data, section 4.4)."""
    said = set()
    for column in columns(table):
        value = row.get(column["name"], "")
        if column.get("suppressOutput") or not (value or "virtual" in column):
            continue
        about = NamedNode(expand(column.get("aboutUrl", table["tableSchema"]["aboutUrl"]), row))
        predicate = NamedNode(column["propertyUrl"])
        if "valueUrl" in column:
            said.add(str(Triple(about, predicate, NamedNode(expand(column["valueUrl"], row)))))
            continue
        separator = column.get("separator")
        for part in value.split(separator) if separator else [value]:
            kind = NamedNode(PREFIXES["xsd"] + column["datatype"])
            word = Literal(part, language=column["lang"]) if "lang" in column else None
            said.add(str(Triple(about, predicate, word or Literal(part, datatype=kind))))
    return said


@pytest.mark.parametrize("source", ["palmyra", "port-alder-sheet"])
def test_a_processor_of_the_standard_says_the_same_but_for_lists_of_names(
    tmp_path: Path, source: str
) -> None:
    """Its templates make no IRI of each value of a list: those it gives as words."""
    if source == "palmyra":
        export(tables(files.read(palmyra.FILES), plain=True), tmp_path / "csv", "csv")
        directory = tmp_path / "csv"
    else:
        directory = ROOT / "examples" / source
    ours = {
        str(quad.triple) for quad in files.read([map_sheet(directory, tmp_path / "o.nq").output])
    }
    lists = {
        f"> <{column.property_iri}> "
        for table in TABLES
        for column in table.columns
        if column.many and column.is_resource
    }
    theirs = set()
    for path in directory.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                theirs |= said_by(BY_URL[path.name], row)

    def single(said: set[str]) -> set[str]:
        return {line for line in said if not any(name in line for name in lists)}

    assert single(theirs) == single(ours)
    assert len(single(ours)) > len(ours) / 2
