"""Reads the header of a competency question: the lines that begin with ``#+``.

The syntax is that of grlc's decorators, a small subset of YAML: nested keys, plain text, text folded
after ``>``, and lists in brackets. Anything else is refused, so that every YAML parser reads a header
in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from testimonia.errors import Place, QuestionError

__all__ = ["Header", "read_header"]

Header = dict[str, "str | list[str] | Header"]

_MARK = "#+"
_ENTRY = re.compile(r"(?P<key>[A-Za-z_][A-Za-z0-9_]*):(?:\s+(?P<value>\S.*))?\Z")
_PLAIN = re.compile(r"""[^\s&*!|>'"%@`{}\[\]#,?:-](?:(?!:\s|\s\#)[^\x00-\x1f\x7f])*(?<![:\s])\Z""")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


def read_header(text: str, path: Path) -> Header:
    r"""Read the header of a question.

    Parameters
    ----------
    text
        The whole file.
    path
        Its path, for errors.

    Raises
    ------
    QuestionError
        The header is missing, or is not in the syntax that this module reads.

    Examples
    --------
    >>> read_header("#+ summary: Who said what\n#+ tags: [a, b]\nASK {}", Path("who.rq"))
    {'summary': 'Who said what', 'tags': ['a', 'b']}
    """
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.startswith(_MARK):
            break
        content = raw.removeprefix(_MARK).rstrip()
        if content:
            lines.append(_Line(number, len(content) - len(content.lstrip()), content.strip()))
    if not lines:
        raise QuestionError(
            "this question has no header",
            place=Place(path, 1),
            hint=f"Begin the file with lines such as: {_MARK} summary: Who confirmed what",
        )
    return _Reader(lines, path).mapping(lines[0].indent)


class _Reader:
    def __init__(self, lines: list[_Line], path: Path) -> None:
        self._lines = lines
        self._path = path
        self._next = 0

    def mapping(self, indent: int) -> Header:
        found: Header = {}
        while (line := self._peek()) and line.indent >= indent:
            match = _ENTRY.match(line.text)
            if line.indent > indent or match is None:
                raise self._fault(line, "expected a key and a colon at this indent")
            if match["key"] in found:
                raise self._fault(line, f"the key {match['key']!r} is there twice")
            self._next += 1
            found[match["key"]] = self._value(line, match["value"])
        if line and self._next and line.indent not in self._indents(indent):
            raise self._fault(line, "this indent matches no line above")
        return found

    def _value(self, line: _Line, value: str | None) -> str | list[str] | Header:
        if value == ">":
            return self._folded(line)
        if value is None:
            following = self._peek()
            if following is None or following.indent <= line.indent:
                raise self._fault(line, "this key has no value")
            return self.mapping(following.indent)
        if value.startswith("["):
            if not value.endswith("]"):
                raise self._fault(line, "this list has no closing bracket on its line")
            inner = value[1:-1].strip()
            return [self._plain(line, item.strip()) for item in inner.split(",")] if inner else []
        return self._plain(line, value)

    def _folded(self, line: _Line) -> str:
        words = []
        while (following := self._peek()) and following.indent > line.indent:
            words.append(following.text)
            self._next += 1
        if not words:
            raise self._fault(line, "no indented text follows")
        return " ".join(words)

    def _plain(self, line: _Line, value: str) -> str:
        if not _PLAIN.match(value):
            raise self._fault(line, f"{value!r} is not plain text")
        return value

    def _peek(self) -> _Line | None:
        return self._lines[self._next] if self._next < len(self._lines) else None

    def _indents(self, indent: int) -> set[int]:
        return {line.indent for line in self._lines[: self._next] if line.indent < indent}

    def _fault(self, line: _Line, reason: str) -> QuestionError:
        return QuestionError(
            f"the header of this question cannot be read: {reason}",
            place=Place(self._path, line.number),
            hint="Write keys with plain text, text folded after >, [lists] or indented keys.",
        )
