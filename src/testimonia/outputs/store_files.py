"""Whether a directory holds a store: asked by those that write beside one, as by those that open it."""

from __future__ import annotations

from pathlib import Path

from testimonia.errors import InputError, Place
from testimonia.printing import one_line

__all__ = ["is_store", "not_a_store"]


def is_store(directory: Path) -> bool:
    """Tell whether a directory holds a store."""
    return (directory / "CURRENT").is_file()


def not_a_store(directory: Path, other: Path) -> InputError:
    """Say that a directory is no store, and name a file that it holds."""
    return InputError(
        f"this directory is no store, and holds other files ({one_line(other.name)})",
        place=Place(directory),
        hint="Give a new or empty directory; data files are named with --data.",
    )
