"""Reads and writes YAML as text in lists and fields, each with its line and column: no types, tags or references.

Every scalar is text, whatever it looks like: ``no`` and ``2026-03-04`` are read as they were typed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tag import Tag

from testimonia.errors import InputError, Place, SyntaxFault

__all__ = ["Fault", "Fields", "Items", "Mark", "Node", "Word", "parsed", "written"]

_LARGEST: Final = 4_000_000
_DEEPEST: Final = 12
_STRING: Final = "tag:yaml.org,2002:str"
_NOTHING: Final = ("", "~", "null")
_LONG: Final = 100
"""Maximum length of a line with several fields, in characters."""
_WIDEST: Final = 4_000
"""The line width at which the writer breaks lines: large enough that it never does."""


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a text: line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file that somebody typed.

    Parameters
    ----------
    message
        What is wrong.
    place
        The file, line and column.
    hint
        How to fix it.
    """

    message: str
    place: Place
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"\n  {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Word:
    """A scalar; its text is None if it is empty, or ``~`` or ``null`` without quotes."""

    text: str | None
    mark: Mark = field(default=Mark(1, 1), compare=False)


@dataclass(frozen=True)
class Items:
    """A sequence."""

    items: tuple[Node, ...]
    mark: Mark = field(default=Mark(1, 1), compare=False)


@dataclass(frozen=True)
class Fields:
    """A mapping, in the order in which it is written; each key once."""

    entries: tuple[tuple[Word, Node], ...]
    mark: Mark = field(default=Mark(1, 1), compare=False)


Node: TypeAlias = Word | Items | Fields


def parsed(
    text: str,
    path: Path | str,
    *,
    called: str = "notes",
    fields: str = "document: and claims:",
    guide: str = "docs/guides/write-notes.md",
) -> tuple[Fields, list[Fault]]:
    """Read the text of a file, such as one of notes.

    Parameters
    ----------
    text
        YAML 1.2, one document, a mapping. Nothing in it is executed, and no reference is followed.
    path
        Its file, for messages.
    called
        What the file is called in messages.
    fields
        Two of its fields, for messages.
    guide
        The page that describes it.

    Returns
    -------
    tuple
        The mapping, and a fault for each repeated key, of which the first value is used.

    Raises
    ------
    SyntaxFault
        It is not YAML, has anchors, aliases, tags or several documents, or is too large or too deeply
        nested.
    """
    if len(text) > _LARGEST:
        raise SyntaxFault(
            f"this file of {called} has {len(text):,} characters, more than {_LARGEST:,}",
            place=Place(path),
            hint="Write a file for each document."
            if called == "notes"
            else "Check that it is the right file.",
        )
    reader = _Reader(text, path, called)
    node = reader.read()
    if isinstance(node, Word) and node.text is None:
        node = Fields(())
    if not isinstance(node, Fields):
        raise SyntaxFault(
            f"{called} must be a mapping, with fields such as {fields}",
            place=Place(path, node.mark.line, node.mark.column),
            hint=f"See {guide}.",
        )
    return node, reader.faults


