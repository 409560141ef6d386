"""Runs the endpoint until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from testimonia import questions, resources
from testimonia.errors import InputError
from testimonia.extras import require
from testimonia.web.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from testimonia.web.pool import Nursery

__all__ = ["serve"]

_MOST_CONNECTIONS = 512
_LARGEST_HEAD = 1 << 16
_KEEP_ALIVE = 10


def serve(settings: Settings, ready: Callable[[str], None] = lambda _: None) -> int:
    """Serve data read-only over HTTP: SPARQL 1.1 Protocol, the questions, descriptions and dumps.

    Returns when the process is told to stop (SIGINT, SIGTERM), after running requests have had time
    to be answered.

    Parameters
    ----------
    settings
        What to serve, where, and within which limits.
    ready
        Is called with the endpoint's address once it answers.

    Returns
    -------
    int
        0; or 3 where the process that holds the data died.

    Raises
    ------
    InputError
        The data cannot be loaded, or the address is taken.
    ExtraMissing
        uvicorn, starlette or jinja2 is not installed.
    """
    require("serve", "jinja2", "starlette", "uvicorn")
    from testimonia.web.pool import Nursery

    _log_to_standard_error()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_leaving_while_loading())
        listener = stack.enter_context(_bound(settings.host, settings.port))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="testimonia-"))
        nursery = Nursery(settings, Path(folder))
        stack.callback(nursery.close)
        return asyncio.run(_run(settings, nursery, listener, ready))


async def _run(
    settings: Settings, nursery: Nursery, listener: socket.socket, ready: Callable[[str], None]
) -> int:
    import uvicorn

    from testimonia.web.app import application
    from testimonia.web.connections import Connection
    from testimonia.web.dumps import dumps
    from testimonia.web.pool import Pool

    asked = {path.stem: questions.read_question(path) for path in resources.queries()}
    taken = dumps(nursery.contents.files, nursery.dump)
    pool = Pool(nursery, settings)
    config = uvicorn.Config(
        application(settings, nursery.contents, asked, taken, pool),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.url is not None,
        forwarded_allow_ips=["127.0.0.1", "::1"],
        limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=settings.grace,
    )
    server = uvicorn.Server(config)
    server.capture_signals = lambda: _leaving(server)  # type: ignore[method-assign]
    nursery.control.setblocking(True)
    async with _watching(nursery, server) as died:
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        ready(settings.url or _address(listener))
        await serving
        pool.close()
    return 3 if died.is_set() else 0


@contextlib.contextmanager
def _leaving_while_loading() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C until the server answers: dying of it would leave things behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _leaving(server: uvicorn.Server) -> Iterator[None]:
    """Stop the server when the process is told to leave; uvicorn would then also die of the signal."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _watching(nursery: Nursery, server: uvicorn.Server) -> AsyncIterator[asyncio.Event]:
    """Stop the server when the process that holds the data has died."""
    died = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ended() -> None:
        died.set()
        server.should_exit = True
        loop.remove_reader(nursery.control)

    loop.add_reader(nursery.control, ended)  # it says nothing more: only its end can be read
    try:
        yield died
    finally:
        loop.remove_reader(nursery.control)


def _bound(host: str, port: int) -> socket.socket:
    """Take the address, before the data are loaded for nothing."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except BaseException:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"nothing can listen at {host} port {port} ({getattr(error, 'strerror', error)})",
            hint="Choose another --port, or 0 for a free one; or another --host.",
        ) from None
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _log_to_standard_error() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("testimonia.web", logging.INFO), ("uvicorn.error", logging.WARNING)):
        log = logging.getLogger(name)
        log.handlers[:] = [handler]
        log.setLevel(level)
        log.propagate = False
