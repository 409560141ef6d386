"""The settings of an endpoint: what it serves, where, and its limits."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from testimonia.errors import InputError

__all__ = ["MEBIBYTE", "MIN_MEMORY", "QUICK_TIME_LIMIT", "Settings"]

MEBIBYTE: Final = 1 << 20
MIN_MEMORY: Final = 16
"""Memory in MiB below which a worker can answer hardly any query."""
QUICK_TIME_LIMIT: Final = 0.5
"""Seconds that a query may run among the quick ones before it moves to the queue of long ones."""

_MAX_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an endpoint serves, where, and its limits.

    Attributes
    ----------
    sources
        RDF files and directories; if none, the shipped data or what the store holds is served.
    shipped
        Whether to serve the shipped data; by default only if there are no sources.
    store
        Directory of a store on disk; the data are held in memory by default.
    base, contexts
        Base IRI, and local copies of JSON-LD contexts, as for `testimonia.open`.
    texts
        Directory with texts of documents, whose words are quoted on pages.
    host, port
        Address to listen at. Port 0 selects a free port.
    url
        Public URL of the endpoint behind a reverse proxy on this machine, whose forwarding headers are
        then trusted for the client's address.
    workers
        Number of processes that run queries, at least 2. A third of them, at least one, run long queries.
    time_limit
        Seconds that a query may run.
    memory
        Memory in MiB that a worker may use beyond the data.
    largest_answer
        Size limit of an answer in MiB.
    waiting
        Number of requests that may wait in each of the two queues.
    grace
        Seconds that running requests are given to finish on shutdown.
    log_queries
        Whether to log the text of queries.
    """

    sources: tuple[Path, ...] = ()
    shipped: bool | None = None
    store: Path | None = None
    base: str | None = None
    contexts: Mapping[str, Path] = field(default_factory=dict)
    texts: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    url: str | None = None
    workers: int = max(3, (os.cpu_count() or 1) + 1)
    time_limit: float = 30
    memory: int = 1024
    largest_answer: int = 64
    waiting: int = 32
    grace: int = 10
    log_queries: bool = False

    def __post_init__(self) -> None:
        bounds = {
            "port": (self.port, 0, 65535),
            "number of workers": (self.workers, 2, 512),
            "time limit": (self.time_limit, 0.05, _MAX_SECONDS),
            "memory of a worker": (self.memory, MIN_MEMORY, 1 << 20),
            "size limit of answers": (self.largest_answer, 1, 1 << 16),
            "number of waiting requests": (self.waiting, 2, 1 << 16),
            "grace period": (self.grace, 0, _MAX_SECONDS),
        }
        for name, (value, least, most) in bounds.items():
            if not least <= value <= most:  # also refuses NaN
                raise InputError(
                    f"the {name} cannot be {value:g}",
                    hint=f"Give a number from {least:g} to {most:g}.",
                )
        if self.url is not None:
            self._check_url(self.url)

    @staticmethod
    def _check_url(url: str) -> None:
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and parts.hostname and not parts.username
            valid = valid and parts.path in ("", "/") and not parts.query and not parts.fragment
            _ = parts.port
        except ValueError:
            valid = False
        if not valid or not url.isascii() or not url.isprintable() or set(url) & set('<>"{}|^`\\ '):
            raise InputError(
                f"the URL {url!r} cannot be used",
                hint="Give the scheme, host and, if needed, port: https://claims.example.org",
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the endpoint."""
        if self.url is not None:
            return False
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def private(self) -> bool:
        """Whether other websites may not read the data: a user's own data or texts, served on loopback only."""
        return self.loopback and bool(self.sources or self.store or self.texts)

    @property
    def long_workers(self) -> int:
        """Number of workers for long queries."""
        return max(1, self.workers // 3)
