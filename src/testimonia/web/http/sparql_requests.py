"""Parses requests to the SPARQL service (W3C SPARQL 1.1 Protocol), and query strings in general."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.requests import ClientDisconnect, Request

from testimonia.query.sparql import LARGEST_REQUEST
from testimonia.web.http.client_limits import ClientLimit
from testimonia.web.http.form_fields import TooManyFields, parse_fields
from testimonia.web.http.language_negotiation import LANG
from testimonia.web.http.problems import Busy, Problem, service_unavailable

__all__ = [
    "LABELS",
    "SparqlRequest",
    "labels_wanted",
    "large_request_limit",
    "parse_sparql_request",
    "query_parameters",
]

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_MAX_BODY: Final = {FORM: 3 * LARGEST_REQUEST, QUERY: LARGEST_REQUEST}
LABELS: Final = "labels"
"""Name of the parameter that adds labels next to IRIs."""
_FORMATS: Final = ("format", "output", "results")
_MAX_FIELDS: Final = 1000
_SMALL: Final = 1 << 16  # bytes; the number of concurrent requests up to this size is not limited
_BODY_TIMEOUT: Final = 20.0
_MAX_LARGE_REQUESTS: Final = 32


def large_request_limit() -> ClientLimit:
    """Make the limit on large requests that are received at a time, which take memory and time."""
    return ClientLimit(
        _MAX_LARGE_REQUESTS, _MAX_LARGE_REQUESTS // 4, "too many large requests are being received"
    )


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A request to the SPARQL service.

    Attributes
    ----------
    query
        The query; None for a request of the service description.
    default_graphs, named_graphs
        The RDF dataset, if the request specifies one (SPARQL 1.1 Protocol, section 2.1.4).
    formats
        Values of the parameters ``format``, ``output`` and ``results``, which are not in the protocol but
        sent by many clients.
    lang
        Values of the parameter ``lang``: the languages of labels on a page.
    labels
        Whether to add labels next to IRIs.
    """

    query: str | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    formats: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    labels: bool = False


