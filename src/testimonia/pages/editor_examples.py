"""What the SPARQL editor begins with: a short query, or one of the questions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from testimonia.catalogue.questions import Question

__all__ = ["EXAMPLE", "EXAMPLES", "examples_json"]

EXAMPLE: Final = """SELECT ?claim ?claimant ?stance WHERE {
  ?claim a tmn:Claim ; tmn:claimant ?claimant ; tmn:stance ?stance .
} ORDER BY ?claim LIMIT 20"""
"""The query in the editor when it is opened."""
EXAMPLES: Final = "examples.json"
"""The file with the queries of the questions, which the editor loads when one is chosen."""


def examples_json(questions: Iterable[Question]) -> bytes:
    """Write the queries of questions as JSON, by the name of the question.

    Parameters
    ----------
    questions
        The questions.
    """
    queries = {question.name: question.sparql for question in questions}
    return json.dumps(queries, ensure_ascii=False, separators=(",", ":")).encode()
