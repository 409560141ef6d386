"""Limits the memory, files and processor time of a process, as a sandbox for untrusted input."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Final

try:
    import resource
except ImportError:  # Windows, where a process can be limited only from outside
    resource = None  # type: ignore[assignment]

__all__ = ["limit_processor_time", "limit_resources", "memory_left"]

_MEBIBYTE: Final = 1024 * 1024
_STATM: Final = Path("/proc/self/statm")


def limit_resources(memory: int, *, files: bool, writing: bool = False) -> None:
    """Limit the memory of this process, and its access to files.

    It leaves no core dump, and cannot write to files unless ``writing`` is true. Without ``files`` it
    cannot open a file descriptor at all, and so can reach neither files nor the network. A limit that
    is lower already stays.

    Parameters
    ----------
    memory
        MiB that it may use beyond what it uses now. Enforced only on Linux, where a process can read
        its size.
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
        # The limit is the next free descriptor, so that none can be opened.
        free = os.dup(0)
        os.close(free)
        _lower(resource.RLIMIT_NOFILE, free)


def memory_left() -> int | None:
    """Count the MiB of memory that this process may still use.

    Returns
    -------
    int or None
        None if there is no limit, or it cannot be read.
    """
    if resource is None or not _STATM.exists():
        return None
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    left = [limit - _held(kind) for kind in kinds for limit in _limits(kind)]
    return max(0, min(left)) // _MEBIBYTE if left else None


def limit_processor_time(seconds: float) -> None:
    """Have this process killed by SIGXCPU once it has used some more seconds of processor time.

    Unlike wall-clock time, that does not depend on the load of the machine.

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
    """Read how many bytes of memory of a kind this process uses (proc(5), statm)."""
    field = {resource.RLIMIT_AS: 0, resource.RLIMIT_DATA: 5}[kind]
    return int(_STATM.read_text().split()[field]) * resource.getpagesize()


def _lower(kind: int, most: int) -> None:
    """Lower a limit permanently; one that is lower already stays."""
    most = min([most, *_limits(kind)])
    resource.setrlimit(kind, (most, most))
