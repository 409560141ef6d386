"""Connections that give up on clients which send or read too slowly."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["PATIENCE", "Connection"]

PATIENCE: Final = 15.0
"""Seconds in which a client sends the head of a request, or takes some of an answer."""


class Connection(H11Protocol):
    """uvicorn's connection, with a limit on the time that the head of a request takes to arrive.

    uvicorn itself limits only the wait between requests, so that clients could hold connections open
    by sending a request letter by letter, or by not reading what they asked for.
    """

    patience = PATIENCE

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait no longer once it completes the head of a request."""
        super().data_received(data)
        if self._between_requests():
            self._expect_head()
        else:
            self._cancel(self._head)
            self._head = None

    def on_response_complete(self) -> None:
        """Stop waiting for a head: between requests uvicorn's own limit holds."""
        self._cancel(self._head)
        self._head = None
        super().on_response_complete()

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
        self._cancel(self._head)
        self._cancel(self._reading)

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.patience, self.transport.abort)

    @staticmethod
    def _cancel(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
