"""An endpoint that is stopped while it loads data leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from endpoints import ROOT, alive, await_that, children, write_much

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_loading(number: int, tmp_path: Path) -> None:
    much = write_much(tmp_path / "much.nt")
    folder = tmp_path / "tmp"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "testimonia", "serve", "--port", "0", str(much)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(folder)},
    )
    try:
        await_that(lambda: bool(children(process.pid)))
        (fork_server,) = children(process.pid)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")
    assert list(folder.iterdir()) == []
    await_that(lambda: not alive(fork_server))
