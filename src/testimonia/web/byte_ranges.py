"""Which part of an answer a client asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from testimonia.web.problems import Problem

__all__ = ["Part", "requested", "wants_parts"]

Part = tuple[int, int]
"""The first byte, and the one after the last."""

_ONE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


def wants_parts(request: Request) -> bool:
    """Tell whether a client looks at an answer before it fetches it, or fetches a part of it."""
    return request.method == "HEAD" or (request.method == "GET" and "range" in request.headers)


def requested(request: Request, size: int, tag: str) -> Part | None:
    """Find the part that a client asks for.

    Several parts at once, other units and what is malformed are passed over, as the standard has it:
    the client gets all.

    Parameters
    ----------
    request
        The request.
    size
        Bytes in all.
    tag
        The entity tag of what there is; a part of something else (If-Range) is not given.

    Returns
    -------
    tuple or None
        None where all of it is to be sent.

    Raises
    ------
    Problem
        The part lies behind the end.
    """
    match = _ONE.fullmatch(request.headers.get("range", ""))
    if match is None or request.method != "GET":
        return None
    if request.headers.get("if-range", tag) != tag:
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
        raise Problem(416, f"there are {size} bytes, and none there", headers=headers)
    return start, end
