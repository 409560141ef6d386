"""A task in a separate process may end in any way: the caller is informed, and continues."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import isolated_tasks
import pytest

from testimonia.processes.isolation import IsolatedTask, OutOfMemory, OutOfTime, ProcessDied


@pytest.fixture(autouse=True)
def _tasks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(isolated_tasks.__file__).parent))


def messages(
    task: str, argument: Any, *, memory: int = 256, seconds: float | None = None
) -> Iterator[Any]:
    with IsolatedTask(f"isolated_tasks:{task}", argument, memory=memory) as process:
        if seconds is not None:
            process.limit(seconds)
        yield from process


def test_messages_come_in_order() -> None:
    assert list(messages("squares", 4)) == [[0, 0], [1, 1], [2, 4], [3, 9]]
    assert list(messages("squares", 0)) == []


def test_a_task_that_takes_too_long_is_stopped() -> None:
    begun = time.monotonic()
    with pytest.raises(OutOfTime, match=r"^took longer than 0\.5 seconds, and was stopped$"):
        list(messages("sleep", 600, seconds=0.5))
    assert time.monotonic() - begun < 60


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    assert list(messages("squares", 1, seconds=600)) == [[0, 0]]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_a_task_that_needs_too_much_memory() -> None:
    assert list(messages("hoard", 100)) == [100]
    with pytest.raises(OutOfMemory, match=r"^needed more than 256 MiB of memory$"):
        list(messages("hoard", 300))


@pytest.mark.parametrize(
    ("number", "kind", "message"),
    [
        (signal.SIGSEGV, ProcessDied, r"^crashed the process that read it \(SIGSEGV\)$"),
        (signal.SIGABRT, OutOfMemory, r"^needed more than 256 MiB of memory$"),
    ],
)
def test_a_task_whose_process_crashes(number: int, kind: type[ProcessDied], message: str) -> None:
    with pytest.raises(kind, match=message):
        list(messages("crash", number))


def test_an_exception_in_a_task_is_raised() -> None:
    with pytest.raises(RuntimeError, match="LookupError: no way"):
        list(messages("stumble", "way"))


def test_nothing_is_left_behind() -> None:
    ((path),) = messages("write", "left-")
    assert not os.path.exists(path)  # noqa: PTH110 - a name that the other process gave
    with IsolatedTask("isolated_tasks:sleep", 600, memory=64) as process:
        assert next(iter(process)) == "asleep"
        number = process._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux ends orphans")
def test_a_process_ends_with_its_parent() -> None:
    code = (
        "from testimonia.processes.isolation import IsolatedTask\n"
        "with IsolatedTask('isolated_tasks:sleep', 600, memory=64) as process:\n"
        "    next(iter(process)); print(process._process.pid, flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 60
    while Path(f"/proc/{number}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{number}").exists()
