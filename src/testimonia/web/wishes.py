"""In what language a client wants labels: by the parameter ``lang``, else by Accept-Language."""

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
from testimonia.web.problems import Problem

__all__ = ["LANG", "NAMES", "Wish", "wish"]

LANG: Final = "lang"

NAMES: Final = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "uk": "Українська",
}
"""Languages that all terms and codes have labels in, by tag, as they call themselves."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants labels in.

    Attributes
    ----------
    languages
        Tags, the best first.
    lang
        What the parameter ``lang`` says; empty where the request has none.
    """

    languages: tuple[str, ...] = ()
    lang: str = ""

    def tell(self, response: Response, *, page: bool) -> Response:
        """Add to an answer which languages it is in, and that this depends on the request.

        Parameters
        ----------
        response
            The answer.
        page
            Whether it is a page, whose own words are English.
        """
        primaries = (tag.partition("-")[0] for tag in self.languages)
        first = next((tag for tag in primaries if tag in _spoken()), "en")
        response.headers["Content-Language"] = f"en, {first}" if page and first != "en" else first
        response.headers.add_vary_header("Accept-Language")
        return response


def wish(request: Request, given: Iterable[str]) -> Wish:
    """Read what a request wishes.

    Parameters
    ----------
    request
        The request.
    given
        Values of its parameter ``lang``; one left empty does not count.

    Raises
    ------
    Problem
        The parameter names something that is no language.
    """
    values: Sequence[str] = [value for value in given if value]
    if values:
        try:
            return Wish(languages.preferred(values), ",".join(values))
        except InputError as error:
            raise Problem(400, f"{LANG}: {error.message}", error.hint or "") from None
    return Wish(languages.accepted(request.headers.get("accept-language", "")))


@cache
def _spoken() -> frozenset[str]:
    return frozenset(("en", *(path.stem for path in resources.labels())))
