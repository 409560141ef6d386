"""Language negotiation for labels: the parameter ``lang``, or else the Accept-Language header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from testimonia import languages
from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.web.http.problems import Problem

__all__ = ["LANG", "LanguagePreference", "language_preference"]

LANG: Final = "lang"
"""Name of the parameter."""


@dataclass(frozen=True, slots=True)
class LanguagePreference:
    """The languages in which a client prefers labels.

    Attributes
    ----------
    languages
        Language tags, in order of preference.
    lang
        Value of the parameter ``lang``; empty if the request has none.
    """

    languages: tuple[str, ...] = ()
    lang: str = ""

    def add_headers(self, response: Response, *, page: bool) -> Response:
        """Add Content-Language and ``Vary: Accept-Language`` to a response.

        Parameters
        ----------
        response
            The response.
        page
            Whether it is an HTML page, whose own text is English.
        """
        primaries = (tag.partition("-")[0] for tag in self.languages)
        first = next((tag for tag in primaries if tag in _label_languages()), "en")
        response.headers["Content-Language"] = f"en, {first}" if page and first != "en" else first
        response.headers.add_vary_header("Accept-Language")
        return response


def language_preference(request: Request, given: Iterable[str]) -> LanguagePreference:
    """Return the language preference of a request.

    Parameters
    ----------
    request
        The request.
    given
        Values of its parameter ``lang``; empty ones are ignored.

    Raises
    ------
    Problem
        The parameter is not a language tag.
    """
    values: Sequence[str] = [value for value in given if value]
    if values:
        try:
            return LanguagePreference(languages.preferred(values), ",".join(values))
        except InputError as error:
            raise Problem(400, f"{LANG}: {error.message}", error.hint or "") from None
    return LanguagePreference(languages.accepted(request.headers.get("accept-language", "")))


@cache
def _label_languages() -> frozenset[str]:
    return frozenset(("en", *(path.stem for path in resources.labels())))
