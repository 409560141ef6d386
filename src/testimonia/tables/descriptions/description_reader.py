"""Reads a description of a table from YAML or TOML; every fault has a line and column, or a path."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, Final

from testimonia.catalogue import resources
from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.rdf.opening import refuse_missing
from testimonia.suggestions import did_you_mean, nearest
from testimonia.tables.descriptions.agreeing import disagreements
from testimonia.tables.descriptions.description import Description
from testimonia.tables.descriptions.description_fields import (
    AGENT_CLASSES,
    Flag,
    Keyed,
    Kind,
    Part,
    Several,
    Words,
)
from testimonia.tables.schema import by_name
from testimonia.tables.sheets.cells import codes_of
from testimonia.yaml_nodes import Fault, Fields, Items, Mark, Node, Word, parsed

__all__ = ["GUIDE", "codes", "description_of", "read_description"]

GUIDE: Final = "docs/guides/describe-a-table.md"
_SHOWN: Final = 5
"""Maximum number of faults in a message."""

_TRUTHS: Final = {"true": True, "false": False, "yes": True, "no": False}
_NOWHERE: Final = Mark(0, 0)


def read_description(path: Path | str) -> Description:
    """Read the description of a table.

    Parameters
    ----------
    path
        A file in YAML, or in TOML if its name ends in ``.toml``; or the name of a description that
        comes with the library, such as ``acled``.

    Raises
    ------
    InputError
        There is no such file or description, or it is not a valid description; all faults are listed
        with line and column.
    SyntaxFault
        It is not well-formed YAML or TOML.
    """
    file = _file(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"this description is not in UTF-8 ({error.reason})",
            place=Place(file),
            hint="Save it as UTF-8.",
        ) from None
    except OSError as error:
        raise InputError(
            f"this description cannot be read ({error.strerror or error})", place=Place(file)
        ) from None
    return description_of(text, file)


def _file(path: Path | str) -> Path:
    shipped = {each.stem: each for each in resources.descriptions()}
    if not Path(path).exists() and str(path) in shipped:
        return shipped[str(path)]
    if not Path(path).suffix and not Path(path).exists():
        raise InputError(
            f"there is no file {str(path)!r}, and no description of that name comes with the library",
            hint=did_you_mean(nearest(str(path), shipped))
            or f"There are: {', '.join(sorted(shipped))}; or give a file.",
        )
    refuse_missing(Path(path))
    return Path(path)


def description_of(text: str, path: Path | str) -> Description:
    """Read the description of a table from its text.

    Parameters
    ----------
    text
        YAML, or TOML if the name of the file ends in ``.toml``.
    path
        Its file, for messages.

    Raises
    ------
    InputError
        It is not a valid description.
    SyntaxFault
        It is not well formed.
    """
    faults: list[Fault] = []
    if str(path).lower().endswith(".toml"):
        node = _of_toml(text, path)
    else:
        node, faults = parsed(
            text, path, called="a description", fields="name: and figures:", guide=GUIDE
        )
    reader = _Reader(path)
    reader.faults += faults
    found = reader.part(node, Part(Description), "")
    if not reader.faults:
        reader.faults += [Fault(each, Place(path)) for each in disagreements(found)]
    if reader.faults:
        raise _refused(reader.faults)
    assert isinstance(found, Description)  # noqa: S101 - the part was asked for
    return found


def _refused(faults: list[Fault]) -> InputError:
    listed = "".join(f"\n  {each}".replace("\n", "\n  ") for each in faults[1 : _SHOWN + 1])
    more = len(faults) - _SHOWN - 1
    if more > 0:
        listed += f"\n  and {more} more"
    return InputError(
        faults[0].message + (f"; and {len(faults) - 1} other faults:{listed}" if listed else ""),
        place=faults[0].place,
        hint=faults[0].hint or f"See {GUIDE}.",
    )


def _of_toml(text: str, path: Path | str) -> Fields:
    try:
        found = tomllib.loads(text, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SyntaxFault(f"this is not well-formed TOML: {error}", place=Place(path)) from None
    node = _node(found)
    assert isinstance(node, Fields)  # noqa: S101 - TOML is a table
    return node


def _node(value: object) -> Node:
    if isinstance(value, dict):
        entries = tuple((Word(str(key), _NOWHERE), _node(each)) for key, each in value.items())
        return Fields(entries, _NOWHERE)
    if isinstance(value, list):
        return Items(tuple(map(_node, value)), _NOWHERE)
    return Word(str(value).lower() if isinstance(value, bool) else str(value), _NOWHERE)


def codes(kind: Words) -> tuple[str, ...]:
    """List the words that a text may be; empty if it may be any."""
    if kind.codes == AGENT_CLASSES:
        return by_name("agents").types
    return (*codes_of()[kind.codes], *kind.also) if kind.codes else ()


class _Reader:
    """Makes parts of a description from nodes, and collects faults."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self.faults: list[Fault] = []

    def part(self, node: Node, kind: Part, at: str) -> Any:
        """Make a part; None if it is faulty."""
        known = {each.name: each for each in fields(kind.makes)}
        if self._is_short(node, kind, known):
            node = Fields(((Word(kind.short, node.mark), node),), node.mark)
        if not isinstance(node, Fields):
            self._fault(node.mark, at, "must have fields", f"Its fields: {', '.join(known)}.")
            return None
        before = len(self.faults)
        values = dict(self._entries(node, kind, known, at))
        for name, each in known.items():
            if name not in values and each.default is MISSING and each.default_factory is MISSING:
                about = each.metadata["about"]
                self._fault(node.mark, at, f"lacks the field {name!r}", about)
        return kind.makes(**values) if len(self.faults) == before else None

    def _is_short(self, node: Node, kind: Part, known: dict[str, Field[Any]]) -> bool:
        """Return whether a value stands for a part of which it is one field."""
        if not kind.short or isinstance(node, Fields):
            return False
        if isinstance(node, Items):
            return isinstance(known[kind.short].metadata["kind"], Several)
        return node.text is not None

    def _entries(
        self, node: Fields, kind: Part, known: dict[str, Field[Any]], at: str
    ) -> Iterator[tuple[str, Any]]:
        for key, value in node.entries:
            name = (key.text or "").replace(" ", "_").replace("-", "_")
            if name not in known:
                hint = did_you_mean(nearest(name, known)) or f"Its fields: {', '.join(known)}."
                self._fault(key.mark, at, f"has no field {key.text!r:.80}", hint)
                continue
            if isinstance(value, Word) and value.text is None:
                continue  # a field without a value is left out
            yield name, self._value(value, known[name].metadata["kind"], kind, f"{at}{name}")

    def _value(self, node: Node, kind: Kind, within: Part, at: str) -> Any:
        if isinstance(kind, Part):
            return self.part(node, kind, f"{at}: ")
        if isinstance(kind, Several):
            items = node.items if isinstance(node, Items) else (node,)
            return tuple(
                self._value(each, kind.of, within, f"{at}, item {number}" if len(items) > 1 else at)
                for number, each in enumerate(items, 1)
            )
        if isinstance(kind, Keyed):
            return dict(self._keyed(node, kind, within, at))
        if not isinstance(node, Word):
            self._fault(node.mark, f"{at}: ", "must be one value", "Write a single text.")
            return ""
        if isinstance(kind, Flag):
            return self._flag(node, at)
        return self._word(node, kind, within, at)

    def _keyed(self, node: Node, kind: Keyed, within: Part, at: str) -> Iterator[tuple[str, Any]]:
        if not isinstance(node, Fields):
            self._fault(node.mark, f"{at}: ", "must be a mapping", "Write KEY: VALUE in each line.")
            return
        for key, value in node.entries:
            yield key.text or "", self._value(value, kind.of, within, f"{at}, {key.text}")

    def _flag(self, word: Word, at: str) -> bool:
        found = _TRUTHS.get((word.text or "").casefold())
        if found is None:
            self._fault(word.mark, f"{at}: ", f"{word.text!r:.80} is not true or false", "")
        return bool(found)

    def _word(self, word: Word, kind: Words, within: Part, at: str) -> str:
        text = word.text or ""
        if kind.codes == "*":
            kind = Words(within.codes, within.also)
        allowed = codes(kind)
        if allowed and text not in allowed:
            called = "class" if kind.codes == AGENT_CLASSES else "code"
            hint = did_you_mean(nearest(text, allowed)) or f"There are: {', '.join(allowed)}."
            self._fault(word.mark, f"{at}: ", f"there is no {called} {text!r:.80}", hint)
        elif kind.pattern and not re.fullmatch(kind.pattern, text):
            self._fault(word.mark, f"{at}: ", f"{text!r:.80} is not {kind.expected}", "")
        return text

    def _fault(self, mark: Mark, at: str, what: str, hint: str) -> None:
        place = Place(self._path, mark.line or None, mark.column or None)
        self.faults.append(Fault(f"{at or 'the description '}{what}", place, hint))
