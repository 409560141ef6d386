"""Writes the claim tables as CSV on the Web metadata, from their definition.

Source: Metadata Vocabulary for Tabular Data (W3C Recommendation of 17 December 2015).
"""

from __future__ import annotations

import json
from typing import Any, Final

from testimonia.namespaces import IDENTIFIER, PREFIXES
from testimonia.tables.cell_format import COMMENT, SEPARATOR
from testimonia.tables.cell_terms import resource_base
from testimonia.tables.columns import Column, Table, class_iri
from testimonia.tables.schema import TABLES, by_name

__all__ = ["metadata"]

_DATATYPES: Final = {
    "integer": "nonNegativeInteger",
    "decimal": "decimal",
    "moment": "dateTimeStamp",
    "address": "anyURI",
}
_SELECTOR: Final = f"{IDENTIFIER}document/{{+document}}#selector={{start}},{{end}}"
_EITHER: Final = (
    "Names are short for IRIs that begin with the base of their table; a cell may also contain an "
    "absolute IRI, which the templates here cannot express. Text in languages other than English is in "
    "further columns, NAME@TAG. Links that may refer to data outside the tables, or may be a date in "
    "place of a row of bounds, are not foreign keys."
)


def metadata() -> str:
    """Write the metadata of all tables, as JSON."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": "The claim tables of Testimonia",
        "dc:description": _EITHER,
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "dialect": {"commentPrefix": COMMENT, "encoding": "utf-8", "header": True},
        "tables": [_table(table) for table in TABLES],
    }
    return json.dumps(group, indent=1, ensure_ascii=False) + "\n"


def _table(table: Table) -> dict[str, Any]:
    columns = [_column(table, column) for column in table.columns]
    if len(table.types) == 1:
        columns.append(_virtual("type", "rdf:type", class_iri(table.types[0])))
    if table.has_selector:
        columns.append(_virtual("selector", "oa:hasSelector", _SELECTOR))
        kind = _virtual("selector_type", "rdf:type", class_iri("oa:TextPositionSelector"))
        columns.append({**kind, "aboutUrl": _SELECTOR})
    schema = {
        "aboutUrl": f"{table.base}{{+id}}",
        "columns": columns,
        "primaryKey": "id",
        "foreignKeys": [
            {
                "columnReference": column.name,
                "reference": {"resource": f"{column.target}.csv", "columnReference": "id"},
            }
            for column in table.columns
            if column.kind == "link" and not column.many and column.target != "bounds"
        ],
    }
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.name,
        "dc:description": table.description,
        "tableSchema": {name: part for name, part in schema.items() if part},
    }


def _column(table: Table, column: Column) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.description,
        "datatype": _DATATYPES.get(column.kind, "string"),
    }
    if column.required:
        definition["required"] = True
    if column.many:
        definition["separator"] = SEPARATOR
    if column.kind == "text":
        definition["lang"] = "en"
    if column.kind == "id":
        definition["suppressOutput"] = True
        return definition
    definition["propertyUrl"] = column.property_iri
    if column.of_selector:
        definition["aboutUrl"] = _SELECTOR
    if column.is_resource and not column.many:
        target = by_name(column.target) if column.kind == "link" else None
        definition["valueUrl"] = f"{resource_base(column, table, target)}{{+{column.name}}}"
    return definition


def _virtual(name: str, predicate: str, value: str) -> dict[str, Any]:
    prefix, _, local = predicate.partition(":")
    return {
        "name": name,
        "virtual": True,
        "propertyUrl": PREFIXES[prefix] + local,
        "valueUrl": value,
    }
