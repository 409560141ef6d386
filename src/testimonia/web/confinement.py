"""Takes from a worker what a query never needs, so that no fault in it can reach further."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

from testimonia.web.settings import MEBIBYTE

__all__ = ["confine"]

_STATM: Final = Path("/proc/self/statm")


def confine(memory: int, *, files: bool) -> None:
    """Limit this process to what it holds now and some more memory.

    It can write no file afterwards and leaves no image of its memory. Without ``files`` it cannot open
    a descriptor either, and so reaches neither a file nor the network.

    Parameters
    ----------
    memory
        MiB that it may take beyond what it has. Held only where the kernel tells a process its size
        (Linux).
    files
        Whether it may open files, as a store on disk does while it is read.
    """
    if _STATM.exists():
        pages = int(_STATM.read_text().split()[0])
        most = pages * resource.getpagesize() + memory * MEBIBYTE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if not files:
        # A limit of what is open now forbids the next descriptor, whatever it would be for.
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))
