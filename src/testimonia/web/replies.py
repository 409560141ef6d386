"""Turns what workers and descriptions give into HTTP answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

from pyoxigraph import RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from testimonia.namespaces import PREFIXES
from testimonia.web.byte_ranges import wants_parts
from testimonia.web.formats import GRAPHS, HTML, Format, named_format, preferred
from testimonia.web.kept import Kept
from testimonia.web.pool import Pool
from testimonia.web.problems import Problem
from testimonia.web.rendering import render
from testimonia.web.wire import Job
from testimonia.web.workers import Reply

__all__ = [
    "accepted",
    "fetch",
    "graph_format",
    "not_acceptable",
    "page",
    "problem",
    "written",
]

_VOCABULARIES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
}
_JSON = Format("json", ("application/problem+json", "application/json"))
_JSON_ALIKE = ("application/sparql-results+json", "application/ld+json")
_TEXT = Format("txt", ("text/plain",))


async def fetch(pool: Pool, job: Job, request: Request) -> Reply:
    """Have a job done for as long as the client waits for it.

    Its answer is kept for a while where the client may ask for parts of it.

    Parameters
    ----------
    pool
        The workers.
    job
        What is asked.
    request
        Who asks, and whether for parts of the answer.

    Returns
    -------
    Reply
        The answer, to be closed by whoever sends it.

    Raises
    ------
    Problem
        It failed, or the client has gone.
    """
    client = request.client.host if request.client else ""
    if not wants_parts(request) or HTML.name in job.formats.values():
        return await _fetched(pool, job, request, client)
    kept: Kept = request.app.state.kept
    reply = kept.find(client, job)
    if reply is None:
        reply = await _fetched(pool, job, request, client)
        kept.keep(client, job, reply)
    return reply


async def _fetched(pool: Pool, job: Job, request: Request, client: str) -> Reply:
    work = asyncio.ensure_future(pool.answer(job, client))
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise Problem(400, "the client has gone")
    except asyncio.CancelledError:
        if work.done() and not work.cancelled() and work.exception() is None:
            work.result().close()
        raise
    finally:
        gone.cancel()
        work.cancel()  # kills the worker, unless it is done
        await asyncio.gather(work, gone, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def accepted(request: Request) -> str:
    """Join the Accept fields of a request, of which it may have several (RFC 9110, section 5.3)."""
    return ", ".join(request.headers.getlist("accept"))


def graph_format(request: Request) -> Format | None:
    """Choose the format that a client wants a description in: by parameter, or by Accept."""
    words = [word for name, word in request.query_params.multi_items() if name == "format"]
    return named_format(words, GRAPHS) or preferred(accepted(request), GRAPHS)


def written(triples: Iterable[Triple], form: Format) -> bytes:
    """Write a description in a format of graphs."""
    assert isinstance(form.syntax, RdfFormat)  # noqa: S101
    prefixes = {**PREFIXES, **_VOCABULARIES}
    return serialize(triples, format=form.syntax, prefixes=prefixes) or b""


def not_acceptable(offered: Iterable[Format]) -> Problem:
    """Tell which formats there are."""
    names = ", ".join(form.media_types[0] for form in offered)
    return Problem(406, "there is none of the formats asked for", f"There are {names}.")


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """Fill the template of a page."""
    return HTMLResponse(render(template, **values), status_code=status)


def problem(request: Request, fault: Problem) -> Response:
    """Answer with an error: a page for browsers, RFC 9457 for programs that read JSON, or text."""
    accept = accepted(request)
    named = [form for form in (_TEXT, HTML, _JSON) if any(t in accept for t in form.media_types)]
    form = preferred(accept, named) if named else None
    if form is None and any(name in accept for name in _JSON_ALIKE):
        form = _JSON
    headers = fault.headers
    if form is HTML:
        response = page("problem.html", status=fault.status, problem=fault)
        response.headers.update(headers)
        return response
    if form is _JSON:
        content = json.dumps(fault.as_object())
        media_type = "application/problem+json"
        return Response(content, fault.status, headers=headers, media_type=media_type)
    return Response(fault.as_text(), fault.status, headers=headers, media_type="text/plain")
