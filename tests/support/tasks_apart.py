"""Tasks for processes of their own: each ends in another way."""

from __future__ import annotations

import os
import signal
import time

from testimonia.processes.apart import Say


def squares(most: int, say: Say) -> None:
    """Say the squares of the numbers below one."""
    for number in range(most):
        say([number, number**2])


def sleep(seconds: float, say: Say) -> None:
    """Say that it begins, and do nothing for a while."""
    say("asleep")
    time.sleep(seconds)


def hoard(mebibytes: int, say: Say) -> None:
    """Take memory, and say so."""
    held = bytes(mebibytes << 20)
    say(len(held) >> 20)


def crash(number: int, say: Say) -> None:
    """End by a signal, as native code does whose stack is full."""
    say("about to end")
    os.kill(os.getpid(), signal.Signals(number))


def stumble(argument: object, say: Say) -> None:
    """Hold a mistake."""
    say("about to stumble")
    raise LookupError(f"no {argument}")


def write(path: str, say: Say) -> None:
    """Leave a temporary file behind, and say where."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=path)
    os.close(handle)
    say(name)
