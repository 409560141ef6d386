"""Work with limits in a process of its own: its result, and how it ends when it exceeds them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from testimonia.shacl.work_limits import Crashed, Failed, TimeIsUp, within

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

_MIB = 1 << 20


def test_the_result_is_returned() -> None:
    large = b'"' + b"x" * (3 * _MIB) + b'"'
    assert within(60, lambda: large) == large


def test_an_error_is_passed_on_whatever_its_text() -> None:
    def work() -> bytes:
        raise ValueError("no \0 such \1 thing")

    with pytest.raises(Failed, match=r"^no \x00 such \x01 thing$"):
        within(60, work)


def test_it_is_stopped_when_its_time_is_up() -> None:
    began = time.monotonic()
    with pytest.raises(TimeIsUp):
        within(0.2, lambda: time.sleep(600) or b"")
    assert time.monotonic() - began < 60


MEMORY = """
from testimonia.shacl.work_limits import Crashed, within
MIB = 1 << 20
print(within(60, lambda: b"%d" % (len(bytearray(50 * MIB)) // MIB), memory=200).decode())
try:
    within(60, lambda: b"%d" % len(bytearray(300 * MIB)), memory=200)
except Crashed:
    print("crashed")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_memory_is_limited() -> None:
    # In a new process: this one may hold hundreds of MiB that can be reused.
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("50\ncrashed\n", 0)


def test_a_process_that_dies_is_reported() -> None:
    with pytest.raises(Crashed):
        within(60, lambda: os.kill(os.getpid(), signal.SIGKILL) or b"")


def test_a_fork_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    opened = len(os.listdir("/dev/fd"))  # noqa: PTH208 - Path has no equivalent
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    monkeypatch.setattr(os, "fork", fail)
    with pytest.raises(OSError, match="temporarily unavailable"):
        within(60, lambda: b"")
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask
    assert len(os.listdir("/dev/fd")) == opened  # noqa: PTH208


def test_children_may_be_reaped_by_the_system() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert within(60, lambda: b"made") == b"made"
    finally:
        signal.signal(signal.SIGCHLD, before)
