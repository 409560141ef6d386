"""Fields that every answer carries, and the log of requests."""

from __future__ import annotations

import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from testimonia.printing import one_line
from testimonia.web.logs import LOG

__all__ = ["SAFE", "Journal", "Safeguards"]

SAFE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Fields that keep browsers from misusing an answer."""
_LONGEST_QUERY: Final = 10_000
_LONGEST_PATH: Final = 1_000


class Safeguards:
    """Gives every answer the fields that keep browsers from misusing it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the fields added."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    headers[name] = value
                headers.add_vary_header("Accept")
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


class Journal:
    """Logs each request: method, path, status, seconds and bytes; neither query nor client.

    Parameters
    ----------
    app
        What answers.
    queries
        Whether to log the text of queries as well.
    """

    def __init__(self, app: ASGIApp, *, queries: bool) -> None:
        self._app = app
        self._queries = queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, size, start = 0, 0, time.monotonic()

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            status = status or 500  # as starlette answers then, outside of all this
            raise
        finally:
            seconds = time.monotonic() - start
            path = one_line(scope["path"][:_LONGEST_PATH])
            LOG.info("%s %s %s %.3f s %d B", scope["method"], path, status, seconds, size)
            query = scope.get("state", {}).get("query")
            if self._queries and query:
                LOG.info("query: %s", one_line(query[:_LONGEST_QUERY]))
