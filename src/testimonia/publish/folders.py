"""Release folders: made beside their place, and put there whole."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place
from testimonia.publish.manifest import MANIFEST, looks_like_one

__all__ = ["staged"]

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
_ALL: Final = 0o777


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Make a folder beside its place, and put it there when all went well.

    A release that is there already stays as it is until then. Where the system can exchange two
    folders in one step (Linux), there is no moment without a release; elsewhere there is a short
    one, in which the old release lies beside, under the name it has plus ``.before``.

    Parameters
    ----------
    target
        Where the folder goes.

    Yields
    ------
    Path
        An empty folder in the same directory. What is in it is thrown away if the block raises.

    Raises
    ------
    InputError
        The place holds something that is no release, or cannot be written to.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - a link at the end is to be seen, not followed
    _refuse_others(target)
    try:
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise _unwritable(target, error) from None
    try:
        yield folder
        folder.chmod(_ALL & ~_umask())
        try:
            _put(folder, target)
        except OSError as error:
            raise _unwritable(target, error) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_others(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InputError(
            "this is no folder",
            place=Place(target),
            hint="Give a new folder, or one that holds a release.",
        )
    if not target.exists():
        return
    other = next(target.iterdir(), None)
    if other is not None and not looks_like_one(target / MANIFEST):
        raise InputError(
            f"this folder is no release, and holds other files ({other.name})",
            place=Place(target),
            hint="Give a new or empty folder, or one that holds a release, which is then replaced.",
        )


def _put(folder: Path, target: Path) -> None:
    if not target.exists():
        folder.rename(target)
    elif not _exchanged(folder, target):
        before = target.with_name(f"{target.name}.before")
        target.rename(before)
        try:
            folder.rename(target)
        except BaseException:
            before.rename(target)
            raise
        shutil.rmtree(before, ignore_errors=True)


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


def _unwritable(target: Path, error: OSError) -> InputError:
    return InputError(
        f"the release cannot be written here ({error.strerror or error})",
        place=Place(target),
        hint="Choose a folder in a directory that exists, that you may write to, and with room.",
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
