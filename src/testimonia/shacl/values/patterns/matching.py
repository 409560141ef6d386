"""Matches columns of texts: with Rust's engine, whose time is linear, wherever it can.

Rust's engine has no back-references, does not look around, and has other ends of lines; those
patterns are matched by Python's, in a process that is stopped when it takes too long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import copy
from functools import cache, lru_cache

import polars as pl

from testimonia.shacl.bounded_work import within
from testimonia.shacl.values.patterns.codepoints import (
    NAME,
    NAME_START,
    Ranges,
    blocks,
    category,
    complement,
    union,
    with_variants,
    without,
)
from testimonia.shacl.values.patterns.syntax import (
    Anchor,
    Backreference,
    BadPattern,
    Chars,
    Escape,
    Group,
    Look,
    Node,
    Repeated,
    parse,
)

__all__ = ["Pattern", "compiled"]

_CODE = r"\x{{{:X}}}"
_SPACE: Ranges = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
_NO_LINE_END: Ranges = ((0xA, 0xA), (0xD, 0xD))


class Pattern:
    """A regular expression with its flags, ready to match.

    Parameters
    ----------
    pattern, flags
        As SPARQL's ``REGEX`` takes them.

    Raises
    ------
    BadPattern
        It is no regular expression of XPath.
    """

    def __init__(self, pattern: str, flags: str) -> None:
        self._tree, self._flags = parse(pattern, flags)
        self._rust = None if self._needs_python(self._tree) else self._text(self._tree, _RUST)
        if self._rust is not None and not _rust_takes(self._rust):
            self._rust = None
        self._slow = None if self._rust is not None else self._compiled()

    @property
    def linear(self) -> bool:
        """Whether the time of matching grows with the text, and no faster."""
        return self._slow is None

    def by_python(self) -> Pattern:
        """Return the same pattern, matched by Python's engine."""
        other = copy(self)
        other._slow = self._compiled()
        return other

    def matches(self, texts: pl.Series, *, seconds: float | None = None) -> pl.Series:
        """Tell for each text whether the pattern matches somewhere in it; null stays null.

        Parameters
        ----------
        texts
            Strings.
        seconds
            How long a pattern may take that is not matched in linear time; None for ever.

        Raises
        ------
        TimeIsUp
            It took longer.
        """
        if self._slow is None:
            assert self._rust is not None  # noqa: S101 - one of the two was made
            return texts.str.contains(self._rust)
        values, search = texts.to_list(), self._slow.search

        def work() -> bytes:
            found = [None if value is None else search(value) is not None for value in values]
            return json.dumps(found).encode()

        return pl.Series(texts.name, json.loads(within(seconds, work)), dtype=pl.Boolean)

    def _compiled(self) -> re.Pattern[str]:
        try:
            return re.compile(self._text(self._tree, _PYTHON))
        except (re.error, OverflowError, RecursionError) as fault:
            raise BadPattern(f"it cannot be evaluated: {fault}") from fault

    def _needs_python(self, node: Node) -> bool:
        match node:
            case Backreference() | Look():
                return True
            case Anchor():
                # Rust's lines begin after a line end that is the last character.
                return "m" in self._flags and "q" not in self._flags
            case Repeated():
                return self._needs_python(node.node)
            case Group():
                return any(self._needs_python(each) for branch in node.branches for each in branch)
        return False

    def _text(self, node: Node, dialect: _Dialect) -> str:
        match node:
            case Group():
                branches = ("".join(self._text(each, dialect) for each in b) for b in node.branches)
                opening = "(" if node.number and dialect is _PYTHON else "(?:"
                return opening + "|".join(branches) + ")"
            case Look():
                # One that stands behind must have a fixed width in Python, which says so if not.
                return node.opening + self._text(node.group, dialect) + ")"
            case Repeated():
                return f"(?:{self._text(node.node, dialect)}){node.quantifier}"
            case Backreference():
                fold = "(?i:" if "i" in self._flags else "(?:"
                # A group that has matched nothing is matched by nothing.
                return f"(?({node.number}){fold}\\{node.number})|)"
            case Anchor():
                return dialect.anchor(node.sign, "m" in self._flags)
        return dialect.set_of(node, self._flags)


