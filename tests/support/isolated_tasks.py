"""Tasks for processes of their own: each ends in another way."""

from __future__ import annotations

import os
import signal
import time

from testimonia.processes.isolation import Send


def squares(most: int, send: Send) -> None:
    """Say the squares of the numbers below one."""
    for number in range(most):
        send([number, number**2])


def sleep(seconds: float, send: Send) -> None:
    """Say that it begins, and do nothing for a while."""
    send("asleep")
    time.sleep(seconds)


def hoard(mebibytes: int, send: Send) -> None:
    """Take memory, and say so."""
    held = bytes(mebibytes << 20)
    send(len(held) >> 20)


def crash(number: int, send: Send) -> None:
    """End by a signal, as native code does whose stack is full."""
    send("about to end")
    os.kill(os.getpid(), signal.Signals(number))


def stumble(argument: object, send: Send) -> None:
    """Hold a mistake."""
    send("about to stumble")
    raise LookupError(f"no {argument}")


def write(path: str, send: Send) -> None:
    """Leave a temporary file behind, and say where."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=path)
    os.close(handle)
    send(name)
