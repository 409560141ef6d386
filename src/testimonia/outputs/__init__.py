"""Atomic output: files and folders are written to a temporary name and renamed, and never replace input."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from testimonia.errors import InputError, Place
from testimonia.outputs.store_files import is_store
from testimonia.outputs.temporary import beside

__all__ = ["new_directory", "refuse_overwriting", "replacing", "umask"]


def refuse_overwriting(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Raise an error if an output would overwrite an input.

    Files are compared, not names: links, other spellings of a path and folders that contain an input
    are recognised.

    Parameters
    ----------
    written
        Files, or folders that are replaced as a whole.
    read
        Files; or folders, for everything in them.

    Raises
    ------
    InputError
        An output would overwrite an input.
    """
    sources = [(path, *_known_by(path)) for path in read]
    for target in written:
        place, itself = _known_by(target)
        for source, where, file in sources:
            if itself is None or file is None:
                continue
            within = place.is_relative_to(where) or where.is_relative_to(place)
            if itself == file or within:
                raise _is_read(target, source, same=itself == file)


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """Give a temporary directory to fill, which becomes the target when the block ends without an error.

    Parameters
    ----------
    target
        Path of the new directory. It must not exist, or be an empty directory.

    Raises
    ------
    InputError
        Something is there, or nothing can be written there.
    """
    what = "this directory cannot be created"
    place = Path(os.path.abspath(target))  # noqa: PTH100 - a link at the end is not followed
    with _faults(what, target, place.parent):
        if place.is_dir() and not any(place.iterdir()):
            place = Path(os.path.realpath(place))
        elif place.is_symlink() or place.exists():
            raise InputError(
                "this exists already, and is not overwritten",
                place=Place(target),
                hint="Name a new directory, or an empty one.",
            )
        _refuse_store(place, target)
    with _faults(what, target, place.parent), beside(place, folder=True) as made:
        yield made
        made.chmod(0o777 & ~umask())
        made.replace(place)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to, whose file replaces the target when the block ends without an error.

    An existing file keeps its permissions, and a symbolic link stays a link. A device or pipe is
    written to directly. If the block removes the file, nothing is replaced.

    Parameters
    ----------
    target
        Path of the file.

    Raises
    ------
    InputError
        Nothing can be written there.
    """
    place = Path(os.path.realpath(target))
    with _faults("this file cannot be written", target, place.parent):
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if mode is not None and not stat.S_ISREG(mode):
            yield target
            return
        _refuse_store(place, target)
        with beside(place, folder=False) as made:
            yield made
            if made.exists():
                made.chmod(0o666 & ~umask() if mode is None else stat.S_IMODE(mode))
                made.replace(place)


@contextmanager
def _faults(what: str, target: Path, folder: Path) -> Iterator[None]:
    """Turn system errors of the output into input errors; those of other files are left as they are."""
    try:
        yield
    except OSError as error:
        # A full device names no file.
        if error.filename is not None and not _lies_in(error.filename, folder):
            raise
        raise InputError(
            f"{what} ({error.strerror or error})",
            place=Place(target),
            hint="Choose a path in a directory that exists, that you may write to, and that has space left.",
        ) from None


def _lies_in(file: object, folder: Path) -> bool:
    if not isinstance(file, str | bytes | os.PathLike):
        return True
    return Path(os.path.realpath(os.fsdecode(file))).is_relative_to(os.path.realpath(folder))


def _refuse_store(place: Path, target: Path) -> None:
    """Refuse to write into the directory of a store, which may be replaced as a whole."""
    if is_store(place.parent) and (place.parent / "LOCK").exists():
        raise InputError(
            "this is in the directory of a store",
            place=Place(target),
            hint="Choose a path outside of it.",
        )


def _known_by(path: Path) -> tuple[Path, tuple[int, int] | None]:
    """Resolve a path, and identify the file there by device and inode; None if there is none."""
    try:
        state = path.stat()
        return Path(os.path.realpath(path)), (state.st_dev, state.st_ino)
    except (OSError, ValueError):
        return Path(os.path.realpath(path)), None


def _is_read(target: Path, source: Path, *, same: bool) -> InputError:
    why = "this file is an input" if same else f"this would overwrite an input ({source})"
    return InputError(
        f"{why}, and is not overwritten",
        place=Place(target),
        hint="Write to another path.",
    )


def _mode(path: Path) -> int | None:
    """Read type and permissions of a file; None if there is none."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def umask() -> int:
    """Read the umask of this process."""
    current = os.umask(0)
    os.umask(current)
    return current
