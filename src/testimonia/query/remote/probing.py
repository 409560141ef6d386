"""Detects the kind of store at a URL, and connects to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NoReturn

from testimonia.errors import InputError
from testimonia.query.remote.credentials import Credentials
from testimonia.query.remote.profiles import PROFILES, Profile, base_of, profile_named
from testimonia.query.remote.remote_store import PROBE_SECONDS, RemoteStore
from testimonia.query.remote.requests import Request, Requests
from testimonia.query.remote.transport import Transport

__all__ = ["SILENCE", "connect"]

SILENCE: Final = 600.0
"""Default for the seconds without an answer after which a request fails; writing a graph takes long."""

_ANY_FAULT: Final = frozenset(range(300, 600)) - {429, 502, 503, 504}


def connect(
    url: str,
    *,
    store: str | None = None,
    credentials: Credentials | None = None,
    timeout: float = SILENCE,
    wait: Callable[[float], None] = time.sleep,
    otherwise: Profile | None = None,
) -> RemoteStore:
    """Connect to a store, and check that it answers.

    Parameters
    ----------
    url
        Its base URL, such as ``http://localhost:3030/claims``, or its query, update or graph store
        endpoint.
    store
        The kind of store, by name (`PROFILES`); detected when left out.
    credentials
        Taken from the environment when left out.
    timeout
        Seconds without an answer after which a request fails.
    wait
        Sleeps for a number of seconds between attempts.
    otherwise
        The kind of store assumed if it cannot be detected; an error when left out.

    Raises
    ------
    InputError
        The URL cannot be used, or the kind of store is unknown or cannot be detected.
    StoreError
        Nothing answers, or not like a store.
    """
    base = base_of(url)
    credentials = Credentials.from_environment() if credentials is None else credentials
    if not 0 < timeout < float("inf"):
        raise InputError(f"the timeout is {timeout:g} seconds", hint="Give more than 0.")
    if store is not None:
        profile = profile_named(store)
    else:
        profile = _found_out(base, timeout, wait) or otherwise or _unknown()
    addresses = profile.addresses(base, credentials=bool(credentials))
    transport = Transport(credentials, profile, seconds=timeout, wait=wait)
    remote = RemoteStore(profile, Requests(addresses, profile.enclosed), transport)
    try:
        remote.ping()
    except BaseException:
        remote.close()
        raise
    return remote


def _found_out(base: str, timeout: float, wait: Callable[[float], None]) -> Profile | None:
    # Without credentials, which must not go to an unknown server.
    transport = Transport(Credentials(), None, seconds=timeout, wait=wait)
    try:
        for profile in PROFILES.values():
            if _is_of(profile, base, transport):
                return profile
    finally:
        transport.close()
    return None


def _unknown() -> NoReturn:
    raise InputError(
        "the kind of store at this URL cannot be detected",
        hint=f"Name it with --store: {', '.join(PROFILES)}. "
        "The URL must be that of a repository or dataset, not of a web page about it.",
    )


def _is_of(profile: Profile, base: str, transport: Transport) -> bool:
    requests = Requests(profile.addresses(base, credentials=False))
    asked = requests.query("ASK {}", purpose="identify itself")
    reply = transport.send(replace(asked, answers=_ANY_FAULT), total=PROBE_SECONDS)
    if profile.server is not None:
        return str(reply.headers.get("server", "")).startswith(profile.server)
    if profile.header is not None:
        return profile.header in reply.headers
    if not reply.good:
        return False
    # What is left is RDF4J, whose protocol gives the size of a repository as a plain number.
    size = Request("GET", f"{requests.addresses.query}/size", "report its size", answers=_ANY_FAULT)
    answer = transport.send(size, total=PROBE_SECONDS)
    return answer.good and answer.content.strip().isdigit()