class _Reader:
    """Reads events one by one, so that nothing is built from YAML that is rejected."""

    def __init__(self, text: str, path: Path | str, called: str) -> None:
        self._path, self._called = path, called
        self._events = self._parsed(text)
        self.faults: list[Fault] = []

    def read(self) -> Node:
        node: Node = Word(None)
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent):
                node = self._node(next(self._events), 0)
                next(self._events)  # the end of the document
                break
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent):
                raise self._refused(
                    event, "a second YAML document begins here", "Use one file each."
                )
        return node

    def _parsed(self, text: str) -> Iterator[events.Event]:
        yaml = YAML(typ="safe", pure=True)
        try:
            yield from yaml.parse(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(self._path, mark.line + 1, mark.column + 1) if mark else Place(self._path)
            problem = str(error.problem or error.context or "this is not YAML")
            raise SyntaxFault(
                f"this is not well-formed YAML: {problem}",
                place=place,
                hint="Put text that contains “: ” or “ #”, or begins with a special character, in quotation marks.",
            ) from None
        except (YAMLError, ValueError, RecursionError, AssertionError) as error:
            raise SyntaxFault(
                f"this is not well-formed YAML: {str(error)[:200]}",
                place=Place(self._path),
                hint="Save it as UTF-8 text, without control characters.",
            ) from None

    def _node(self, event: events.Event, depth: int) -> Node:
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise self._refused(
                event,
                f"anchors and aliases (& and *) are not allowed in {self._called}",
                "Repeat the value.",
            )
        if getattr(event, "tag", None):
            raise self._refused(event, f"tags (!) are not allowed in {self._called}", "Remove it.")
        if depth > _DEEPEST:
            raise self._refused(
                event, f"this is nested deeper than {_DEEPEST} levels", "Nest less."
            )
        mark = _mark(event)
        if isinstance(event, events.ScalarEvent):
            plain = event.style is None and event.value in _NOTHING
            return Word(None if plain else str(event.value), mark)
        if isinstance(event, events.SequenceStartEvent):
            return Items(tuple(self._items(depth)), mark)
        return Fields(tuple(self._entries(depth)), mark)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, events.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[Word, Node]]:
        seen: dict[str, Mark] = {}
        for event in self._events:
            if isinstance(event, events.MappingEndEvent):
                return
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Word) or key.text is None:
                raise self._refused(
                    event, "the name of a field must be text, and not empty", "Rename it."
                )
            if key.text in seen:
                first = seen[key.text]
                place = Place(self._path, key.mark.line, key.mark.column)
                message = f"the field {key.text!r:.80} is repeated; it is also in line {first.line}"
                self.faults.append(Fault(message, place, "Keep only one of them."))
                continue
            seen[key.text] = key.mark
            yield key, value

    def _refused(self, event: events.Event, message: str, hint: str) -> SyntaxFault:
        mark = _mark(event)
        return SyntaxFault(message, place=Place(self._path, mark.line, mark.column), hint=hint)


def _mark(event: events.Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def written(node: Fields, head: str = "") -> str:
    """Write a mapping as YAML, from which `parsed` reads the same mapping.

    Parameters
    ----------
    node
        The mapping. Nested nodes are written in one line each if they are short and flat.
    head
        Lines of a comment to write first, without the comment sign.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.width = _WIDEST
    stream = io.StringIO()
    try:
        yaml.emit(_events(node), stream)
    except YAMLError as error:  # for example, a character that YAML does not allow
        raise InputError(f"this cannot be written as YAML: {error}") from None
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines())
    return comment + stream.getvalue().removesuffix("...\n")


def _events(node: Fields) -> Iterator[events.Event]:
    yield events.StreamStartEvent()
    yield events.DocumentStartEvent(explicit=False)
    yield from _events_of(node, 0)
    yield events.DocumentEndEvent(explicit=False)
    yield events.StreamEndEvent()


def _events_of(node: Node, depth: int) -> Iterator[events.Event]:
    if isinstance(node, Word):
        yield _scalar(node)
        return
    flow = depth > 1 and _is_flat(node)
    if isinstance(node, Items):
        yield events.SequenceStartEvent(None, None, implicit=True, flow_style=flow)
        for item in node.items:
            yield from _events_of(item, depth + 1)
        yield events.SequenceEndEvent()
        return
    yield events.MappingStartEvent(None, None, implicit=True, flow_style=flow)
    for key, value in node.entries:
        yield _scalar(key)
        yield from _events_of(value, depth + 1)
    yield events.MappingEndEvent()


def _scalar(word: Word) -> events.ScalarEvent:
    text = "" if word.text is None else word.text
    # In a list, a plain word that begins with ? or : is read as a key or its end.
    needs_marks = word.text is not None and (
        text in _NOTHING or text.startswith(("?", ":")) or not text.isprintable()
    )
    style = '"' if needs_marks else None
    value = "~" if word.text is None else text
    # The emitter requires a tag for an empty scalar, but does not write it.
    tag = None if value else Tag(suffix=_STRING)
    return events.ScalarEvent(None, tag, (True, True), value, style=style)


def _is_flat(node: Items | Fields) -> bool:
    if _length(node) > _LONG:
        return False
    values = node.items if isinstance(node, Items) else tuple(value for _, value in node.entries)
    return all(
        isinstance(value, Word)
        or (isinstance(value, Items) and all(isinstance(each, Word) for each in value.items))
        for value in values
    )


def _length(node: Node) -> int:
    if isinstance(node, Word):
        return len(node.text or "~") + 2
    if isinstance(node, Items):
        return sum(map(_length, node.items))
    return sum(_length(key) + _length(value) for key, value in node.entries)
