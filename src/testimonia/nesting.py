"""Refuses RDF whose triple terms lie too deep within one another.

The parser builds them as they nest, and takes them apart by a call within a call: some thousand
levels end the process without a word. So the text is looked through before the parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO, Final

from pyoxigraph import RdfFormat

from testimonia.errors import InputError
from testimonia.limits import LONGEST_TOKEN, NESTING

__all__ = ["OPENING", "refuse_deep", "refuse_deep_lines"]

OPENING: Final = b"<<"
"""What begins a triple term or a reified triple. Text without it needs no further look."""

_BLOCK: Final = 1 << 20
_BY_LINE: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
# The tokens of Turtle within which the marks of triple terms mean nothing, and those marks. What is
# begun and not ended may go on in the next block.
_TOKEN: Final = re.compile(
    rb"""
      (?P<skipped>\#[^\r\n]*+[\r\n] | <[^<>"{}|^`\x00-\x20]*+>
        | \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+''')
    | (?P<begun>\"\"\"|'''|\#)
    | (?P<string>"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+')
    | (?P<deeper><<)
    | (?P<shallower>>>)
    | (?P<unsure>["'<>])
    """,
    re.VERBOSE | re.DOTALL,
)


def refuse_deep(stream: BinaryIO, form: RdfFormat) -> None:
    """Refuse a text whose triple terms nest deeper than `testimonia.limits.NESTING`.

    Parameters
    ----------
    stream
        The text, from its beginning.
    form
        Its format; those other than Turtle, TriG, N-Triples, N-Quads and N3 have no triple terms.

    Raises
    ------
    InputError
        They nest deeper. The error has no place.
    """
    if form in _BY_LINE:
        refuse_deep_lines(stream)
        return
    depth, most, rest = 0, NESTING.value, b""
    while True:
        block = stream.read(_BLOCK)
        text = rest + block
        end = 0
        for match in _TOKEN.finditer(text):
            if block and (match.end() == len(text) or match.lastgroup in ("begun", "unsure")):
                # It may go on; what cannot, as a quotation mark that is never closed, is an error
                # that the parser reports with its place.
                end = match.start()
                break
            end = match.end()
            depth += (match.lastgroup == "deeper") - (match.lastgroup == "shallower")
            if depth > most:
                raise _too_deep(most)
        else:
            end = max(end, len(text) - 1)
        rest = text[end:]
        if not block or len(rest) > LONGEST_TOKEN:
            return


def refuse_deep_lines(lines: Iterable[bytes]) -> None:
    """Refuse N-Triples or N-Quads whose triple terms nest deeper than `testimonia.limits.NESTING`.

    Parameters
    ----------
    lines
        The text, by line.

    Raises
    ------
    InputError
        They nest deeper. The error has no place.
    """
    most = NESTING.value
    for line in lines:
        if line.count(OPENING) <= most:
            continue
        depth = 0
        for match in _TOKEN.finditer(line):
            depth += (match.lastgroup == "deeper") - (match.lastgroup == "shallower")
            if depth > most:
                raise _too_deep(most)


def _too_deep(most: int) -> InputError:
    return InputError(
        f"triple terms are nested more than {most:,} deep",
        hint=f"{NESTING.hint} From some thousand on, the parser may end the process.",
    )
