"""The JSON Schema of descriptions of tables, with which editors complete and check them."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, Final

from testimonia.tables.descriptions.description import Description
from testimonia.tables.descriptions.description_fields import (
    Flag,
    Keyed,
    Kind,
    Part,
    Several,
    Words,
)
from testimonia.tables.descriptions.description_reader import codes

__all__ = ["description_schema"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALAR: Final = ["string", "number", "boolean"]


def description_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the description of a table."""
    return {
        "$schema": _DIALECT,
        "title": "Description of a table for Testimonia",
        **_part(Part(Description)),
    }


def _part(kind: Part) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    for each in fields(kind.makes):
        described = {"description": each.metadata["about"]} | _value(each.metadata["kind"], kind)
        spaced = each.name.replace("_", " ")
        properties |= {each.name: described, spaced: described}
        if each.default is MISSING and each.default_factory is MISSING:
            required.append(each.name)
    found: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        found["required"] = required
    if not kind.short:
        return found
    short = next(each for each in fields(kind.makes) if each.name == kind.short)
    return {"anyOf": [found, _value(short.metadata["kind"], kind)]}


def _value(kind: Kind, within: Part) -> dict[str, Any]:
    if isinstance(kind, Part):
        found = _part(kind)
        return found if "anyOf" in found else {"anyOf": [found, {"type": "null"}]}
    if isinstance(kind, Several):
        one = _value(kind.of, within)
        return {"anyOf": [one, {"type": "array", "items": one}, {"type": "null"}]}
    if isinstance(kind, Keyed):
        return {"type": ["object", "null"], "additionalProperties": _value(kind.of, within)}
    if isinstance(kind, Flag):
        return {"type": ["boolean", "null"]}
    if kind.codes == "*":
        kind = Words(within.codes, within.also)
    allowed = codes(kind)
    if allowed:
        return {"enum": list(allowed)}
    if kind.pattern:
        return {"type": _SCALAR, "pattern": f"^({kind.pattern})$"}
    return {"type": _SCALAR}
