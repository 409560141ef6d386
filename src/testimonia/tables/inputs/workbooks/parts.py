"""The parts of a workbook: XML documents in the archive, parsed as streams, up to a limit."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol
from xml.parsers import expat

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.unpacking import damaged, too_large

__all__ = ["Attributes", "Handler", "Parts", "Relations"]

_CHUNK: Final = 1 << 18
_DEEPEST: Final = 64
_LONGEST: Final = 1 << 20
"""Characters of text in one element; spreadsheets hold 32,767 in a cell."""

_EVERY_BYTE: Final = bytes(range(256))
_OF_EXPAT: Final = ("utf-8", "utf-16", "utf-16be", "utf-16le", "iso-8859-1", "us-ascii")

Attributes = Mapping[str, str]
Relations = Mapping[str, tuple[str, str]]
"""The relationships of a part, by id: the last segment of the type, and the target part."""


class Handler(Protocol):
    """Handles the elements of a part, by their local names."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Handle the start of an element."""

    def end(self, name: str, text: str) -> None:
        """Handle the end of an element, with the text since the last tag."""


class _Elements:
    """Passes the elements of a document on by their local names, and limits depth and length."""

    def __init__(self, part: str, handler: Handler, refuse: Callable[[str], InputError]) -> None:
        self._part, self._handler, self._refuse = part, handler, refuse
        self._text: list[str] = []
        self._length = self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._refuse(f"its elements are nested more than {_DEEPEST} deep")
        self._text.clear()
        self._length = 0
        self._handler.start(name.rpartition(" ")[2], attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(name.rpartition(" ")[2], "".join(self._text))
        self._text.clear()
        self._length = 0

    def text(self, text: str) -> None:
        self._length += len(text)
        if self._length > _LONGEST:
            raise self._refuse(f"a cell holds more than {_LONGEST:,} characters")
        self._text.append(text)

    def doctype(self, *_: object) -> None:
        raise self._refuse("it declares a document type, which workbooks do not")

    def declaration(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002
        if encoding is not None and not _is_legible(encoding):
            raise self._refuse(
                f"its part {self._part} declares the encoding {encoding:.40}, which is not supported; "
                "workbooks are in UTF-8 or UTF-16"
            )


def _is_legible(encoding: str) -> bool:
    """Return whether the parser supports an encoding: built-in and single-byte ones."""
    if encoding.lower() in _OF_EXPAT:
        return True
    try:
        return len(_EVERY_BYTE.decode(encoding, "replace")) == len(_EVERY_BYTE)
    except (LookupError, ValueError):
        return False


class Parts:
    """A workbook, opened.

    Parameters
    ----------
    archive
        Its zip archive.
    shown
        The file, as it is named in errors.
    manner
        Limits how much is read.
    """

    def __init__(self, archive: zipfile.ZipFile, shown: Path, manner: Manner) -> None:
        self._archive, self._manner, self.shown = archive, manner, shown
        self._names = {name.lower(): name for name in archive.namelist()}
        self._left = manner.most_bytes

    def parse(self, name: str, handler: Handler) -> None:
        """Parse a part.

        Parameters
        ----------
        name
            Its name.
        handler
            Called with its elements.

        Raises
        ------
        InputError
            It is larger than allowed.
        SyntaxFault
            It is not there, damaged or not well formed.
        """
        held = self._names.get(name.lower())
        if held is None:
            raise self.refuse(f"its part {name} is missing")
        parser = expat.ParserCreate(namespace_separator=" ")
        elements = _Elements(name, handler, self.refuse)
        parser.StartElementHandler = elements.start
        parser.EndElementHandler = elements.end
        parser.CharacterDataHandler = elements.text
        parser.StartDoctypeDeclHandler = elements.doctype
        parser.XmlDeclHandler = elements.declaration
        parser.buffer_text = True
        try:
            with damaged(self.shown, "workbook"), self._archive.open(held) as stream:
                while chunk := stream.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise too_large(self.shown, self._manner)
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self.refuse(f"its part {name} is not well formed: {error}") from None

    def spanned(self, rows: int, columns: int) -> None:
        """Raise an error if the cells of a sheet span an implausibly large range.

        Raises
        ------
        InputError
            The range is too large; each cell in it counts as four bytes.
        """
        if rows * columns * 4 > self._manner.most_bytes:
            raise InputError(
                f"a sheet of this workbook spans {rows:,} rows and {columns:,} columns, more than "
                f"{self._manner.limit:,} MiB allow",
                place=Place(self.shown),
                hint="Delete the outlying cell, or allow more with --max-unpacked.",
            )

    def relations(self, part: str) -> Relations:
        """Return the relationships of a part; none if it does not declare any."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        found = _Relations(folder)
        if listed.lower() in self._names:
            self.parse(listed, found)
        return found.found

    def refuse(self, why: str) -> SyntaxFault:
        """Make the error for a workbook that cannot be read."""
        return SyntaxFault(
            f"this workbook cannot be read: {why}",
            place=Place(self.shown),
            hint="Open it in a spreadsheet, and save it as .xlsx again, without a password.",
        )


class _Relations:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"{self._folder}/{target}"
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, posixpath.normpath(path.lstrip("/")))

    def end(self, name: str, text: str) -> None:
        """Ignore content: these elements have none."""
