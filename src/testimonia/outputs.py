"""Files written whole or not at all: beside their place first, and then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testimonia.errors import InputError, Place

__all__ = ["new_directory", "replacing"]


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """Give a directory to fill, which becomes the target when the block ends well.

    Parameters
    ----------
    target
        Where the directory is to be. Nothing may be there yet, or an empty directory.

    Raises
    ------
    InputError
        Something is there, or nothing can be written there.
    """
    if target.is_dir() and not any(target.iterdir()):
        target = Path(os.path.realpath(target))
    elif target.exists() or target.is_symlink():
        raise InputError(
            "this is there already, and is not overwritten",
            place=Place(target),
            hint="Name a new directory, or an empty one.",
        )
    try:
        beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise InputError(
            f"this directory cannot be made ({error.strerror or error})",
            place=Place(target),
            hint="Choose a place in a directory that exists and that you may write to.",
        ) from None
    try:
        yield beside
        beside.chmod(0o777 & ~_umask())
        beside.replace(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to, whose file takes the target's place when the block ends well.

    A file that is there already keeps its permissions, a symbolic link stays one, and so does a
    device or pipe, which is written to directly. Where the block removes the file, nothing is replaced.

    Parameters
    ----------
    target
        Where the file is to be.

    Raises
    ------
    InputError
        Nothing can be written there.
    """
    beside = target
    try:
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if mode is not None and not stat.S_ISREG(mode):
            yield target
            return
        with _beside(Path(os.path.realpath(target)), mode) as beside:
            yield beside
    except OSError as error:
        # A full device names no file; what befell another file is told elsewhere.
        if error.filename is not None and Path(error.filename).parent != beside.parent:
            raise
        raise InputError(
            f"this file cannot be written ({error.strerror or error})",
            place=Place(target),
            hint="Choose a file in a directory that exists and that you may write to.",
        ) from None


@contextmanager
def _beside(target: Path, mode: int | None) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        if beside.exists():
            beside.chmod(0o666 & ~_umask() if mode is None else stat.S_IMODE(mode))
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    """Give kind and permissions of a file, or None where there is none yet."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
