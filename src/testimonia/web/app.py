"""The web application: which address gives what."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import quote, urlsplit

from pyoxigraph import NamedNode
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testimonia.catalogue.questions import Question
from testimonia.web import descriptions, replies
from testimonia.web.asking import Asking
from testimonia.web.contents import Contents
from testimonia.web.dumps import ALL, GRAPH, N_QUADS, WHOLE, Dump
from testimonia.web.formats import (
    BY_SUFFIX,
    GRAPHS,
    HTML,
    KINDS,
    Format,
    asked_for,
    named_format,
    preferred,
)
from testimonia.web.headers import SAFE, Journal, Safeguards
from testimonia.web.kept import Kept
from testimonia.web.operations import large_requests, operation, parameters
from testimonia.web.pool import Pool
from testimonia.web.problems import Problem
from testimonia.web.rendering import STYLE
from testimonia.web.sending import MARK, Framed, Sent, Slice
from testimonia.web.settings import Settings
from testimonia.web.titles import shipped_titles
from testimonia.web.wire import Job
from testimonia.web.wishes import wish

__all__ = ["application"]

_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_EXPOSED: Final = ("Retry-After", "Content-Length", "Accept-Ranges", "Content-Range", "ETag")
_DAY: Final = 24 * 3600
_LONGEST_SHOWN: Final = 8 * 1024
"""Characters of a query that a page shows again."""
_MOST_WRITTEN: Final = 32  # descriptions, by format and by the name that a client has for this host
_MOST_GRAPHS: Final = 500
_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_EXAMPLE: Final = """SELECT ?claim ?claimant ?stance WHERE {
  ?claim a tmn:Claim ; tmn:claimant ?claimant ; tmn:stance ?stance .
} ORDER BY ?claim LIMIT 20"""


def application(
    settings: Settings,
    contents: Contents,
    questions: Mapping[str, Question],
    dumps: Mapping[str, Dump],
    pool: Pool,
) -> Starlette:
    """Make the web application.

    Parameters
    ----------
    settings
        Within which limits, and for whom.
    contents
        What it holds.
    questions
        The competency questions, by name.
    dumps
        Files to take away, by name.
    pool
        The workers.
    """
    site = _Site(settings, contents, questions, dumps, pool)
    asking = Asking(pool, questions, contents)
    app = Starlette(
        routes=[
            Route("/", site.index),
            Route("/sparql", site.sparql, methods=["GET", "POST", "OPTIONS"]),
            Route("/questions", asking.index),
            Route("/questions/{name}", asking.question),
            Route("/data/", site.data),
            Route("/data/{name:path}", site.dump),
            Route("/.well-known/void", site.void),
            Route("/.well-known/sparql-examples", site.examples),
            Route("/style.css", _style),
        ],
        middleware=[
            Middleware(Journal, queries=settings.log_queries),
            Middleware(Safeguards),
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings), www_redirect=False),
            Middleware(
                CORSMiddleware,
                allow_origins=[] if settings.private else ["*"],
                allow_origin_regex=_LOCAL_PAGES if settings.private else None,
                # Nothing is done by a request's fields but to read public data, and credentials are
                # never asked for: a page may send any of them.
                allow_methods=["GET", "HEAD", "POST"],
                allow_headers=["*"],
                expose_headers=_EXPOSED,
                max_age=_DAY,
            ),
        ],
        exception_handlers={
            Problem: _problem,
            HTTPException: _http_fault,
            Exception: _fault,
        },
    )
    app.state.bodies = large_requests()
    app.state.kept = Kept()
    return app


# A page of somebody else's, open in the same browser, must not read data that are nobody's but one's own.
_LOCAL_PAGES: Final = r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?"


def _hosts(settings: Settings) -> list[str]:
    """List the hosts that requests may name, so that no foreign name is pointed at this machine."""
    if settings.url is None and not settings.loopback:
        return ["*"]
    named = urlsplit(settings.url).hostname if settings.url else None
    bare = settings.host.strip("[]")
    own = {bare, f"[{bare}]", "localhost", "127.0.0.1", "[::1]", "::1", named or bare}
    return sorted(own)


class _Site:
    """All that is not about the questions."""

    def __init__(
        self,
        settings: Settings,
        contents: Contents,
        questions: Mapping[str, Question],
        dumps: Mapping[str, Dump],
        pool: Pool,
    ) -> None:
        self._settings = settings
        self._contents = contents
        self._questions = questions
        self._dumps = dumps
        self._pool = pool
        self._written = lru_cache(_MOST_WRITTEN)(self._write)

    async def index(self, request: Request) -> Response:
        """Show what there is."""
        root = self._root(request)
        return replies.page("index.html", contents=self._contents, root=root)

    async def sparql(self, request: Request) -> Response:
        """Answer a query, or describe the service."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _METHODS})
        asked = await operation(request)
        accept = replies.accepted(request)
        root = self._root(request)
        endpoint = f"{root}sparql"
        if asked.query is None:
            form = named_format(asked.formats, GRAPHS) or preferred(accept, (*GRAPHS, HTML))
            if form is HTML:
                return self._form(_EXAMPLE)
            return await self._described("service", root, form)
        request.state.query = asked.query
        wished = wish(request, asked.lang)
        job = Job(
            query=asked.query,
            base=endpoint,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            formats=asked_for(asked.formats, accept),
            languages=wished.languages,
        )
        try:
            reply = await replies.fetch(self._pool, job, request)
        except Problem as problem:
            if set(job.formats.values()) != {HTML.name}:
                raise
            return self._form(asked.query, problem)
        if reply.format != HTML.name:
            return Sent(reply, request)
        framed = Framed(reply, self._form(asked.query, fragment=MARK, kind=reply.kind))
        return wished.tell(framed, page=True)

    def _form(
        self, query: str, problem: Problem | None = None, *, fragment: str = "", kind: str = ""
    ) -> Response:
        kinds = [kind] if kind else ["solutions", "triples"]
        offered = [form for name in kinds for form in KINDS[name]]  # type: ignore[index]
        response = replies.page(
            "sparql.html",
            status=problem.status if problem else 200,
            query=query[:_LONGEST_SHOWN],
            cut=len(query) > _LONGEST_SHOWN,
            problem=problem,
            fragment=fragment,
            formats=[form.name for form in offered],
            limit=self._settings.time_limit,
        )
        if problem:
            response.headers.update(problem.headers)
        return response

    async def data(self, _: Request) -> Response:
        """List the dumps."""
        dumps = list(self._dumps.values())
        graphs = [
            (f"{GRAPH}?graph={quote(name, safe='')}", name, self._contents.graphs[name])
            for name in islice(self._contents.places, _MOST_GRAPHS)
        ]
        return replies.page(
            "data.html",
            dumps=dumps,
            whole=WHOLE in self._dumps,
            files=bool(self._dumps.keys() - {ALL}),
            graphs=graphs,
        )

    async def dump(self, request: Request) -> Response:
        """Give a dump."""
        name = request.path_params["name"]
        if name == GRAPH:
            return self._graph(request)
        found = self._dumps.get(name)
        if found is None or not found.path.is_file():
            raise _no_dump()
        return Slice(found.path, (0, found.size), found.media_type, request)

    def _graph(self, request: Request) -> Response:
        names = [value for name, value in parameters(request) if name == "graph"]
        if len(names) != 1 or names[0] not in self._contents.places or ALL not in self._dumps:
            raise _no_dump()
        place = self._contents.places[names[0]]
        return Slice(self._dumps[ALL].path, place, N_QUADS, request)

    async def void(self, request: Request) -> Response:
        """Describe the dataset."""
        return await self._described("void", self._root(request), replies.graph_format(request))

    async def examples(self, request: Request) -> Response:
        """Describe the questions."""
        return await self._described("examples", self._root(request), replies.graph_format(request))

    async def _described(self, what: str, root: str, form: Format | None) -> Response:
        """Write a description, off the loop: it may be long."""
        if form is None:
            raise replies.not_acceptable(GRAPHS)
        content = await asyncio.to_thread(self._written, what, root, form.name)
        return Response(content, media_type=form.content_type)

    def _write(self, what: str, root: str, form: str) -> bytes:
        if what == "service":
            triples = descriptions.service(self._contents, f"{root}sparql", root)
        elif what == "void":
            dumps = {name: f"{root}data/{dump.address}" for name, dump in self._dumps.items()}
            triples = descriptions.dataset(self._contents, root, dumps, self._about())
        else:
            triples = descriptions.examples(self._questions.values(), root)
        return replies.written(triples, BY_SUFFIX[form])

    def _about(self) -> dict[str, str]:
        """Title, licence and the like: what the data say of themselves, or the shipped data's."""
        if not self._settings.sources and self._settings.store is None:
            return shipped_titles()
        return {"title": '"Data of an endpoint of Testimonia"@en', **self._contents.about}

    def _root(self, request: Request) -> str:
        """Tell the address of the first page, as the client sees it."""
        if self._settings.url is not None:
            return self._settings.url.rstrip("/") + "/"
        host = request.headers.get("host", "")
        root = f"{request.scope['scheme']}://{host}/"
        if not _HOST.fullmatch(host) or not _is_iri(root):
            raise Problem(400, "the Host field of the request is malformed")
        return root


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _no_dump() -> Problem:
    return Problem(404, "there is no such dump", "See /data/ for those that there are.")


async def _style(_: Request) -> Response:
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101
    return replies.problem(request, error)


async def _http_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    messages = {404: "there is nothing at this address", 405: "this method is not answered here"}
    message = messages.get(error.status_code, "the request cannot be answered")
    hint = "The first page, /, tells what there is."
    return replies.problem(
        request, Problem(error.status_code, message, hint, headers=error.headers)
    )


async def _fault(request: Request, _: Exception) -> Response:
    # Starlette answers this outside of all that adds fields to answers.
    fault = Problem(500, "the endpoint failed", "Its log tells more.", headers=SAFE)
    return replies.problem(request, fault)
