"""Checks that the words of a quantity agree with the bounds of its figure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.namespaces import TMN
from testimonia.validation.findings import Finding
from testimonia.validation.property_checks import PropertyCheck

if TYPE_CHECKING:
    from testimonia.validation.checked_statements import Statements

__all__ = ["CHECK", "disagreeing", "is_vague", "number_range", "relevant"]

CHECK = PropertyCheck("Claim-verbatimQuantity", "QuantityAgreement")
"""Reports the findings of this module."""

_Range = tuple[int | None, int | None]

# Words that mean the same number in every language that has them. Spanish "once" (11) is not among
# them, since it is also an English word.
_WORDS: Final = {
    word: number
    for text in (
        "zero|cero|zéro|صفر|ноль|нуль 0",
        "a|an|one|un|une|uno|una|واحد|один|одна 1",
        "two|deux|dos|اثنان|اثنين|два|две|дві 2",
        "three|trois|tres|ثلاثة|три 3",
        "four|quatre|cuatro|أربعة|четыре|чотири 4",
        "five|cinq|cinco|خمسة|пять|п'ять 5",
        "six|seis|ستة|шесть|шість 6",
        "seven|sept|siete|سبعة|семь|сім 7",
        "eight|huit|ocho|ثمانية|восемь|вісім 8",
        "nine|neuf|nueve|تسعة|девять|дев'ять 9",
        "ten|dix|diez|عشرة|десять 10",
        "eleven|onze 11",
        "twelve|douze|doce|dozen 12",
        "thirteen|treize|trece 13",
        "fourteen|quatorze|catorce 14",
        "fifteen|quinze|quince 15",
        "sixteen|seize|dieciséis 16",
        "seventeen|diecisiete 17",
        "eighteen|dieciocho 18",
        "nineteen|diecinueve 19",
        "twenty|vingt|veinte|двадцать|двадцять 20",
        "thirty|trente|treinta|тридцать|тридцять 30",
        "forty|quarante|cuarenta 40",
        "fifty|cinquante|cincuenta 50",
        "sixty|soixante|sesenta 60",
        "seventy|setenta 70",
        "eighty|ochenta 80",
        "ninety|noventa 90",
        "hundred|cent|cien 100",
    )
    for word in text.rpartition(" ")[0].split("|")
    for number in (int(text.rpartition(" ")[2]),)
}
# The least number that words without a number stand for.
_VAGUE: Final = {
    **dict.fromkeys(("dozens", "docenas", "dizaines", "decenas", "десятки", "عشرات", "scores"), 20),
    **dict.fromkeys(("hundreds", "centaines", "cientos", "сотни", "сотні", "مئات"), 100),
    **dict.fromkeys(("thousands", "milliers", "тысячи", "тисячі", "آلاف"), 1000),
    **dict.fromkeys(
        (
            "tens of thousands",
            "dizaines de milliers",
            "decenas de miles",
            "десятки тысяч",
            "десятки тисяч",
            "عشرات الآلاف",
        ),
        10_000,
    ),
    **dict.fromkeys(
        (
            "hundreds of thousands",
            "centaines de milliers",
            "cientos de miles",
            "сотни тысяч",
            "сотні тисяч",
            "مئات الآلاف",
        ),
        100_000,
    ),
}
_AT_LEAST: Final = "at least|no fewer than|not less than|au moins|al menos|por lo menos|на менее|не менее|щонайменше"
_MORE: Final = "more than|over|upwards of|plus de|más de|более|больше|понад"
_AT_MOST: Final = "at most|up to|no more than|jusqu'à|au plus|hasta|не более|до"
_FEWER: Final = "fewer than|less than|under|moins de|menos de|менее|менш ніж"
_NUMBER: Final = r"[0-9]{1,3}(?:[ ,.\u00a0\u202f][0-9]{3})+|[0-9]+"
_ONLY: Final = re.compile(rf"(?:{_NUMBER})(?![0-9.,]*[0-9])")
_COUNT: Final = re.compile(r"[0-9]{1,18}")
_SEPARATORS: Final = re.compile(r"[ ,.\u00a0\u202f]")
_PHRASES: Final = tuple(
    (re.compile(rf"(?:{words})\s+(.+)"), kind)
    for words, kind in (
        (_AT_LEAST, "at least"),
        (_AT_MOST, "at most"),
        (_MORE, "more"),
        (_FEWER, "fewer"),
    )
)
_TWO_WORDS: Final = re.compile(r"([a-z]+ty)[- ]([a-z]+)")
# How far the limit in words and the recorded limit may differ: "more than 70" is 71 or, loosely, 70.
_TOLERANCE: Final = 1


def number_range(words: str) -> _Range | None:
    """Return the least and greatest number that the words of a quantity may mean.

    Parameters
    ----------
    words
        The words of a quantity, in English, French, Spanish, Arabic, Russian or Ukrainian.

    Returns
    -------
    pair of int or None
        Least and greatest, None for an open end. None instead of the pair if the words are not
        completely understood, as with units, shares, approximations and sums.

    Examples
    --------
    >>> number_range("twelve"), number_range("more than 70"), number_range("dozens of")
    ((12, 12), (71, None), (20, None))
    >>> number_range("about 70") is None
    True
    """
    text = _plain(words)
    for pattern, kind in _PHRASES:
        if match := pattern.fullmatch(text):
            number = _number(match[1])
            if number is None:
                return None
            return {
                "at least": (number, None),
                "at most": (None, number),
                "more": (number + 1, None),
                "fewer": (None, number - 1),
            }[kind]
    vague = text.removesuffix(" of").removesuffix(" de")
    if vague in _VAGUE:
        return _VAGUE[vague], None
    number = _number(text)
    return None if number is None else (number, number)


def _plain(words: str) -> str:
    """Normalise words: lower case, single spaces, straight apostrophes, the digits 0 to 9."""
    text = " ".join(words.casefold().split()).replace("\u2019", "'")
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def is_vague(words: str) -> bool:
    """Return whether words stand for a least number without containing one, such as *dozens of*."""
    return _plain(words).removesuffix(" of").removesuffix(" de") in _VAGUE


def _number(text: str) -> int | None:
    if _ONLY.fullmatch(text):
        digits = _SEPARATORS.sub("", text)
        return int(digits) if len(digits) < 19 else None
    if text in ("a dozen", "one dozen"):
        return 12
    if match := _TWO_WORDS.fullmatch(text):
        tens, ones = _WORDS.get(match[1]), _WORDS.get(match[2])
        return tens + ones if tens and ones and ones < 10 else None
    return _WORDS.get(text)


def relevant(data: Statements) -> Iterator[Triple]:
    """Select the statements of data that the check is about, for `disagreeing`."""
    claims = data.subjects(TMN.verbatimQuantity)
    described = claims.clone().extend(data.values(claims, TMN.proposition))
    return data.about(
        described, (TMN.verbatimQuantity, TMN.proposition, TMN.lowerBound, TMN.upperBound)
    )


def disagreeing(data: Iterable[Quad | Triple]) -> Iterator[Finding]:
    """Find the claims whose words of a quantity give another number than their figure.

    Words are compared if they are completely understood, and figures if they have a bound, whatever
    the stance: a claim that denies a figure has its words too. Limits may differ by one.

    Parameters
    ----------
    data
        The data, or those statements that are `relevant`.

    Yields
    ------
    Finding
        A violation.
    """
    words: dict[NamedNode | BlankNode | Triple, list[Literal]] = defaultdict(list)
    figures: dict[NamedNode | BlankNode | Triple, list[NamedNode | BlankNode | Triple]] = (
        defaultdict(list)
    )
    bounds: dict[object, dict[NamedNode, int]] = defaultdict(dict)
    for quad in data:
        value = quad.object
        if isinstance(value, Literal):
            if quad.predicate == TMN.verbatimQuantity:
                words[quad.subject].append(value)
            elif quad.predicate in (TMN.lowerBound, TMN.upperBound) and _COUNT.fullmatch(
                value.value
            ):
                bounds[quad.subject][quad.predicate] = int(value.value)
        elif quad.predicate == TMN.proposition:
            figures[quad.subject].append(value)
    for claim, texts in words.items():
        if len(texts) != 1 or len(figures[claim]) != 1 or not bounds.get(figures[claim][0]):
            continue
        figure = bounds[figures[claim][0]]
        recorded = figure.get(TMN.lowerBound), figure.get(TMN.upperBound)
        stated = number_range(texts[0].value)
        if stated is not None and not _agree(stated, recorded, vague=is_vague(texts[0].value)):
            yield _finding(claim, texts[0], recorded)


def _agree(stated: _Range, recorded: _Range, *, vague: bool) -> bool:
    """Return whether the ranges overlap and, unless words are vague, their open ends agree."""
    (least, most), (lower, upper) = stated, recorded
    if least is not None and upper is not None and least > upper:
        return False
    if most is not None and lower is not None and most < lower:
        return False
    if vague or (least is not None and least == most):
        return True
    return all(
        one is None or other is None or abs(one - other) <= _TOLERANCE or not open_ended
        for one, other, open_ended in (
            (least, lower, most is None and upper is None),
            (most, upper, least is None and lower is None),
        )
    )


def _finding(claim: NamedNode | BlankNode | Triple, words: Literal, recorded: _Range) -> Finding:
    lower, upper = recorded
    if lower is None or upper is None:
        figure = f"at most {upper}" if lower is None else f"at least {lower}"
    else:
        figure = str(lower) if lower == upper else f"{lower} to {upper}"
    return CHECK.finding(
        claim,
        TMN.verbatimQuantity,
        words,
        f"The words of the quantity, “{words.value}”, give another number than the figure: {figure}.",
        "Correct the words, the bounds of the proposition, or the tmn:proposition of the claim.",
    )
