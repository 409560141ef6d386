"""Ends exchanges that are too slow: silence is not all that a store can hold a client up with.

The limits of an HTTP library hold for one read or write, and a store that sends a byte a second never
exceeds them. So somebody else looks at the clock, and shuts the connection down: that also ends what
has no limit at all, such as the handshake of TLS.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self

__all__ = [
    "HANDSHAKE_SECONDS",
    "LEAST_RATE",
    "LONGEST_EXCHANGE",
    "Connections",
    "Slowness",
    "Watchdog",
]

LEAST_RATE: Final = 100
"""Bytes a second that an exchange must come to, over as long as a store may be silent."""

LONGEST_EXCHANGE: Final = 24 * 3600.0
"""Seconds that a request and its answer may take in all."""

HANDSHAKE_SECONDS: Final = 10.0
"""Seconds that the handshake of TLS may take in all."""

Slowness = Literal["handshake", "rate", "total"]


@dataclass
class _Connection:
    stream: Any
    """Of httpcore."""

    end: socket.socket
    """The same connection under a number of its own, which stays valid while TLS takes over."""


class Connections:
    """The connections of a client, as its library tells of them while it makes them."""

    def __init__(self) -> None:
        self._connections: list[_Connection] = []
        self.in_handshake = False

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of an event (the extension ``trace`` of HTTPX)."""
        if event.endswith("connect_tcp.complete"):
            stream = info["return_value"]
            with contextlib.suppress(OSError):
                self._connections.append(_Connection(stream, stream.get_extra_info("socket").dup()))
        elif event.endswith("start_tls.started"):
            self.in_handshake = True
        elif event.endswith("start_tls.complete"):
            self.in_handshake = False
            if self._connections:
                self._connections[-1].stream = info["return_value"]

    def shut(self) -> None:
        """End all connections at once."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.end.shutdown(socket.SHUT_RDWR)

    def drop_closed(self) -> None:
        """Let go of the connections that the client has closed."""
        closed = [connection for connection in self._connections if not _is_open(connection.stream)]
        self._connections = [
            connection for connection in self._connections if connection not in closed
        ]
        for connection in closed:
            connection.end.close()

    def close(self) -> None:
        """Let go of all connections."""
        for connection in self._connections:
            connection.end.close()
        self._connections.clear()


def _is_open(stream: Any) -> bool:
    of = stream.get_extra_info("socket")
    return of is not None and of.fileno() >= 0


class Watchdog:
    """Looks at the clock during one exchange.

    Parameters
    ----------
    connections
        What is shut down when it takes too long.
    silence
        Seconds that the store may be silent; within them, `LEAST_RATE` must be reached.
    total
        Seconds that the exchange may take in all.

    Attributes
    ----------
    expired
        What took too long, once something has.
    """

    def __init__(self, connections: Connections, silence: float, total: float) -> None:
        self.expired: Slowness | None = None
        self._connections = connections
        self._silence = silence
        self._ends = time.monotonic() + total
        self._passed = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._connections.in_handshake = False
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self._connections.drop_closed()

    def counted(self, body: Iterable[bytes]) -> Counted:
        """Give a body whose pieces are counted whenever they are read."""
        return Counted(body, self)

    def passed(self, size: int) -> None:
        """Take note that so many bytes were sent or received."""
        self._passed += size

    def _look(self) -> None:
        begin = time.monotonic()
        # A little later than the library, which notices silence by itself.
        period = self._silence * 1.05 + 0.2
        next_look, before = begin + period, 0
        handshake_ends: float | None = None
        while not self._done.wait(_pause(begin, min(self._ends, next_look))):
            now = time.monotonic()
            if not self._connections.in_handshake:
                handshake_ends = None
            elif handshake_ends is None:
                handshake_ends = now + min(HANDSHAKE_SECONDS, self._silence)
            if handshake_ends is not None and now >= handshake_ends:
                self._expire("handshake")
            elif now >= self._ends:
                self._expire("total")
            elif now >= next_look:
                if self._passed - before < LEAST_RATE * self._silence:
                    self._expire("rate")
                next_look, before = now + period, self._passed

    def _expire(self, why: Slowness) -> None:
        self.expired = self.expired or ("handshake" if self._connections.in_handshake else why)
        self._connections.shut()


@dataclass(frozen=True)
class Counted:
    """A body in small pieces, each of which is counted once it has passed."""

    body: Iterable[bytes]
    watch: Watchdog

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.body:
            for start in range(0, len(piece), _PIECE):
                part = piece[start : start + _PIECE]
                yield part
                self.watch.passed(len(part))


def _pause(begin: float, until: float) -> float:
    """Look often at the beginning, while there may be a handshake, and then less and less."""
    now = time.monotonic()
    return max(0.01, min(until - now, (now - begin) / 4 + 0.05, 5.0))


_PIECE: Final = 1 << 14