async def parse_sparql_request(request: Request) -> SparqlRequest:
    """Parse a request to the SPARQL service.

    Parameters
    ----------
    request
        A GET, HEAD or POST request.

    Raises
    ------
    Problem
        The request is malformed, too large, an update, or in an encoding other than UTF-8.
    """
    fields = _with_line_feeds(query_parameters(request))
    if request.method == "POST":
        fields += await _posted_fields(request, {name for name, _ in fields})
    by_name: dict[str, list[str]] = {}
    for name, value in fields:
        by_name.setdefault(name, []).append(value)
    if "update" in by_name:
        raise _update_refused()
    queries = by_name.get("query", [])
    if len(queries) > 1:
        raise Problem(400, "the request has more than one query", "Send one query at a time.")
    graphs = [
        None if name not in by_name else tuple(by_name[name])
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    if not queries and (by_name.keys() - {*_FORMATS, LANG} or request.method == "POST"):
        raise Problem(400, "the request has no query", "Send it in the parameter query.")
    formats = tuple(value for name in _FORMATS for value in by_name.get(name, ()))
    lang = tuple(by_name.get(LANG, ()))
    labels = labels_wanted(by_name.get(LABELS, ["false"])[-1])
    query = queries[0] if queries else None
    return SparqlRequest(query, graphs[0], graphs[1], formats, lang, labels)


def labels_wanted(written: str) -> bool:
    """Read the value of the parameter ``labels``: whether to add labels next to IRIs.

    Parameters
    ----------
    written
        The value.

    Raises
    ------
    Problem
        It is neither true nor false.
    """
    if written not in ("true", "false"):
        raise Problem(400, f"{LABELS} cannot be {written!r}", "Write true or false.")
    return written == "true"


def query_parameters(request: Request) -> list[tuple[str, str]]:
    """Parse the query string of a request, in order.

    Raises
    ------
    Problem
        It is malformed or not in UTF-8.
    """
    return _fields(request.scope["query_string"])


async def _posted_fields(request: Request, in_url: set[str]) -> list[tuple[str, str]]:
    media_type, charset = _content_type(request)
    if media_type == UPDATE:
        raise _update_refused()
    if media_type not in _MAX_BODY:
        raise Problem(
            415,
            "a query cannot be posted with this content type",
            f"Set Content-Type to {QUERY}, or to {FORM} with the parameter query.",
            headers={"Accept-Post": f"{QUERY}, {FORM}"},
        )
    if charset not in ("", "utf-8", "utf8"):
        raise Problem(415, "the request is not in UTF-8", "Send the query in UTF-8.")
    body = await _body(request, _MAX_BODY[media_type])
    if media_type == FORM:
        return _with_line_feeds(_fields(body))
    if "query" in in_url:
        raise Problem(400, "the request has more than one query", "Send one query at a time.")
    try:
        return [("query", body.decode("utf-8"))]
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _with_line_feeds(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Undo what a browser does to line ends, which it sends as CR LF whatever was written.

    A query posted as it is, in a body of its own, is not changed.
    """
    return [
        (name, value.replace("\r\n", "\n").replace("\r", "\n") if name == "query" else value)
        for name, value in fields
    ]


def _content_type(request: Request) -> tuple[str, str]:
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    entries = dict(part.strip().partition("=")[::2] for part in rest.split(";"))
    charset = {name.lower(): value for name, value in entries.items()}.get("charset", "")
    return media_type.strip().lower(), charset.strip('"').lower()


async def _body(request: Request, most: int) -> bytes:
    too_large = Problem(
        413,
        f"the request is larger than {most >> 20} MiB",
        "Send a smaller request.",
        headers=_close_header(request),
    )
    length = request.headers.get("content-length", "0")
    if len(length) > 12 or int(length) > most:  # h11 has checked that it is a number
        raise too_large
    body = bytearray()
    with contextlib.ExitStack() as stack:
        count_as_large = _large_request_counter(request, stack)
        if int(length) > _SMALL:
            count_as_large()
        try:
            async with asyncio.timeout(_BODY_TIMEOUT):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise too_large
                    if len(body) > _SMALL:
                        count_as_large()
        except TimeoutError:
            hint = f"Send it within {_BODY_TIMEOUT:g} seconds."
            raise Problem(
                408, "the request did not arrive in time", hint, headers=_close_header(request)
            ) from None
        except ClientDisconnect:
            raise Problem(
                400, "the client disconnected during the request", headers=_close_header(request)
            ) from None
    return bytes(body)


def _large_request_counter(request: Request, stack: contextlib.ExitStack) -> Callable[[], None]:
    """Return a function that counts the request as large, once, until the stack is closed."""
    client = request.client.host if request.client else ""
    limit: ClientLimit = request.app.state.large_requests

    @cache
    def count_as_large() -> None:
        try:
            stack.callback(limit.acquire(client))
        except Busy as error:
            raise service_unavailable(error, _BODY_TIMEOUT, **_close_header(request)) from None

    return count_as_large


def _close_header(request: Request) -> dict[str, str]:
    """Return the header that closes the connection: an unread body must not be parsed as a request."""
    chunked = "transfer-encoding" in request.headers  # the connection adds the header for these
    return {} if chunked else {"Connection": "close"}


def _fields(content: bytes) -> list[tuple[str, str]]:
    try:
        return parse_fields(content, _MAX_FIELDS)
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except TooManyFields as error:
        raise Problem(400, f"the request has {error}", "Send fewer.") from None


def _not_utf8() -> Problem:
    return Problem(
        400, "the request is not in UTF-8", "Encode it as UTF-8, then percent-encode it."
    )


def _update_refused() -> Problem:
    return Problem(
        403,
        "this is an update, and the endpoint is read-only",
        "Change the RDF files and restart the endpoint.",
    )
