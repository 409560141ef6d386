"""A file system of a few megabytes, to fill up."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self


class MayNotMount(Exception):
    """Only root may mount a file system, and not everywhere."""


class SmallDisk:
    """A file system in memory (tmpfs), mounted while it is in use.

    Parameters
    ----------
    folder
        Where it is mounted.
    megabytes
        How large it is.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._megabytes = megabytes

    def __enter__(self) -> Self:
        self.folder.mkdir()
        if os.geteuid() != 0 or shutil.which("mount") is None:
            raise MayNotMount("only root can mount a small disk")
        size = f"size={self._megabytes}m"
        done = _run("mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.folder))
        if done.returncode:
            raise MayNotMount(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _run("umount", "--lazy", str(self.folder))

    def fill(self, leave: int) -> None:
        """Take all room but a number of bytes."""
        state = os.statvfs(self.folder)
        block, wanted = bytes(1 << 20), state.f_bavail * state.f_bsize - leave
        with (self.folder / "filler").open("wb") as filler:
            while wanted > 0:
                wanted -= filler.write(block[:wanted])

    def make_room(self) -> None:
        """Give back what was taken, and twice as much again."""
        (self.folder / "filler").unlink()
        grown = f"remount,size={self._megabytes * 3}m"
        assert _run("mount", "-o", grown, str(self.folder)).returncode == 0


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
