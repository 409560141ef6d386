"""Protection against request smuggling: requests with ambiguous framing are refused (RFC 9112, 5 to 7).

When a proxy and a server disagree about where a request ends, part of one client's request can be taken
for another's. h11 is lenient where the RFC leaves a choice; such requests are refused here.
"""

from __future__ import annotations

import re
from typing import Any, Final

import h11

__all__ = ["StrictH11Connection"]

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_AMBIGUOUS: Final = re.compile(
    rb"""
      (?<!\r)\n    # a line feed without carriage return
    | \r(?!\n)     # a carriage return without line feed
    | \n[ \t]      # a header folded over several lines
    """,
    re.VERBOSE,
)


class StrictH11Connection(h11.Connection):
    """h11's connection, which also refuses requests that other servers may parse differently."""

    def next_event(self) -> Any:
        """Return the next event.

        Raises
        ------
        h11.RemoteProtocolError
            The request is malformed or ambiguous.
        """
        if self.their_state is h11.IDLE:
            received, _ = self.trailing_data
            end = _HEAD_END.search(received)
            if end is not None and _AMBIGUOUS.search(received, 0, end.start() + 1):
                raise h11.RemoteProtocolError(
                    "the request has a folded header, or a line that does not end in CRLF"
                )
        event = super().next_event()
        if isinstance(event, h11.Request):
            _check_framing(event)
        return event


def _check_framing(request: h11.Request) -> None:
    names = {name for name, _ in request.headers}
    if b"transfer-encoding" not in names:
        return
    if b"content-length" in names:
        raise h11.RemoteProtocolError("the request has both Content-Length and Transfer-Encoding")
    if request.http_version < b"1.1":
        raise h11.RemoteProtocolError("HTTP/1.0 has no Transfer-Encoding")
