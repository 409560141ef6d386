"""A store on another machine or in another process, over the SPARQL 1.1 protocols.

Source: SPARQL 1.1 Protocol; SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendations, 2013).
"""

from __future__ import annotations

from testimonia.remote.credentials import Credentials
from testimonia.remote.probing import connect
from testimonia.remote.profiles import PROFILES, Profile
from testimonia.remote.requests import Body, Request, Requests
from testimonia.remote.rewrites import REWRITES, Rewrite
from testimonia.remote.store import RemoteStore

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
