"""The SPARQL service: ``/sparql`` (W3C SPARQL 1.1 Protocol), and its page for browsers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from testimonia.catalogue.questions import Question
from testimonia.pages.editor_examples import EXAMPLE, examples_json
from testimonia.web.http.content_negotiation import (
    GRAPH_FORMATS,
    HTML,
    RESULT_FORMATS,
    Format,
    named_format,
    preferred_format,
    requested_formats,
)
from testimonia.web.http.language_negotiation import language_preference
from testimonia.web.http.problems import Problem
from testimonia.web.http.root_url import root_url
from testimonia.web.http.sparql_requests import parse_sparql_request
from testimonia.web.routes import responses
from testimonia.web.routes.dataset_descriptions import DatasetDescriptions
from testimonia.web.routes.streaming import ANSWER_PLACEHOLDER, AnswerResponse, PageWithAnswer
from testimonia.web.settings import Settings
from testimonia.web.workers.scheduler import Scheduler
from testimonia.web.workers.wire_format import Job

__all__ = ["SparqlService"]

_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_MAX_SHOWN: Final = 8 * 1024
"""Characters of a query that the page shows."""


class SparqlService:
    """Answers SPARQL queries.

    Parameters
    ----------
    settings
        The settings of the endpoint.
    scheduler
        Runs queries on the workers.
    descriptions
        Describes the service.
    questions
        The competency questions, by name: the examples of the editor.
    """

    def __init__(
        self,
        settings: Settings,
        scheduler: Scheduler,
        descriptions: DatasetDescriptions,
        questions: Mapping[str, Question],
    ) -> None:
        self._settings = settings
        self._scheduler = scheduler
        self._descriptions = descriptions
        self._questions = list(questions.values())

    async def sparql(self, request: Request) -> Response:
        """Answer a query, or describe the service if the request has none."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _METHODS})
        parsed = await parse_sparql_request(request)
        accept = responses.accept_header(request)
        root = root_url(request, self._settings.url)
        if parsed.query is None:
            form = named_format(parsed.formats, GRAPH_FORMATS)
            form = form or preferred_format(accept, (*GRAPH_FORMATS, HTML))
            if form is HTML:
                return self._page(EXAMPLE)
            return await self._descriptions.service(request, form)
        request.state.query = parsed.query
        preference = language_preference(request, parsed.lang)
        job = Job(
            query=parsed.query,
            base=f"{root}sparql",
            default_graphs=parsed.default_graphs,
            named_graphs=parsed.named_graphs,
            formats=requested_formats(parsed.formats, accept),
            languages=preference.languages,
            labels=parsed.labels,
        )
        try:
            answer = await responses.run(self._scheduler, job, request)
        except Problem as problem:
            if set(job.formats.values()) != {HTML.name}:
                raise
            return self._page(parsed.query, problem)
        if answer.format != HTML.name:
            response = AnswerResponse(answer, request)
            return preference.add_headers(response, page=False) if parsed.labels else response
        page = self._page(parsed.query, fragment=ANSWER_PLACEHOLDER, kind=answer.kind)
        return preference.add_headers(PageWithAnswer(answer, page), page=True)

    async def examples(self, _: Request) -> Response:
        """Return the queries of the questions, from which the editor takes examples."""
        content = examples_json(self._questions)
        headers = {"Cache-Control": "max-age=3600"}
        return Response(content, media_type="application/json", headers=headers)

    async def form(self, _: Request) -> Response:
        """Show the page on which a query is written."""
        return self._page(EXAMPLE)

    def _page(
        self, query: str, problem: Problem | None = None, *, fragment: str = "", kind: str = ""
    ) -> Response:
        kinds = [kind] if kind else ["solutions", "triples"]
        offered = [form for name in kinds for form in RESULT_FORMATS[name]]  # type: ignore[index]
        response = responses.page(
            "sparql.html",
            status=problem.status if problem else 200,
            questions=self._questions,
            query=query[:_MAX_SHOWN],
            cut=len(query) > _MAX_SHOWN,
            problem=problem,
            fragment=fragment,
            kind=kind,
            formats=[form.name for form in offered],
            links=[(form.name, _address(query, form)) for form in offered if form is not HTML],
            address=_address(query, HTML),
            limit=self._settings.time_limit,
        )
        if problem:
            response.headers.update(problem.headers)
        return response


def _address(query: str, form: Format) -> str:
    """Return the address of the answer to a query."""
    return f"/sparql?{urlencode({'query': query, 'format': form.name})}"
