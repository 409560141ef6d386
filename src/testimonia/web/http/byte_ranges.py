"""Range requests: which bytes of a response a client asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from testimonia.web.http.problems import Problem

__all__ = ["ByteRange", "may_request_ranges", "requested_range"]

ByteRange = tuple[int, int]
"""The first byte, and the one after the last."""

_SINGLE_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


def may_request_ranges(request: Request) -> bool:
    """Return whether the request is one of a client that fetches in ranges: a HEAD, or a GET with Range."""
    return request.method == "HEAD" or (request.method == "GET" and "range" in request.headers)


def requested_range(request: Request, size: int, etag: str) -> ByteRange | None:
    """Return the byte range that a request asks for.

    Multiple ranges, units other than bytes and malformed Range headers are ignored, as RFC 9110 allows:
    the client then gets the whole response.

    Parameters
    ----------
    request
        The request.
    size
        Size of the whole content in bytes.
    etag
        The entity tag of the content. If-Range with another tag makes the Range header ignored.

    Returns
    -------
    tuple or None
        None when the whole content is to be sent.

    Raises
    ------
    Problem
        The range lies beyond the end of the content (status 416).
    """
    match = _SINGLE_RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or request.method != "GET":
        return None
    if request.headers.get("if-range", etag) != etag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start = int(first)
        end = min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        headers = {"Content-Range": f"bytes */{size}"}
        raise Problem(
            416, f"the requested range is outside the {size} bytes of this answer", headers=headers
        )
    return start, end
