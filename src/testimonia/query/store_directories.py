"""Directories that hold a store: whether there is one, and how it is replaced as a whole.

A store is changed in a copy beside it, made of links to the same files, and the two are exchanged
once the copy is complete. A process killed meanwhile leaves either the old store or the new one.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self, TypeVar

from testimonia import suggestions
from testimonia.errors import InputError, Place
from testimonia.outputs.store_files import holds_columns, is_store, not_a_store
from testimonia.outputs.swapping import backup_path, swap_in
from testimonia.outputs.temporary import LOG, beside, hidden_name, locked, remove
from testimonia.printing import one_line
from testimonia.query.store import Store

__all__ = ["Change", "change", "existing", "recover"]

Result = TypeVar("Result")

_FILES: Final = re.compile(
    r"CURRENT|IDENTITY|LOCK|LOG(\.old\.\d+)?|(MANIFEST|OPTIONS)-\d+(\.dbtmp)?|\d+\.(sst|log|blob|dbtmp)"
)
"""What RocksDB writes into its directory (its file/filename.cc)."""


def existing(directory: Path) -> None:
    """Make sure that there is a store, so that a misspelt name does not create one.

    Parameters
    ----------
    directory
        Where it should be.

    Raises
    ------
    InputError
        There is none. The message suggests the nearest existing path.
    """
    try:
        recover(directory)
        if is_store(directory):
            return
    except (OSError, ValueError) as error:
        raise InputError(
            f"this directory cannot be read ({getattr(error, 'strerror', None) or error})",
            place=Place(directory),
            hint="Check its name, and that you may read it.",
        ) from None
    if holds_columns(directory):
        raise InputError(
            "this directory keeps its data by column, for DuckDB, and this needs an Oxigraph store",
            place=Place(directory),
            hint="Name the files, or the store that was loaded into it.",
        )
    what = "this directory holds no store"
    if not directory.is_dir():
        nearest = one_line(str(_nearest(directory)))
        what = f"there is no store here; what is nearest is {nearest}"
    raise InputError(
        what,
        place=Place(directory),
        hint="Check the spelling. To make a store: testimonia load FILE --to DIRECTORY, or "
        "testimonia derive --data FILE --store DIRECTORY.",
    )


def recover(directory: Path) -> None:
    """Put back a store that an interrupted load had moved aside, and log that.

    Parameters
    ----------
    directory
        Where the store should be.

    Raises
    ------
    InputError
        There is such a store, and it cannot be put back.
    """
    place = Path(os.path.realpath(directory))
    before = backup_path(place)
    if not is_store(before):
        return
    if place.exists():
        LOG.warning(
            "%s holds a store that a load moved aside before it was cut off, but there is one in its "
            "place: see which of them you need, and remove the other",
            one_line(str(before)),
        )
        return
    try:
        before.rename(place)
    except OSError as error:
        raise InputError(
            f"a load that was cut off left this store at {before}, and it cannot be put back "
            f"({error.strerror or error})",
            place=Place(directory),
            hint="Rename it yourself.",
        ) from None
    LOG.warning("put back %s, which a load that was cut off had moved aside", one_line(str(place)))


def change(directory: Path, work: Callable[[Store], Result]) -> Result:
    """Change a copy of a store, which takes its place once the work is done.

    Parameters
    ----------
    directory
        The directory of the store; a new one is made if there is none.
    work
        Called with the copy, which it must not keep.

    Returns
    -------
    Result
        What the work returns.

    Raises
    ------
    InputError
        The store cannot be opened, copied or replaced. It is unchanged.
    """
    with Change(directory) as under_way:
        result = work(under_way.begin())
        under_way.finish()
    return result


class Change:
    """A change of a store, or a store to be made. Until it is finished, nothing on disk changes.

    Parameters
    ----------
    directory
        A store, an empty directory, or nothing yet.

    Attributes
    ----------
    store
        The store with the changes so far; None if there is none yet.

    Raises
    ------
    InputError
        The directory holds something else, its store is open elsewhere, or it is the working
        directory of this process.
    """

    def __init__(self, directory: Path) -> None:
        # The target of a link is replaced, not the link.
        self._directory = Path(os.path.realpath(directory))
        _refuse_place(self._directory)
        recover(self._directory)
        _refuse_foreign_files(self._directory)
        _remove_old_copy(self._directory.with_name(hidden_name(self._directory.name, ".loading")))
        self._copy: Path | None = None
        self._new: Store | None = None
        self._original: Store | None = None
        self._replaces = is_store(self._directory)
        self._stack = ExitStack()
        if self._replaces:
            try:
                self._hold()
            except BaseException:
                self._stack.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._original = self._new = None
        self._stack.close()

    def _hold(self) -> None:
        """Keep other processes out: by a lock until it is replaced, and by having it open."""
        if not self._stack.enter_context(locked(self._directory)):
            raise InputError(
                "the store cannot be opened (another process is about to replace it)",
                place=Place(self._directory),
                hint="Run this again when that one is done.",
            )
        self._original = Store(self._directory)

    @property
    def store(self) -> Store | None:
        """The store with the changes so far; None if there is none yet."""
        return self._new or self._original

    def begin(self) -> Store:
        """Return the copy, making it first if there is none.

        Raises
        ------
        InputError
            It cannot be made.
        """
        if self._new is None:
            try:
                room = self._stack.enter_context(beside(self._directory, folder=True))
                self._copy = room / "store"
                if self._original is not None:
                    self._original.copy_to(self._copy)
                    shutil.copymode(self._directory, self._copy)
                self._new = Store(self._copy)
            except (OSError, RuntimeError) as error:
                raise InputError(
                    f"the store cannot be copied, which it is changed in ({error})",
                    place=Place(self._directory),
                    hint="Make room beside it, in a directory that you may write to.",
                ) from None
        return self._new

    def finish(self) -> None:
        """Put the copy in place of the store, if one was made.

        Raises
        ------
        InputError
            It cannot be replaced, for example because the directory is a mount point. The old store
            is unchanged.
        """
        if self._new is None or self._copy is None:
            return
        try:
            self._new.flush()
            self._original = self._new = None  # a store must not be open when it is renamed
            aside = swap_in(self._copy, self._directory, replaces=self._replaces)
        except (OSError, RuntimeError) as error:
            raise InputError(
                f"the store cannot be replaced ({getattr(error, 'strerror', None) or error})",
                place=Place(self._directory),
                hint="Give a directory inside one that may be written to; the store is as it was.",
            ) from None
        if aside is not None:
            remove(aside)


def _refuse_place(directory: Path) -> None:
    if Path.cwd().is_relative_to(directory):
        raise InputError(
            "this command runs in the directory of the store, which is replaced as a whole",
            place=Place(directory),
            hint="Run it from elsewhere, or choose another directory.",
        )
    if not directory.parent.is_dir():
        raise InputError(
            "the directory that the store shall be in does not exist",
            place=Place(directory.parent),
            hint="Make it, or choose another.",
        )


def _refuse_foreign_files(directory: Path) -> None:
    """Refuse to replace a directory that holds more than a store, which would be lost with it."""
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        if not is_store(directory):
            raise not_a_store(directory, path)
        if not _FILES.fullmatch(path.name):
            raise InputError(
                f"this directory holds something beside the store ({one_line(path.name)})",
                place=Place(directory),
                hint="It is replaced as a whole: move what is not of the store elsewhere.",
            )


def _remove_old_copy(copy: Path) -> None:
    """Remove the copy that a load of an earlier version left, which had a name without a lock."""
    if not is_store(copy) or copy.is_symlink():
        return
    if all(_FILES.fullmatch(path.name) for path in copy.iterdir()):
        Store(copy)  # raises an error if another process has it open
        remove(copy)
        LOG.warning("removed what a load that was cut off left: %s", one_line(str(copy)))


def _nearest(directory: Path) -> Path:
    """Find the existing path with the most similar name: in the same directory, or above it."""
    place = Path(os.path.abspath(directory))  # noqa: PTH100 - links are not followed
    for above in (place, *place.parents):
        if not above.is_dir():
            continue
        rest = place.relative_to(above).parts
        if not rest:
            return above
        names = [path.name for path in above.iterdir() if path.is_dir()]
        alike = suggestions.nearest(rest[0], names, most=1, similarity=0.6)
        return above / alike[0] if alike else above
    return place.parent
