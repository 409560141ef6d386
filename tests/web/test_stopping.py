"""Whoever is told to stop while the data are loaded leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from endpoints import ROOT, alive, await_that, children


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_loading(number: int, tmp_path: Path) -> None:
    endless = tmp_path / "endless.nt"
    os.mkfifo(endless)  # what is read from it never ends
    room = tmp_path / "room"
    room.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "testimonia", "serve", "--port", "0", str(endless)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(room)},
    )
    writers: list[int] = []

    def read() -> bool:
        with contextlib.suppress(OSError):  # no reader yet
            writers.append(os.open(endless, os.O_WRONLY | os.O_NONBLOCK))
        return bool(writers)

    try:
        await_that(read)
        (fork_server,) = children(process.pid)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    finally:
        for writer in writers:
            os.close(writer)
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")
    assert list(room.iterdir()) == []
    await_that(lambda: not alive(fork_server))
