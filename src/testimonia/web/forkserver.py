"""The process that holds the data and forks workers: it never starts a thread.

``python -m testimonia.web.forkserver DESCRIPTOR`` is started by the server with one end of a socket. It
gets the settings, answers what it found, and then follows orders of five bytes: to start a worker with
the connection that comes along (``quick`` or ``long``), or to stop one. When the socket ends, it kills
all workers and leaves. A worker is reaped only when the server says so; until then its process number
cannot be another's.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import testimonia.dataset
from testimonia.dataset import Dataset
from testimonia.errors import InputError, TestimoniaError
from testimonia.processes.orphans import die_with
from testimonia.processes.resource_limits import memory_left
from testimonia.web.contents import MOST_COUNTED, survey
from testimonia.web.dumps import ALL, WHOLE, write_graphs, write_whole
from testimonia.web.problems import not_started
from testimonia.web.settings import LEAST_MEMORY
from testimonia.web.wire import FAILURE, LONG, ORDER, STOP, frame
from testimonia.web.worker import Bench, work

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Load the data that the server names, then start and stop workers for it."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the server decides when to leave
        signal.signal(number, signal.SIG_IGN)
    die_with(os.getppid())
    with socket.socket(fileno=descriptor) as control:
        with control.makefile("rb", buffering=0) as first:  # left open, it would outlive control
            line = first.readline()
        if not line:  # the server is gone
            return
        wanted: dict[str, Any] = json.loads(line)
        dataset, answer = _prepared(wanted)
        if "error" not in answer:
            answer |= _memory(wanted["memory"])
        control.sendall(json.dumps(answer).encode() + b"\n")
        if "error" in answer:
            return
        found = {question.name: question for question in dataset.questions()}
        bench = Bench(dataset, found, answer["memory"], wanted["largest_answer"])
        gc.collect()
        gc.freeze()  # collecting would touch, and so copy, pages that workers share
        _follow(control, bench)


def _prepared(wanted: dict[str, Any]) -> tuple[Dataset, dict[str, Any]]:
    store = wanted["store"]
    dataset = Dataset([], store and Path(store))
    try:
        dataset = testimonia.dataset.open(
            *wanted["sources"],
            shipped=wanted["shipped"],
            store=store,
            base=wanted["base"],
            contexts=wanted["contexts"],
        )
    except TestimoniaError as error:
        return dataset, _told(error)
    if dataset.directory is None:
        return dataset, _load(dataset, Path(wanted["folder"]))
    # A store on disk starts threads, which no fork may follow: it is filled elsewhere.
    return dataset, _load_elsewhere(dataset, Path(wanted["folder"]))


def _load(dataset: Dataset, folder: Path) -> dict[str, Any]:
    try:
        dataset.prepare()
        contents = survey(dataset)
        published, places = 0, {}
        if dataset.files:
            published = write_whole(dataset.quads(), folder / WHOLE)
        # As the files have the data, which the store does not keep to the letter. Where the store
        # held others before, they are not all there is, and no dump of all.
        if published < contents.stated:
            (folder / WHOLE).unlink(missing_ok=True)
            published = 0
        if contents.triples <= MOST_COUNTED:
            places = write_graphs(dataset.store, folder / ALL)
        return replace(contents, published=published, places=places).as_object()
    except TestimoniaError as error:
        return _told(error)


def _memory(wanted: int) -> dict[str, Any]:
    """Tell how many MiB a worker may take: those wanted, or fewer where the process may have less."""
    left = memory_left()
    if left is None or left >= wanted:
        return {"memory": wanted}
    if left < LEAST_MEMORY:
        return _told(
            InputError(
                f"with the data loaded, the memory that this process may have leaves {left} MiB for a "
                f"query, and {LEAST_MEMORY} are needed",
                hint="Raise the limit (ulimit -v, ulimit -d), or serve the data from a --store.",
            )
        )
    return {"memory": left}


def _told(error: TestimoniaError) -> dict[str, Any]:
    return {"error": [error.message, error.hint, str(error.place or "")]}


def _load_elsewhere(dataset: Dataset, folder: Path) -> dict[str, Any]:
    receiver, sender = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            die_with(parent)
            with os.fdopen(sender, "wb") as stream:
                stream.write(json.dumps(_load(dataset, folder)).encode())
        finally:
            os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    fault = InputError("the store could not be prepared", hint="See whether others can open it.")
    found: dict[str, Any] = json.loads(content) if content else _told(fault)
    return found


def _follow(control: socket.socket, bench: Bench) -> None:
    workers: dict[int, int] = {}
    try:
        while (order := _next(control)) is not None:
            (what, number), connections = order
            if what == STOP:
                _kill(workers.pop(number, None))
                continue
            if not connections:  # there was no descriptor free to receive it in
                continue
            child = _forked(control, bench, connections[0], long=what == LONG)
            os.close(connections[0])
            if child is not None:
                workers[number] = child
    finally:
        for child in workers.values():
            _kill(child)


def _forked(control: socket.socket, bench: Bench, connection: int, *, long: bool) -> int | None:
    """Fork a worker, or tell over its connection why there is none."""
    parent = os.getpid()
    try:
        child = os.fork()
    except OSError as error:
        content = json.dumps(not_started(error)).encode()
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection)) as stream:
            stream.sendall(frame(FAILURE, content))
        return None
    if child == 0:
        control.close()
        work(bench, socket.socket(fileno=connection), parent, long=long)
    return child


def _next(control: socket.socket) -> tuple[tuple[bytes, int], list[int]] | None:
    content, connections, _, _ = socket.recv_fds(control, ORDER.size, 1)
    while content and len(content) < ORDER.size:
        more = control.recv(ORDER.size - len(content))
        content = content + more if more else b""
    return (ORDER.unpack(content), connections) if content else None


def _kill(child: int | None) -> None:
    if child is not None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
