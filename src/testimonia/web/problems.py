"""What a request failed for, as an answer that people and programs read (RFC 9457)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from testimonia.errors import QueryError, TestimoniaError

__all__ = [
    "AnswerTooLarge",
    "Busy",
    "NotAcceptable",
    "Problem",
    "WorkerDied",
    "busy",
    "not_started",
    "of",
    "shortened",
    "told",
]


class AnswerTooLarge(QueryError):
    """A query has a larger answer than the endpoint gives."""


class NotAcceptable(QueryError):
    """The answer has none of the formats that the client takes."""


class WorkerDied(QueryError):
    """A query ended the process that ran it."""


class Busy(TestimoniaError):
    """The endpoint has as much to do as it takes on."""


_STATUS: Final = {
    "QuerySyntaxFault": 400,
    "UpdateRefused": 403,
    "ServiceRefused": 403,
    "AnswerTooLarge": 403,
    "NotAcceptable": 406,
    "TimeLimitExceeded": 504,
    "QueryError": 400,
    "ParameterError": 400,
    "UnknownQuestion": 404,
    "UnknownResource": 404,
    "WorkerDied": 500,
    "Busy": 503,
}


_LONGEST: Final = 2000


def shortened(text: str, most: int) -> str:
    """Give the beginning of a text, and an ellipsis where something was left out.

    Parameters
    ----------
    text
        A text of any length.
    most
        Characters that are kept.
    """
    return text if len(text) <= most else text[:most] + "…"


class Problem(Exception):
    """A request that is answered with an error.

    Parameters
    ----------
    status
        HTTP status code.
    message
        What happened.
    hint
        How to mend it.
    place
        Where in the query.
    headers
        Fields of the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        hint: str = "",
        *,
        place: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = shortened(message, _LONGEST)
        self.hint = shortened(hint, _LONGEST)
        self.place = shortened(place, _LONGEST)
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        """The name of the status."""
        return HTTPStatus(self.status).phrase

    def as_text(self) -> str:
        """Write it as lines of text."""
        where = f"{self.place}: " if self.place else ""
        return "\n".join(line for line in (where + self.message, self.hint) if line) + "\n"

    def as_object(self) -> dict[str, Any]:
        """Give its members, as RFC 9457 names them."""
        members = {"type": "about:blank", "title": self.title, "status": self.status}
        return {**members, "detail": self.message, "hint": self.hint, "place": self.place}


def told(error: TestimoniaError) -> dict[str, str]:
    """Put an error into words that go from one process to another."""
    return {
        "name": type(error).__name__,
        "message": shortened(error.message, _LONGEST),
        "hint": shortened(error.hint, _LONGEST),
        "place": str(error.place or ""),
    }


def busy(error: Busy, seconds: float, **headers: str) -> Problem:
    """Make a problem that asks the client to come again.

    Parameters
    ----------
    error
        Why.
    seconds
        After how many.
    headers
        Further fields of the answer.
    """
    fields = {"Retry-After": str(math.ceil(seconds)), **headers}
    return Problem(503, error.message, error.hint, headers=fields)


def not_started(error: BaseException) -> dict[str, str]:
    """Put into words, as `told` does, why a worker could not be started."""
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return {"name": "Busy", "message": f"no process can be started to run the query ({cause})"}


def of(name: str, message: str, hint: str = "", place: str = "") -> Problem:
    """Make a problem of what `told` told."""
    return Problem(_STATUS.get(name, 500), message, hint, place=place)
