"""Server processes: start and wait until they answer, stop by process ID, log output to a file."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["DidNotStart", "Process", "free_port", "start"]

_STOPPED_WITHIN: Final = 30.0
"""Seconds that a server has to terminate before it is killed."""


class DidNotStart(Exception):
    """A server ended, or did not answer in time; the message ends with what it printed last."""


@dataclass(frozen=True)
class Process:
    """A running server.

    Attributes
    ----------
    running
        The process.
    log
        The file that has what it printed.
    """

    running: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Terminate it, and kill it after half a minute."""
        if self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(_STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Kill it, which simulates a crash."""
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def printed(self, lines: int = 15) -> str:
        """Give the last lines that it printed."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def start(
    command: Sequence[str], folder: Path, ready: Callable[[], bool], *, within: float
) -> Process:
    """Start a server and wait until it answers.

    Parameters
    ----------
    command
        The program and its arguments.
    folder
        Its working directory; its output is appended to the file ``log`` there.
    ready
        Checks whether it answers.
    within
        Seconds that it has for that.

    Raises
    ------
    DidNotStart
        It ended, or did not answer in time and was killed.
    """
    log = folder / "log"
    with log.open("ab") as output:
        running = subprocess.Popen(  # noqa: S603 - the commands are those of this package
            [*_with_its_parent(), *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    process = Process(running, log)
    deadline = time.monotonic() + within
    try:
        while not ready():
            if running.poll() is not None:
                raise DidNotStart(f"{command[0]} ended by itself:\n{process.printed()}")
            if time.monotonic() > deadline:
                raise DidNotStart(
                    f"{command[0]} does not answer after {within:g} s:\n{process.printed()}"
                )
            time.sleep(0.1)
    except BaseException:
        process.kill()
        raise
    return process


def _with_its_parent() -> list[str]:
    """Have Linux kill a server when the thread that started it ends, even if that was killed."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "KILL", "--"]


def free_port() -> int:
    """Have the system choose a free port on the loopback interface."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port
