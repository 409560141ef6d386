"""Translates regular expressions of XPath into those of Rust's and of Python's engine.

Rust's engine has no back-references and no lookaround, and matches ``^`` and ``$`` at other places in
multi-line mode; patterns that use these can only be translated for Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

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
    Chars,
    Escape,
    Group,
    Lookaround,
    Node,
    Repeated,
)

__all__ = ["python_regex", "rust_regex"]

_CODE = r"\x{{{:X}}}"
_SPACE: Ranges = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
_LINE_ENDINGS: Ranges = ((0xA, 0xA), (0xD, 0xD))


def rust_regex(tree: Group, flags: str) -> str | None:
    """Translate a regular expression for Rust's engine; None if it cannot be translated."""
    return None if _needs_python(tree, flags) else _translated(tree, flags, _RUST)


def python_regex(tree: Group, flags: str) -> str:
    """Translate a regular expression for Python's ``re``."""
    return _translated(tree, flags, _PYTHON)


def _needs_python(node: Node, flags: str) -> bool:
    match node:
        case Backreference() | Lookaround():
            return True
        case Anchor():
            # In Rust, a line begins after a line ending that is the last character.
            return "m" in flags and "q" not in flags
        case Repeated():
            return _needs_python(node.node, flags)
        case Group():
            return any(_needs_python(each, flags) for branch in node.branches for each in branch)
    return False


def _translated(node: Node, flags: str, dialect: _Dialect) -> str:
    match node:
        case Group():
            branches = (
                "".join(_translated(each, flags, dialect) for each in branch)
                for branch in node.branches
            )
            opening = "(" if node.number and dialect is _PYTHON else "(?:"
            return opening + "|".join(branches) + ")"
        case Lookaround():
            # Python requires a fixed width of a lookbehind, and raises an error otherwise.
            return node.opening + _translated(node.group, flags, dialect) + ")"
        case Repeated():
            return f"(?:{_translated(node.node, flags, dialect)}){node.quantifier}"
        case Backreference():
            fold = "(?i:" if "i" in flags else "(?:"
            # A reference to a group that has not matched matches the empty string.
            return f"(?({node.number}){fold}\\{node.number})|)"
        case Anchor():
            return dialect.anchor(node.sign, "m" in flags)
    return dialect.set_of(node, flags)


class _Dialect:
    """How an engine writes anchors and character classes."""

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
        # There is no line after a line ending that is the last character.
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
            return complement(() if "s" in flags else _LINE_ENDINGS)
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
