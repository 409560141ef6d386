"""Temporary files and folders beside their targets, and the removal of those that killed runs left.

Each has a recognisable name and is locked while a run uses it. The system releases the lock when the
run ends, however it ends: one that nobody has locked is stale, and the next run that writes to the
same folder removes it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from testimonia.printing import one_line

try:
    import fcntl
except ImportError:  # Windows: without locks, nothing is ever considered stale
    fcntl = None  # type: ignore[assignment]

__all__ = ["LOG", "beside", "hidden_name", "locked", "remove"]

LOG: Final = logging.getLogger("testimonia")
"""Logs to standard error unless logging is configured otherwise."""

_END: Final = ".testimonia-part"
_OURS: Final = re.compile(rf"\..*\.[0-9a-f]{{16}}{re.escape(_END)}", re.DOTALL)
_LONGEST_NAME: Final = 255  # bytes, on all file systems in common use


@contextmanager
def beside(target: Path, *, folder: bool) -> Iterator[Path]:
    """Create an empty temporary file or folder beside a target, and remove it at the end if it is still there.

    Parameters
    ----------
    target
        The path that it will be renamed to; its folder exists.
    folder
        Whether to create a folder.

    Yields
    ------
    Path
        In the same folder, with a unique name.

    Raises
    ------
    OSError
        It cannot be created.
    """
    _sweep(target.parent)
    path, lock = _made(target, folder=folder)
    try:
        yield path
    finally:
        remove(path)
        os.close(lock)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left in a folder, and log it.

    Parameters
    ----------
    folder
        Where to look; subfolders are not searched.
    """
    if fcntl is None:
        return
    with contextlib.suppress(OSError):  # what cannot be read cannot be cleaned up either
        for path in [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]:
            with contextlib.suppress(OSError):
                _remove_left_over(path)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Lock a folder that is to be replaced; an advisory lock.

    Yields
    ------
    bool
        Whether the lock was acquired.
    """
    if fcntl is None:
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        free = _locked(descriptor, by_us=False)
        # The folder may have been replaced since it was opened.
        yield free and _is_at(descriptor, folder)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder with its content, as far as possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _made(target: Path, *, folder: bool) -> tuple[Path, int]:
    while True:
        path = target.with_name(hidden_name(target.name, f".{secrets.token_hex(8)}{_END}"))
        if folder:
            path.mkdir(0o700)
            lock = os.open(path, os.O_RDONLY)
        else:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        # Between creating and locking, another run may have removed it as stale.
        if not _locked(lock, by_us=True) or _is_at(lock, path):
            return path, lock
        os.close(lock)


def hidden_name(of: str, end: str) -> str:
    """Make a hidden name from another and a suffix, cutting the other if it becomes too long."""
    while len(os.fsencode(of)) + len(end) + 1 > _LONGEST_NAME:
        of = of[:-1]
    return f".{of}{end}"


def _locked(descriptor: int, *, by_us: bool) -> bool:
    """Lock an open file, and return whether that worked; some file systems have no locks."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if by_us else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _remove_left_over(path: Path) -> None:
    state = path.lstat()
    if hasattr(os, "geteuid") and state.st_uid != os.geteuid():
        return
    lock = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if _locked(lock, by_us=False) and _is_at(lock, path):
            remove(path)
            LOG.warning("removed what an interrupted run left: %s", one_line(str(path)))
    finally:
        os.close(lock)
