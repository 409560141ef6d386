"""Opens new workbooks (Office Open XML, ISO/IEC 29500), whose bytes depend on their content alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import IO, Any, Final

from testimonia.extras import require

__all__ = ["MOST_CHARACTERS", "MOST_ROWS", "new_workbook"]

MOST_ROWS: Final = 1_048_576
"""Rows that a sheet can have, with its header."""
MOST_CHARACTERS: Final = 32_767
"""Characters that a cell can have, as spreadsheets count them: in UTF-16."""

_CREATED: Final = datetime(2000, 1, 1)  # fixed, so that the same content gives the same bytes


@contextmanager
def new_workbook(stream: IO[bytes]) -> Iterator[Any]:
    """Open a new workbook, and write it to a stream at the end.

    Parameters
    ----------
    stream
        Where to write.

    Yields
    ------
    xlsxwriter.Workbook
        The same content always gives the same bytes.

    Raises
    ------
    ExtraMissing
        xlsxwriter is not installed.
    """
    require("sheets", "xlsxwriter")
    import xlsxwriter

    # In memory, where it is until the end anyway: with a full disk, its temporary files and an incomplete
    # zip file would have to be cleaned up.
    whole = BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    yield book
    book.close()
    stream.write(whole.getbuffer())
