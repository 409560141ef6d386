"""What the page shows of a folder and of a report: sentences, direction, suggestions, words to complete."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from testimonia import languages
from testimonia.notes import cues, schema
from testimonia.notes.draft import Text
from testimonia.notes.proposition_kinds import KINDS
from testimonia.tables.sheets.cells import codes_of

__all__ = ["cue_view", "direction", "report_view", "vocabulary"]

_LETTERS: Final = 5_000  # by which the direction is found


def report_view(text: Text, language: str | None) -> dict[str, Any]:
    """Describe a report; positions count Unicode code points.

    Parameters
    ----------
    text
        The report.
    language
        Its language, as a BCP 47 tag, where the notes say.
    """
    return {
        "name": text.path.name,
        "text": text.text,
        "sentences": text.sentences,
        "direction": direction(text.text, language),
        "language": language,
    }


def cue_view(text: Text, language: str | None, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """List the cues of a report; positions count Unicode code points.

    Parameters
    ----------
    text
        The report.
    language
        Its language, as a BCP 47 tag, where the notes say.
    names
        IRIs by name, of what the notes of the folder describe.
    """
    called = {iri: name for name, iri in names.items()}
    return [
        {
            "kind": cue.kind.value,
            "start": cue.start,
            "end": cue.end,
            "sentence": cue.sentence,
            "phrase": cue.phrase,
            "name": called.get(cue.name or ""),
        }
        for cue in cues.find(text.text, language, names)
    ]


def direction(text: str, language: str | None) -> str:
    """Find the direction of a text, ``ltr`` or ``rtl``: that of its language, or of most letters.

    Examples
    --------
    >>> direction("1 Ukrainian", None), direction("قال المحافظ", None), direction("", "ar")
    ('ltr', 'rtl', 'rtl')
    """
    if language:
        return "rtl" if languages.is_right_to_left(language) else "ltr"
    kinds = [unicodedata.bidirectional(each) for each in text[:_LETTERS]]
    right = sum(kind in ("R", "AL") for kind in kinds)
    return "rtl" if right > sum(kind == "L" for kind in kinds) else "ltr"


@cache
def vocabulary() -> dict[str, Any]:
    """Give what the editor completes: fields by section, with their codes or what they name."""
    given = schema()
    sections = {name: _fields(row["properties"]) for name, row in given["$defs"].items()}
    return {
        "file": {name: _described(value) for name, value in given["properties"].items()},
        "sections": sections,
        "says": [*codes_of()["harm"], "detained", "damaged", "severely damaged", "destroyed"],
        "kinds": [(kind.field, kind.description) for kind in KINDS],
        "no_claim": list(codes_of()["no-claim-reason"]),
        "categories": list(codes_of()["victim-category"]),
    }


def _fields(properties: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"about": _described(value), "codes": _codes(value), "names": _named(value)}
        for name, value in properties.items()
        # Every name with spaces is there with underscores too.
        if not ("_" in name and name.replace("_", " ") in properties)
    }


def _described(value: Mapping[str, Any]) -> str:
    return str(value.get("description", ""))


def _codes(value: Mapping[str, Any]) -> list[str]:
    """List the codes that a value may be, each in one spelling."""
    codes = [each for each in value.get("enum", ()) if each is not None]
    for inner in value.get("anyOf", ()):
        codes += _codes(inner)
    if not codes and isinstance(value.get("items"), dict):
        codes = _codes(value["items"])
    return [each for each in dict.fromkeys(codes) if each.replace(" ", "-") == each]


def _named(value: Mapping[str, Any]) -> str | None:
    """Name the table whose things a value may name."""
    for inner in value.get("anyOf", ()):
        if "$ref" in inner:
            return str(inner["$ref"].rpartition("/")[2])
        if found := _named(inner):
            return found
    return None
