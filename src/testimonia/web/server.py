"""Starts the endpoint, and stops it on SIGINT or SIGTERM."""

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
from testimonia.web.http.connection_limits import BACKLOG, ConnectionLimits, max_connections
from testimonia.web.logs import LOG, log_to_standard_error
from testimonia.web.settings import Settings
from testimonia.web.temporary_folder import temporary_folder

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from testimonia.web.workers.fork_server_client import ForkServer

__all__ = ["serve"]

_CLIENT_SHARE = 8
"""One client may have at most the total number of connections divided by this."""
_PROXIES = ("127.0.0.1", "::1")
_MAX_HEAD_SIZE = 1 << 16
_KEEP_ALIVE = 10


def serve(settings: Settings, ready: Callable[[str], None] = lambda _: None) -> int:
    """Serve data read-only over HTTP: SPARQL 1.1 Protocol, the questions, descriptions and dumps.

    Returns after SIGINT or SIGTERM, once running requests have finished or the grace period is over.

    Parameters
    ----------
    settings
        The settings of the endpoint.
    ready
        Called with the endpoint's URL once it accepts requests.

    Returns
    -------
    int
        0; or 3 if no worker could be started, or the fork server died.

    Raises
    ------
    InputError
        The data cannot be loaded, or the address is in use.
    ExtraMissing
        uvicorn, starlette or jinja2 is not installed.
    """
    require("serve", "jinja2", "starlette", "uvicorn")
    from testimonia.web.workers.fork_server_client import ForkServer

    log_to_standard_error()
    if settings.texts is not None and not settings.loopback:
        LOG.warning(
            "the words of documents can be read from other machines; they are texts of others"
        )
    with contextlib.ExitStack() as stack:
        stack.enter_context(_interrupted_by_sigterm())
        listener = stack.enter_context(_listen(settings.host, settings.port))
        folder = stack.enter_context(temporary_folder())
        connections = max_connections(settings.workers)
        fork_server = ForkServer(settings, folder)
        stack.callback(fork_server.close)
        return asyncio.run(_run(settings, fork_server, listener, connections, ready))


async def _run(
    settings: Settings,
    fork_server: ForkServer,
    listener: socket.socket,
    connections: int,
    ready: Callable[[str], None],
) -> int:
    from testimonia.web.app import application
    from testimonia.web.dumps import dumps
    from testimonia.web.workers.scheduler import Scheduler
    from testimonia.web.workers.worker_client import WorkerNotStarted

    catalogue = {path.stem: questions.read_question(path) for path in resources.queries()}
    downloads = dumps(fork_server.contents.files, fork_server.folder)
    scheduler = Scheduler(fork_server, settings)
    try:
        await scheduler.wait_until_ready()
    except WorkerNotStarted as error:
        LOG.error("the endpoint cannot start: %s", error)
        return 3
    app = application(settings, fork_server.contents, catalogue, downloads, scheduler)
    server = _server(settings, app, connections)
    server.capture_signals = lambda: _stopped_by_signals(server)  # type: ignore[method-assign]
    fork_server.control.setblocking(True)
    async with _stopped_with_fork_server(fork_server, server) as died:
        running = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not (server.started or running.done()):
            await asyncio.sleep(0.01)
        ready(settings.url or _url(listener))
        await running
        scheduler.close()
    return 3 if died.is_set() else 0


def _server(settings: Settings, app: Starlette, connections: int) -> uvicorn.Server:
    """Configure uvicorn."""
    import uvicorn

    from testimonia.web.http.connection import LimitedH11Protocol

    behind_proxy = settings.url is not None
    limits = ConnectionLimits(
        connections, max(8, connections // _CLIENT_SHARE), _PROXIES if behind_proxy else ()
    )
    config = uvicorn.Config(
        app,
        http=partial(LimitedH11Protocol, limits=limits),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips=list(_PROXIES),
        backlog=BACKLOG,
        h11_max_incomplete_event_size=_MAX_HEAD_SIZE,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=settings.grace,
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Handle SIGTERM like Ctrl-C while the data are loaded, so that cleanup runs."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Stop the server on a signal. uvicorn's own handler would raise the signal again afterwards."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _stopped_with_fork_server(
    fork_server: ForkServer, server: uvicorn.Server
) -> AsyncIterator[asyncio.Event]:
    """Stop the server if the fork server dies."""
    died = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        died.set()
        server.should_exit = True
        loop.remove_reader(fork_server.control)

    loop.add_reader(fork_server.control, stop)  # it sends nothing more: readable means closed
    try:
        yield died
    finally:
        loop.remove_reader(fork_server.control)


def _listen(host: str, port: int) -> socket.socket:
    """Bind the address first, so that data are not loaded in vain."""
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
            f"cannot listen on {host} port {port} ({getattr(error, 'strerror', error)})",
            hint="Choose another --port, or 0 for a free one; or another --host.",
        ) from None
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
