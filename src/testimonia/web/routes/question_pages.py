"""The competency questions: ``/questions/NAME?parameter=value``, and the same URL with a format suffix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from testimonia.catalogue.parameters import TYPES
from testimonia.catalogue.questions import Parameter, Question
from testimonia.errors import ParameterError
from testimonia.pages.answer_fragment import PART
from testimonia.pages.label_files import LANGUAGES
from testimonia.pages.question_groups import grouped
from testimonia.suggestions import did_you_mean, nearest
from testimonia.web.contents import Contents
from testimonia.web.http.content_negotiation import (
    BY_SUFFIX,
    HTML,
    RESULT_FORMATS,
    preferred_format,
)
from testimonia.web.http.language_negotiation import (
    LANG,
    LanguagePreference,
    language_preference,
)
from testimonia.web.http.problems import Problem, truncated
from testimonia.web.http.sparql_requests import LABELS, labels_wanted, query_parameters
from testimonia.web.routes import responses
from testimonia.web.routes.streaming import ANSWER_PLACEHOLDER, AnswerResponse, PageWithAnswer
from testimonia.web.workers.scheduler import Scheduler
from testimonia.web.workers.wire_format import Job
from testimonia.web.workers.worker_client import Answer

__all__ = ["QuestionPages"]

_INCIDENT = "incident"
_MAX_LENGTH = 1000
_MAX_PARAMETERS = 50
_WITH_LABELS = ("csv", "tsv", "json", "xlsx", "parquet")
_MOST_PARTS = 1_000_000
_NO_PREFERENCE = LanguagePreference()


@dataclass(frozen=True, slots=True)
class _Field:
    """A parameter of a question, as a form field."""

    parameter: Parameter
    takes: str
    value: str
    choices: tuple[tuple[str, str], ...]


class QuestionPages:
    """Serves the list of questions, and the answer to each.

    Parameters
    ----------
    scheduler
        Runs queries on the workers.
    questions
        The questions, by name.
    contents
        What the endpoint serves.
    """

    def __init__(
        self, scheduler: Scheduler, questions: Mapping[str, Question], contents: Contents
    ) -> None:
        self._scheduler = scheduler
        self._questions = questions
        self._contents = contents

    async def index(self, _: Request) -> Response:
        """List the questions."""
        return responses.page("questions.html", groups=grouped(self._questions.values()))

    async def question(self, request: Request) -> Response:
        """Answer a question, in the format of the URL's suffix or else by content negotiation."""
        name, dot, suffix = request.path_params["name"].partition(".")
        question = self._questions.get(name)
        if question is None or (dot and suffix not in BY_SUFFIX):
            raise self._unknown(name)
        offered = RESULT_FORMATS["solutions"]
        # HTML is the default here, unlike at /sparql: these URLs are for people to share.
        order = (HTML, *(form for form in offered if form is not HTML))
        form = (
            BY_SUFFIX[suffix] if dot else preferred_format(responses.accept_header(request), order)
        )
        if form is None or form not in offered:
            raise responses.not_acceptable(offered)
        try:
            values, labels = _pop_labels(_parameter_values(request))
            values, part = _pop_part(values)
            preference = language_preference(request, [values.pop(LANG, "")])
        except Problem as problem:
            if form is not HTML:
                raise
            return self._page(question, {}, problem=problem)
        if form is not HTML:
            answer = await self._run(
                question, values, form.name, request, preference, labels=labels
            )
            response = AnswerResponse(answer, request, question.name)
            localized = question.in_language({}, preference.languages)
            if labels or localized:
                return preference.add_headers(response, page=False)
            return response
        if not values and any(p.required for p in question.parameters.values()):
            return self._page(question, values, preference)
        try:
            answer = await self._run(question, values, form.name, request, preference, part=part)
        except Problem as problem:
            return self._page(question, values, preference, problem)
        page = self._page(question, values, preference, fragment=ANSWER_PLACEHOLDER)
        return preference.add_headers(PageWithAnswer(answer, page), page=True)

    async def _run(
        self,
        question: Question,
        values: Mapping[str, str],
        form: str,
        request: Request,
        preference: LanguagePreference,
        *,
        labels: bool = False,
        part: int = 1,
    ) -> Answer:
        job = Job(
            question=question.name,
            parameters={
                n: str(v) for n, v in question.in_language(values, preference.languages).items()
            },
            formats={"solutions": form},
            labels=labels,
            languages=preference.languages,
            part=part,
            address=_address(question, values, preference),
        )
        return await responses.run(self._scheduler, job, request)

    def _page(
        self,
        question: Question,
        values: Mapping[str, str],
        preference: LanguagePreference = _NO_PREFERENCE,
        problem: Problem | None = None,
        *,
        fragment: str = "",
    ) -> Response:
        url = f"/questions/{question.name}"
        given = {**values, LANG: preference.lang} if preference.lang else values
        forms = RESULT_FORMATS["solutions"]
        response = responses.page(
            "question.html",
            status=problem.status if problem else 200,
            question=question,
            fields=[self._field(p, values) for p in question.parameters.values()],
            problem=problem,
            fragment=fragment,
            url=url,
            formats=[(f.name, f"{url}.{f.name}{_query(given)}") for f in forms if f is not HTML],
            labelled=[
                (f.name, f"{url}.{f.name}{_query({**given, LABELS: 'true'})}")
                for f in forms
                if f.name in _WITH_LABELS
            ],
            permanent=_address(question, values, preference),
            editor=_editor(question, values),
            lang=preference.lang,
            languages=[
                (tag, name, url + _query({**values, LANG: tag})) for tag, name in LANGUAGES.items()
            ],
        )
        if problem:
            response.headers.update(problem.headers)
        return preference.add_headers(response, page=True)

    def _field(self, parameter: Parameter, values: Mapping[str, str]) -> _Field:
        choices: tuple[tuple[str, str], ...] = ()
        if parameter.type == "boolean":
            choices = (("true", "true"), ("false", "false"))
        elif parameter.name == _INCIDENT:
            choices = tuple((iri, label) for iri, label in self._contents.incidents)
        value = values.get(parameter.name, "")
        return _Field(parameter, TYPES[parameter.type], value, choices)

    def _unknown(self, name: str) -> Problem:
        guess = did_you_mean(nearest(name, self._questions) if len(name) <= _MAX_LENGTH else [])
        forms = ", ".join(form.name for form in RESULT_FORMATS["solutions"])
        hint = f"{guess} /questions lists them all; they are available as {forms}.".lstrip()
        return Problem(404, f"there is no question {name!r} in that format", hint)


