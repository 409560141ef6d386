"""Limits on time and memory: work that may exceed them runs in a process that is stopped if it does.

The process is a fork of this one, so it shares the data already in memory. On systems without fork,
the work runs in this process, without limits.
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
"""Default time limit, in seconds, for the query of one constraint."""

MEMORY: Final = 4096
"""Default memory limit, in MiB, on top of the memory of the parent process."""


class TimeIsUp(Exception):
    """The work exceeded its time limit."""


class Crashed(Exception):
    """The process ended before the work was done, most likely because it ran out of memory."""


class Failed(Exception):
    """The work raised an error, whose message this has."""


def within(seconds: float | None, work: Callable[[], bytes], *, memory: int = MEMORY) -> bytes:
    """Run work in a process of its own, which is stopped when it exceeds its limits.

    Parameters
    ----------
    seconds
        Time limit; None runs the work in this process, without limits.
    work
        Returns JSON. It must not use Polars or anything else that has threads.
    memory
        Memory limit in MiB, on top of the current memory; on Linux only.

    Raises
    ------
    TimeIsUp
        The work took longer.
    Crashed
        The process was killed or ran out of memory.
    Failed
        The work raised an error.
    """
    if seconds is None or not can_fork():
        return work()
    try:
        message = run_in_fork(partial(_send, work, memory), seconds)
    except Ended as ended:
        raise (TimeIsUp if ended.why == "time" else Crashed) from None
    if message.startswith(FAILED):
        raise Failed(message[len(FAILED) :].decode())
    return message.removesuffix(COMPLETE)


def _send(work: Callable[[], bytes], memory: int, stream: IO[bytes]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # nobody should see the message of a panic
    limit_resources(memory, files=True, writing=True)
    try:
        message = work()
    except MemoryError:
        return
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        reason = str(error) or type(error).__name__
        stream.write(FAILED + reason.encode("utf-8", "replace"))
    else:
        stream.write(message + COMPLETE)
