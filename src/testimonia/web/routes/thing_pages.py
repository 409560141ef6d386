"""The pages and descriptions of things: the path of an IRI, and the same path with a suffix."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from testimonia.pages.addresses import HOME, iri_at, path_of
from testimonia.pages.licence_notice import Notice
from testimonia.web.http.content_negotiation import HTML, Format, preferred_format
from testimonia.web.http.language_negotiation import LANG, LanguagePreference, language_preference
from testimonia.web.http.page_twins import FORMATS, TWIN_BY_SUFFIX, link_header, location
from testimonia.web.http.problems import Problem
from testimonia.web.http.sparql_requests import query_parameters
from testimonia.web.routes import responses
from testimonia.web.settings import MEBIBYTE
from testimonia.web.workers.page_job import EDITOR_TERMS, EXISTS, LABELS, SEARCH_INDEX, SEARCH_PAGE
from testimonia.web.workers.scheduler import Scheduler
from testimonia.web.workers.wire_format import Job

__all__ = ["ThingPages"]

_MOST_CACHED: Final = 32 * MEBIBYTE
_LARGEST_CACHED: Final = 8 * MEBIBYTE
_LONGEST: Final = 2000
_OF_THINGS: Final = frozenset({"id", "code", "ns", "iri"})

_Key = tuple[tuple[str, ...], str, tuple[str, ...]]


class ThingPages:
    """Serves pages and descriptions of things.

    Parameters
    ----------
    scheduler
        Runs jobs on the workers.
    notice
        What every page says of the data.
    """

    def __init__(self, scheduler: Scheduler, notice: Notice) -> None:
        self._scheduler = scheduler
        self._notice = notice
        # The data do not change while the endpoint runs. The least recently used page comes first.
        self._cached: OrderedDict[_Key, tuple[str, bytes, str]] = OrderedDict()
        self._size = 0

    async def thing(self, request: Request) -> Response:
        """Show a thing in the format of the suffix; without one, redirect to the format preferred."""
        path = request.path_params["path"]
        try:
            return await self._answered(request, path)
        except Problem as problem:
            # Elsewhere an address was meant, and not the name of a thing.
            if problem.status == 404 and path.partition("/")[0] not in _OF_THINGS:
                raise responses.no_page() from None
            raise

    async def _answered(self, request: Request, path: str) -> Response:
        bare, dot, suffix = path.rpartition(".")
        if dot and suffix in TWIN_BY_SUFFIX and (found := _iris(bare)):
            return await self._twin(request, found, TWIN_BY_SUFFIX[suffix])
        found = _iris(path)
        if len(path) > _LONGEST or not found:
            raise responses.no_page()
        iri, _, _ = await self._made(request, found, EXISTS, LanguagePreference())
        form = preferred_format(responses.accept_header(request), FORMATS)
        if form is None:
            raise responses.not_acceptable(FORMATS)
        query = request.scope["query_string"].decode("latin-1")
        target = location(path_of(iri), form) + (
            f"?{quote(query, safe='=&%+,-._~')}" if query else ""
        )
        return Response(status_code=303, headers={"Location": target})

    async def search(self, request: Request) -> Response:
        """Show the page of the search."""
        return await self._whole(request, SEARCH_PAGE, HTML.content_type)

    async def search_index(self, request: Request) -> Response:
        """Return the index of the search."""
        return await self._whole(request, SEARCH_INDEX, "application/json")

    async def editor_terms(self, request: Request) -> Response:
        """Return the terms that the SPARQL editor completes."""
        return await self._whole(request, EDITOR_TERMS, "application/json")

    async def labels(self, request: Request) -> Response:
        """Return the names of things in a language."""
        name = request.url.path.removeprefix("/")
        if name not in LABELS:
            raise responses.no_page()
        return await self._whole(request, name, "application/json")

    async def _whole(self, request: Request, name: str, media_type: str) -> Response:
        is_page = name == SEARCH_PAGE
        preference = language_preference(request, []) if is_page else LanguagePreference()
        _, content, etag = await self._made(request, (), name, preference)
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if _matches(request, etag):
            return Response(status_code=304, headers=headers)
        response = Response(content, headers=headers, media_type=media_type)
        return preference.add_headers(response, page=True) if is_page else response

    async def _twin(self, request: Request, iris: tuple[str, ...], form: Format) -> Response:
        given = [value for name, value in query_parameters(request) if name == LANG]
        preference = language_preference(request, given) if form is HTML else LanguagePreference()
        iri, content, etag = await self._made(request, iris, form.name, preference)
        headers = {
            "ETag": etag,
            "Link": link_header(iri, path_of(iri), form, self._notice.licence),
            "Cache-Control": "no-cache",  # may be kept, but is asked for again by its ETag
        }
        if _matches(request, etag):
            response = Response(status_code=304, headers=headers)
        else:
            response = Response(content, headers=headers, media_type=form.content_type)
        return preference.add_headers(response, page=True) if form is HTML else response

    async def _made(
        self, request: Request, iris: tuple[str, ...], form: str, preference: LanguagePreference
    ) -> tuple[str, bytes, str]:
        key = (iris, form, preference.languages)
        found = self._cached.get(key)
        if found is not None:
            self._cached.move_to_end(key)
            return found
        job = Job(page=iris, formats={"page": form}, languages=preference.languages)
        answer = await responses.run(self._scheduler, job, request)
        try:
            made = (answer.iri, b"".join(answer.chunks()), answer.etag)
        finally:
            answer.close()
        self._keep(key, made)
        return made

    def _keep(self, key: _Key, made: tuple[str, bytes, str]) -> None:
        if len(made[1]) > _LARGEST_CACHED:
            return
        self._cached[key] = made
        self._size += len(made[1]) + _LONGEST
        while self._size > _MOST_CACHED:
            _, (_, content, _) = self._cached.popitem(last=False)
            self._size -= len(content) + _LONGEST


def _iris(path: str) -> tuple[str, ...]:
    """List the IRIs that a path may be about: its own, and the one that is spelt like it."""
    spelt = HOME + path
    found = [iri_at(path), spelt if path and len(path) <= _LONGEST else None]
    return tuple(dict.fromkeys(iri for iri in found if iri is not None))


def _matches(request: Request, etag: str) -> bool:
    """Check the field If-None-Match (RFC 9110, section 13.1.2)."""
    field = request.headers.get("if-none-match", "")
    tags = [tag.strip().removeprefix("W/") for tag in field.split(",")]
    return "*" in tags or etag in tags
