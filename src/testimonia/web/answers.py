"""Turns what workers and descriptions give into HTTP answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from testimonia.namespaces import PREFIXES
from testimonia.web.formats import BY_SUFFIX, GRAPHS, HTML, Format, named_format, preferred
from testimonia.web.messages import Job
from testimonia.web.pool import Pool
from testimonia.web.problems import Problem
from testimonia.web.rendering import render
from testimonia.web.workers import Reply

__all__ = [
    "MARK",
    "Sent",
    "around",
    "fetch",
    "graph",
    "graph_format",
    "not_acceptable",
    "page",
    "problem",
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


MARK: Final = "\ue000fragment\ue000"
"""Where a page has the reply of a worker; no text of a page holds such characters as they are."""


class Sent(Response):
    """Sends the reply of a worker piece by piece, and closes it.

    Parameters
    ----------
    reply
        What the worker answered.
    before, after
        What is sent around it.
    """

    def __init__(self, reply: Reply, before: bytes = b"", after: bytes = b"") -> None:
        length = len(before) + reply.size + len(after)
        super().__init__(headers={"Content-Length": str(length)})
        self.headers["Content-Type"] = BY_SUFFIX[reply.format].content_type
        self._reply = reply
        self._before, self._after = before, after

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send it."""
        try:
            head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(head)
            for chunk in self._chunks() if scope["method"] != "HEAD" else ():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            self._reply.close()

    def _chunks(self) -> Iterator[bytes]:
        yield self._before
        yield from self._reply.chunks()
        yield self._after


def around(reply: Reply, frame: Response) -> Sent:
    """Put the reply of a worker into a page, at its `MARK`.

    The reply may be large: it is neither decoded nor copied here, where all other requests wait.
    """
    before, _, after = bytes(frame.body).partition(MARK.encode())
    return Sent(reply, before, after)


async def fetch(pool: Pool, job: Job, request: Request) -> Reply:
    """Have a job done for as long as the client waits for it.

    Raises
    ------
    Problem
        It failed, or the client has gone.
    """
    client = request.client.host if request.client else ""
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


def graph_format(request: Request) -> Format | None:
    """Choose the format that a client wants a description in: by parameter, or by Accept."""
    words = [word for name, word in request.query_params.multi_items() if name == "format"]
    return named_format(words, GRAPHS) or preferred(request.headers.get("accept", ""), GRAPHS)


def graph(triples: Iterable[Triple], form: Format | None) -> Response:
    """Write a description in a format; None stands for one that there is not."""
    if form is None:
        raise not_acceptable(GRAPHS)
    assert isinstance(form.syntax, RdfFormat)  # noqa: S101
    content = serialize(triples, format=form.syntax, prefixes={**PREFIXES, **_VOCABULARIES})
    return Response(content, media_type=form.content_type)


def not_acceptable(offered: Iterable[Format]) -> Problem:
    """Tell which formats there are."""
    names = ", ".join(form.media_types[0] for form in offered)
    return Problem(406, "there is none of the formats asked for", f"There are {names}.")


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """Fill the template of a page."""
    return HTMLResponse(render(template, **values), status_code=status)


def problem(request: Request, fault: Problem) -> Response:
    """Answer with an error: a page for browsers, RFC 9457 for programs that read JSON, or text."""
    accept = request.headers.get("accept", "")
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
