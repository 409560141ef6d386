"""Parses regular expressions of XPath into a tree.

Beyond the standard, a few constructs that published shapes use are accepted with their usual meaning:
lookahead and lookbehind, flags at the start (``(?i)``), and a backslash before any ASCII punctuation.
In XPath, all of these are syntax errors.

Source: XML Schema 1.1 part 2, appendix G; XPath Functions 3.1, sections 5.6.1 and 5.6.2.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Final, TypeAlias

from testimonia.shacl.values.patterns.codepoints import CATEGORIES, blocks

__all__ = [
    "Anchor",
    "Backreference",
    "BadPattern",
    "Chars",
    "Escape",
    "Group",
    "Lookaround",
    "Node",
    "Repeated",
    "parse",
]

FLAGS: Final = frozenset("smixq")
_WHITESPACE = re.compile(r"[ \t\n\r]")
_QUANTIFIER = re.compile(r"(?:[?*+]|\{([0-9]{1,9})(,([0-9]{1,9})?)?\})\??")
_PROPERTY = re.compile(r"\{(\^?)([A-Za-z0-9\-]+)\}")
_INLINE = re.compile(r"\(\?([smix]+)\)")
_LOOKAROUNDS = ("(?=", "(?!", "(?<=", "(?<!")
_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t"}
_MULTI = "sSiIcCdDwW"
_MAX_DEPTH = 100


class BadPattern(re.error):
    """Not a regular expression of XPath, or one that cannot be evaluated."""


@dataclass(frozen=True)
class Escape:
    """The set of a class escape: s, i, c, d, w, a category, or a block (``IsBasicLatin``)."""

    name: str
    negated: bool


@dataclass(frozen=True)
class Chars:
    """A character class: the given characters or all others, minus another class."""

    ranges: tuple[tuple[int, int], ...] = ()
    escapes: tuple[Escape, ...] = ()
    negated: bool = False
    minus: Chars | None = None


@dataclass(frozen=True)
class Anchor:
    """``^`` or ``$``."""

    sign: str


@dataclass(frozen=True)
class Backreference:
    """What the group with a number has matched."""

    number: int


@dataclass(frozen=True)
class Group:
    """Alternatives, each a sequence; a capturing group has a number."""

    branches: tuple[tuple[Node, ...], ...]
    number: int = 0


@dataclass(frozen=True)
class Lookaround:
    """A lookahead or lookbehind."""

    opening: str
    group: Group


@dataclass(frozen=True)
class Repeated:
    """A node with a quantifier, as written."""

    node: Node
    quantifier: str


Node: TypeAlias = Chars | Anchor | Backreference | Group | Lookaround | Repeated


def parse(pattern: str, flags: str) -> tuple[Group, str]:
    """Parse a regular expression.

    Parameters
    ----------
    pattern
        The regular expression.
    flags
        Letters of ``smixq``.

    Returns
    -------
    tuple of Group and str
        The tree, and the flags that apply.

    Raises
    ------
    BadPattern
        It is not a regular expression; the error has the reason and the position.
    """
    if unknown := set(flags) - FLAGS:
        raise BadPattern(f"there is no flag {min(unknown)!r}")
    if "q" in flags:
        literal = tuple(Chars(((ord(each), ord(each)),)) for each in pattern)
        return Group((literal,)), flags
    if inline := _INLINE.match(pattern):
        flags, pattern = flags + inline[1], pattern[inline.end() :]
    if "x" in flags:
        pattern = _without_whitespace(pattern)
    return _Parser(pattern).whole(), flags


def _without_whitespace(pattern: str) -> str:
    """Remove whitespace outside character classes, as the flag x requires."""
    kept, depth, escaped = [], 0, False
    for each in pattern:
        if not depth and _WHITESPACE.match(each):
            continue
        kept.append(each)
        if escaped:
            escaped = False
        elif each == "\\":
            escaped = True
        elif each in "[]":
            depth = max(0, depth + (1 if each == "[" else -1))
    return "".join(kept)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self._opened = 0
        self._closed: set[int] = set()

    def whole(self) -> Group:
        group = Group(self._branches())
        if self._at < len(self._text):
            raise self._fault("a parenthesis is closed that was not opened")
        return group

    def _fault(self, reason: str, at: int | None = None) -> BadPattern:
        return BadPattern(reason, self._text, self._at if at is None else at)

    def _ahead(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise self._fault("it ends unexpectedly")
        self._at += 1
        return self._text[self._at - 1]

    def _branches(self) -> tuple[tuple[Node, ...], ...]:
        branches: list[tuple[Node, ...]] = []
        pieces: list[Node] = []
        while self._at < len(self._text) and not self._ahead(")"):
            if self._ahead("|"):
                self._at += 1
                branches.append(tuple(pieces))
                pieces = []
            else:
                pieces.append(self._piece())
        return (*branches, tuple(pieces))

    def _piece(self) -> Node:
        atom = self._atom()
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            return atom
        if found[1] and found[3] and int(found[1]) > int(found[3]):
            raise self._fault(f"the minimum of {found[0]} exceeds its maximum")
        self._at = found.end()
        return Repeated(atom, found[0])

    def _atom(self) -> Node:
        start, character = self._at, self._take()
        match character:
            case "(":
                return self._group(start)
            case "[":
                return self._class(start)
            case "\\":
                return self._escape()
            case ".":
                return Chars(escapes=(Escape(".", negated=False),))
            case "^" | "$":
                return Anchor(character)
            case "?" | "*" | "+" | "{":
                raise self._fault("there is nothing to repeat before this quantifier", start)
            case "]" | "}":
                raise self._fault(f"{character} is unmatched; write \\{character}", start)
        return _single(character)

    def _group(self, start: int) -> Node:
        lookaround = next((each for each in _LOOKAROUNDS if self._text.startswith(each, start)), "")
        number = 0
        if lookaround:
            self._at = start + len(lookaround)
        elif self._ahead("?:"):
            self._at += 2
        elif self._ahead("?"):
            raise self._fault("XPath has no such group, only (…) and (?:…)", start)
        else:
            self._opened += 1
            number = self._opened
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._fault(f"groups are nested more than {_MAX_DEPTH} deep", start)
        group = Group(self._branches(), number)
        self._depth -= 1
        if not self._ahead(")"):
            raise self._fault("a parenthesis is not closed", start)
        self._at += 1
        self._closed.add(number)
        return Lookaround(lookaround, group) if lookaround else group

    def _escape(self) -> Node:
        start, character = self._at - 1, self._take()
        if character in string.digits:
            return self._backreference(start, character)
        named = self._class_escape(start, character)
        return Chars(escapes=(named,)) if named else _single(self._literal(start, character))

    def _backreference(self, start: int, digits: str) -> Backreference:
        # It has as many digits as there are groups for; further digits match themselves.
        while (following := self._text[self._at : self._at + 1]) and following in string.digits:
            if int(digits + following) > self._opened:
                break
            digits += self._take()
        if int(digits) not in self._closed or int(digits) == 0:
            raise self._fault(f"there is no group {digits} before this back-reference", start)
        return Backreference(int(digits))

    def _class_escape(self, start: int, character: str) -> Escape | None:
        """Parse an escape that stands for a set of characters; None if it stands for one character."""
        if character in _MULTI:
            return Escape(character.lower(), character.isupper())
        if character not in "pP":
            return None
        found = _PROPERTY.match(self._text, self._at)
        if found is None or found[1]:
            raise self._fault(
                "the name of a category or block goes in braces, as in \\p{Lu}", start
            )
        self._at = found.end()
        name = found[2]
        if name not in CATEGORIES and name.removeprefix("Is") not in blocks():
            raise self._fault(f"there is no category or block {name}", start)
        if name not in CATEGORIES and not name.startswith("Is"):
            raise self._fault(f"there is no category {name}; the block is Is{name}", start)
        return Escape(name, character == "P")

    def _literal(self, start: int, character: str) -> str:
        if character in _CHARACTERS:
            return _CHARACTERS[character]
        if character in string.punctuation or character == " ":
            return character
        raise self._fault(f"XPath has no escape \\{character}", start)

    def _class(self, start: int) -> Chars:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._fault(f"classes are nested more than {_MAX_DEPTH} deep", start)
        negated = self._ahead("^")
        self._at += negated
        ranges: list[tuple[int, int]] = []
        escapes: list[Escape] = []
        minus = None
        while not self._ahead("]"):
            if self._at >= len(self._text):
                raise self._fault("a character class is not closed", start)
            if self._ahead("-[") and (ranges or escapes):
                self._at += 2
                minus = self._class(self._at - 1)
                if not self._ahead("]"):
                    raise self._fault("a class must end after the class subtracted from it")
                continue
            self._member(ranges, escapes)
        self._at += 1
        self._depth -= 1
        if not ranges and not escapes:
            raise self._fault("a character class is empty", start)
        return Chars(tuple(ranges), tuple(escapes), negated, minus)

    def _member(self, ranges: list[tuple[int, int]], escapes: list[Escape]) -> None:
        start = self._at
        first = self._class_character()
        if isinstance(first, Escape):
            escapes.append(first)
            return
        after = self._text[self._at + 1 : self._at + 2]
        if not self._ahead("-") or after in ("]", "[", ""):
            ranges.append((ord(first), ord(first)))
            return
        self._at += 1
        last = self._class_character()
        if isinstance(last, Escape):
            raise self._fault("a range must end with a single character", start)
        if first > last:
            raise self._fault(f"the range {first}-{last} ends before it begins", start)
        ranges.append((ord(first), ord(last)))

    def _class_character(self) -> str | Escape:
        start, character = self._at, self._take()
        if character == "[":
            raise self._fault("[ is not allowed in a character class; write \\[", start)
        if character != "\\":
            return character
        character = self._take()
        return self._class_escape(start, character) or self._literal(start, character)


def _single(character: str) -> Chars:
    return Chars(((ord(character), ord(character)),))
