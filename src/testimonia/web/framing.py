"""Reads requests only where no other server could see another end of them (RFC 9112, sections 5 to 7).

A proxy and a server that disagree about where a request ends can be made to take a part of one client's
request for another's. h11 is lenient in some of what the standard leaves open; here it is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

import h11

__all__ = ["StrictConnection"]

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_DOUBTFUL: Final = re.compile(
    rb"""
      (?<!\r)\n    # a line that ends without carriage return
    | \r(?!\n)     # a carriage return that ends no line
    | \n[ \t]      # a field that goes on in the next line
    """,
    re.VERBOSE,
)


class StrictConnection(h11.Connection):
    """h11's connection, which also refuses what others may read in another way."""

    def next_event(self) -> Any:
        """Give what came next.

        Raises
        ------
        h11.RemoteProtocolError
            The request is malformed, or can be read in two ways.
        """
        if self.their_state is h11.IDLE:
            received, _ = self.trailing_data
            end = _HEAD_END.search(received)
            if end is not None and _DOUBTFUL.search(received, 0, end.start() + 1):
                raise h11.RemoteProtocolError("the lines of the request end in odd ways")
        event = super().next_event()
        if isinstance(event, h11.Request):
            _check_framing(event)
        return event


def _check_framing(request: h11.Request) -> None:
    names = {name for name, _ in request.headers}
    if b"transfer-encoding" not in names:
        return
    if b"content-length" in names:
        raise h11.RemoteProtocolError("the request has two lengths")
    if request.http_version < b"1.1":
        raise h11.RemoteProtocolError("HTTP/1.0 has no chunks")
