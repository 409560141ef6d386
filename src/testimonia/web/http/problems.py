"""Error responses, in the form of problem details (RFC 9457)."""

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
    "from_error_data",
    "service_unavailable",
    "to_error_data",
    "truncated",
    "worker_not_started",
]


class AnswerTooLarge(QueryError):
    """The answer to a query exceeds the size limit."""


class NotAcceptable(QueryError):
    """The answer is not available in any format that the client accepts."""


class WorkerDied(QueryError):
    """The worker process died while it ran the query."""


class Busy(TestimoniaError):
    """The endpoint is at capacity."""


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


_MAX_LENGTH: Final = 2000


def truncated(text: str, most: int) -> str:
    """Truncate a text, with an ellipsis if anything was cut.

    Parameters
    ----------
    text
        A text of any length.
    most
        Maximum number of characters to keep.
    """
    return text if len(text) <= most else text[:most] + "…"


class Problem(Exception):
    """An error that is sent as the response to a request.

    Parameters
    ----------
    status
        HTTP status code.
    message
        What went wrong.
    hint
        How to fix it.
    place
        Position in the query.
    headers
        Headers of the response.
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
        self.message = truncated(message, _MAX_LENGTH)
        self.hint = truncated(hint, _MAX_LENGTH)
        self.place = truncated(place, _MAX_LENGTH)
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        """The reason phrase of the status."""
        return HTTPStatus(self.status).phrase

    def as_text(self) -> str:
        """Return the problem as plain text."""
        where = f"{self.place}: " if self.place else ""
        return "\n".join(line for line in (where + self.message, self.hint) if line) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Return the members that RFC 9457 defines, and ``hint`` and ``place``."""
        members = {"type": "about:blank", "title": self.title, "status": self.status}
        return {**members, "detail": self.message, "hint": self.hint, "place": self.place}


def to_error_data(error: TestimoniaError) -> dict[str, str]:
    """Convert an error to plain data, which a worker can send to the server."""
    return {
        "name": type(error).__name__,
        "message": truncated(error.message, _MAX_LENGTH),
        "hint": truncated(error.hint, _MAX_LENGTH),
        "place": str(error.place or ""),
    }


def service_unavailable(error: Busy, seconds: float, **headers: str) -> Problem:
    """Make a 503 response that asks the client to try again.

    Parameters
    ----------
    error
        The reason.
    seconds
        Value of Retry-After.
    headers
        Other headers of the response.
    """
    fields = {"Retry-After": str(math.ceil(seconds)), **headers}
    return Problem(503, error.message, error.hint, headers=fields)


def worker_not_started(error: BaseException) -> dict[str, str]:
    """Convert the reason why a worker could not be started to plain data, as `to_error_data` does."""
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return {"name": "Busy", "message": f"no process can be started to run the query ({cause})"}


def from_error_data(name: str, message: str, hint: str = "", place: str = "") -> Problem:
    """Make a problem from the members that `to_error_data` returns."""
    return Problem(_STATUS.get(name, 500), message, hint, place=place)
