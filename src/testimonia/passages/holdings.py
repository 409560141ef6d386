"""Finds the texts of documents among the files of a directory, by the digest of their bytes."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place

__all__ = ["FORMS", "Held", "bytes_of", "hold", "text_of"]

FORMS: Final = ("NFC", "NFD")
"""The Unicode normal forms that compose or decompose letters."""


@dataclass(frozen=True)
class Held:
    """The files of a directory by the SHA-256 (lower-case hexadecimal) of their bytes."""

    directory: Path
    files: dict[str, Path]

    def nearly(self, digest: str) -> str:
        """Describe a file that would have a digest with other line ends, byte order mark or normal form.

        The description is empty if there is no such file.
        """
        return self._variants.get(digest, "")

    @cached_property
    def _variants(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in self.files.values():
            for change, variant in _variants(bytes_of(path)):
                digest = hashlib.sha256(variant).hexdigest()
                found.setdefault(digest, f"{path.name} is that text {change}")
        return found


def _variants(text: bytes) -> Iterator[tuple[str, bytes]]:
    bare = text.removeprefix(codecs.BOM_UTF8)
    unix = bare.replace(b"\r\n", b"\n")
    yield "without its byte order mark", bare
    yield "with line feeds as line ends", unix
    yield "with carriage returns and line feeds as line ends", unix.replace(b"\n", b"\r\n")
    yield "without the last line end", unix.removesuffix(b"\n")
    yield "with a line end after the last line", unix + b"\n"
    with contextlib.suppress(UnicodeDecodeError):
        for form in FORMS:
            yield f"in normal form {form}", unicodedata.normalize(form, text.decode()).encode()


def hold(directory: str | Path) -> Held:
    """Compute the digest of every file in a directory, whatever its name.

    Parameters
    ----------
    directory
        The directory. Files in directories below it count; what is hidden and links to directories do not.

    Raises
    ------
    InputError
        The directory does not exist or is empty, or a file cannot be read.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise InputError(
            "there is no such directory",
            place=Place(directory),
            hint="Give the directory with the texts of the documents.",
        )
    paths = sorted(_files_below(directory))
    if not paths:
        raise InputError(
            "the directory contains no files",
            place=Place(directory),
            hint="Give the directory with the texts of the documents.",
        )
    return Held(directory, {hashlib.sha256(bytes_of(path)).hexdigest(): path for path in paths})


def _files_below(directory: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path


def text_of(path: Path, *, encoding: str = "utf-8") -> str:
    """Read a text without changing a character: line ends stay as they are.

    Parameters
    ----------
    path
        The file.
    encoding
        ``utf-8``, or ``utf-8-sig`` to drop a byte order mark.

    Raises
    ------
    InputError
        The file cannot be read or is not UTF-8.
    """
    try:
        return bytes_of(path).decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"the file is not UTF-8 (byte {error.start} cannot be decoded)",
            place=Place(path),
            hint="Save it as UTF-8.",
        ) from error


def bytes_of(path: Path) -> bytes:
    """Read a file.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}",
            place=Place(path),
            hint="Check that the file exists and that you may read it.",
        ) from error
