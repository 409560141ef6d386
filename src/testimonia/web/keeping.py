"""The process that holds the data and forks workers, seen from the server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place
from testimonia.processes.children import child_environment
from testimonia.web.contents import Contents
from testimonia.web.logs import LOG
from testimonia.web.settings import Settings
from testimonia.web.wire import LONG, ORDER, QUICK, STOP

__all__ = ["ForkServer"]

_FAREWELL: Final = 10.0


class ForkServer:
    """The process that holds the data and forks workers, seen from the server.

    Parameters
    ----------
    settings
        What to load, and within which limits.
    folder
        Where it may write dumps of the data.

    Raises
    ------
    InputError
        The data cannot be loaded.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.control, theirs = socket.socketpair()
        self.folder = folder
        self._number = 0
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package
                # -P: a module in the working directory must not stand in for an installed one.
                [sys.executable, "-P", "-m", "testimonia.web.forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=child_environment(),
            )
        try:
            self.contents = self._load(settings)
        except BaseException:
            self._process.kill()
            self.close()
            raise

    def start(self, *, long: bool) -> tuple[int, socket.socket]:
        """Start a worker, and give its number and the connection to it."""
        ours, theirs = socket.socketpair()
        self._number += 1
        with theirs:
            order = ORDER.pack(LONG if long else QUICK, self._number)
            socket.send_fds(self.control, [order], [theirs.fileno()])
        return self._number, ours

    def stop(self, number: int) -> None:
        """Kill a worker."""
        self.control.sendall(ORDER.pack(STOP, number))

    def close(self) -> None:
        """Kill all workers, and leave nothing behind."""
        self.control.close()
        try:
            self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _load(self, settings: Settings) -> Contents:
        wanted = {
            "sources": [str(path.absolute()) for path in settings.sources],
            "shipped": settings.shipped,
            "base": settings.base,
            "contexts": {iri: str(path.resolve()) for iri, path in settings.contexts.items()},
            "store": None if settings.store is None else str(settings.store.absolute()),
            "memory": settings.memory,
            "largest_answer": settings.largest_answer,
            "folder": str(self.folder),
        }
        self.control.sendall(json.dumps(wanted).encode() + b"\n")
        with self.control.makefile("rb") as stream:
            line = stream.readline()
        if not line:
            raise InputError(
                "the process that loads the data died",
                hint="Most likely there is not enough memory: serve them from a --store.",
            )
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            message, hint, place = found["error"]
            raise InputError(message, hint=hint, place=Place(place) if place else None)
        memory = found.pop("memory")
        if memory < settings.memory:
            LOG.warning(
                "this process may have less memory than --memory asks for: a query may take %d MiB",
                memory,
            )
        return Contents.of_object(found)
