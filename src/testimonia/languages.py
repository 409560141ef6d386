"""Which languages a reader prefers, and which of several labels fits best.

Preferences are BCP 47 language tags, the most preferred first. Asked for ``fr``, a label in ``fr-CA``
matches, and the other way round (RFC 4647, sections 3.3.1 and 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal

from testimonia.errors import InputError

__all__ = ["Label", "accepted", "best", "is_right_to_left", "preferred"]

_MOST: Final = 20
_LONGEST: Final = 100
_TAG: Final = re.compile(
    r"(?P<primary>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-(?P<script>[a-z]{4}))?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[0-9a-z]{5,8}|[0-9][0-9a-z]{3}))*(?:-[0-9a-wy-z](?:-[0-9a-z]{2,8})+)*"
    r"(?:-x(?:-[0-9a-z]{1,8})+)?",
    re.IGNORECASE,
)
"""A language tag (RFC 5646, section 2.1), except private-use and grandfathered ones."""
# All two-letter codes in the BCP 47 registry; there are some 8,000 of three letters.
_OF_TWO_LETTERS: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
    "dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id "
    "ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li "
    "ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa "
    "pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th "
    "ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_RIGHT_TO_LEFT: Final = (
    "ar",
    "arc",
    "ckb",
    "dv",
    "fa",
    "he",
    "iw",
    "ji",
    "ps",
    "sd",
    "syr",
    "ug",
    "ur",
    "yi",
)
_SCRIPTS_FROM_RIGHT: Final = (
    "adlm",
    "arab",
    "aran",
    "hebr",
    "mand",
    "nkoo",
    "samr",
    "syrc",
    "thaa",
)
_QUALITY: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


class Label(str):
    """What a thing is called, and in which language; the language is empty where the data do not say.

    Parameters
    ----------
    text
        The words.
    language
        Their language.
    """

    language: str

    def __new__(cls, text: str, language: str = "") -> Label:
        """Make a label."""
        made = super().__new__(cls, text)
        made.language = language
        return made


def preferred(language: str | Iterable[str] | None) -> tuple[str, ...]:
    """Parse language preferences.

    Parameters
    ----------
    language
        BCP 47 tags, the most preferred first, one by one or separated by commas; None for no preference.

    Raises
    ------
    InputError
        One is not a language tag, or its language does not exist.

    Examples
    --------
    >>> preferred("fr-CA, ar")
    ('fr-ca', 'ar')
    """
    if language is None:
        return ()
    return _parsed((language,) if isinstance(language, str) else tuple(language))


@lru_cache  # asked for each label of a page
def _parsed(given: tuple[str, ...]) -> tuple[str, ...]:
    tags = [tag.strip() for each in given for tag in each.split(",")]
    for tag in tags:
        if not _is_known(tag):
            raise InputError(
                f"{tag[:_LONGEST]!r} is not a language tag",
                hint="Give BCP 47 tags, the most preferred first, such as ar, es, fr-CA, ru or uk; "
                "separate several with commas: fr,ar.",
            )
    if len(tags) > _MOST:
        raise InputError(f"{len(tags)} languages are too many", hint=f"Give at most {_MOST}.")
    return tuple(dict.fromkeys(tag.lower() for tag in tags))


def accepted(field: str) -> tuple[str, ...]:
    """Parse an Accept-Language header field (RFC 9110, section 12.5.4), ignoring malformed parts.

    Parameters
    ----------
    field
        The value of the field.

    Examples
    --------
    >>> accepted("en;q=0.5, uk, *;q=0.1")
    ('uk', 'en')
    """
    found: list[tuple[float, str]] = []
    for part in field.split(",")[:_MOST]:
        tag, _, weight = (piece.strip() for piece in part.partition(";"))
        quality = _QUALITY.fullmatch(weight) if weight else None
        if _is_known(tag) and (quality or not weight):
            found.append((float(quality[1]) if quality else 1.0, tag.lower()))
    ranked = sorted(found, key=lambda entry: -entry[0])
    return tuple(dict.fromkeys(tag for quality, tag in ranked if quality > 0))


def best(literals: Sequence[Literal], languages: Sequence[str]) -> Literal | None:
    """Choose the first literal in the most preferred language; None if none is in a preferred one.

    Parameters
    ----------
    literals
        What to choose from.
    languages
        Language tags in lower case, the most preferred first.
    """
    for language in languages:
        parts = language.split("-")
        shorter = ["-".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]
        for wanted in (language, language + "-", *shorter):
            for literal in literals:
                tag = (literal.language or "").lower()
                if tag == wanted or (wanted.endswith("-") and tag.startswith(wanted)):
                    return literal
    return None


def is_right_to_left(language: str) -> bool:
    """Check whether a language is written from right to left.

    Examples
    --------
    >>> is_right_to_left("ar-SY"), is_right_to_left("uz-Arab"), is_right_to_left("uk")
    (True, True, False)
    """
    match = _TAG.fullmatch(language)
    if match is None:
        return False
    if match["script"]:
        return match["script"].lower() in _SCRIPTS_FROM_RIGHT
    return match["primary"].lower() in _RIGHT_TO_LEFT


def _is_known(tag: str) -> bool:
    match = _TAG.fullmatch(tag) if len(tag) <= _LONGEST else None
    return match is not None and (
        len(match["primary"]) > 2 or match["primary"].lower() in _OF_TWO_LETTERS.split()
    )