def _parameter_values(request: Request) -> dict[str, str]:
    """Return the parameters of a request, without those left empty in a form."""
    values: dict[str, str] = {}
    given = query_parameters(request)
    if len(given) > _MAX_PARAMETERS:
        raise Problem(400, f"the request has more than {_MAX_PARAMETERS} parameters", "Send fewer.")
    for name, value in given:
        if name in values:
            raise Problem(400, f"the parameter {name!r} is given twice", "Give it once.")
        if max(len(name), len(value)) > _MAX_LENGTH:
            start = truncated(name, _MAX_LENGTH)
            raise Problem(
                400,
                f"the parameter {start!r} has more than {_MAX_LENGTH:,} characters",
                "For longer values, use SPARQL.",
            )
        if value:
            values[name] = value
    return values


def _pop_labels(values: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Remove the parameter that every question has: whether to add labels next to IRIs."""
    return values, labels_wanted(values.pop(LABELS, "false"))


def _pop_part(values: dict[str, str]) -> tuple[dict[str, str], int]:
    """Remove the parameter of long answers: which part of it the page shows, from 1."""
    written = values.pop(PART, "1")
    if not (written.isascii() and written.isdecimal() and 1 <= int(written) <= _MOST_PARTS):
        raise Problem(400, f"{PART} cannot be {written!r}", "Write a number from 1 on.")
    return values, int(written)


def _address(question: Question, values: Mapping[str, str], preference: LanguagePreference) -> str:
    """Return the permanent address of an answer: the same question is asked there again."""
    given = {**values, LANG: preference.lang} if preference.lang else values
    return f"/questions/{question.name}{_query(given)}"


def _editor(question: Question, values: Mapping[str, str]) -> str:
    """Return the address of the editor with the query of a question, its parameters bound."""
    try:
        query = question.bind(values)
    except ParameterError:  # something is missing or wrong, as the page says
        query = question.sparql
    return f"/sparql?{urlencode({'query': query, 'format': 'html'})}"


def _query(values: Mapping[str, str]) -> str:
    return "?" + urlencode(values) if values else ""
