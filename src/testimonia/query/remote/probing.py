"""Finds out what kind of store listens at a URL, and connects to it."""

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
"""Seconds that a store may be silent by default, such as while it writes a large graph."""

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
    """Connect to a store, and make sure that it answers.

    Parameters
    ----------
    url
        Its base URL, such as ``http://localhost:3030/claims``; or that of its query, update or
        graphs.
    store
        What kind it is, by name (`PROFILES`); found out when left out.
    credentials
        Who asks; from the environment when left out.
    timeout
        Seconds that it may be silent before a request counts as lost.
    wait
        Waits for so many seconds between attempts.
    otherwise
        What the store is taken for if its kind cannot be found out; an error when left out.

    Raises
    ------
    InputError
        The URL cannot be used, or the kind of store is unknown or cannot be found out.
    StoreError
        Nothing answers, or not as a store does.
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
        remote.knock()
    except BaseException:
        remote.close()
        raise
    return remote


def _found_out(base: str, timeout: float, wait: Callable[[float], None]) -> Profile | None:
    # Without credentials: they are for a store that is known to be one.
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
        "what kind of store listens at this URL cannot be found out",
        hint=f"Name it with --store: {', '.join(PROFILES)}. "
        "The URL must be that of a repository or dataset, not of a web page about it.",
    )


def _is_of(profile: Profile, base: str, transport: Transport) -> bool:
    requests = Requests(profile.addresses(base, credentials=False))
    asked = requests.query("ASK {}", purpose="tell what it is")
    reply = transport.send(replace(asked, answers=_ANY_FAULT), total=PROBE_SECONDS)
    if profile.server is not None:
        return str(reply.headers.get("server", "")).startswith(profile.server)
    if profile.header is not None:
        return profile.header in reply.headers
    if not reply.good:
        return False
    # What is left is RDF4J, whose protocol tells a repository's size as a plain number.
    size = Request("GET", f"{requests.addresses.query}/size", "tell its size", answers=_ANY_FAULT)
    told = transport.send(size, total=PROBE_SECONDS)
    return told.good and told.content.strip().isdigit()
