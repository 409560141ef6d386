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

__all__ = ["limit_processor_time", "limit_resources", "memory_left"]

_MEBIBYTE: Final = 1024 * 1024
_STATM: Final = Path("/proc/self/statm")


def limit_resources(memory: int, *, files: bool, writing: bool = False) -> None:
    """Limit this process to what it holds now and some more memory, or less where it may have less.

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
        _lower(resource.RLIMIT_AS, _held(resource.RLIMIT_AS) + memory * _MEBIBYTE)
    _lower(resource.RLIMIT_CORE, 0)
    if not writing:
        _lower(resource.RLIMIT_FSIZE, 0)
    if not files:
        # A limit of what is open now forbids the next descriptor, whatever it would be for.
        free = os.dup(0)
        os.close(free)
        _lower(resource.RLIMIT_NOFILE, free)


def memory_left() -> int | None:
    """Count the MiB that this process may still take.

    Returns
    -------
    int or None
        None where nothing limits it, or it cannot be known.
    """
    if resource is None or not _STATM.exists():
        return None
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    left = [limit - _held(kind) for kind in kinds for limit in _limits(kind)]
    return max(0, min(left)) // _MEBIBYTE if left else None


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


def _limits(kind: int) -> list[int]:
    return [limit for limit in resource.getrlimit(kind) if limit != resource.RLIM_INFINITY]


def _held(kind: int) -> int:
    """Read how many bytes of memory of a kind this process holds (proc(5), statm)."""
    field = {resource.RLIMIT_AS: 0, resource.RLIMIT_DATA: 5}[kind]
    return int(_STATM.read_text().split()[field]) * resource.getpagesize()


def _lower(kind: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    most = min([most, *_limits(kind)])
    resource.setrlimit(kind, (most, most))
