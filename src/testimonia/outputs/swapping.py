"""Puts a folder in the place of another, so that there is no moment without either."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

from testimonia.outputs.temporary import hidden_name

__all__ = ["backup_path", "swap_in"]

_HERE: Final = -100  # AT_FDCWD of Linux
_EXCHANGE: Final = 2  # RENAME_EXCHANGE


def backup_path(target: Path) -> Path:
    """Name the place that a folder is moved to where two cannot be exchanged in one step."""
    return target.with_name(hidden_name(target.name, ".before"))


def swap_in(folder: Path, target: Path, *, replaces: bool) -> Path | None:
    """Put a folder in a place, and what was there aside.

    Where the system and the file system can exchange two folders in one step (Linux), either the one
    or the other is there at any time. Elsewhere there is a short moment in which neither is, and the
    old one lies at `backup_path`.

    Parameters
    ----------
    folder
        What goes there; in the same file system.
    target
        The place.
    replaces
        Whether there is a folder to replace. If not, nothing may be there, or an empty folder.

    Returns
    -------
    Path or None
        Where the old folder is now; None where there was none.

    Raises
    ------
    OSError
        It cannot be done. Both are where they were.
    """
    if not replaces:
        folder.rename(target)  # fails where somebody has put something there meanwhile
        return None
    if _exchanged(folder, target):
        return folder
    before = backup_path(target)
    if before.exists():
        raise FileExistsError(f"{before.name} is in the way")
    target.rename(before)
    try:
        folder.rename(target)
    except BaseException:
        before.rename(target)
        raise
    return before


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, if the system can."""
    if sys.platform != "linux":
        return False
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return False
    names = (os.fsencode(one), os.fsencode(other))
    return bool(exchange(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
