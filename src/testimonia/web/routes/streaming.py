"""Responses that are streamed in chunks: answers, pages with an answer, and slices of files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from testimonia.web.http.byte_ranges import ByteRange, requested_range
from testimonia.web.http.content_negotiation import BY_SUFFIX, content_type
from testimonia.web.workers.worker_client import Answer

__all__ = ["ANSWER_PLACEHOLDER", "AnswerResponse", "FileSliceResponse", "PageWithAnswer"]

ANSWER_PLACEHOLDER: Final = "\ue000fragment\ue000"
"""Marks where a page shows the answer. Rendering escapes these characters, so no page contains them."""

_CHUNK_SIZE: Final = 1 << 18


class _StreamedResponse(Response):
    """Streams what `_chunks` yields."""

    def __init__(
        self, media_type: str, size: int, wanted: ByteRange | None = None, etag: str = ""
    ) -> None:
        start, end = wanted or (0, size)
        super().__init__(status_code=200 if wanted is None else 206)
        self.headers["Content-Type"] = media_type
        self.headers["Content-Length"] = str(end - start)
        if etag:
            self.headers["Accept-Ranges"] = "bytes"
            self.headers["ETag"] = etag
        if wanted is not None:
            self.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        self._start, self._end = start, end

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send the response."""
        try:
            head = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **head})
            if scope["method"] != "HEAD":
                async for chunk in self._chunks():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            self._close()

    async def _chunks(self) -> AsyncIterator[bytes]:
        raise NotImplementedError
        yield b""

    def _close(self) -> None:
        pass


class AnswerResponse(_StreamedResponse):
    """Streams an answer, and closes it.

    Parameters
    ----------
    answer
        The answer.
    request
        The request, which may ask for a range.
    name
        What browsers call the file when they save it.
    """

    def __init__(self, answer: Answer, request: Request, name: str = "answer") -> None:
        form = BY_SUFFIX[answer.format]
        try:
            wanted = requested_range(request, answer.size, answer.etag)
            super().__init__(form.content_type, answer.size, wanted, answer.etag)
            shown = "attachment" if form.is_file else "inline"
            self.headers["Content-Disposition"] = f'{shown}; filename="{name}.{form.name}"'
        except BaseException:
            answer.close()
            raise
        self._answer = answer

    async def _chunks(self) -> AsyncIterator[bytes]:
        for chunk in self._answer.chunks(self._start, self._end):
            yield chunk

    def _close(self) -> None:
        self._answer.close()


class PageWithAnswer(_StreamedResponse):
    """Streams a page with an answer in the place of `ANSWER_PLACEHOLDER`, and closes the answer.

    A large answer is neither decoded nor copied, which would block the event loop.

    Parameters
    ----------
    answer
        The answer, as a fragment of HTML.
    page
        The page around it.
    """

    def __init__(self, answer: Answer, page: Response) -> None:
        self._before, _, self._after = bytes(page.body).partition(ANSWER_PLACEHOLDER.encode())
        size = len(self._before) + answer.size + len(self._after)
        super().__init__(BY_SUFFIX[answer.format].content_type, size)
        self._answer = answer

    async def _chunks(self) -> AsyncIterator[bytes]:
        yield self._before
        for chunk in self._answer.chunks():
            yield chunk
        yield self._after

    def _close(self) -> None:
        self._answer.close()


class FileSliceResponse(_StreamedResponse):
    """Streams a slice of a file.

    Parameters
    ----------
    path
        Path of the file.
    bounds
        The first byte of the slice, and the one after the last.
    media_type
        Its media type.
    request
        The request, which may ask for a range of the slice.
    """

    def __init__(self, path: Path, bounds: ByteRange, media_type: str, request: Request) -> None:
        first, end = bounds
        status = path.stat()
        etag = f'"{status.st_mtime_ns:x}-{first:x}-{end:x}"'
        wanted = requested_range(request, end - first, etag)
        super().__init__(content_type(media_type), end - first, wanted, etag)
        self._path = path
        self._first = first

    async def _chunks(self) -> AsyncIterator[bytes]:
        with self._path.open("rb") as stream:
            stream.seek(self._first + self._start)
            left = self._end - self._start
            while left and (chunk := await asyncio.to_thread(stream.read, min(_CHUNK_SIZE, left))):
                left -= len(chunk)
                yield chunk
