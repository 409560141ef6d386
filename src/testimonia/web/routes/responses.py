"""What routes share: running a job, rendering a page, reporting a problem."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

from pyoxigraph import RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from testimonia.namespaces import PREFIXES
from testimonia.pages.rendering import render
from testimonia.web.http.byte_ranges import may_request_ranges
from testimonia.web.http.content_negotiation import (
    GRAPH_FORMATS,
    HTML,
    Format,
    named_format,
    preferred_format,
)
from testimonia.web.http.problems import Problem
from testimonia.web.workers.answer_cache import AnswerCache
from testimonia.web.workers.scheduler import Scheduler
from testimonia.web.workers.wire_format import Job
from testimonia.web.workers.worker_client import Answer

__all__ = [
    "accept_header",
    "graph_format",
    "no_page",
    "not_acceptable",
    "page",
    "problem",
    "run",
    "serialized",
]

_VOCABULARIES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
}
_JSON = Format("json", ("application/problem+json", "application/json"))
_OTHER_JSON = ("application/sparql-results+json", "application/ld+json")
_TEXT = Format("txt", ("text/plain",))


async def run(scheduler: Scheduler, job: Job, request: Request) -> Answer:
    """Run a job, unless the client disconnects first.

    The answer is cached for a while if the client may ask for ranges of it.

    Parameters
    ----------
    scheduler
        Runs queries on the workers.
    job
        What to run.
    request
        The request that asks for it.

    Returns
    -------
    Answer
        The answer; the caller closes it.

    Raises
    ------
    Problem
        The job failed, or the client disconnected.
    """
    client = request.client.host if request.client else ""
    if not may_request_ranges(request) or HTML.name in job.formats.values():
        return await _run_while_connected(scheduler, job, request, client)
    cache: AnswerCache = request.app.state.answers
    answer = cache.get(client, job)
    if answer is None:
        answer = await _run_while_connected(scheduler, job, request, client)
        cache.put(client, job, answer)
    return answer


async def _run_while_connected(
    scheduler: Scheduler, job: Job, request: Request, client: str
) -> Answer:
    running = asyncio.ensure_future(scheduler.run(job, client))
    disconnected = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({running, disconnected}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return running.result()
        raise Problem(400, "the client disconnected")
    except asyncio.CancelledError:
        if running.done() and not running.cancelled() and running.exception() is None:
            running.result().close()
        raise
    finally:
        disconnected.cancel()
        running.cancel()  # kills the worker unless the job is done
        await asyncio.gather(running, disconnected, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def accept_header(request: Request) -> str:
    """Return the Accept header; several are joined with commas (RFC 9110, section 5.3)."""
    return ", ".join(request.headers.getlist("accept"))


def graph_format(request: Request) -> Format | None:
    """Negotiate the format of a description: by the parameter ``format``, or else by Accept."""
    names = [value for name, value in request.query_params.multi_items() if name == "format"]
    return named_format(names, GRAPH_FORMATS) or preferred_format(
        accept_header(request), GRAPH_FORMATS
    )


def serialized(triples: Iterable[Triple], form: Format) -> bytes:
    """Serialize a description in a graph format."""
    assert isinstance(form.syntax, RdfFormat)  # noqa: S101
    prefixes = {**PREFIXES, **_VOCABULARIES}
    return serialize(triples, format=form.syntax, prefixes=prefixes) or b""


def not_acceptable(offered: Iterable[Format]) -> Problem:
    """Make a 406 response that lists the formats available."""
    names = ", ".join(form.media_types[0] for form in offered)
    return Problem(406, "none of the formats asked for is available", f"Available are {names}.")


def no_page() -> Problem:
    """Make the 404 response for an address that is of nothing."""
    return Problem(
        404, "there is nothing at this address", "The home page, /, lists what is served here."
    )


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """Render a page from its template."""
    return HTMLResponse(render(template, **values), status_code=status)


def problem(request: Request, error: Problem) -> Response:
    """Report a problem: as a page for browsers, as RFC 9457 for clients that accept JSON, else as text."""
    accept = accept_header(request)
    named = [form for form in (_TEXT, HTML, _JSON) if any(t in accept for t in form.media_types)]
    form = preferred_format(accept, named) if named else None
    if form is None and any(name in accept for name in _OTHER_JSON):
        form = _JSON
    headers = error.headers
    if form is HTML:
        response = page("problem.html", status=error.status, problem=error)
        response.headers.update(headers)
        return response
    if form is _JSON:
        content = json.dumps(error.to_dict())
        media_type = "application/problem+json"
        return Response(content, error.status, headers=headers, media_type=media_type)
    return Response(error.as_text(), error.status, headers=headers, media_type="text/plain")
