"""The machine-readable descriptions: ``/.well-known/void`` and ``/.well-known/sparql-examples``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from testimonia.catalogue.questions import Question
from testimonia.web.contents import Contents
from testimonia.web.dumps import Dump
from testimonia.web.http.content_negotiation import BY_SUFFIX, GRAPH_FORMATS, Format
from testimonia.web.http.root_url import root_url
from testimonia.web.routes import rdf_descriptions, responses
from testimonia.web.settings import Settings

__all__ = ["DatasetDescriptions"]

_CACHE_SIZE: Final = (
    32  # by kind of description, format, and URL by which a client knows the endpoint
)


class DatasetDescriptions:
    """Serves the descriptions of the dataset, the SPARQL service and the questions.

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
    """

    def __init__(
        self,
        settings: Settings,
        contents: Contents,
        questions: Mapping[str, Question],
        dumps: Mapping[str, Dump],
    ) -> None:
        self._settings = settings
        self._contents = contents
        self._questions = questions
        self._dumps = dumps
        self._cached = lru_cache(_CACHE_SIZE)(self._serialized)

    async def void(self, request: Request) -> Response:
        """Describe the dataset (VoID)."""
        return await self._describe("void", request, responses.graph_format(request))

    async def examples(self, request: Request) -> Response:
        """Describe the questions as SPARQL examples."""
        return await self._describe("examples", request, responses.graph_format(request))

    async def service(self, request: Request, form: Format | None) -> Response:
        """Describe the SPARQL service, in the given format."""
        return await self._describe("service", request, form)

    async def _describe(self, what: str, request: Request, form: Format | None) -> Response:
        root = root_url(request, self._settings.url)
        if form is None:
            raise responses.not_acceptable(GRAPH_FORMATS)
        # In a thread, as a long description would block the event loop.
        content = await asyncio.to_thread(self._cached, what, root, form.name)
        return Response(content, media_type=form.content_type)

    def _serialized(self, what: str, root: str, form: str) -> bytes:
        if what == "service":
            triples = rdf_descriptions.service(self._contents, f"{root}sparql", root)
        elif what == "void":
            dumps = {name: f"{root}data/{dump.url}" for name, dump in self._dumps.items()}
            triples = rdf_descriptions.dataset(self._contents, root, dumps, self._metadata())
        else:
            triples = rdf_descriptions.examples(self._questions.values(), root)
        return responses.serialized(triples, BY_SUFFIX[form])

    def _metadata(self) -> dict[str, str]:
        """Return title, licence, etc., with a title in any case."""
        return {"title": '"Data of an endpoint of Testimonia"@en', **self._contents.metadata}
