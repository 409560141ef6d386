"""Work that may take for ever, or all memory, done in a process that is stopped when it does.

The processes are forks of this one, so that what has been read need not be read again. Where a
system cannot fork, work runs here, without limits.
"""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NoReturn

__all__ = ["MEMORY", "SECONDS", "Crashed", "Failed", "TimeIsUp", "within"]

SECONDS: Final = 60.0
"""How long the query of one constraint may take, if nothing else is said."""

MEMORY: Final = 4 << 30
"""Bytes that such a process may have beyond those of its parent."""

_CHUNK = 1 << 16
_DONE, _FAILED = b"\0", b"\1"


class TimeIsUp(Exception):
    """The work took longer than it was allowed to."""


class Crashed(Exception):
    """The process ended before its work, most likely for want of memory."""


class Failed(Exception):
    """The work raised an error; the message is that of the error."""


def within(
    seconds: float | None, work: Callable[[], bytes], *, memory: int | None = MEMORY
) -> bytes:
    """Do work in a process of its own, and stop it when its time is up.

    Parameters
    ----------
    seconds
        How long it may take; None for as long as it takes, in this process.
    work
        What to do. It may use neither Polars nor anything else that has threads.
    memory
        How many bytes more than now the process may have, on Linux; None for all there are.

    Raises
    ------
    TimeIsUp
        It took longer.
    Crashed
        The process was killed, or ran out of memory.
    Failed
        The work raised an error.
    """
    if seconds is None or not hasattr(os, "fork"):
        return work()
    receiver, sender = os.pipe()
    # An interrupt between fork and the care for the child would leave a child that nobody ends.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside other threads; the child runs nothing of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            _work_and_leave(work, sender, before, memory)
        os.close(sender)
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return _received(receiver, time.monotonic() + seconds)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    finally:
        os.close(receiver)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _received(receiver: int, end: float) -> bytes:
    message = bytearray()
    while True:
        ready, _, _ = select.select([receiver], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise TimeIsUp
        chunk = os.read(receiver, _CHUNK)
        if not chunk:
            break
        message += chunk
    if message.endswith(_DONE):
        return bytes(message[:-1])
    if message.endswith(_FAILED):
        raise Failed(message[:-1].decode())
    raise Crashed


def _work_and_leave(
    work: Callable[[], bytes], sender: int, signals: Iterable[int], memory: int | None
) -> NoReturn:
    try:
        faulthandler.disable()  # a query that overflows the stack is the parent's to report
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # nor are the last words of a panic
        if memory is not None:
            _limit_memory(memory)
        try:
            message = work() + _DONE
        except MemoryError:
            os._exit(1)
        except Exception as error:  # noqa: BLE001 - raised again on the other side
            message = (str(error) or type(error).__name__).encode("utf-8", "replace") + _FAILED
        with os.fdopen(sender, "wb", _CHUNK) as stream:
            stream.write(message)
    finally:
        os._exit(0)  # the parent's exit handlers and buffers are not the child's to run


def _limit_memory(more: int) -> None:
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no Linux
        return
    limit = pages * resource.getpagesize() + more
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
