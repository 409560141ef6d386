"""Recognises the directory of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place
from testimonia.printing import one_line

__all__ = ["COLUMNS_MARKER", "holds_columns", "is_store", "not_a_store"]

COLUMNS_MARKER: Final = "testimonia-columns.json"
"""The file by which a folder that keeps quads by column is recognised."""


def is_store(directory: Path) -> bool:
    """Check whether a directory holds a store."""
    return (directory / "CURRENT").is_file()


def holds_columns(directory: Path) -> bool:
    """Check whether a directory holds quads by column, of whatever version."""
    return (directory / COLUMNS_MARKER).is_file()


def not_a_store(directory: Path, other: Path) -> InputError:
    """Make the error for a directory that is not a store, naming a file in it."""
    return InputError(
        f"this directory is not a store, and holds other files ({one_line(other.name)})",
        place=Place(directory),
        hint="Give a new or empty directory; data files are named with --data.",
    )
