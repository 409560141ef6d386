"""Runs the endpoint until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from testimonia.catalogue import questions, resources
from testimonia.errors import InputError
from testimonia.extras import require
from testimonia.web.descriptors import BACKLOG, connections_allowed
from testimonia.web.logs import LOG, log_to_standard_error
from testimonia.web.rooms import room
from testimonia.web.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from testimonia.web.keeping import ForkServer

__all__ = ["serve"]

_SHARE = 8
"""The part of all connections that one address may have, as a divisor."""
_PROXIES = ("127.0.0.1", "::1")
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
        0; or 3 where no worker could be started, or the process that holds the data died.

    Raises
    ------
    InputError
        The data cannot be loaded, or the address is taken.
    ExtraMissing
        uvicorn, starlette or jinja2 is not installed.
    """
    require("serve", "jinja2", "starlette", "uvicorn")
    from testimonia.web.keeping import ForkServer

    log_to_standard_error()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_leaving_while_loading())
        listener = stack.enter_context(_bound(settings.host, settings.port))
        folder = stack.enter_context(room())
        most = connections_allowed(settings.workers)
        fork_server = ForkServer(settings, folder)
        stack.callback(fork_server.close)
        return asyncio.run(_run(settings, fork_server, listener, most, ready))


async def _run(
    settings: Settings,
    fork_server: ForkServer,
    listener: socket.socket,
    most: int,
    ready: Callable[[str], None],
) -> int:
    from testimonia.web.app import application
    from testimonia.web.dumps import dumps
    from testimonia.web.pool import Pool
    from testimonia.web.workers import NotStarted

    asked = {path.stem: questions.read_question(path) for path in resources.queries()}
    taken = dumps(fork_server.contents.files, fork_server.folder)
    pool = Pool(fork_server, settings)
    try:
        await pool.begin()
    except NotStarted as error:
        LOG.error("the endpoint cannot start: %s", error)
        return 3
    app = application(settings, fork_server.contents, asked, taken, pool)
    server = _server(settings, app, most)
    server.capture_signals = lambda: _leaving(server)  # type: ignore[method-assign]
    fork_server.control.setblocking(True)
    async with _watching(fork_server, server) as died:
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        ready(settings.url or _address(listener))
        await serving
        pool.close()
    return 3 if died.is_set() else 0


def _server(settings: Settings, app: Starlette, most: int) -> uvicorn.Server:
    """Make the server for so many connections."""
    import uvicorn

    from testimonia.web.connections import Connection
    from testimonia.web.crowd import Crowd

    behind_proxy = settings.url is not None
    crowd = Crowd(most, max(8, most // _SHARE), _PROXIES if behind_proxy else ())
    config = uvicorn.Config(
        app,
        http=partial(Connection, crowd=crowd),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips=list(_PROXIES),
        backlog=BACKLOG,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=settings.grace,
    )
    return uvicorn.Server(config)


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
async def _watching(
    fork_server: ForkServer, server: uvicorn.Server
) -> AsyncIterator[asyncio.Event]:
    """Stop the server when the process that holds the data has died."""
    died = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ended() -> None:
        died.set()
        server.should_exit = True
        loop.remove_reader(fork_server.control)

    loop.add_reader(fork_server.control, ended)  # it says nothing more: only its end can be read
    try:
        yield died
    finally:
        loop.remove_reader(fork_server.control)


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
