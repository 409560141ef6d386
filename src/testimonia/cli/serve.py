"""``testimonia serve``: a read-only SPARQL endpoint over the data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testimonia.cli.options import copies_of

__all__ = ["serve"]


def serve(
    *data: Path,
    shipped: Annotated[bool, Parameter(negative=())] = False,
    store: Path | None = None,
    base: str | None = None,
    context: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    host: str = "127.0.0.1",
    port: int = 8000,
    url: str | None = None,
    workers: int | None = None,
    time_limit: float = 30,
    memory: int = 1024,
    largest_answer: int = 64,
    waiting: int = 32,
    grace: int = 10,
    log_queries: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Serve data read-only over HTTP: SPARQL 1.1 Protocol, the questions, descriptions and dumps.

    Prints the address once it answers, and stops on Ctrl-C or SIGTERM, after running requests have had
    time to be answered. Needs the extra serve.

    Parameters
    ----------
    data
        RDF files or directories; the shipped data, or what the store holds, when left out.
    shipped
        Serve the shipped data as well as DATA.
    store
        Directory of a store that keeps the data between runs; in memory when left out. It is made only of
        data that are named, by DATA or --shipped.
    base
        IRI that relative IRIs in the files are resolved against: the address they are published at.
    context
        IRI=FILE: a copy of a JSON-LD context, which is not fetched; may be given more than once.
    host
        Where to listen; only this machine reaches the default.
    port
        On which port; 0 takes a free one.
    url
        Address by which others reach it through a proxy on this machine.
    workers
        Processes that run queries, two at least; by default one more than there are processors, and three
        at least.
    time_limit
        Seconds that a query may take.
    memory
        MiB that a worker may take beyond the data.
    largest_answer
        MiB that an answer may have.
    waiting
        Requests that may wait for a worker.
    grace
        Seconds that running requests are given on stopping.
    log_queries
        Show the text of queries in the log.
    """
    from testimonia.query.store_directories import existing
    from testimonia.web.server import serve as serve_data
    from testimonia.web.settings import Settings

    if store is not None and not data and not shipped:
        existing(store)
    settings = Settings(
        sources=data,
        shipped=True if shipped else None,
        store=store,
        base=base,
        contexts=copies_of(context),
        host=host,
        port=port,
        url=url,
        workers=Settings.workers if workers is None else workers,
        time_limit=time_limit,
        memory=memory,
        largest_answer=largest_answer,
        waiting=waiting,
        grace=grace,
        log_queries=log_queries,
    )
    return serve_data(settings, _say)


def _say(address: str) -> None:
    sys.stdout.write(f"Serving at {address}\n")
    sys.stdout.flush()
