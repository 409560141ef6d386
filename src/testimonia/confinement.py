"""Takes from a process what its work never needs, so that no fault in it can reach further."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Final

try:
    import resource
except ImportError:  # Windows, where a process is limited from outside alone
    resource = None  # type: ignore[assignment]

__all__ = ["confine", "limit_processor_time"]

_MEBIBYTE: Final = 1024 * 1024
_STATM: Final = Path("/proc/self/statm")


def confine(memory: int, *, files: bool, writing: bool = False) -> None:
    """Limit this process to what it holds now and some more memory.

    It leaves no image of its memory afterwards and, unless told otherwise, can write no file. Without
    ``files`` it cannot open a descriptor either, and so reaches neither a file nor the network.

    Parameters
    ----------
    memory
        MiB that it may take beyond what it has. Held only where the kernel tells a process its size
        (Linux).
    files
        Whether it may open files, as a store on disk does while it is read.
    writing
        Whether it may write to files.
    """
    if resource is None:
        return
    if _STATM.exists():
        pages = int(_STATM.read_text().split()[0])
        most = pages * resource.getpagesize() + memory * _MEBIBYTE
        _lower(resource.RLIMIT_AS, most)
    _lower(resource.RLIMIT_CORE, 0)
    if not writing:
        _lower(resource.RLIMIT_FSIZE, 0)
    if not files:
        # A limit of what is open now forbids the next descriptor, whatever it would be for.
        free = os.dup(0)
        os.close(free)
        _lower(resource.RLIMIT_NOFILE, free)


def limit_processor_time(seconds: float) -> None:
    """Let this process end by SIGXCPU once it has used so many more seconds of processor time.

    Unlike the time of the clock, that does not depend on what else the machine does.

    Parameters
    ----------
    seconds
        How many; rounded up.
    """
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(min(used.ru_utime + used.ru_stime + seconds, 2**31))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _lower(kind: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _, before = resource.getrlimit(kind)
    most = most if before == resource.RLIM_INFINITY else min(most, before)
    resource.setrlimit(kind, (most, most))
