"""Runs a task in a process of its own, which may die without harm to the caller.

What others wrote may ask for any time and memory, and may bring down the process that reads it: a
query over everything, or a parser that overflows its stack. Nothing in Python can stop a call into
native code; a process can be killed, and its memory can be limited.

A task is a function that is given a value and a function to say messages with, all of them what JSON
can express. It is named by its module, because the process starts afresh: native libraries have
threads, which no fork may follow.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import IO, Any, Final, Self, TypeAlias, cast

from testimonia.errors import TestimoniaError
from testimonia.processes.children import Alarm, start_module
from testimonia.processes.orphans import die_with
from testimonia.processes.resource_limits import limit_resources

__all__ = ["IsolatedTask", "OutOfMemory", "OutOfTime", "ProcessDied", "Send", "Task"]

Send: TypeAlias = Callable[[Any], None]
"""Sends a message to the caller."""

Task: TypeAlias = Callable[[Any, Send], None]
"""Takes what the caller hands over, and says what it finds."""

_SAID, _ENDED, _MEMORY, _FAULT = "said", "ended", "memory", "fault"
_KILLED: Final = {"SIGKILL", "SIGABRT"}
"""The signals of a process for which there was no memory: from the system, and from its allocator."""


class ProcessDied(TestimoniaError):
    """The process of a task ended before the task did."""


class OutOfTime(ProcessDied):
    """It took longer than allowed, and was stopped."""


class OutOfMemory(ProcessDied):
    """It needed more memory than allowed."""


class IsolatedTask:
    """A task in a process of its own; a context manager, which ends the process.

    Iterate over it for the messages of the task.

    Parameters
    ----------
    task
        Module and function, as in ``package.module:function``; see `Task`.
    argument
        What the function is given.
    memory
        MiB that it may take beyond what a Python process takes. Held only on Linux.

    Raises
    ------
    OutOfTime, OutOfMemory, ProcessDied
        While iterating: it ended early.
    """

    def __init__(self, task: str, argument: Any, *, memory: int) -> None:
        self._task = task
        self._request = {"task": task, "argument": argument, "memory": memory}
        self._seconds = 0.0

    def __enter__(self) -> Self:
        # Removed here, because a process that is killed leaves its temporary files.
        self._room = tempfile.TemporaryDirectory(prefix="testimonia-", ignore_cleanup_errors=True)
        self._process = start_module(__name__, variables={"TMPDIR": self._room.name})
        self._alarm = Alarm(self._process.kill)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._alarm.stop()
        self._process.kill()
        self._process.__exit__(kind, error, trace)
        self._room.cleanup()

    def __iter__(self) -> Iterator[Any]:
        """Give the messages of the task as they come."""
        requests, answers = self._streams()
        try:
            requests.write(json.dumps(self._request).encode() + b"\n")
            requests.flush()
        except BrokenPipeError:
            pass  # why it has died is found below
        ended = False
        for line in answers:
            kind, content = json.loads(line) if line.endswith(b"\n") else (None, None)
            if kind == _SAID:
                yield content
            elif kind == _FAULT:
                raise RuntimeError(f"in the process of {self._task}:\n{content}")
            elif kind == _MEMORY:
                raise self._out_of_memory()
            ended = ended or kind == _ENDED
        self._alarm.stop()
        if not ended:
            raise self._death()

    def limit(self, seconds: float) -> None:
        """Stop the process after so many seconds from now.

        Parameters
        ----------
        seconds
            How many, in place of what was set before.
        """
        self._seconds = seconds
        self._alarm.set(seconds)

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        return cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)

    def _death(self) -> ProcessDied:
        code = self._process.wait()
        if self._alarm.rang:
            return OutOfTime(f"took longer than {self._seconds:g} seconds, and was stopped")
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if name == "SIGXCPU":
            return OutOfTime("took longer than allowed, and was stopped")
        if name in _KILLED:
            return self._out_of_memory()
        return ProcessDied(f"brought down the process that read it ({name})")

    def _out_of_memory(self) -> OutOfMemory:
        return OutOfMemory(f"needed more than {self._request['memory']:,} MiB of memory")


def _serve() -> None:
    """Run the task that the caller names, and write what it says, a message on a line."""
    die_with(os.getppid())
    request = json.loads(sys.stdin.buffer.readline())
    module, _, name = request["task"].partition(":")
    task: Task = getattr(import_module(module), name)
    limit_resources(request["memory"], files=True, writing=True)
    try:
        task(request["argument"], partial(_write, _SAID))
        _write(_ENDED, None)
    except MemoryError:
        _write(_MEMORY, None)
    except Exception:  # noqa: BLE001 - raised by the caller
        _write(_FAULT, traceback.format_exc())


def _write(kind: str, content: Any) -> None:
    sys.stdout.buffer.write(json.dumps([kind, content]).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
