"""uvicorn's HTTP connection, with timeouts for slow clients and limits on connections."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import h11
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

from testimonia.web.http.connection_limits import ConnectionLimits
from testimonia.web.http.request_framing import StrictH11Connection

__all__ = ["CLIENT_TIMEOUT", "LimitedH11Protocol"]

CLIENT_TIMEOUT: Final = 15.0
"""Seconds within which a client must send the head of a request, or read some of the response."""

_TOO_MANY: Final = b"there are too many connections\nTry again a little later.\n"
_UNAVAILABLE: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Retry-After: 5\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
    % (len(_TOO_MANY), _TOO_MANY)
)


class LimitedH11Protocol(H11Protocol):
    """uvicorn's h11 protocol, with timeouts on reads and writes and a limit on connections.

    uvicorn itself limits only the time between requests, so a client could hold a connection open by
    sending a request byte by byte (Slowloris), or by not reading the response.

    Parameters
    ----------
    limits
        Limits on the connections of the server; none by default.
    arguments, named
        Those of `H11Protocol`.
    """

    timeout = CLIENT_TIMEOUT

    def __init__(
        self, *arguments: Any, limits: ConnectionLimits | None = None, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        most = self.config.h11_max_incomplete_event_size
        self.conn = StrictH11Connection(h11.SERVER, *([] if most is None else [most]))
        self._limits = limits
        self._refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout for the first request, or refuse the connection if a limit is reached."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._limits is not None and not self._limits.admit(self, address):
            self._refused = True
            transport.write(_UNAVAILABLE)
            transport.close()
            return
        self._start_head_timer()

    def data_received(self, data: bytes) -> None:
        """Handle received bytes, and stop the timeout once the head of a request is complete."""
        if self._refused or self.transport.is_closing():
            return
        super().data_received(data)
        if self._between_requests():
            self._start_head_timer()
        else:
            self._cancel(self._head_timer)
            self._head_timer = None
        self._mark_idle()

    def handle_events(self) -> None:
        """Handle parsed events; close the connection after a chunked request.

        Chunk sizes, extensions and trailers can each be parsed in different ways, so that a proxy and
        this server may disagree about where the next request begins.
        """
        super().handle_events()
        cycle = self.cycle
        if cycle is None or not cycle.keep_alive:
            return
        if any(name == b"transfer-encoding" for name, _ in self.headers):
            cycle.keep_alive = False
            # Announced, since a client that pipelines cannot tell whether its next request was handled.
            cycle.default_headers = [*cycle.default_headers, CLOSE_HEADER]

    def send_400_response(self, msg: str) -> None:
        """Refuse a malformed request and close; send no error if a response has already begun."""
        running = self.cycle is not None and not self.cycle.response_complete
        if running:
            self.cycle.disconnected = True  # stops it from sending more
            self.cycle.message_event.set()
        with contextlib.suppress(h11.LocalProtocolError):  # a response to HEAD has no body
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                super().send_400_response(msg)
        self.transport.close()

    def on_response_complete(self) -> None:
        """Stop the head timeout: between requests, uvicorn's keep-alive timeout applies."""
        self._cancel(self._head_timer)
        self._head_timer = None
        super().on_response_complete()
        self._mark_idle()

    def pause_writing(self) -> None:
        """Start the timeout for the client to read."""
        super().pause_writing()
        self._cancel(self._write_timer)
        self._write_timer = self.loop.call_later(self.timeout, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timeout, as the client has read something."""
        super().resume_writing()
        self._cancel(self._write_timer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timeouts, and free the connection's slot."""
        super().connection_lost(exc)
        if self._limits is not None:
            self._limits.remove(self)
        self._cancel(self._head_timer)
        self._cancel(self._write_timer)

    def evict(self) -> None:
        """Close the connection at once to make room for another."""
        self.transport.abort()

    def _mark_idle(self) -> None:
        if self._limits is not None:
            idle = self._between_requests() or self.cycle.more_body
            self._limits.mark(self, idle=idle)

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.timeout, self.transport.abort)

    @staticmethod
    def _cancel(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
