"""The access log: a line for each request."""

from __future__ import annotations

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from testimonia.printing import one_line
from testimonia.web.logs import LOG

__all__ = ["AccessLog"]

_MAX_QUERY_LENGTH: Final = 10_000
_MAX_PATH_LENGTH: Final = 1_000


class AccessLog:
    """Middleware that logs each request: method, path, status, seconds and bytes.

    The client's address is never logged, and the query only if enabled.

    Parameters
    ----------
    app
        The application.
    queries
        Whether to log the text of queries as well.
    """

    def __init__(self, app: ASGIApp, *, queries: bool) -> None:
        self._app = app
        self._queries = queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, and log it."""
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
            status = status or 500  # Starlette sends this response outside of all middleware
            raise
        finally:
            seconds = time.monotonic() - start
            path = one_line(scope["path"][:_MAX_PATH_LENGTH])
            LOG.info("%s %s %s %.3f s %d B", scope["method"], path, status, seconds, size)
            query = scope.get("state", {}).get("query")
            if self._queries and query:
                LOG.info("query: %s", one_line(query[:_MAX_QUERY_LENGTH]))
