"""Reads requests: the SPARQL 1.1 Protocol's ways to send a query, and plain parameters."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.requests import ClientDisconnect, Request

from testimonia.query.sparql import LARGEST_REQUEST
from testimonia.web.allowances import Allowance
from testimonia.web.fields import TooManyFields, read_fields
from testimonia.web.problems import Busy, Problem, busy
from testimonia.web.wishes import LANG

__all__ = ["Operation", "large_requests", "operation", "parameters"]

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_LARGEST_BODY: Final = {FORM: 3 * LARGEST_REQUEST, QUERY: LARGEST_REQUEST}
_FORMATS: Final = ("format", "output", "results")
_MOST_FIELDS: Final = 1000
_SMALL: Final = 1 << 16  # bytes of a request of which any number may arrive at a time
_PATIENCE: Final = 20.0
_MOST_LARGE: Final = 32


def large_requests() -> Allowance:
    """Bound the requests of some size that arrive at a time, which take memory and time to read."""
    return Allowance(_MOST_LARGE, _MOST_LARGE // 4, "too many large requests are arriving")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks of the SPARQL service.

    Attributes
    ----------
    query
        The query; None asks for the description of the service.
    default_graphs, named_graphs
        The dataset, where the request names one (SPARQL 1.1 Protocol, section 2.1.4).
    formats
        What the parameters ``format``, ``output`` and ``results`` name, which are not the protocol's but
        many clients'.
    lang
        What the parameter ``lang`` names: the languages of labels on a page.
    """

    query: str | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    formats: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()


async def operation(request: Request) -> Operation:
    """Read a request to the SPARQL service.

    Parameters
    ----------
    request
        GET, HEAD or POST.

    Raises
    ------
    Problem
        It is malformed, too large, an update, or in an encoding other than UTF-8.
    """
    fields = parameters(request)
    if request.method == "POST":
        fields += await _posted(request, {name for name, _ in fields})
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
        raise Problem(400, "the request has no query", "Send it as the parameter query.")
    formats = tuple(word for name in _FORMATS for word in by_name.get(name, ()))
    lang = tuple(by_name.get(LANG, ()))
    return Operation(queries[0] if queries else None, graphs[0], graphs[1], formats, lang)


def parameters(request: Request) -> list[tuple[str, str]]:
    """Read the parameters in the address of a request, in order.

    Raises
    ------
    Problem
        They are malformed or not in UTF-8.
    """
    return _fields(request.scope["query_string"])


async def _posted(request: Request, others: set[str]) -> list[tuple[str, str]]:
    media_type, charset = _content_type(request)
    if media_type == UPDATE:
        raise _update_refused()
    if media_type not in _LARGEST_BODY:
        raise Problem(
            415,
            "a query is not posted as that type of content",
            f"Set Content-Type to {QUERY}, or to {FORM} with the parameter query.",
            headers={"Accept-Post": f"{QUERY}, {FORM}"},
        )
    if charset not in ("", "utf-8", "utf8"):
        raise Problem(415, "the request is not in UTF-8", "SPARQL is sent in UTF-8.")
    body = await _body(request, _LARGEST_BODY[media_type])
    if media_type == FORM:
        return _fields(body)
    if "query" in others:
        raise Problem(400, "the request has more than one query", "Send one query at a time.")
    try:
        return [("query", body.decode("utf-8"))]
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _content_type(request: Request) -> tuple[str, str]:
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    entries = dict(part.strip().partition("=")[::2] for part in rest.split(";"))
    charset = {name.lower(): value for name, value in entries.items()}.get("charset", "")
    return media_type.strip().lower(), charset.strip('"').lower()


async def _body(request: Request, most: int) -> bytes:
    too_large = Problem(
        413, f"the request is larger than {most >> 20} MiB", "Send less.", headers=_closing(request)
    )
    length = request.headers.get("content-length", "0")
    if len(length) > 12 or int(length) > most:  # h11 has seen that it is a number
        raise too_large
    body = bytearray()
    with contextlib.ExitStack() as stack:
        room = _taking_room(request, stack)
        if int(length) > _SMALL:
            room()
        try:
            async with asyncio.timeout(_PATIENCE):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise too_large
                    if len(body) > _SMALL:
                        room()
        except TimeoutError:
            hint = f"Send it within {_PATIENCE:g} seconds."
            raise Problem(
                408, "the request did not arrive in time", hint, headers=_closing(request)
            ) from None
        except ClientDisconnect:
            raise Problem(400, "the request broke off", headers=_closing(request)) from None
    return bytes(body)


def _taking_room(request: Request, stack: contextlib.ExitStack) -> Callable[[], None]:
    """Give what takes room for a large request, once; the stack gives it back."""
    client = request.client.host if request.client else ""
    bodies: Allowance = request.app.state.bodies

    @cache
    def room() -> None:
        try:
            stack.callback(bodies.take(client))
        except Busy as error:
            raise busy(error, _PATIENCE, **_closing(request)) from None

    return room


def _closing(request: Request) -> dict[str, str]:
    """Have the connection closed: what has not been read would be taken for another request."""
    in_chunks = "transfer-encoding" in request.headers  # of which the connection itself says so
    return {} if in_chunks else {"Connection": "close"}


def _fields(content: bytes) -> list[tuple[str, str]]:
    try:
        return read_fields(content, _MOST_FIELDS)
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except TooManyFields as error:
        raise Problem(400, f"the request has {error}", "Send less.") from None


def _not_utf8() -> Problem:
    return Problem(400, "the request is not in UTF-8", "Encode it as UTF-8, and then by percent.")


def _update_refused() -> Problem:
    return Problem(
        403,
        "this is an update, and the endpoint is read-only",
        "Change the RDF files and start the endpoint anew.",
    )
