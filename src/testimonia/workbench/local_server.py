"""Starts the workbench on this machine, and stops it on SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Quad

from testimonia.errors import InputError
from testimonia.extras import require

if TYPE_CHECKING:
    import uvicorn

__all__ = ["write"]

_GRACE = 5


def write(
    folder: Path,
    *,
    known: Iterable[Quad] = (),
    base: str | None = None,
    port: int = 0,
    ready: Callable[[str], None] = lambda _: None,
) -> int:
    """Serve the workbench on this machine, until SIGINT or SIGTERM.

    Parameters
    ----------
    folder
        The folder of reports and notes.
    known
        Data that names may stand for things of.
    base
        What the IRIs of names begin with.
    port
        The port to listen on; 0 takes a free one.
    ready
        Called with the address of the page once it answers. Anyone on this machine who has the address
        can use the page.

    Raises
    ------
    InputError
        The folder is none, or the port is in use.
    ExtraMissing
        starlette or uvicorn is not installed.
    """
    require("serve", "starlette", "uvicorn")
    from testimonia.workbench.bench_app import application
    from testimonia.workbench.notes_checks import NotesChecks
    from testimonia.workbench.report_folder import ReportFolder

    reports = ReportFolder(folder)
    checks = NotesChecks(reports, known, base)
    with _listening(port) as listener:
        number = listener.getsockname()[1]
        token = secrets.token_urlsafe(24)
        app = application(reports, checks, number, token)
        asyncio.run(_run(_server(app), listener, lambda: ready(_address(number, token))))
    return 0


def _address(port: int, token: str) -> str:
    return f"http://127.0.0.1:{port}/?token={token}"


def _server(app: object) -> uvicorn.Server:
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


async def _run(server: uvicorn.Server, listener: socket.socket, ready: Callable[[], None]) -> None:
    # uvicorn's own handler would raise the signal again afterwards.
    server.capture_signals = lambda: _stopped_by_signals(server)  # type: ignore[method-assign]
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not (server.started or running.done()):
        await asyncio.sleep(0.01)
    ready()
    await running


@contextlib.contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    before = {
        number: signal.signal(number, server.handle_exit)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Listen on this machine alone."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise InputError(
            f"cannot listen on port {port} ({getattr(error, 'strerror', None) or error})",
            hint="Choose another --port, or none for a free one.",
        ) from None
    with listener:
        yield listener
