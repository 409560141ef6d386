"""Replaces a folder by another atomically, where the system can."""

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
    """Name the path that the old folder is moved to where two cannot be exchanged atomically."""
    return target.with_name(hidden_name(target.name, ".before"))


def swap_in(folder: Path, target: Path, *, replaces: bool) -> Path | None:
    """Move a folder to a path, replacing the one that is there.

    Where the system and the file system can exchange two folders atomically (Linux), one of them is
    there at any time. Elsewhere, for a moment neither is, and the old one is at `backup_path`.

    Parameters
    ----------
    folder
        The new folder, in the same file system.
    target
        The path.
    replaces
        Whether there is a folder to replace. If not, the path must be free or an empty folder.

    Returns
    -------
    Path or None
        Where the old folder is now; None if there was none.

    Raises
    ------
    OSError
        It failed; both folders are where they were.
    """
    if not replaces:
        folder.rename(target)  # fails if something was put there meanwhile
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
    """Exchange two folders atomically, if the system can."""
    if sys.platform != "linux":
        return False
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return False
    names = (os.fsencode(one), os.fsencode(other))
    return bool(exchange(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
