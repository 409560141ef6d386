"""Refuses RDF with triple terms that are nested too deeply.

The parser frees nested terms recursively, so a few thousand levels overflow the stack and crash the
process. The text is checked before the parser reads it.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from pyoxigraph import RdfFormat

from testimonia.errors import InputError
from testimonia.rdf.reading_limits import LONGEST_TOKEN, NESTING

__all__ = ["begins_term", "refuse_deep", "refuse_deep_lines", "refuse_deep_terms"]

_OPENING: Final = b"<<("
_BRACKET: Final = b"("
_FEW: Final = 200  # up to this many brackets, looking at each is faster

_BLOCK: Final = 1 << 20
_BY_LINE: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
# The tokens of Turtle within which << and >> have no meaning, and << and >> themselves. A token that is
# not complete may continue in the next block.
_TOKEN: Final = re.compile(
    rb"""
      (?P<skipped>\\. | \#[^\r\n]*+[\r\n] | <[^<>"{}|^`\x00-\x20]*+>
        | \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+''')
    | (?P<begun>\"\"\"|'''|\#)
    | (?P<string>"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+')
    | (?P<deeper><<)
    | (?P<shallower>>>)
    | (?P<unsure>["'<>])
    """,
    re.VERBOSE | re.DOTALL,
)


def begins_term(block: bytes) -> bool:
    """Check whether a triple term may begin in a text; a text without one needs no other check."""
    if block.count(_BRACKET) > _FEW:
        return _OPENING in block
    at = block.find(_BRACKET)
    while at >= 0:
        if block.endswith(b"<<", 0, at):
            return True
        at = block.find(_BRACKET, at + 1)
    return False


def refuse_deep_terms(stream: BinaryIO) -> None:
    """Refuse deeply nested N-Triples or N-Quads, with a second pass only if there are triple terms.

    Parameters
    ----------
    stream
        The text; it is rewound to its beginning.

    Raises
    ------
    InputError
        They nest deeper. The error has no place.
    """
    before = b""
    while block := stream.read(_BLOCK):
        if begins_term(before + block):
            stream.seek(0)
            refuse_deep_lines(stream)
            break
        before = (before + block)[-2:]
    stream.seek(0)


def refuse_deep(stream: BinaryIO, form: RdfFormat) -> None:
    """Refuse a text with triple terms nested deeper than `testimonia.rdf.reading_limits.NESTING`.

    Parameters
    ----------
    stream
        The text, from its beginning.
    form
        Its format: Turtle, TriG, N-Triples or N-Quads; others have no triple terms.

    Raises
    ------
    InputError
        They nest deeper. The error has no place.
    """
    if form in _BY_LINE:
        refuse_deep_lines(stream)
    else:
        _refuse_deep_blocks(stream)


def _refuse_deep_blocks(stream: BinaryIO, rest: bytes = b"") -> None:
    depth, most = 0, NESTING.value
    while True:
        block = stream.read(_BLOCK)
        text = rest + block
        end = 0
        for match in _TOKEN.finditer(text):
            if block and (match.end() == len(text) or match.lastgroup in ("begun", "unsure")):
                # It may continue in the next block; if not, as with an unclosed quotation mark, the
                # parser reports an error.
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


def refuse_deep_lines(stream: BinaryIO) -> None:
    """Refuse N-Triples or N-Quads with triple terms nested deeper than `testimonia.rdf.reading_limits.NESTING`.

    Parameters
    ----------
    stream
        The text, from the beginning of a line.

    Raises
    ------
    InputError
        They nest deeper. The error has no place.
    """
    most = NESTING.value
    while line := stream.readline(LONGEST_TOKEN + 1):
        if len(line) > LONGEST_TOKEN:  # the parser will refuse it
            _refuse_deep_blocks(stream, line)
            return
        if line.count(_OPENING) <= most:
            continue
        depth = 0
        for match in _TOKEN.finditer(line):
            depth += (match.lastgroup == "deeper") - (match.lastgroup == "shallower")
            if depth > most:
                raise _too_deep(most)


def _too_deep(most: int) -> InputError:
    return InputError(
        f"triple terms are nested more than {most:,} levels deep",
        hint=f"{NESTING.hint} A few thousand levels may crash the parser.",
    )
