"""Release folders: made in a temporary folder, then moved into place as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place
from testimonia.outputs import umask
from testimonia.outputs.swapping import swap_in
from testimonia.outputs.temporary import beside, remove
from testimonia.publish.folder.manifest import MANIFEST, looks_like_one

__all__ = ["staged"]

_ALL: Final = 0o777


def _is_release(folder: Path) -> bool:
    return looks_like_one(folder / MANIFEST)


@contextmanager
def staged(
    target: Path, what: str = "release", ours: Callable[[Path], bool] = _is_release
) -> Iterator[Path]:
    """Make a temporary folder next to the target, and move it there if the block succeeds.

    An existing release stays unchanged until then. Where the system can exchange two folders
    atomically (Linux), there is no moment without a release; elsewhere there is a short one, in which
    the old release has the name of `testimonia.outputs.swapping.backup_path`.

    Parameters
    ----------
    target
        Where the folder goes.
    what
        What it is called in messages.
    ours
        Says whether a folder holds such a thing already, which is then replaced.

    Yields
    ------
    Path
        An empty folder in the same directory. It is deleted if the block raises.

    Raises
    ------
    InputError
        The target holds something other than a release, or cannot be written to.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - does not follow a link at the end
    _refuse_others(target, what, ours)
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(beside(target, folder=True))
        except OSError as error:
            raise _unwritable(target, what, error) from None
        yield folder
        folder.chmod(_ALL & ~umask())
        try:
            aside = swap_in(folder, target, replaces=target.exists() and any(target.iterdir()))
        except OSError as error:
            raise _unwritable(target, what, error) from None
        if aside is not None:
            remove(aside)


def _refuse_others(target: Path, what: str, ours: Callable[[Path], bool]) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InputError(
            "this is not a folder",
            place=Place(target),
            hint=f"Give a new folder, or one that holds a {what}.",
        )
    if not target.exists():
        return
    other = next(target.iterdir(), None)
    if other is not None and not ours(target):
        raise InputError(
            f"this folder is not a {what}, and holds other files ({other.name})",
            place=Place(target),
            hint=f"Give a new or empty folder, or one that holds a {what}, which is then replaced.",
        )


def _unwritable(target: Path, what: str, error: OSError) -> InputError:
    return InputError(
        f"the {what} cannot be written here ({error.strerror or error})",
        place=Place(target),
        hint="Choose a folder in an existing directory that you may write to, with enough disk space.",
    )
