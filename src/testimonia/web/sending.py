"""Sends answers and files, or parts of them, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from testimonia.web.byte_ranges import Part, requested
from testimonia.web.formats import BY_SUFFIX, content_type
from testimonia.web.workers import Reply

__all__ = ["MARK", "Framed", "Sent", "Slice"]

MARK: Final = "\ue000fragment\ue000"
"""Where a page has the reply of a worker; no text of a page holds such characters as they are."""

_CHUNK: Final = 1 << 18


class _Pieces(Response):
    """Sends what `_pieces` gives."""

    def __init__(self, media_type: str, size: int, part: Part | None = None, tag: str = "") -> None:
        start, end = part or (0, size)
        super().__init__(status_code=200 if part is None else 206)
        self.headers["Content-Type"] = media_type
        self.headers["Content-Length"] = str(end - start)
        if tag:
            self.headers["Accept-Ranges"] = "bytes"
            self.headers["ETag"] = tag
        if part is not None:
            self.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        self._start, self._end = start, end

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send it."""
        try:
            head = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **head})
            if scope["method"] != "HEAD":
                async for piece in self._pieces():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            self._close()

    async def _pieces(self) -> AsyncIterator[bytes]:
        raise NotImplementedError
        yield b""

    def _close(self) -> None:
        pass


class Sent(_Pieces):
    """Sends the reply of a worker, and closes it.

    Parameters
    ----------
    reply
        What the worker answered.
    request
        Which may ask for a part of it.
    """

    def __init__(self, reply: Reply, request: Request) -> None:
        try:
            part = requested(request, reply.size, reply.tag)
            super().__init__(BY_SUFFIX[reply.format].content_type, reply.size, part, reply.tag)
        except BaseException:
            reply.close()
            raise
        self._reply = reply

    async def _pieces(self) -> AsyncIterator[bytes]:
        for piece in self._reply.chunks(self._start, self._end):
            yield piece

    def _close(self) -> None:
        self._reply.close()


class Framed(_Pieces):
    """Sends the reply of a worker within a page, at its `MARK`, and closes it.

    The reply may be large: it is neither decoded nor copied here, where all other requests wait.

    Parameters
    ----------
    reply
        What the worker answered, as HTML.
    page
        The page around it.
    """

    def __init__(self, reply: Reply, page: Response) -> None:
        self._before, _, self._after = bytes(page.body).partition(MARK.encode())
        size = len(self._before) + reply.size + len(self._after)
        super().__init__(BY_SUFFIX[reply.format].content_type, size)
        self._reply = reply

    async def _pieces(self) -> AsyncIterator[bytes]:
        yield self._before
        for piece in self._reply.chunks():
            yield piece
        yield self._after

    def _close(self) -> None:
        self._reply.close()


class Slice(_Pieces):
    """Sends a slice of a file.

    Parameters
    ----------
    path
        The file.
    bounds
        First byte of the slice, and the one after its last.
    media_type
        What it is.
    request
        Which may ask for a part of it.
    """

    def __init__(self, path: Path, bounds: Part, media_type: str, request: Request) -> None:
        first, end = bounds
        found = path.stat()
        tag = f'"{found.st_mtime_ns:x}-{first:x}-{end:x}"'
        part = requested(request, end - first, tag)
        super().__init__(content_type(media_type), end - first, part, tag)
        self._path = path
        self._first = first

    async def _pieces(self) -> AsyncIterator[bytes]:
        with self._path.open("rb") as stream:
            stream.seek(self._first + self._start)
            left = self._end - self._start
            while left and (piece := await asyncio.to_thread(stream.read, min(_CHUNK, left))):
                left -= len(piece)
                yield piece
