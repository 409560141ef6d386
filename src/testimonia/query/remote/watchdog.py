"""Ends HTTP exchanges that are too slow.

The timeouts of an HTTP library apply to one read or write, and a store that sends a byte a second never
exceeds them. So a thread watches the clock, and shuts the connection down. That also ends what has no
timeout at all, such as the TLS handshake.
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
"""Minimum bytes a second of an exchange, measured over the time that a store may be silent."""

LONGEST_EXCHANGE: Final = 24 * 3600.0
"""Seconds that a request and its answer may take in total."""

HANDSHAKE_SECONDS: Final = 10.0
"""Seconds that the TLS handshake may take in total."""

Slowness = Literal["handshake", "rate", "total"]


@dataclass
class _Connection:
    stream: Any
    """The stream of httpcore."""

    end: socket.socket
    """A duplicate of its socket, which stays valid when TLS takes over the original."""


class Connections:
    """The open connections of a client, as reported by the ``trace`` extension of HTTPX."""

    def __init__(self) -> None:
        self._connections: list[_Connection] = []
        self.in_handshake = False

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Record an event (the ``trace`` extension of HTTPX)."""
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
        """Shut down all connections."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.end.shutdown(socket.SHUT_RDWR)

    def drop_closed(self) -> None:
        """Forget the connections that the client has closed."""
        closed = [connection for connection in self._connections if not _is_open(connection.stream)]
        self._connections = [
            connection for connection in self._connections if connection not in closed
        ]
        for connection in closed:
            connection.end.close()

    def close(self) -> None:
        """Forget all connections."""
        for connection in self._connections:
            connection.end.close()
        self._connections.clear()


def _is_open(stream: Any) -> bool:
    of = stream.get_extra_info("socket")
    return of is not None and of.fileno() >= 0


class Watchdog:
    """Limits the time of one exchange.

    Parameters
    ----------
    connections
        The connections to shut down when it takes too long.
    silence
        Seconds that the store may be silent; over that time, `LEAST_RATE` must be reached.
    total
        Seconds that the exchange may take in total.

    Attributes
    ----------
    expired
        What took too long, if anything.
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
        """Wrap a body, to count its bytes as they are read."""
        return Counted(body, self)

    def passed(self, size: int) -> None:
        """Count bytes that were sent or received."""
        self._passed += size

    def _look(self) -> None:
        begin = time.monotonic()
        # A little longer than the timeout of the library, which detects silence itself.
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
    """A body in small chunks, each counted once it was sent or received."""

    body: Iterable[bytes]
    watch: Watchdog

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.body:
            for start in range(0, len(piece), _PIECE):
                part = piece[start : start + _PIECE]
                yield part
                self.watch.passed(len(part))


def _pause(begin: float, until: float) -> float:
    """Check often at the beginning, during a handshake, then less and less often."""
    now = time.monotonic()
    return max(0.01, min(until - now, (now - begin) / 4 + 0.05, 5.0))


_PIECE: Final = 1 << 14
