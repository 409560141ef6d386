"""The competency questions as addresses: ``/questions/NAME?parameter=value``, with twins by format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from testimonia.catalogue.parameters import TYPES
from testimonia.catalogue.questions import Parameter, Question
from testimonia.suggestions import did_you_mean, nearest
from testimonia.web import replies
from testimonia.web.contents import Contents
from testimonia.web.formats import BY_SUFFIX, HTML, KINDS, preferred
from testimonia.web.operations import parameters
from testimonia.web.pool import Pool
from testimonia.web.problems import Problem, shortened
from testimonia.web.sending import MARK, Framed, Sent
from testimonia.web.wire import Job
from testimonia.web.wishes import LANG, NAMES, Wish, wish
from testimonia.web.workers import Reply

__all__ = ["Asking"]

_INCIDENT = "incident"
_LONGEST = 1000
_MOST = 50
_LABELS = "labels"
_NONE = Wish()


@dataclass(frozen=True, slots=True)
class _Field:
    """A parameter as a form shows it."""

    parameter: Parameter
    takes: str
    value: str
    choices: tuple[tuple[str, str], ...]


class Asking:
    """Answers questions.

    Parameters
    ----------
    pool
        The workers.
    questions
        The questions, by name.
    contents
        What the endpoint holds.
    """

    def __init__(self, pool: Pool, questions: Mapping[str, Question], contents: Contents) -> None:
        self._pool = pool
        self._questions = questions
        self._contents = contents

    async def index(self, _: Request) -> Response:
        """List the questions."""
        return replies.page("questions.html", questions=list(self._questions.values()))

    async def question(self, request: Request) -> Response:
        """Answer a question in the format that its address or the client asks for."""
        name, dot, suffix = request.path_params["name"].partition(".")
        question = self._questions.get(name)
        if question is None or (dot and suffix not in BY_SUFFIX):
            raise self._unknown(name)
        offered = KINDS["solutions"]
        # A page comes first for whoever takes anything: these addresses are for people to share.
        order = (HTML, *(form for form in offered if form is not HTML))
        form = BY_SUFFIX[suffix] if dot else preferred(replies.accepted(request), order)
        if form is None or form not in offered:
            raise replies.not_acceptable(offered)
        try:
            values, labels = _labels(_values(request))
            wished = wish(request, [values.pop(LANG, "")])
        except Problem as problem:
            if form is not HTML:
                raise
            return self._page(question, {}, problem=problem)
        if form is not HTML:
            reply = await self._fetch(question, values, form.name, request, wished, labels=labels)
            answer = Sent(reply, request)
            glosses = question.in_language({}, wished.languages)
            return wished.tell(answer, page=False) if labels or glosses else answer
        if not values and any(p.required for p in question.parameters.values()):
            return self._page(question, values, wished)
        try:
            reply = await self._fetch(question, values, form.name, request, wished)
        except Problem as problem:
            return self._page(question, values, wished, problem)
        framed = Framed(reply, self._page(question, values, wished, fragment=MARK))
        return wished.tell(framed, page=True)

    async def _fetch(
        self,
        question: Question,
        values: Mapping[str, str],
        form: str,
        request: Request,
        wished: Wish,
        *,
        labels: bool = False,
    ) -> Reply:
        job = Job(
            question=question.name,
            parameters={
                n: str(v) for n, v in question.in_language(values, wished.languages).items()
            },
            formats={"solutions": form},
            labels=labels,
            languages=wished.languages,
        )
        return await replies.fetch(self._pool, job, request)

    def _page(
        self,
        question: Question,
        values: Mapping[str, str],
        wished: Wish = _NONE,
        problem: Problem | None = None,
        *,
        fragment: str = "",
    ) -> Response:
        address = f"/questions/{question.name}"
        given = {**values, LANG: wished.lang} if wished.lang else values
        response = replies.page(
            "question.html",
            status=problem.status if problem else 200,
            question=question,
            fields=[self._field(p, values) for p in question.parameters.values()],
            problem=problem,
            fragment=fragment,
            address=address,
            twins=[(f.name, f"{address}.{f.name}{_query(given)}") for f in KINDS["solutions"]],
            lang=wished.lang,
            languages=[
                (tag, name, address + _query({**values, LANG: tag})) for tag, name in NAMES.items()
            ],
        )
        if problem:
            response.headers.update(problem.headers)
        return wished.tell(response, page=True)

    def _field(self, parameter: Parameter, values: Mapping[str, str]) -> _Field:
        choices: tuple[tuple[str, str], ...] = ()
        if parameter.type == "boolean":
            choices = (("true", "true"), ("false", "false"))
        elif parameter.name == _INCIDENT:
            choices = tuple((iri, label) for iri, label in self._contents.incidents)
        value = values.get(parameter.name, "")
        return _Field(parameter, TYPES[parameter.type], value, choices)

    def _unknown(self, name: str) -> Problem:
        guess = did_you_mean(nearest(name, self._questions) if len(name) <= _LONGEST else [])
        forms = ", ".join(form.name for form in KINDS["solutions"])
        hint = f"{guess} /questions lists them all, and they come as {forms}.".lstrip()
        return Problem(404, f"there is no question {name!r} in that form", hint)


def _values(request: Request) -> dict[str, str]:
    """Read the parameters; one left empty in a form is left out."""
    values: dict[str, str] = {}
    given = parameters(request)
    if len(given) > _MOST:
        raise Problem(400, f"the request has more than {_MOST} parameters", "Send less.")
    for name, value in given:
        if name in values:
            raise Problem(400, f"the parameter {name!r} stands there twice", "Give it once.")
        if max(len(name), len(value)) > _LONGEST:
            beginning = shortened(name, _LONGEST)
            raise Problem(
                400,
                f"the parameter {beginning!r} has more than {_LONGEST:,} characters",
                "Ask by SPARQL where a value is longer.",
            )
        if value:
            values[name] = value
    return values


def _labels(values: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Take out the one parameter that is of every question: whether labels stand beside IRIs."""
    written = values.pop(_LABELS, "false")
    if written not in ("true", "false"):
        raise Problem(400, f"{_LABELS} cannot be {written!r}", "Write true or false.")
    return values, written == "true"


def _query(values: Mapping[str, str]) -> str:
    return "?" + urlencode(values) if values else ""
