"""Client for a triple store over the SPARQL 1.1 protocols.

Source: SPARQL 1.1 Protocol; SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendations, 2013).
"""

from __future__ import annotations

from testimonia.query.remote.credentials import Credentials
from testimonia.query.remote.probing import connect
from testimonia.query.remote.profiles import PROFILES, Profile
from testimonia.query.remote.remote_store import RemoteStore
from testimonia.query.remote.requests import Body, Request, Requests
from testimonia.query.remote.rewrites import REWRITES, Rewrite

__all__ = [
    "PROFILES",
    "REWRITES",
    "Body",
    "Credentials",
    "Profile",
    "RemoteStore",
    "Request",
    "Requests",
    "Rewrite",
    "connect",
]
