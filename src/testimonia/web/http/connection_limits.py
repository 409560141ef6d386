"""Limits on open connections, in total and for each client address."""

from __future__ import annotations

import ipaddress
import resource
from collections.abc import Iterable
from typing import Final, Protocol

from testimonia.errors import InputError

__all__ = ["BACKLOG", "ConnectionLimits", "LimitedConnection", "max_connections"]

BACKLOG: Final = 64
"""Connections that are accepted at a time, before any of them can be refused."""

_MOST: Final = 512
_LEAST: Final = 8
_MAX_OPEN_FILES: Final = 1 << 14
_OWN_FILES: Final = 64  # standard streams, the listener, the event loop, modules and templates
_ANSWERS_ON_DISK: Final = 32  # large answers are held in temporary files
_FILES_PER_CONNECTION: Final = 2  # the socket, and a file that may be sent over it

_V6_PREFIX_LENGTH: Final = 64
"""Bits of an IPv6 address that identify a subnet; one client may use any address in it."""


class LimitedConnection(Protocol):
    """A connection that can be closed to make room for another."""

    def evict(self) -> None:
        """Close the connection at once."""


class ConnectionLimits:
    """All open connections, by client address.

    A new connection that exceeds a limit evicts the one that has been idle longest: of the same address
    when that address is at its limit, else of the address with the most connections. So a client that
    only holds connections open cannot shut out others.

    Parameters
    ----------
    most
        Connections in total.
    max_per_client
        Connections from one IPv4 address or one IPv6 /64 subnet.
    trusted
        Addresses of proxies, which connect on behalf of many clients.
    """

    def __init__(self, most: int, max_per_client: int, trusted: Iterable[str] = ()) -> None:
        self._most = most
        self._max_per_client = max_per_client
        self._trusted = frozenset(trusted)
        self._by_client: dict[str, set[LimitedConnection]] = {}
        self._idle: dict[str, dict[LimitedConnection, None]] = {}
        self._clients: dict[LimitedConnection, str] = {}

    def __len__(self) -> int:
        return len(self._clients)

    def admit(self, connection: LimitedConnection, address: str) -> bool:
        """Add a connection, evicting an idle one if needed, and return whether it was admitted.

        Parameters
        ----------
        connection
            The connection. It counts as idle at first.
        address
            The client's IP address.
        """
        client = _client_of(address)
        own = len(self._by_client.get(client, ()))
        if own >= self._max_per_client and address not in self._trusted:
            admitted = self._evict_idle([client])
        elif len(self) >= self._most:
            admitted = self._evict_idle(sorted(self._by_client, key=self._count, reverse=True))
        else:
            admitted = True
        if admitted:
            self._clients[connection] = client
            self._by_client.setdefault(client, set()).add(connection)
            self.mark(connection, idle=True)
        return admitted

    def mark(self, connection: LimitedConnection, *, idle: bool) -> None:
        """Record whether a connection is idle.

        Parameters
        ----------
        connection
            The connection; ignored if it was not admitted.
        idle
            Whether the server is waiting for the client to send something.
        """
        client = self._clients.get(connection)
        if client is None:
            return
        if idle:
            self._idle.setdefault(client, {}).setdefault(connection)
        else:
            self._discard_idle(connection, client)

    def remove(self, connection: LimitedConnection) -> None:
        """Remove a connection that has closed."""
        client = self._clients.pop(connection, None)
        if client is None:
            return
        self._discard_idle(connection, client)
        self._by_client[client].discard(connection)
        if not self._by_client[client]:
            del self._by_client[client]

    def _count(self, client: str) -> int:
        return len(self._by_client[client])

    def _evict_idle(self, clients: Iterable[str]) -> bool:
        for client in clients:
            oldest = next(iter(self._idle.get(client, ())), None)
            if oldest is not None:
                self.remove(oldest)
                oldest.evict()
                return True
        return False

    def _discard_idle(self, connection: LimitedConnection, client: str) -> None:
        idle = self._idle.get(client, {})
        idle.pop(connection, None)
        if not idle:
            self._idle.pop(client, None)


def max_connections(workers: int) -> int:
    """Raise the limit on open files as far as allowed, and return how many connections fit within it.

    Parameters
    ----------
    workers
        Number of processes that run queries.

    Raises
    ------
    InputError
        The limit on open files is too low.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_OPEN_FILES)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY:
        return _MOST
    # Two for each worker: its replacement is started before its own connection is closed.
    reserved = _OWN_FILES + _ANSWERS_ON_DISK + BACKLOG + 2 * workers
    allowed = min(_MOST, (limit - reserved) // _FILES_PER_CONNECTION)
    if allowed < _LEAST:
        needed = reserved + _LEAST * _FILES_PER_CONNECTION
        raise InputError(
            f"this process may open {limit} files, and needs {needed} for {workers} workers",
            hint="Raise the limit (ulimit -n), or give fewer --workers.",
        )
    return allowed


def _client_of(address: str) -> str:
    """Return the address that a limit counts: an IPv6 address stands for its subnet."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _V6_PREFIX_LENGTH), strict=False))
