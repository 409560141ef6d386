"""The web application: its routes, middleware and error handlers."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testimonia.catalogue.questions import Question
from testimonia.pages.editor_examples import EXAMPLES
from testimonia.pages.licence_notice import notice
from testimonia.pages.rendering import EDITOR, SCRIPTS, STYLE
from testimonia.web.contents import Contents
from testimonia.web.dumps import Dump
from testimonia.web.http.access_log import AccessLog
from testimonia.web.http.problems import Problem
from testimonia.web.http.security_headers import SECURITY_HEADERS, SecurityHeaders
from testimonia.web.http.sparql_requests import large_request_limit
from testimonia.web.routes import responses
from testimonia.web.routes.data_dumps import DataDumps
from testimonia.web.routes.dataset_descriptions import DatasetDescriptions
from testimonia.web.routes.home_page import HomePage
from testimonia.web.routes.question_pages import QuestionPages
from testimonia.web.routes.sparql_service import SparqlService
from testimonia.web.routes.thing_pages import ThingPages
from testimonia.web.settings import Settings
from testimonia.web.workers.answer_cache import AnswerCache
from testimonia.web.workers.scheduler import Scheduler

__all__ = ["application"]

_EXPOSED_HEADERS: Final = (
    "Retry-After",
    "Content-Length",
    "Accept-Ranges",
    "Content-Range",
    "ETag",
)
_DAY: Final = 24 * 3600
_WORTH_COMPRESSING: Final = 64 * 1024  # bytes: the editor and the outlines of countries
_MEDIA_TYPES: Final = {".js": "text/javascript", ".json": "application/json", ".txt": "text/plain"}
_LOOPBACK_ORIGINS: Final = r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?"


def application(
    settings: Settings,
    contents: Contents,
    questions: Mapping[str, Question],
    dumps: Mapping[str, Dump],
    scheduler: Scheduler,
) -> Starlette:
    """Make the web application.

    Parameters
    ----------
    settings
        The settings of the endpoint.
    contents
        What it serves.
    questions
        The competency questions, by name.
    dumps
        The downloadable files, by name.
    scheduler
        Runs queries on the workers.
    """
    home = HomePage(settings, contents)
    descriptions = DatasetDescriptions(settings, contents, questions, dumps)
    sparql = SparqlService(settings, scheduler, descriptions, questions)
    pages = QuestionPages(scheduler, questions, contents)
    data = DataDumps(contents, dumps)
    things = ThingPages(scheduler, notice(contents.metadata, contents.version))
    app = Starlette(
        routes=[
            Route("/", home.index),
            Route("/index.html", home.index),
            Route("/sparql", sparql.sparql, methods=["GET", "POST", "OPTIONS"]),
            Route("/sparql.html", sparql.form),
            Route(f"/{EXAMPLES}", sparql.examples),
            Route("/questions", pages.index),
            Route("/questions.html", pages.index),
            Route("/questions/{name}", pages.question),
            Route("/data/", data.index),
            Route("/data/index.html", data.index),
            Route("/data/{name:path}", data.dump),
            Route("/.well-known/void", descriptions.void),
            Route("/.well-known/sparql-examples", descriptions.examples),
            Route("/search", things.search),
            Route("/search.html", things.search),
            Route("/search.json", things.search_index),
            Route("/terms.json", things.editor_terms),
            Route("/labels/{file}", things.labels),
            Route("/style.css", _style),
            *(Route(f"/{name}", _asset) for name in (*SCRIPTS, *EDITOR)),
            Route("/{path:path}", things.thing),
        ],
        middleware=[
            Middleware(AccessLog, queries=settings.log_queries),
            Middleware(SecurityHeaders),
            Middleware(
                TrustedHostMiddleware, allowed_hosts=_allowed_hosts(settings), www_redirect=False
            ),
            Middleware(
                CORSMiddleware,
                # Another website open in the same browser must not read a user's own data.
                allow_origins=[] if settings.private else ["*"],
                allow_origin_regex=_LOOPBACK_ORIGINS if settings.private else None,
                # Any header is harmless: requests only read public data, without credentials.
                allow_methods=["GET", "HEAD", "POST"],
                allow_headers=["*"],
                expose_headers=_EXPOSED_HEADERS,
                max_age=_DAY,
            ),
        ],
        exception_handlers={
            Problem: _problem,
            HTTPException: _http_error,
            Exception: _internal_error,
        },
    )
    app.state.large_requests = large_request_limit()
    app.state.answers = AnswerCache()
    return app


def _allowed_hosts(settings: Settings) -> list[str]:
    """List the hosts that requests may name, as a protection against DNS rebinding."""
    if settings.url is None and not settings.loopback:
        return ["*"]
    public = urlsplit(settings.url).hostname if settings.url else None
    bare = settings.host.strip("[]")
    hosts = {bare, f"[{bare}]", "localhost", "127.0.0.1", "[::1]", "::1", public or bare}
    return sorted(hosts)


async def _style(_: Request) -> Response:
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


async def _asset(request: Request) -> Response:
    name = request.url.path.removeprefix("/")
    content = SCRIPTS[name] if name in SCRIPTS else EDITOR[name]
    media_type = _MEDIA_TYPES[PurePosixPath(name).suffix]
    headers = {"Cache-Control": "max-age=3600"}
    if len(content) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        content = _compressed(content)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(content, media_type=media_type, headers=headers)


@cache
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101
    return responses.problem(request, error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    messages = {404: "there is nothing at this address", 405: "this method is not allowed here"}
    message = messages.get(error.status_code, "the request cannot be answered")
    hint = "The home page, /, lists what is served here."
    return responses.problem(
        request, Problem(error.status_code, message, hint, headers=error.headers)
    )


async def _internal_error(request: Request, _: Exception) -> Response:
    # Starlette sends this response outside of all middleware, which would add these headers.
    error = Problem(500, "internal server error", "See the server's log.", headers=SECURITY_HEADERS)
    return responses.problem(request, error)
