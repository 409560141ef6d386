"""Fuzzes the parameters of questions: each must be bound as one term, or refused with an error.

An injected value would change the query, so the tokens outside the slot are compared with those of the
question.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import testimonia
from testimonia.catalogue.questions import Question
from testimonia.errors import TestimoniaError
from testimonia.query.sparql import tokens

__all__ = ["run"]

_PIECES = [
    *(
        "event:",
        "agent:",
        "tmc:",
        "killed",
        "policy:official-only",
        "2025-12-13-palmyra-attack",
        "true",
    ),
    *(
        "<",
        ">",
        "{",
        "}",
        "}}",
        '"',
        "'",
        '"""',
        "\\",
        "\\u0022",
        "#",
        "?s ?p ?o",
        "UNDEF",
        ".",
        ";",
        "|",
    ),
    *(
        "\n",
        "\r",
        "\t",
        "\x00",
        "\u2028",
        "\ud800",
        "\u202e",
        "é",
        "مصر",
        "\U0001d518",
        " ",
        "%22",
        "javascript:",
    ),
    *(
        "https://w3id.org/testimonia/id/event/x",
        "urn:x",
        "-1",
        "1e9",
        "9" * 40,
        "2025-02-30",
        "+14:01",
    ),
    *(
        "SERVICE <http://a.example/>",
        "INSERT DATA { }",
        "FILTER(1=1)",
        "VALUES ?x { 1 }",
        "BIND",
        "nil",
    ),
]
_OTHERS: list[Any] = [None, True, False, 0, -(10**30), 1.5, b"x", [], {}, object()]
_ASKED = 200  # one in so many is also asked of the data


def run(seed: int, inputs: int) -> Counter[str]:
    """Bind a number of sets of parameters, and ask some of the questions.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same inputs.
    inputs
        How many.

    Returns
    -------
    Counter
        How many were bound, answered and refused; every other outcome begins with ``finding:`` and
        shows the question and its parameters.
    """
    source = random.Random(seed)  # noqa: S311 - no secret
    dataset = testimonia.open()
    questions = dataset.questions()
    outcomes: Counter[str] = Counter()
    for number in range(inputs):
        question = source.choice(questions)
        names = [name for name in question.parameters if source.random() < 0.7]
        names += ["no_such"] * (source.random() < 0.02)
        given = {name: _value(source) for name in names}
        try:
            if number % _ASKED == 0:
                dataset.ask(question.name, **given)
                outcomes["answered"] += 1
            else:
                outcomes[_bound(question, given)] += 1
        except TestimoniaError:
            outcomes["refused"] += 1
        except Exception as fault:  # noqa: BLE001 - that is what is looked for
            outcomes[f"finding: {type(fault).__name__} at {question.name} {given!r}"] += 1
    return outcomes


def _value(source: random.Random) -> Any:
    if source.random() < 0.1:
        return source.choice(_OTHERS)
    return "".join(source.choices(_PIECES, k=source.randint(0, 4)))


def _bound(question: Question, given: dict[str, Any]) -> str:
    query = question.bind(given)
    before, after = _shape(question.sparql), _shape(query)
    return "bound" if before == after else f"finding: changed {question.name} {given!r}"


def _shape(query: str) -> list[str]:
    """Give the kinds of all tokens except those between the braces of a slot."""
    found: list[str] = []
    inside = False
    for token in tokens(query):
        inside = inside and token.text != "}"
        if not inside:
            found.append(token.text)
        inside = inside or (token.text == "{" and found[-3:-2] == ["VALUES"])
    return found
