"""A folder for dumps and answers, and the end of those that killed endpoints left behind."""

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

__all__ = ["room"]

_PREFIX: Final = "testimonia-serve-"
_LOCK: Final = "in-use"


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """Make a folder that lasts as long as the endpoint, after removing those of endpoints that are gone.

    Whether one is gone is seen by a lock, which the kernel gives up with the process, however it ends.
    """
    _tidy()
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX) as folder,
        Path(folder, _LOCK).open("wb") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def _tidy() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another's, in use, or just being made or removed
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            LOG.info("removed %s, which an endpoint left that was killed", folder)
