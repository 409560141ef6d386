"""An open workbook: its sheets, and what they share."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.unpacking import damaged
from testimonia.tables.inputs.workbooks.pages import Oddity, Page, Strings
from testimonia.tables.inputs.workbooks.parts import Attributes, Parts
from testimonia.tables.inputs.workbooks.styles import Styles

__all__ = ["Book", "Sheet", "opened"]

_WORKBOOK: Final = "xl/workbook.xml"
_TRUE: Final = ("1", "true")
_RELATION: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, its part, and whether its tab is hidden."""

    name: str
    part: str
    hidden: bool


class _Contents:
    """Reads the part that lists the sheets."""

    def __init__(self) -> None:
        self.listed: list[tuple[str, str, bool]] = []
        self.from_1904 = self.waits = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((attributes[key] for key in _RELATION if key in attributes), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.listed.append((attributes.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in _TRUE
        elif name == "calcPr":
            self.waits = attributes.get("fullCalcOnLoad") in _TRUE

    def end(self, name: str, text: str) -> None:
        """Ignore content: these elements have none."""


class Book:
    """A workbook.

    Parameters
    ----------
    parts
        Its parts.

    Attributes
    ----------
    sheets
        Its worksheets, in order, without chart sheets and the like.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        main = next(
            (part for kind, part in parts.relations("").values() if kind == "officeDocument"),
            _WORKBOOK,
        )
        if main.endswith(".bin"):
            raise parts.refuse("it is in the binary format (.xlsb)")
        self._contents = _Contents()
        parts.parse(main, self._contents)
        relations = parts.relations(main)
        self.sheets = [
            Sheet(name, relations[relation][1], hidden)
            for name, relation, hidden in self._contents.listed
            if relations.get(relation, ("", ""))[0] == "worksheet"
        ]
        self._others = dict(relations.values())
        self._shared: tuple[list[str], Styles] | None = None

    def read(
        self,
        sheet: Sheet,
        take: Callable[[int, list[str | None]], None],
        wanted: Collection[Oddity],
    ) -> Page:
        """Read a sheet.

        Parameters
        ----------
        sheet
            The sheet.
        take
            Called with the number of each row that is not empty, and its cells as text, None for empty
            ones.
        wanted
            The oddities of cells to record.

        Returns
        -------
        Page
            Its oddities.

        Raises
        ------
        InputError
            It is larger than allowed.
        SyntaxFault
            It is damaged.
        """
        strings, styles = self._common()
        page = Page(
            self._parts,
            strings,
            styles,
            from_1904=self._contents.from_1904,
            waits=self._contents.waits,
            take=take,
            wanted=wanted,
        )
        self._parts.parse(sheet.part, page)
        return page

    def _common(self) -> tuple[list[str], Styles]:
        if self._shared is None:
            strings, styles = Strings(), Styles()
            for kind, handler in (("sharedStrings", strings), ("styles", styles)):
                if kind in self._others:
                    self._parts.parse(self._others[kind], handler)
            self._shared = strings.texts, styles
        return self._shared


@contextmanager
def opened(path: Path, shown: Path, manner: Manner) -> Iterator[Book]:
    """Open a workbook.

    Parameters
    ----------
    path
        The file.
    shown
        The file, as it is named in errors.
    manner
        Limits how much is read.

    Raises
    ------
    InputError
        It is larger than allowed.
    SyntaxFault
        It is not a workbook, or damaged.
    """
    with damaged(shown, "workbook"):
        archive = zipfile.ZipFile(path)
    with archive:
        yield Book(Parts(archive, shown, manner))
