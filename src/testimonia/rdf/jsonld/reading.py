"""Prepares a JSON-LD document for the parser, and refuses what the parser would drop."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.printing import counted
from testimonia.rdf.jsonld.local_contexts import Copies, substituted
from testimonia.rdf.jsonld.losses import Loss, Losses, Lost, losses

__all__ = ["Prepared", "prepared"]

_LISTED: Final = 5
_LONGEST: Final = 60
_LONE: Final = re.compile(
    r"(?<!\\)(?:\\\\)*\\u(?:[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    r"(?<!\\u[dD][89abAB]..\\u)[dD][c-fC-F][0-9a-fA-F]{2})"
)
_HARD: Final = (Loss.IRI, Loss.LANGUAGE, Loss.PROPERTY)


@dataclass(frozen=True)
class Prepared:
    """A document that the parser can read without loss.

    Attributes
    ----------
    content
        The document, in UTF-8.
    ignored
        Description of what is not data by the rules of JSON-LD; empty if everything is.
    """

    content: bytes
    ignored: str = ""


def prepared(content: bytes, path: Path, base: str | None, copies: Copies) -> Prepared:
    """Prepare a JSON-LD document for the parser.

    Parameters
    ----------
    content
        The document.
    path
        Its file, for errors.
    base
        The base of its relative IRIs.
    copies
        Local copies of contexts, by IRI.

    Raises
    ------
    InputError
        It refers to a remote context without a local copy, has relative IRIs but no base, or is nested
        too deeply.
    SyntaxFault
        It is not JSON in UTF-8, or a part of it cannot be RDF.
    """
    text = _decoded(content, path)
    _refuse_halves(text, path)
    document = _document(text, path)
    if copies:
        text = substituted(text, copies)
        document = _document(text, path)
    try:
        found = losses(document, base)
    except InputError as error:
        raise type(error)(error.message, hint=error.hint, place=Place(path)) from None
    except RecursionError:
        raise _too_deep(path) from None
    if found.remote:
        raise _remote(found, text, path)
    if relative := found.of(Loss.RELATIVE):
        number = sum(relative.values())
        raise InputError(
            f"this file has no base, and {counted(number, 'IRI')} in it "
            f"{'is' if number == 1 else 'are'} relative: {_listed(relative)}",
            place=_place(next(iter(relative)).text, text, path),
            hint="Give the address at which the file is published: --base IRI.",
        )
    if hard := found.of(*_HARD):
        raise SyntaxFault(
            f"{counted(sum(hard.values()), 'part')} of this file cannot be RDF: {_listed(hard)}",
            place=_place(next(iter(hard)).text, text, path),
            hint="Correct them; a JSON-LD processor would silently drop the statements.",
        )
    ignored = found.of(Loss.LOOSE, Loss.UNKNOWN)
    return Prepared(text.encode(), _listed(ignored) if ignored else "")


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise SyntaxFault(
            f"not in UTF-8 ({error.reason})",
            place=Place(path, before.count(b"\n") + 1, column),
            hint="Save the file as UTF-8.",
        ) from None


def _document(text: str, path: Path) -> Any:
    try:
        # The values of numbers do not matter here, and long ones are slow to parse.
        return json.loads(
            text,
            parse_int=lambda _: 0,
            parse_float=lambda _: 0,
            parse_constant=_no_number,
            object_pairs_hook=_joined,
        )
    except json.JSONDecodeError as error:
        raise SyntaxFault(
            f"not well formed: {error.msg}",
            place=Place(path, error.lineno, error.colno),
            hint="Correct the file there.",
        ) from None
    except ValueError as error:
        raise SyntaxFault(
            f"not well formed: {error}", place=Place(path), hint="Correct the file."
        ) from None
    except RecursionError:
        raise _too_deep(path) from None


def _refuse_halves(text: str, path: Path) -> None:
    if lone := _LONE.search(text):
        at = lone.end() - 6
        raise SyntaxFault(
            f"{lone[0][-6:]} is half of a character",
            place=Place(path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)),
            hint="Add the other half (a surrogate pair), or remove it.",
        )


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _joined(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members; duplicate names are kept, since the parser reads all of them."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def _too_deep(path: Path) -> InputError:
    return InputError(
        "arrays or objects are nested too deeply", place=Place(path), hint="Flatten the document."
    )


def _remote(found: Losses, text: str, path: Path) -> InputError:
    iris = list(found.remote)
    named = ", ".join(iris[:_LISTED]) + (", …" if len(iris) > _LISTED else "")
    return InputError(
        f"this file refers to {'a remote JSON-LD context' if len(iris) == 1 else 'remote JSON-LD contexts'}, "
        f"and nothing is fetched: {named}",
        place=_place(iris[0], text, path),
        hint=f"Give a local copy, --context {iris[0]}=FILE, or include it in the file.",
    )


def _place(written: str, text: str, path: Path) -> Place:
    """Find the first occurrence of a string."""
    for quoted in (json.dumps(written, ensure_ascii=False), json.dumps(written)):
        at = text.find(quoted)
        if at >= 0:
            return Place(path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return Place(path)


def _listed(parts: dict[Lost, int]) -> str:
    shown = [_described(part, count) for part, count in list(parts.items())[:_LISTED]]
    more = len(parts) - len(shown)
    return "; ".join(shown) + (f"; and {more:,} more" if more else "")


def _described(part: Lost, count: int) -> str:
    text = part.text if len(part.text) <= _LONGEST else part.text[:_LONGEST] + "…"
    said = json.dumps(text, ensure_ascii=False)
    if part.loss is not Loss.RELATIVE:
        said += f" is a {part.loss}" if part.loss not in _HARD[:2] else f" is {part.loss}"
    if part.reason:
        said += f" ({part.reason})"
    return said + (f", {count:,} times" if count > 1 else "")
