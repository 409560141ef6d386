"""`testimonia write` starts, prints its address, listens on this machine alone, and stops."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from desk_browser import serving, write_command
from workbench_folders import begin

from testimonia.cli import run


def test_it_answers_at_the_address_that_it_prints(tmp_path: Path) -> None:
    with serving(begin(tmp_path / "desk")) as address:
        assert address.startswith("http://127.0.0.1:")
        assert len(address.partition("?token=")[2]) >= 32
        answer = httpx.get(address)
        assert answer.status_code == 200
        assert "workbench.js" in answer.text
        port = int(address.rpartition(":")[2].partition("/")[0])
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 403
        with pytest.raises(OSError):  # noqa: PT011 - refused, on any other address of this machine
            socket.create_connection(("127.0.0.2", port), 2).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    command, environment = write_command(begin(tmp_path / "desk"))
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_what_it_cannot_serve_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["write", str(tmp_path / "nowhere"), "--no-browser"]) == 2
    assert "this is no folder" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["write", str(tmp_path), "--no-browser", "--port", str(port)]) == 2
    assert f"cannot listen on port {port}" in capsys.readouterr().err


def test_without_its_extra_it_says_so(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['uvicorn'] = None; import importlib.util as u\n"
    code = hidden + (
        "from testimonia.cli import run\n"
        f"sys.exit(run(['write', {str(tmp_path)!r}, '--no-browser']))"
    )
    _, environment = write_command(tmp_path)
    done = subprocess.run(
        (sys.executable, "-c", code), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "serve" in done.stderr


def test_the_folder_may_be_a_link(tmp_path: Path) -> None:
    begin(tmp_path / "desk")
    (tmp_path / "link").symlink_to(tmp_path / "desk")
    with serving(tmp_path / "link") as address, httpx.Client() as client:
        client.get(address)
        found = client.get(address.partition("?")[0] + "api/reports").json()
    assert [each["name"] for each in found["reports"]] == ["harbour.txt"]
