"""Connections that give up on clients which send or read too slowly, and make room for others."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import h11
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

from testimonia.web.crowd import Crowd
from testimonia.web.framing import StrictConnection

__all__ = ["PATIENCE", "Connection"]

PATIENCE: Final = 15.0
"""Seconds in which a client sends the head of a request, or takes some of an answer."""

_WORDS: Final = b"there are too many connections\nTry again a little later.\n"
_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Retry-After: 5\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(_WORDS), _WORDS)
)


class Connection(H11Protocol):
    """uvicorn's connection, within limits on the time that clients take and on their number.

    uvicorn itself limits only the wait between requests, so that clients could hold connections open
    by sending a request letter by letter, or by not reading what they asked for.

    Parameters
    ----------
    crowd
        All connections of the server; without bounds when left out.
    arguments, named
        As uvicorn gives them.
    """

    patience = PATIENCE

    def __init__(self, *arguments: Any, crowd: Crowd | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        most = self.config.h11_max_incomplete_event_size
        self.conn = StrictConnection(h11.SERVER, *([] if most is None else [most]))
        self._crowd = crowd
        self._refused = False
        self._head: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, if there is room for one more client."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._crowd is not None and not self._crowd.enter(self, address):
            self._refused = True
            transport.write(_FULL)
            transport.close()
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait no longer once it completes the head of a request."""
        if self._refused or self.transport.is_closing():
            return
        super().data_received(data)
        if self._between_requests():
            self._expect_head()
        else:
            self._cancel(self._head)
            self._head = None
        self._note()

    def handle_events(self) -> None:
        """Go through what came; no request follows one that came in chunks.

        Chunks have sizes, extensions and trailers, each with ways to be read differently.
        """
        super().handle_events()
        cycle = self.cycle
        if cycle is None or not cycle.keep_alive:
            return
        if any(name == b"transfer-encoding" for name, _ in self.headers):
            cycle.keep_alive = False
            # Said, since a client that sends its next request meanwhile cannot know what became of it.
            cycle.default_headers = [*cycle.default_headers, CLOSE_HEADER]

    def send_400_response(self, msg: str) -> None:
        """Refuse what is malformed, and end; without a word where an answer has begun."""
        running = self.cycle is not None and not self.cycle.response_complete
        if running:
            self.cycle.disconnected = True  # so that it sends nothing more
            self.cycle.message_event.set()
        with contextlib.suppress(h11.LocalProtocolError):  # an answer to HEAD has no content
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                super().send_400_response(msg)
        self.transport.close()

    def on_response_complete(self) -> None:
        """Stop waiting for a head: between requests uvicorn's own limit holds."""
        self._cancel(self._head)
        self._head = None
        super().on_response_complete()
        self._note()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._cancel(self._reading)
        self._reading = self.loop.call_later(self.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client has read."""
        super().resume_writing()
        self._cancel(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        if self._crowd is not None:
            self._crowd.leave(self)
        self._cancel(self._head)
        self._cancel(self._reading)

    def give_way(self) -> None:
        """End for the sake of another connection."""
        self.transport.abort()

    def _note(self) -> None:
        if self._crowd is not None:
            waiting = self._between_requests() or self.cycle.more_body
            self._crowd.note(self, waiting=waiting)

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.patience, self.transport.abort)

    @staticmethod
    def _cancel(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
