"""Refuses RDF/XML that is truncated, nested too deeply, or expands entities too much.

Oxigraph's RDF/XML parser does not notice truncated documents, needs quadratic time in the depth of
elements, and expands entities when they are declared. So Expat reads each block of the text first. Its
protection against entity amplification (since version 2.4.1: a hundred times the size of the document,
from 8 MiB on) applies as well.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.parsers import expat

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.rdf.reading_limits import ENTITIES, NESTING

__all__ = ["XmlGuard"]

_REFERENCE: Final = re.compile(r"&([^#;&\s][^;&\s]*);")
_AMPLIFIED: Final = "amplification"


class XmlGuard:
    """Checks the text of an XML document, block by block.

    Parameters
    ----------
    path
        The file, for errors.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._depth = 0
        self._most = NESTING.value
        self._entities: dict[str, int] = {}
        self._room = ENTITIES.value
        self._fault: InputError | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ends
        self._parser.EntityDeclHandler = self._declares
        self._parser.XmlDeclHandler = self._encoded
        # After an undeclared parameter entity, Expat skips declarations; Oxigraph does not.
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        self._parser.SkippedEntityHandler = self._skipped

    def take(self, block: bytes, *, last: bool = False) -> None:
        """Check a block.

        Parameters
        ----------
        block
            The next block of the document.
        last
            Whether it is the last one.

        Raises
        ------
        InputError
            The document is nested too deeply, its entities expand too much, or it is not in UTF-8;
            `SyntaxFault` if it is not well formed.
        """
        try:
            self._parser.Parse(block, last)
        except expat.ExpatError as error:
            place = Place(self._path, error.lineno, error.offset + 1)
            reason = expat.ErrorString(error.code)
            if _AMPLIFIED in reason:
                raise InputError(
                    "the entities of this file expand to more than a hundred times its size",
                    place=place,
                    hint="Replace the entities by their text.",
                ) from None
            raise SyntaxFault(
                f"not well formed: {reason}", place=place, hint="Correct the file there."
            ) from None

    def _here(self) -> Place:
        return Place(
            self._path, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        )

    def _begins(self, name: str, attributes: object) -> None:  # noqa: ARG002 - as expat calls it
        self._depth += 1
        if self._depth > self._most:
            raise InputError(
                f"elements are nested more than {self._most:,} levels deep",
                place=self._here(),
                hint=NESTING.hint,
            )

    def _ends(self, name: str) -> None:  # noqa: ARG002
        self._depth -= 1

    def _declares(
        self,
        name: str,
        is_parameter: int,  # noqa: ARG002
        value: str | None,
        *_: object,
    ) -> None:
        """Add up the expanded size of entities: their text, with the entities that they refer to."""
        if value is None:
            return
        size = len(value) + sum(
            self._entities.get(reference, 0) for reference in _REFERENCE.findall(value)
        )
        self._entities.setdefault(name, size)
        self._room -= size
        if self._room < 0:
            raise InputError(
                f"the entities of this file expand to more than {ENTITIES.value:,} characters",
                place=self._here(),
                hint=ENTITIES.hint,
            )

    def _skipped(self, name: str, is_parameter: int) -> None:
        if is_parameter:
            raise InputError(
                f"this file refers to the parameter entity {name}, which it does not declare",
                place=self._here(),
                hint="Remove the reference.",
            )

    def _encoded(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            raise InputError(
                f"this file is declared to be in the encoding {encoding}",
                place=self._here(),
                hint="Save it as UTF-8, and declare that in its first line.",
            )
