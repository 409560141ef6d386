"""What an endpoint serves, where, and within which limits."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from testimonia.errors import InputError

__all__ = ["LEAST_MEMORY", "MEBIBYTE", "TRIAL", "Settings"]

MEBIBYTE: Final = 1 << 20
LEAST_MEMORY: Final = 16
"""MiB without which a worker can answer next to nothing."""
TRIAL: Final = 0.5
"""Seconds that a query may take before it has to queue with the other long ones."""

_LONGEST: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an endpoint serves, where, and within which limits.

    Attributes
    ----------
    sources
        RDF files and directories; none for the shipped data, or for what the store holds.
    shipped
        Whether to serve the shipped data; by default only without sources.
    store
        Directory that keeps the data; in memory when left out.
    base, contexts
        The base of relative IRIs and copies of JSON-LD contexts, as for `testimonia.open`.
    host, port
        Where to listen. Port 0 takes a free one.
    url
        Address by which others reach the endpoint through a proxy on this machine, which is then
        believed about who the client is.
    workers
        Processes that run queries, two at least. A third of them, one at least, are for long queries.
    time_limit
        Seconds that a query may take.
    memory
        MiB that a worker may take beyond the data.
    largest_answer
        MiB that an answer may have.
    waiting
        Requests that may wait in each of the two queues.
    grace
        Seconds that running requests are given when the endpoint is told to stop.
    log_queries
        Whether the log shows the text of queries.
    """

    sources: tuple[Path, ...] = ()
    shipped: bool | None = None
    store: Path | None = None
    base: str | None = None
    contexts: Mapping[str, Path] = field(default_factory=dict)
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
            "workers": (self.workers, 2, 512),
            "time limit": (self.time_limit, 0.05, _LONGEST),
            "memory": (self.memory, LEAST_MEMORY, 1 << 20),
            "largest answer": (self.largest_answer, 1, 1 << 16),
            "waiting": (self.waiting, 2, 1 << 16),
            "grace": (self.grace, 0, _LONGEST),
        }
        for name, (value, least, most) in bounds.items():
            if not least <= value <= most:  # not a number is neither
                raise InputError(
                    f"the {name} cannot be {value:g}", hint=f"Give {least:g} to {most:g}."
                )
        if self.url is not None:
            self._check_url(self.url)

    @staticmethod
    def _check_url(url: str) -> None:
        try:
            parts = urlsplit(url)
            fine = parts.scheme in ("http", "https") and parts.hostname and not parts.username
            fine = fine and parts.path in ("", "/") and not parts.query and not parts.fragment
            _ = parts.port
        except ValueError:
            fine = False
        if not fine or not url.isascii() or not url.isprintable() or set(url) & set('<>"{}|^`\\ '):
            raise InputError(
                f"the address {url!r} cannot be used",
                hint="Give scheme, host and perhaps port, such as https://claims.example.org",
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches the endpoint."""
        if self.url is not None:
            return False
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def private(self) -> bool:
        """Whether web pages of others are kept from the data: own data, for this machine only."""
        return self.loopback and bool(self.sources or self.store)

    @property
    def long_workers(self) -> int:
        """How many of the workers are for long queries."""
        return max(1, self.workers // 3)
