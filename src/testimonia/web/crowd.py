"""Who is connected: bounds the connections in all and of each address, at the cost of idle ones."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final, Protocol

__all__ = ["Crowd", "Member"]

_V6_SITE: Final = 64
"""Bits of an IPv6 address that name a site; its holder has all addresses that begin with them."""


class Member(Protocol):
    """A connection that can be given up for another."""

    def give_way(self) -> None:
        """End at once."""


class Crowd:
    """All connections, by the address that they come from.

    A connection that comes when there are as many as allowed takes the place of the one that has kept
    the server waiting longest: first of its own address, then of the address with most connections. So
    whoever only holds connections open shuts out nobody.

    Parameters
    ----------
    most
        Connections in all.
    most_of_one
        Connections of one address, or of one site where the address is of IPv6.
    trusted
        Addresses of proxies, which connect for many.
    """

    def __init__(self, most: int, most_of_one: int, trusted: Iterable[str] = ()) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._trusted = frozenset(trusted)
        self._all: dict[str, set[Member]] = {}
        self._waiting: dict[str, dict[Member, None]] = {}
        self._places: dict[Member, str] = {}

    def __len__(self) -> int:
        return len(self._places)

    def enter(self, member: Member, address: str) -> bool:
        """Take a connection in, and tell whether there was a place for it.

        Parameters
        ----------
        member
            The connection. It counts as one that is waited for.
        address
            Where it comes from.
        """
        site = _site(address)
        own = len(self._all.get(site, ()))
        if own >= self._most_of_one and address not in self._trusted:
            found = self._end_one([site])
        elif len(self) >= self._most:
            found = self._end_one(sorted(self._all, key=self._held, reverse=True))
        else:
            found = True
        if found:
            self._places[member] = site
            self._all.setdefault(site, set()).add(member)
            self.note(member, waiting=True)
        return found

    def note(self, member: Member, *, waiting: bool) -> None:
        """Note whether it is the client that a connection waits for.

        Parameters
        ----------
        member
            The connection; one that is not here is passed over.
        waiting
            Whether the client has yet to send something.
        """
        site = self._places.get(member)
        if site is None:
            return
        if waiting:
            self._waiting.setdefault(site, {}).setdefault(member)
        else:
            self._drop_waiting(member, site)

    def leave(self, member: Member) -> None:
        """Forget a connection."""
        site = self._places.pop(member, None)
        if site is None:
            return
        self._drop_waiting(member, site)
        self._all[site].discard(member)
        if not self._all[site]:
            del self._all[site]

    def _held(self, site: str) -> int:
        return len(self._all[site])

    def _end_one(self, sites: Iterable[str]) -> bool:
        for site in sites:
            victim = next(iter(self._waiting.get(site, ())), None)
            if victim is not None:
                self.leave(victim)
                victim.give_way()
                return True
        return False

    def _drop_waiting(self, member: Member, site: str) -> None:
        waiting = self._waiting.get(site, {})
        waiting.pop(member, None)
        if not waiting:
            self._waiting.pop(site, None)


def _site(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _V6_SITE), strict=False))
