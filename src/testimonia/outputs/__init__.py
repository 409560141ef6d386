"""Files written whole or not at all, beside their place first and then renamed; and never onto input."""

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
    """Raise an error where what is to be written would take the place of what is read.

    Names do not count, but files: it makes no difference whether one is named by a link, by another
    spelling, or within a folder that is read.

    Parameters
    ----------
    written
        Files, or folders that are replaced whole.
    read
        Files; or folders, for all that is in them.

    Raises
    ------
    InputError
        It would.
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
    what = "this directory cannot be made"
    place = Path(os.path.abspath(target))  # noqa: PTH100 - a link at the end is to be seen, not followed
    with _faults(what, target, place.parent):
        if place.is_dir() and not any(place.iterdir()):
            place = Path(os.path.realpath(place))
        elif place.is_symlink() or place.exists():
            raise InputError(
                "this is there already, and is not overwritten",
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
    """Say of errors that befall the output what they are; those of other files pass."""
    try:
        yield
    except OSError as error:
        # A full device names no file.
        if error.filename is not None and not _lies_in(error.filename, folder):
            raise
        raise InputError(
            f"{what} ({error.strerror or error})",
            place=Place(target),
            hint="Choose a place in a directory that exists, that you may write to, and with room.",
        ) from None


def _lies_in(file: object, folder: Path) -> bool:
    if not isinstance(file, str | bytes | os.PathLike):
        return True
    return Path(os.path.realpath(os.fsdecode(file))).is_relative_to(os.path.realpath(folder))


def _refuse_store(place: Path, target: Path) -> None:
    """Refuse to write among the files of a store, which is replaced as a whole at times."""
    if is_store(place.parent) and (place.parent / "LOCK").exists():
        raise InputError(
            "this lies in the directory of a store",
            place=Place(target),
            hint="Choose a place outside of it.",
        )


def _known_by(path: Path) -> tuple[Path, tuple[int, int] | None]:
    """Give the place that a path leads to, and what the file there is known by; None for nothing."""
    try:
        state = path.stat()
        return Path(os.path.realpath(path)), (state.st_dev, state.st_ino)
    except (OSError, ValueError):
        return Path(os.path.realpath(path)), None


def _is_read(target: Path, source: Path, *, same: bool) -> InputError:
    why = "this file is read" if same else f"this would take the place of what is read ({source})"
    return InputError(
        f"{why}, and is not overwritten",
        place=Place(target),
        hint="Name another place for what is written.",
    )


def _mode(path: Path) -> int | None:
    """Give kind and permissions of a file, or None where there is none yet."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def umask() -> int:
    """Give the permissions that new files of this process do not get."""
    current = os.umask(0)
    os.umask(current)
    return current
