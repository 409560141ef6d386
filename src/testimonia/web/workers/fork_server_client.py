"""The server's side of the fork server: starts the process, and has it start and stop workers."""

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
from testimonia.web.workers.wire_format import COMMAND, START_LONG, START_QUICK, STOP

__all__ = ["ForkServer"]

_EXIT_TIMEOUT: Final = 10.0


class ForkServer:
    """The process that holds the data and forks workers.

    Parameters
    ----------
    settings
        What to load, and the limits.
    folder
        Directory for the dumps of the data.

    Raises
    ------
    InputError
        The data cannot be loaded.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.control, theirs = socket.socketpair()
        self.folder = folder
        self._last_number = 0
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package
                # -P: a module in the working directory must not shadow an installed one.
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "testimonia.web.workers.fork_server",
                    str(theirs.fileno()),
                ],
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
        """Start a worker, and return its number and the connection to it."""
        ours, theirs = socket.socketpair()
        self._last_number += 1
        with theirs:
            command = COMMAND.pack(START_LONG if long else START_QUICK, self._last_number)
            socket.send_fds(self.control, [command], [theirs.fileno()])
        return self._last_number, ours

    def stop(self, number: int) -> None:
        """Kill a worker."""
        self.control.sendall(COMMAND.pack(STOP, number))

    def close(self) -> None:
        """Stop the fork server, which kills all workers."""
        self.control.close()
        try:
            self._process.wait(_EXIT_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _load(self, settings: Settings) -> Contents:
        request = {
            "sources": [str(path.absolute()) for path in settings.sources],
            "shipped": settings.shipped,
            "base": settings.base,
            "contexts": {iri: str(path.resolve()) for iri, path in settings.contexts.items()},
            "store": None if settings.store is None else str(settings.store.absolute()),
            "texts": None if settings.texts is None else str(settings.texts.absolute()),
            "memory": settings.memory,
            "largest_answer": settings.largest_answer,
            "folder": str(self.folder),
        }
        self.control.sendall(json.dumps(request).encode() + b"\n")
        with self.control.makefile("rb") as stream:
            line = stream.readline()
        if not line:
            raise InputError(
                "the process that loads the data died",
                hint="Most likely it ran out of memory: serve the data from a --store.",
            )
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            message, hint, place = reply["error"]
            raise InputError(message, hint=hint, place=Place(place) if place else None)
        memory = reply.pop("memory")
        if memory < settings.memory:
            LOG.warning(
                "the memory limit of this process is lower than --memory: a query may use %d MiB",
                memory,
            )
        return Contents.from_dict(reply)
