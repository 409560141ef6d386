"""Work that may take for ever, or all memory, done in a process that is stopped when it does.

The processes are forks of this one, so that what has been read need not be read again. Where a
system cannot fork, work runs here, without limits.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import IO, Final

from testimonia.processes.children import COMPLETE, FAILED, Ended, can_fork, run_in_fork
from testimonia.processes.resource_limits import limit_resources

__all__ = ["MEMORY", "SECONDS", "Crashed", "Failed", "TimeIsUp", "within"]

SECONDS: Final = 60.0
"""How long the query of one constraint may take, if nothing else is said."""

MEMORY: Final = 4096
"""MiB that such a process may have beyond those of its parent."""


class TimeIsUp(Exception):
    """The work took longer than it was allowed to."""


class Crashed(Exception):
    """The process ended before its work, most likely for want of memory."""


class Failed(Exception):
    """The work raised an error; the message is that of the error."""


def within(seconds: float | None, work: Callable[[], bytes], *, memory: int = MEMORY) -> bytes:
    """Do work in a process of its own, and stop it when its time is up.

    Parameters
    ----------
    seconds
        How long it may take; None for as long as it takes, in this process.
    work
        What to do; it makes JSON. It may use neither Polars nor anything else that has threads.
    memory
        How many MiB more than now the process may have, on Linux.

    Raises
    ------
    TimeIsUp
        It took longer.
    Crashed
        The process was killed, or ran out of memory.
    Failed
        The work raised an error.
    """
    if seconds is None or not can_fork():
        return work()
    try:
        message = run_in_fork(partial(_told, work, memory), seconds)
    except Ended as ended:
        raise (TimeIsUp if ended.why == "time" else Crashed) from None
    if message.startswith(FAILED):
        raise Failed(message[len(FAILED) :].decode())
    return message.removesuffix(COMPLETE)


def _told(work: Callable[[], bytes], memory: int, stream: IO[bytes]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the last words of a panic are no one's to read
    limit_resources(memory, files=True, writing=True)
    try:
        message = work()
    except MemoryError:
        return
    except Exception as error:  # noqa: BLE001 - raised again on the other side
        reason = str(error) or type(error).__name__
        stream.write(FAILED + reason.encode("utf-8", "replace"))
    else:
        stream.write(message + COMPLETE)
