"""The fork server: the process that loads the data and forks workers. It never starts a thread.

The server runs ``python -m testimonia.web.workers.fork_server DESCRIPTOR`` with one end of a socket pair.
The fork server reads the settings, reports what it loaded, and then handles commands of five bytes: to
start a quick or long worker with the connection that is sent along, or to stop a worker. When the socket
closes, it kills all workers and exits. A worker is reaped only on the server's command, so that its
process id is not reused before.
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
from testimonia import __version__
from testimonia.dataset import Dataset
from testimonia.errors import InputError, TestimoniaError
from testimonia.pages.licence_notice import notice, shipped_metadata
from testimonia.processes.orphans import die_with
from testimonia.processes.resource_limits import memory_left
from testimonia.query import table_files
from testimonia.web.contents import MAX_COUNTED_TRIPLES, contents_of
from testimonia.web.dumps import ALL, WHOLE, write_graphs, write_whole
from testimonia.web.http.problems import worker_not_started
from testimonia.web.self_description import write_self_description
from testimonia.web.settings import MIN_MEMORY
from testimonia.web.workers.wire_format import COMMAND, FAILURE, START_LONG, STOP, frame
from testimonia.web.workers.worker import WorkerContext, run_worker

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Load the data that the server specifies, then start and stop workers for it."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the server decides when to exit
        signal.signal(number, signal.SIG_IGN)
    die_with(os.getppid())
    with socket.socket(fileno=descriptor) as control:
        with control.makefile("rb", buffering=0) as stream:  # left open, it would outlive control
            line = stream.readline()
        if not line:  # the server is gone
            return
        request: dict[str, Any] = json.loads(line)
        dataset, reply = _open(request)
        quotations: dict[str, str] = reply.pop("quotations", {})
        if "error" not in reply:
            reply |= _memory_per_worker(request["memory"])
        control.sendall(json.dumps(reply).encode() + b"\n")
        if "error" in reply:
            return
        questions = {question.name: question for question in dataset.questions()}
        context = WorkerContext(
            dataset,
            questions,
            notice(reply["metadata"], reply["version"]),
            reply["memory"],
            request["largest_answer"],
            quotations,
        )
        table_files.load()
        if dataset.directory is None:  # a store on disk is opened by the workers only
            context.pages.prepare()
        gc.collect()
        gc.freeze()  # a collection would write to, and so copy, memory pages that workers share
        _handle_commands(control, context)


def _open(request: dict[str, Any]) -> tuple[Dataset, dict[str, Any]]:
    store = request["store"]
    dataset = Dataset([], store and Path(store))
    try:
        dataset = testimonia.dataset.open(
            *request["sources"],
            shipped=request["shipped"],
            store=store,
            base=request["base"],
            contexts=request["contexts"],
        )
    except TestimoniaError as error:
        return dataset, _error_reply(error)
    if dataset.directory is None:
        reply = _load(dataset, request)
    else:
        # Opening a store on disk starts threads, which do not survive a fork: another process fills it.
        reply = _load_in_child(dataset, request)
    if "error" not in reply and not request["sources"] and request["store"] is None:
        reply |= {"metadata": shipped_metadata(), "version": __version__}
    return dataset, reply


def _load(dataset: Dataset, request: dict[str, Any]) -> dict[str, Any]:
    folder, texts = Path(request["folder"]), request["texts"]
    try:
        quotations = dataset.quotations(texts) if texts is not None else {}
        dataset.prepare()
        write_self_description(dataset.store, dataset.questions())
        contents = contents_of(dataset)
        published, offsets = 0, {}
        if dataset.files:
            published = write_whole(dataset.quads(), folder / WHOLE)
        # The dump is made from the files, as the store normalizes some literals. If the store already
        # held other data, the files are not all of it, and there is no such dump.
        if published < contents.data_triples:
            (folder / WHOLE).unlink(missing_ok=True)
            published = 0
        if contents.triples <= MAX_COUNTED_TRIPLES:
            offsets = write_graphs(dataset.store, folder / ALL)
        contents = replace(contents, published=published, graph_offsets=offsets)
        return contents.to_dict() | {"quotations": quotations}
    except TestimoniaError as error:
        return _error_reply(error)


def _memory_per_worker(wanted: int) -> dict[str, Any]:
    """Return the memory in MiB that a worker may use: what was asked for, or what the limit leaves."""
    left = memory_left()
    if left is None or left >= wanted:
        return {"memory": wanted}
    if left < MIN_MEMORY:
        return _error_reply(
            InputError(
                f"with the data loaded, the memory limit of this process leaves {left} MiB for a "
                f"query, and at least {MIN_MEMORY} MiB are needed",
                hint="Raise the limit (ulimit -v, ulimit -d), or serve the data from a --store.",
            )
        )
    return {"memory": left}


def _error_reply(error: TestimoniaError) -> dict[str, Any]:
    return {"error": [error.message, error.hint, str(error.place or "")]}


def _load_in_child(dataset: Dataset, request: dict[str, Any]) -> dict[str, Any]:
    receiver, sender = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            die_with(parent)
            with os.fdopen(sender, "wb") as stream:
                stream.write(json.dumps(_load(dataset, request)).encode())
        finally:
            os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    fault = InputError(
        "the store could not be prepared", hint="Check whether it can be opened by other means."
    )
    reply: dict[str, Any] = json.loads(content) if content else _error_reply(fault)
    return reply


def _handle_commands(control: socket.socket, context: WorkerContext) -> None:
    workers: dict[int, int] = {}
    try:
        while (received := _next_command(control)) is not None:
            (command, number), connections = received
            if command == STOP:
                _kill(workers.pop(number, None))
                continue
            if not connections:  # no descriptor was free to receive it
                continue
            child = _fork_worker(control, context, connections[0], long=command == START_LONG)
            os.close(connections[0])
            if child is not None:
                workers[number] = child
    finally:
        for child in workers.values():
            _kill(child)


def _fork_worker(
    control: socket.socket, context: WorkerContext, connection: int, *, long: bool
) -> int | None:
    """Fork a worker, or report over its connection why that failed."""
    parent = os.getpid()
    try:
        child = os.fork()
    except OSError as error:
        content = json.dumps(worker_not_started(error)).encode()
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection)) as stream:
            stream.sendall(frame(FAILURE, content))
        return None
    if child == 0:
        control.close()
        run_worker(context, socket.socket(fileno=connection), parent, long=long)
    return child


def _next_command(control: socket.socket) -> tuple[tuple[bytes, int], list[int]] | None:
    content, connections, _, _ = socket.recv_fds(control, COMMAND.size, 1)
    while content and len(content) < COMMAND.size:
        more = control.recv(COMMAND.size - len(content))
        content = content + more if more else b""
    return (COMMAND.unpack(content), connections) if content else None


def _kill(child: int | None) -> None:
    if child is not None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
