"""Runs a task in a separate process, which may crash without harm to the caller.

Untrusted input may need any amount of time and memory, and may crash the process that reads it: a
query over everything, or a parser that overflows its stack. Python cannot interrupt a call into native
code, but a process can be killed, and its memory can be limited.

A task is a function that takes an argument and a function to send messages with, both of them JSON
values. It is named by its module, because the process is started, not forked: native libraries have
threads, which do not survive a fork.
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
"""Takes an argument from the caller, and sends messages back."""

_MESSAGE, _ENDED, _MEMORY, _ERROR = "message", "ended", "memory", "error"
_KILLED: Final = {"SIGKILL", "SIGABRT"}
"""Signals that end a process which runs out of memory: from the kernel, and from the allocator."""


class ProcessDied(TestimoniaError):
    """The process of a task ended before the task did."""


class OutOfTime(ProcessDied):
    """It took longer than allowed, and was stopped."""


class OutOfMemory(ProcessDied):
    """It needed more memory than allowed."""


class IsolatedTask:
    """A task in a separate process; a context manager, which ends the process.

    Iterate over it for the messages of the task.

    Parameters
    ----------
    task
        Module and function, as in ``package.module:function``; see `Task`.
    argument
        The argument of the function, as JSON can express it.
    memory
        MiB that it may use beyond what a Python process uses. Enforced only on Linux.

    Raises
    ------
    OutOfTime, OutOfMemory, ProcessDied
        While iterating: the process ended early.
    """

    def __init__(self, task: str, argument: Any, *, memory: int) -> None:
        self._task = task
        self._request = {"task": task, "argument": argument, "memory": memory}
        self._seconds = 0.0

    def __enter__(self) -> Self:
        # A process that is killed leaves its temporary files, so they are removed here.
        self._temporary = tempfile.TemporaryDirectory(
            prefix="testimonia-", ignore_cleanup_errors=True
        )
        self._process = start_module(__name__, variables={"TMPDIR": self._temporary.name})
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
        self._temporary.cleanup()

    def __iter__(self) -> Iterator[Any]:
        """Yield the messages of the task as they arrive."""
        requests, answers = self._streams()
        try:
            requests.write(json.dumps(self._request).encode() + b"\n")
            requests.flush()
        except BrokenPipeError:
            pass  # why it died is found out below
        ended = False
        for line in answers:
            kind, content = json.loads(line) if line.endswith(b"\n") else (None, None)
            if kind == _MESSAGE:
                yield content
            elif kind == _ERROR:
                raise RuntimeError(f"in the process of {self._task}:\n{content}")
            elif kind == _MEMORY:
                raise self._out_of_memory()
            ended = ended or kind == _ENDED
        self._alarm.stop()
        if not ended:
            raise self._death()

    def limit(self, seconds: float) -> None:
        """Kill the process after a number of seconds from now.

        Parameters
        ----------
        seconds
            How many; replaces an earlier limit.
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
        return ProcessDied(f"crashed the process that read it ({name})")

    def _out_of_memory(self) -> OutOfMemory:
        return OutOfMemory(f"needed more than {self._request['memory']:,} MiB of memory")


def _serve() -> None:
    """Run the task that the caller names, and write its messages, one a line."""
    die_with(os.getppid())
    request = json.loads(sys.stdin.buffer.readline())
    module, _, name = request["task"].partition(":")
    task: Task = getattr(import_module(module), name)
    limit_resources(request["memory"], files=True, writing=True)
    try:
        task(request["argument"], partial(_write, _MESSAGE))
        _write(_ENDED, None)
    except MemoryError:
        _write(_MEMORY, None)
    except Exception:  # noqa: BLE001 - raised by the caller
        _write(_ERROR, traceback.format_exc())


def _write(kind: str, content: Any) -> None:
    sys.stdout.buffer.write(json.dumps([kind, content]).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
