"""Temporary files and folders beside what they become, and what killed runs left of them.

Each carries a name that nothing else has, and is locked while a run uses it. The system drops the
lock when the run ends, however it ends: so what bears such a name and is locked by nobody is left
over, and the next run that writes beside it removes it.
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
except ImportError:  # Windows: nothing is locked there, and so nothing is ever taken for left over
    fcntl = None  # type: ignore[assignment]

__all__ = ["LOG", "beside", "hidden_name", "locked", "remove"]

LOG: Final = logging.getLogger("testimonia")
"""What a person should know beside the result; goes to standard error where nothing else is set up."""

_END: Final = ".testimonia-part"
_OURS: Final = re.compile(rf"\..*\.[0-9a-f]{{16}}{re.escape(_END)}", re.DOTALL)
_LONGEST_NAME: Final = 255  # bytes, on all file systems in common use


@contextmanager
def beside(target: Path, *, folder: bool) -> Iterator[Path]:
    """Make an empty file or folder beside a target, and remove what is left of it at the end.

    Parameters
    ----------
    target
        What it is to become; its folder exists.
    folder
        Whether to make a folder.

    Yields
    ------
    Path
        In the same folder, under a name of its own.

    Raises
    ------
    OSError
        It cannot be made.
    """
    _sweep(target.parent)
    path, lock = _made(target, folder=folder)
    try:
        yield path
    finally:
        remove(path)
        os.close(lock)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left in a folder, and say so.

    Parameters
    ----------
    folder
        Where to look; folders in it are not searched.
    """
    if fcntl is None:
        return
    with contextlib.suppress(OSError):  # what cannot be looked at is nobody's concern here
        for path in [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]:
            with contextlib.suppress(OSError):
                _remove_left_over(path)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Keep others off a folder that is to be replaced, as far as they keep to this as well.

    Yields
    ------
    bool
        Whether nobody else holds it.
    """
    if fcntl is None:
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        free = _locked(descriptor, by_us=False)
        # What was replaced since it was opened is not the folder any more.
        yield free and _is_at(descriptor, folder)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, as far as that is possible."""
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
        # Between these two steps another run may have taken it for left over.
        if not _locked(lock, by_us=True) or _is_at(lock, path):
            return path, lock
        os.close(lock)


def hidden_name(of: str, end: str) -> str:
    """Give a hidden name made from another and an ending; the other is cut where it becomes too long."""
    while len(os.fsencode(of)) + len(end) + 1 > _LONGEST_NAME:
        of = of[:-1]
    return f".{of}{end}"


def _locked(descriptor: int, *, by_us: bool) -> bool:
    """Lock an open file, and tell whether it is locked now; some file systems know no locks."""
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
            LOG.warning("removed what a run that was cut off left: %s", one_line(str(path)))
    finally:
        os.close(lock)
