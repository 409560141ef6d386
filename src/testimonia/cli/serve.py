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
    sources: Path | None = None,
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
    """Serve data read-only over HTTP: SPARQL 1.1 Protocol, questions, descriptions and dumps.

    Prints the address when it is ready. Ctrl-C or SIGTERM stops it, after a grace period for running
    requests. Needs the extra serve.

    Parameters
    ----------
    data
        RDF files or directories; the shipped data, or those of the store, when left out.
    shipped
        Serve the shipped data as well as DATA.
    store
        Directory of a store that keeps the data between runs; in memory when left out. It is created only
        from data that are given, by DATA or --shipped.
    base
        IRI against which relative IRIs in the files are resolved: the address at which they are
        published.
    context
        IRI=FILE: local copy of a JSON-LD context, since nothing is fetched; can be repeated.
    sources
        Directory with your copies of the documents' texts: pages then quote the words of each passage. They can
        be read by everybody who reaches the address.
    host
        Address to listen on; the default is reachable only from this machine.
    port
        Port to listen on; 0 for any free one.
    url
        Public address, if it is behind a proxy on this machine.
    workers
        Processes that run queries, at least two; by default one more than there are processors, and at
        least three.
    time_limit
        Seconds that a query may take.
    memory
        MiB of memory that a worker may use beyond the data.
    largest_answer
        Maximum MiB of an answer.
    waiting
        Requests that may wait for a worker.
    grace
        Seconds that running requests may take when it stops.
    log_queries
        Write the text of queries to the log.
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
        texts=sources,
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
