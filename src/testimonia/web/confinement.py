"""Takes from a worker what a query never needs, so that no fault in it can reach further."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

from testimonia.web.settings import MEBIBYTE

__all__ = ["confine", "memory_left"]

_STATM: Final = Path("/proc/self/statm")
# Which field of it (proc(5)) each limit is about, in pages.
_FIELDS: Final = {resource.RLIMIT_AS: 0, resource.RLIMIT_DATA: 5}


def confine(memory: int, *, files: bool) -> None:
    """Limit this process to what it holds now and some more memory, or less where it may have less.

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
        most = min([_held(resource.RLIMIT_AS) + memory * MEBIBYTE, *_limits(resource.RLIMIT_AS)])
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if not files:
        # A limit of what is open now forbids the next descriptor, whatever it would be for.
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))


def memory_left() -> int | None:
    """Count the MiB that this process may still take.

    Returns
    -------
    int or None
        None where nothing limits it, or it cannot be known.
    """
    if not _STATM.exists():
        return None
    left = [limit - _held(kind) for kind in _FIELDS for limit in _limits(kind)]
    return max(0, min(left)) // MEBIBYTE if left else None


def _limits(kind: int) -> list[int]:
    return [limit for limit in resource.getrlimit(kind) if limit != resource.RLIM_INFINITY]


def _held(kind: int) -> int:
    pages = int(_STATM.read_text().split()[_FIELDS[kind]])
    return pages * resource.getpagesize()
