"""Recognises the directory of a store."""

from __future__ import annotations

from pathlib import Path

from testimonia.errors import InputError, Place
from testimonia.printing import one_line

__all__ = ["is_store", "not_a_store"]


def is_store(directory: Path) -> bool:
    """Check whether a directory holds a store."""
    return (directory / "CURRENT").is_file()


def not_a_store(directory: Path, other: Path) -> InputError:
    """Make the error for a directory that is not a store, naming a file in it."""
    return InputError(
        f"this directory is not a store, and holds other files ({one_line(other.name)})",
        place=Place(directory),
        hint="Give a new or empty directory; data files are named with --data.",
    )
