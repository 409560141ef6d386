"""Detects the encoding of text: by byte order mark, as UTF-8, or by a guess that is reported."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place
from testimonia.tables.inputs.manner import Manner

__all__ = ["Surveyed", "ends_with_returns", "surveyed", "undecodable"]

_CHUNK: Final = 1 << 20
_GUESSED: Final = 1 << 24
"""Number of bytes that a guess is based on."""

_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins like UTF-16, so must come first
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SHOWN: Final = {
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "mac_roman": "Mac OS Roman",
}
_HINT: Final = (
    "Give its encoding with --encoding, such as windows-1252 or windows-1256; or save it as UTF-8, "
    "which Excel calls “CSV UTF-8 (comma delimited)”."
)
_FOREIGN: Final = 0.3
"""Share of non-ASCII characters above which a text is unlikely to be in a Latin script."""


@dataclass(frozen=True)
class Surveyed:
    """The encoding of a text.

    Attributes
    ----------
    encoding
        The encoding, by its name in Python.
    """

    encoding: str

    @property
    def is_utf8(self) -> bool:
        """Whether it is UTF-8, with or without a byte order mark."""
        return self.encoding in ("utf-8", "utf-8-sig")


def surveyed(path: Path, shown: Path, manner: Manner) -> Surveyed:
    """Detect the encoding of a text; the whole text is read.

    Parameters
    ----------
    path
        The text.
    shown
        The file, as it is named in errors.
    manner
        The encoding, if given; otherwise collects a notice on a guess.

    Raises
    ------
    InputError
        It is not text, or in an encoding that cannot be guessed.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd: _Odd | None = None
    read, lines, head = 0, 1, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            head = head or chunk
            if odd is None:
                odd = _odd(decoder, chunk, read, lines)
                read += len(chunk)
                lines += chunk.count(b"\n")
    odd = odd or _odd(decoder, b"", read, lines)
    return Surveyed(_encoding(path, head, odd, shown, manner))


def ends_with_returns(sample: str) -> bool:
    """Return whether lines end with carriage returns alone, as on classic Mac OS.

    Parameters
    ----------
    sample
        The beginning of a text.
    """
    first = sample.find("\r")
    return first >= 0 and "\n" not in sample[: first + 2]


@dataclass(frozen=True)
class _Odd:
    """The first byte that is invalid in UTF-8: its offset, line and value."""

    place: int
    line: int
    byte: int


def _odd(decoder: codecs.IncrementalDecoder, chunk: bytes, read: int, lines: int) -> _Odd | None:
    held = bytes(decoder.getstate()[0])
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        whole = held + chunk
        line = lines + whole[: error.start].count(b"\n")
        return _Odd(read - len(held) + error.start, line, whole[error.start])
    return None


def _encoding(path: Path, head: bytes, odd: _Odd | None, shown: Path, manner: Manner) -> str:
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if manner.encoding:
        same = (manner.encoding, marked) == ("utf-8", "utf-8-sig")
        return "utf-8-sig" if same else manner.encoding
    if marked and marked != "utf-8-sig":
        manner.notice(f"read as {_SHOWN[marked]}, as its byte order mark says")
        return marked
    if b"\0" in head:
        return _wide(head, shown, manner)
    if odd is None:
        return marked or "utf-8"
    with path.open("rb") as stream:
        stream.seek(max(odd.place - _GUESSED // 2, 0))
        content = stream.read(_GUESSED)
    return _guessed(content, odd, ends_with_returns(head.decode("latin-1")), shown, manner)


def _wide(head: bytes, shown: Path, manner: Manner) -> str:
    """Guess the byte order of UTF-16 from the zero bytes of mostly ASCII text."""
    sample = head[: len(head) // 2 * 2]
    empty = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 4
    for encoding, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        if empty[place] > half > empty[1 - place]:
            manner.notice(f"read as {_SHOWN[encoding]} ({encoding}), which is a guess")
            return encoding
    raise InputError(
        "this is a binary file, not a table",
        place=Place(shown),
        hint="Give CSV, Parquet or an .xlsx workbook. " + _HINT,
    )


def _guessed(content: bytes, odd: _Odd, only_returns: bool, shown: Path, manner: Manner) -> str:
    encoding = "mac_roman" if only_returns else "cp1252"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = ""
    if not text or not _is_latin(text):
        raise InputError(
            f"this file is not in UTF-8 (byte {odd.byte:#04x}), and its encoding cannot be guessed",
            place=Place(shown, odd.line),
            hint=_HINT,
        )
    manner.notice(
        f"not in UTF-8 (byte {odd.byte:#04x} on line {odd.line}): read as {_SHOWN[encoding]}, "
        "which is a guess; --encoding sets another"
    )
    return encoding


def _is_latin(text: str) -> bool:
    beyond = sum(1 for letter in text if letter > "\x7f")
    letters = sum(1 for letter in text if letter.isalpha() and letter <= "\x7f")
    return beyond <= _FOREIGN * (beyond + letters) and "\ufffd" not in text


def undecodable(error: Exception, encoding: str, shown: Path) -> InputError:
    """Make the error for a text that is not in the expected encoding."""
    return InputError(
        f"this file is not in {_SHOWN.get(encoding, encoding)} ({error})",
        place=Place(shown),
        hint=_HINT,
    )
