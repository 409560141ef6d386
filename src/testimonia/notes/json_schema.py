"""The JSON Schema of notes, with which editors complete and check them."""

from __future__ import annotations

from typing import Any, Final

from testimonia.notes.cell_values import ALIASES, MAIN, column_of
from testimonia.notes.claim_items import NO_DEFAULT
from testimonia.notes.expansion import FILE_FIELDS
from testimonia.notes.proposition_kinds import KINDS
from testimonia.tables.columns import Column, Table
from testimonia.tables.schema import TABLES, by_name
from testimonia.tables.sheets.cells import codes_of

__all__ = ["schema"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALAR: Final = ["string", "number", "boolean", "null"]
_AT: Final = {
    "description": "The passage: the number of a sentence, 3-4, words of the text, or {from, to}.",
    "anyOf": [
        {"type": ["integer", "string"]},
        {"$ref": "#/$defs/span"},
        {
            "type": "array",
            "items": {"anyOf": [{"type": ["integer", "string"]}, {"$ref": "#/$defs/span"}]},
        },
    ],
}
_SPAN: Final = {
    "type": "object",
    "properties": {
        "from": {"type": _SCALAR, "description": "Its first words."},
        "to": {"type": _SCALAR, "description": "Its last words."},
        "words": {"type": _SCALAR, "description": "All its words."},
        "nth": {"type": "integer", "description": "Which occurrence of the words, from 1."},
    },
    "additionalProperties": False,
}
_FILE: Final = {
    "base": "Namespace for the names, such as https://example.org/desk/.",
    "about": "The event that claims are about, unless they name another.",
    "usual": "Defaults for claims by others.",
    "narration": "Defaults for claims in the document's own voice.",
    "nothing": "Sentences without a claim: number or words, and the reason.",
    "rest": "Statements that do not fit any table, in N-Quads.",
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file of notes."""
    definitions: dict[str, Any] = {"span": _SPAN}
    for table in TABLES:
        definitions[table.name] = _row(table, _columns(table))
    says = _said()
    propositions = _columns(by_name("propositions")) | says
    definitions["propositions"] = _row(by_name("propositions"), propositions)
    own = _columns(by_name("claims"))
    claim = {
        "at": _AT,
        "claims": {
            "description": "Claims that share the other fields.",
            "type": "array",
            "items": {"$ref": "#/$defs/claims"},
        },
        "via": {
            "description": "Who relays it, nearest to the claimant first.",
            **_value_of(by_name("claims").columns[2], _link("agents")),
        },
    }
    definitions["claims"] = _row(by_name("claims"), {**propositions, **own, **claim, **says})
    definitions["usual"] = _row(by_name("claims"), _with_default(own))
    definitions["document"] = _row(
        by_name("documents"),
        {
            **_columns(by_name("documents")),
            "text": {"type": "string", "description": "The file of its text, beside the notes."},
        },
    )
    return {
        "$schema": _DIALECT,
        "title": "Notes of Testimonia",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _section(name) for name in FILE_FIELDS},
        "$defs": definitions,
    }


def _section(name: str) -> dict[str, Any]:
    if name == "document":
        return {
            "description": "The document that the notes are about.",
            "anyOf": [{"type": "string"}, {"$ref": "#/$defs/document"}],
        }
    if name == "claims":
        return {
            "description": by_name(name).description,
            "type": ["array", "null"],
            "items": {"$ref": "#/$defs/claims"},
        }
    if name in ("usual", "narration"):
        return {"description": _FILE[name], "anyOf": [{"$ref": "#/$defs/usual"}, {"type": "null"}]}
    if name == "about":
        return {"description": _FILE[name], "type": ["string", "array", "null"]}
    if name == "nothing":
        codes = list(codes_of()["no-claim-reason"])
        return {
            "description": _FILE[name],
            "type": ["object", "null"],
            "additionalProperties": {"enum": codes},
        }
    if name in _FILE:
        return {"description": _FILE[name], "type": ["string", "array", "null"]}
    rows: list[dict[str, Any]] = [{"$ref": f"#/$defs/{name}"}]
    main = "says" if name == "propositions" else MAIN.get(name)
    if main:
        rows.append({"type": [*_SCALAR, "array"], "description": f"Its {main.replace('_', ' ')}."})
    return {
        "description": by_name(name).description,
        "type": ["object", "null"],
        "additionalProperties": {"anyOf": rows},
    }


def _with_default(properties: dict[str, Any]) -> dict[str, Any]:
    """Leave out the fields of claims that cannot have a default."""
    columns = {name: column_of(by_name("claims"), name) for name in properties}
    refused = {name for name, found in columns.items() if found and found[0] in NO_DEFAULT}
    return {name: each for name, each in properties.items() if name not in refused}


def _row(table: Table, properties: dict[str, Any]) -> dict[str, Any]:
    words = "|".join(c.name for c in table.columns if c.kind == "text")
    texts = {f"^({words}|name)@[A-Za-z0-9-]+$": {"type": [*_SCALAR, "array"]}} if words else {}
    return {
        "description": table.description,
        "type": "object",
        "properties": properties,
        "patternProperties": texts,
        "additionalProperties": False,
    }


def _columns(table: Table) -> dict[str, Any]:
    """Describe the columns of a table, under each name that they may have in notes."""
    found: dict[str, Any] = {}
    for column in table.columns:
        said = {"description": column.description, **_value(table, column)}
        short = [alias for alias, name in ALIASES.items() if name == column.name]
        for name in (*short, column.name.replace("_", " "), column.name):
            found[name] = said
    return found


def _value(table: Table, column: Column) -> dict[str, Any]:
    if column.kind == "link":
        return _value_of(column, _link(column.target))
    if column.kind == "code":
        # Spaces are allowed in place of hyphens.
        codes = codes_of().get(column.target, ())
        spaced = [code.replace("-", " ") for code in codes if "-" in code]
        return _value_of(column, {"enum": [*codes, *spaced, None]})
    if column.kind == "type":
        # Several spellings are allowed: Official body, OfficialBody.
        names = [*table.types, *table.beside]
        return _value_of(column, {"anyOf": [{"enum": names}, {"type": "string"}]})
    if column.kind == "integer":
        return _value_of(column, {"type": ["integer", "null"], "minimum": 0})
    return _value_of(column, {"type": _SCALAR})


def _value_of(column: Column, one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "array", "items": one}]} if column.many else one


def _link(target: str) -> dict[str, Any]:
    return {"anyOf": [{"type": _SCALAR}, {"$ref": f"#/$defs/{target}"}]}


def _said() -> dict[str, Any]:
    says = {
        "description": "A figure in one phrase, such as killed 4 dock workers, or a proposition.",
        "anyOf": [{"type": "string"}, {"$ref": "#/$defs/propositions"}],
    }
    table = by_name("propositions")
    fields: dict[str, Any] = {"says": says}
    for kind in KINDS:
        column = table.column(kind.column)
        assert column is not None  # noqa: S101 - the kinds name columns of this table
        described = {"description": kind.description, **_value(table, column)}
        fields[kind.field] = fields[kind.field.replace(" ", "_")] = described
    return fields
