"""The base class of servers: their endpoints, and how they are started and stopped."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self

import httpx

from tools.stores.processes import DidNotStart, Process, free_port, start

__all__ = ["Endpoint", "Server"]

_STARTED_WITHIN: Final = 90.0
"""Seconds; each needs up to five on an idle machine."""

_ATTEMPTS: Final = 3
"""Attempts for the first start: another process may take the free port before the server does."""


@dataclass(frozen=True)
class Endpoint:
    """The endpoints of a store.

    Attributes
    ----------
    base
        The base URL.
    query, update, graphs
        The URLs of the SPARQL 1.1 Protocol's query and update operations, and of the Graph Store
        Protocol (graphs are named by ``?graph=IRI``); None where it has none.
    user, password
        Credentials for changes; None if there are none, or changes are not allowed.
    digest
        Whether the password goes by the digest scheme (RFC 7616) rather than the basic one.
    """

    base: str
    query: str
    update: str | None
    graphs: str | None
    user: str | None = None
    password: str | None = None
    digest: bool = False

    @property
    def auth(self) -> httpx.Auth | None:
        """The HTTPX authentication for the password."""
        if self.user is None or self.password is None:
            return None
        kind = httpx.DigestAuth if self.digest else httpx.BasicAuth
        return kind(self.user, self.password)


class Server(ABC):
    """A triple store in a separate process, on a port of the loopback interface.

    Parameters
    ----------
    folder
        Folder for its settings and log, which may contain those of an earlier run.
    data
        Folder for its data; ``data`` inside of that folder when left out.

    Attributes
    ----------
    name
        The name of the store, in lower case.
    password
        Random for each server, to keep others on the machine from interfering.
    """

    name: ClassVar[str]

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.folder = folder
        self.data = data or folder / "data"
        self.password = secrets.token_hex(12)
        self.port = 0
        self._process: Process | None = None

    @classmethod
    @abstractmethod
    def check_installed(cls) -> None:
        """Check that everything it needs is installed.

        Raises
        ------
        NotInstalled
            Something is missing; the message says what, and how to install it.
        """

    @property
    @abstractmethod
    def endpoint(self) -> Endpoint:
        """Its endpoints for reading and changing."""

    @abstractmethod
    def read_only(self) -> AbstractContextManager[Endpoint]:
        """Open endpoints that answer queries and refuse every change."""

    @abstractmethod
    def _configure(self) -> None:
        """Write its settings, for `port`."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """Give the command that starts it in the foreground."""

    def _set_up(self) -> None:  # noqa: B027 - most need nothing
        """Set it up once, when it answers for the first time."""

    def _answers(self) -> bool:
        try:
            answer = httpx.get(
                self.endpoint.query, params={"query": "ASK {}"}, timeout=2, trust_env=False
            )
        except httpx.TransportError:
            return False
        return answer.is_success

    def start(self) -> None:
        """Start it: the first time on a port that the system chooses, later on the same port.

        Raises
        ------
        NotInstalled
            Something that it needs is not installed.
        DidNotStart
            It did not answer in time.
        """
        self.check_installed()
        if self.port:
            self._process = self._started()
            return
        for folder in (self.folder, self.data):
            folder.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, _ATTEMPTS + 1):
            self.port = free_port()
            self._configure()
            try:
                self._process = self._started()
                break
            except DidNotStart:
                if attempt == _ATTEMPTS:
                    raise
        self._set_up()

    def _started(self) -> Process:
        return start(self._command(), self.folder, self._answers, within=_STARTED_WITHIN)

    def update(self, request: str) -> None:
        """Run a SPARQL 1.1 update.

        Parameters
        ----------
        request
            The update.

        Raises
        ------
        httpx.HTTPStatusError
            The server refuses it.
        """
        address = self.endpoint.update
        if address is None:
            raise RuntimeError(f"{self.name} accepts no updates")
        httpx.post(
            address,
            content=request.encode(),
            headers={"Content-Type": "application/sparql-update"},
            auth=self.endpoint.auth,
            timeout=60,
            trust_env=False,
        ).raise_for_status()

    def clear(self) -> None:
        """Remove everything that was loaded."""
        self.update("DROP ALL")

    def stop(self) -> None:
        """Terminate it, and wait until it has ended."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """Kill it, which simulates a crash."""
        if self._process is not None:
            self._process.kill()

    @property
    def log(self) -> Path:
        """The file with its output."""
        return self.folder / "log"

    @property
    def pid(self) -> int:
        """Its process ID, or the last one that it had."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.running.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
