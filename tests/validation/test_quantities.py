"""Words of quantities are understood and compared with the bounds of their figures."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.namespaces import PREFIXES, TMN
from testimonia.validation import Severity
from testimonia.validation.quantities import CHECK, disagreeing, number_range

CLAIM, FIGURE = NamedNode("https://example.org/claim"), NamedNode("https://example.org/figure")
COUNT = NamedNode(PREFIXES["xsd"] + "nonNegativeInteger")


def quads(words: str, lower: int | None, upper: int | None) -> list[Quad]:
    found = [
        Quad(CLAIM, TMN.verbatimQuantity, Literal(words)),
        Quad(CLAIM, TMN.proposition, FIGURE),
    ]
    for bound, number in ((TMN.lowerBound, lower), (TMN.upperBound, upper)):
        if number is not None:
            found.append(Quad(FIGURE, bound, Literal(str(number), datatype=COUNT)))
    return found


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("Two", (2, 2)),
        ("a dozen", (12, 12)),
        ("twenty-one", (21, 21)),
        ("1,200", (1200, 1200)),
        ("١٢", (12, 12)),
        ("more than 70", (71, None)),
        ("plus de 70", (71, None)),
        ("at least forty", (40, None)),
        ("fewer than 10", (None, 9)),
        ("up to 10", (None, 10)),
        ("hundreds of", (100, None)),
        ("about 70", None),
        ("2.5 thousand", None),
        ("half", None),
        ("more than 10 months", None),
    ],
)
def test_words_of_quantities(words: str, span: tuple[int | None, int | None] | None) -> None:
    assert number_range(words) == span


@pytest.mark.parametrize(
    ("words", "lower", "upper"),
    [
        ("two", 2, 2),
        ("two", 2, None),
        ("more than 70", 71, None),
        ("more than 70", 70, None),
        ("at least 40", 40, 40),
        ("dozens", 24, None),
        ("dozens", None, None),
        ("about 70", 1, 1),
    ],
)
def test_words_that_agree(words: str, lower: int | None, upper: int | None) -> None:
    assert list(disagreeing(quads(words, lower, upper))) == []


@pytest.mark.parametrize(
    ("words", "lower", "upper", "figure"),
    [
        ("twelve", 2, 2, "2"),
        ("dozens of", 2, 2, "2"),
        ("more than 70", 17, None, "at least 17"),
        ("up to 10", None, 100, "at most 100"),
        ("three", 4, 6, "4 to 6"),
    ],
)
def test_words_that_give_another_number(
    words: str, lower: int | None, upper: int | None, figure: str
) -> None:
    (finding,) = disagreeing(quads(words, lower, upper))
    assert (finding.focus, finding.component) == (CLAIM, CHECK.component)
    assert finding.severity is Severity.VIOLATION
    assert finding.message == (
        f"The words of the quantity, “{words}”, give another number than the figure: {figure}."
    )