class _Dialect:
    """How anchors and sets of characters are written."""

    anchors: Mapping[tuple[str, bool], str]

    def anchor(self, sign: str, lines: bool) -> str:
        return self.anchors[sign, lines]

    def set_of(self, chars: Chars, flags: str) -> str:
        raise NotImplementedError


class _Rust(_Dialect):
    anchors = {("^", False): r"\A", ("$", False): r"\z"}  # noqa: RUF012 - never changed

    def set_of(self, chars: Chars, flags: str) -> str:
        ranges = with_variants(union(chars.ranges)) if "i" in flags else union(chars.ranges)
        members = _listed(ranges, _CODE)
        members += "".join(self._escape(each, flags) for each in chars.escapes)
        written = f"[{'^' if chars.negated else ''}{members}]"
        if chars.minus is None:
            return written
        return f"[{written}--{self.set_of(chars.minus, flags)}]"

    @staticmethod
    def _escape(escape: Escape, flags: str) -> str:
        negated = escape.negated
        match escape.name:
            case "d":
                return r"\P{Nd}" if negated else r"\p{Nd}"
            case "w":
                return r"[\p{P}\p{Z}\p{C}]" if negated else r"[^\p{P}\p{Z}\p{C}]"
            case "." | "s" | "i" | "c":
                ranges = _ranges_of(escape.name, flags)
            case name if name.startswith("Is"):
                ranges = _ranges_of(name, flags)
            case name:
                return f"\\{'P' if negated else 'p'}{{{name}}}"
        return f"[{'^' if negated else ''}{_listed(ranges, _CODE)}]"


class _Python(_Dialect):
    anchors = {  # noqa: RUF012 - never changed
        ("^", False): r"\A",
        ("$", False): r"\Z",
        # A line end that is the last character has no line behind it.
        ("^", True): r"(?:\A|(?<=\n)(?!\Z))",
        ("$", True): r"(?:(?=\n)|(?<!\n)\Z)",
    }

    def set_of(self, chars: Chars, flags: str) -> str:
        ranges = self._ranges(chars, flags)
        return f"[{_listed(ranges, chr(92) + 'U{:08X}')}]" if ranges else "(?!)"

    def _ranges(self, chars: Chars, flags: str) -> Ranges:
        own = with_variants(union(chars.ranges)) if "i" in flags else union(chars.ranges)
        members = [own]
        for escape in chars.escapes:
            found = _ranges_of(escape.name, flags)
            members.append(complement(found) if escape.negated else found)
        whole = union(pair for each in members for pair in each)
        whole = complement(whole) if chars.negated else whole
        return whole if chars.minus is None else without(whole, self._ranges(chars.minus, flags))


_RUST, _PYTHON = _Rust(), _Python()


def _listed(ranges: Ranges, form: str) -> str:
    return "".join(
        form.format(first) if first == last else f"{form.format(first)}-{form.format(last)}"
        for first, last in ranges
    )


@cache
def _ranges_of(name: str, flags: str) -> Ranges:
    match name:
        case ".":
            return complement(() if "s" in flags else _NO_LINE_END)
        case "s":
            return _SPACE
        case "i":
            return NAME_START
        case "c":
            return NAME
        case "d":
            return category("Nd")
        case "w":
            return complement(union([*category("P"), *category("Z"), *category("C")]))
    return blocks()[name.removeprefix("Is")] if name.startswith("Is") else category(name)


def _rust_takes(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:  # it would become too large
        return False
    return True


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Pattern:
    """Make a pattern, each once; parameters and errors are those of `Pattern`."""
    return Pattern(pattern, flags)
