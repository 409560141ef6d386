"""Detects the kind of a file by its first bytes, not by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from testimonia.errors import InputError, Place, TableError

__all__ = ["Kind", "head_of", "kind_of"]

Kind = Literal["text", "parquet", "zip", "gzip", "zstd", "bzip2", "xz"]

_HEAD: Final = 4096
_READ: Final[Mapping[bytes, Kind]] = {
    b"PAR1": "parquet",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
_REFUSED: Final = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "an old Excel workbook (.xls), or one with a password",
        "Save it as .xlsx without a password.",
    ),
    b"%PDF": ("a PDF document", "Give the table itself."),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it, and give the table."),
    b"Rar!": ("a RAR archive", "Unpack it, and give the table."),
    b"SQLite format 3": ("an SQLite database", "Export the table as CSV."),
    b"ARROW1": ("an Arrow file", "Write it as Parquet or CSV."),
    b"\x89PNG": ("an image", "Give the table itself."),
}
_PAGES: Final = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"


def head_of(path: Path) -> bytes:
    """Read the first bytes of a file.

    Raises
    ------
    InputError
        It is not a file, or cannot be read.
    """
    if not path.is_file():
        hint = "Check the path." if not path.exists() else "Give the files one by one."
        raise InputError("this is not a file", place=Place(path), hint=hint)
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise InputError(
            f"this file cannot be read ({error.strerror or error})",
            place=Place(path),
            hint="Check its permissions.",
        ) from None


def kind_of(head: bytes, shown: Path) -> Kind:
    """Detect the kind of a file.

    Parameters
    ----------
    head
        Its first bytes.
    shown
        The file, as it is named in errors.

    Raises
    ------
    TableError
        It cannot be read as a table, or is empty.
    """
    if not head:
        raise TableError(
            "this file is empty", place=Place(shown), hint="Check that the file is complete."
        )
    for begin, kind in _READ.items():
        if head.startswith(begin):
            return kind
    for begin, (name, hint) in _REFUSED.items():
        if head.startswith(begin):
            raise TableError(f"this is {name}, not a table", place=Place(shown), hint=hint)
    if head.lstrip(_BLANK).lower().startswith(_PAGES):
        raise TableError(
            "this is an HTML or XML page, not a table",
            place=Place(shown),
            hint="It may be an error page instead of the download.",
        )
    return "text"
