"""Runs the endpoint as users do: in a process of its own, on a free port."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
SUITES = ROOT.parent / "shared" / "suites" / "sparql11"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that never finishes."""


@dataclass(frozen=True)
class Running:
    """A running endpoint.

    Attributes
    ----------
    process
        The server.
    root
        The URL of its home page.
    log
        The file with its log.
    """

    process: subprocess.Popen[bytes]
    root: str
    log: Path

    @property
    def sparql(self) -> str:
        """The URL of its SPARQL service."""
        return self.root + "sparql"

    def select(self, query: str, **more: str) -> httpx.Response:
        """Send a query."""
        return httpx.get(self.sparql, params={"query": query, **more}, timeout=60)

    def fork_server(self) -> int:
        """Return the process id of the fork server."""
        (child,) = children(self.process.pid)
        return child

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        return children(self.fork_server())


def children(process: int) -> list[int]:
    """Return the process ids of the children of a process."""
    return [int(p) for p in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def write_much(path: Path) -> Path:
    """Write N-Triples that take a while to load."""
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(f"<urn:x:s{n}> <urn:x:p> <urn:x:o{n % 977}> .\n" for n in range(2_000_000))
    return path


def state(process: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the state on; None if the process has been reaped."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def has_worked(process: int, seconds: float) -> bool:
    """Return whether a process has used this much CPU time, or has ended."""
    found = state(process)
    return found is None or sum(map(int, found[11:13])) / os.sysconf("SC_CLK_TCK") > seconds


def alive(process: int) -> bool:
    """Return whether a process is running; a zombie is not."""
    found = state(process)
    return found is not None and found[0] not in "ZX"


def await_that(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.02)


def limited(limits: str) -> list[str]:
    """Return a command prefix that sets limits of the shell."""
    return ["bash", "-c", f'{limits}; exec "$@"', "limited"]


@contextlib.contextmanager
def endpoint(folder: Path, *arguments: str, limits: str = ":") -> Iterator[Running]:
    """Start an endpoint, and stop it afterwards.

    Parameters
    ----------
    folder
        Folder for the log.
    arguments
        Arguments of the command.
    limits
        Shell command that sets limits, such as ``ulimit -n 300``.
    """
    log = folder / "endpoint.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                *limited(limits),
                sys.executable,
                "-m",
                "testimonia",
                "serve",
                "--port",
                "0",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=stream,
            env=environment,
        )
        try:
            assert process.stdout is not None
            with process.stdout:
                said = process.stdout.readline().decode()
                assert said.startswith("Serving at "), log.read_text()
                yield Running(process, said.removeprefix("Serving at ").strip(), log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
