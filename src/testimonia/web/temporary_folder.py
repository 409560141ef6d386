"""The endpoint's temporary folder, and the removal of those that killed endpoints left behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from testimonia.web.logs import LOG

__all__ = ["temporary_folder"]

_PREFIX: Final = "testimonia-serve-"
_LOCK: Final = "in-use"


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder for the lifetime of the endpoint, after removing stale ones.

    A folder is stale if nobody holds the lock on its lock file, which the kernel releases however a
    process ends.
    """
    _remove_stale()
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX) as folder,
        Path(folder, _LOCK).open("wb") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def _remove_stale() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # of another user, in use, or being created or removed
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            LOG.info("removed %s, left behind by an endpoint that was killed", folder)
