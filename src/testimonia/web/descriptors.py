"""How many connections the limit of open files leaves room for."""

from __future__ import annotations

import resource
from typing import Final

from testimonia.errors import InputError

__all__ = ["BACKLOG", "connections_allowed"]

BACKLOG: Final = 64
"""Connections that are accepted at a time, before any of them can be refused."""

_MOST: Final = 512
_LEAST: Final = 8
_ENOUGH: Final = 1 << 14
_OWN: Final = 64  # standard streams, the listener, the event loop, modules and templates being read
_ON_DISK: Final = 32  # large answers that are kept in files
_FOR_EACH: Final = 2  # the connection itself, and a file that it may be sent


def connections_allowed(workers: int) -> int:
    """Raise the limit of open files as far as may be, and count the connections it has room for.

    Parameters
    ----------
    workers
        How many processes run queries.

    Raises
    ------
    InputError
        There is room for too few.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = _ENOUGH if most == resource.RLIM_INFINITY else min(most, _ENOUGH)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, most))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY:
        return _MOST
    # Two for each worker: its successor is made before its own connection is closed.
    kept = _OWN + _ON_DISK + BACKLOG + 2 * workers
    allowed = min(_MOST, (limit - kept) // _FOR_EACH)
    if allowed < _LEAST:
        needed = kept + _LEAST * _FOR_EACH
        raise InputError(
            f"this process may have {limit} files open, and needs {needed} for {workers} workers",
            hint="Raise the limit (ulimit -n), or give fewer --workers.",
        )
    return allowed
