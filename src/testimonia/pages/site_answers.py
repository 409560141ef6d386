"""Writes the questions of a site: a page for each, in parts if the answer is long, and the answer in every format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from testimonia.catalogue.lookup import Names
from testimonia.catalogue.questions import Question
from testimonia.pages.addresses import href, path_of
from testimonia.pages.answer_fragment import MAX_ROWS, Results, html_fragment
from testimonia.pages.page_renderer import PageRenderer
from testimonia.pages.rendering import render
from testimonia.query import delimited, table_files
from testimonia.query.labelling import Label, labelled
from testimonia.values import Term

__all__ = ["FOLDER", "write_questions"]

FOLDER: Final = "questions"
"""Where they are in a site."""

Files = Sequence[tuple[str, str]]
"""The formats of an answer, and the file of each."""


def write_questions(
    pages: PageRenderer,
    folder: Path,
    questions: Sequence[Question],
    bind: Callable[[Question], str],
    languages: Sequence[str],
) -> None:
    """Write a page for each question; answered, unless it needs to be given something.

    Parameters
    ----------
    pages
        Renders pages.
    folder
        The folder of the site.
    questions
        The questions.
    bind
        Gives the query of a question, with the defaults of its parameters.
    languages
        Language tags, the most preferred first.
    """
    (folder / FOLDER).mkdir()
    label = Names(pages.store, languages).label
    for question in questions:
        if any(parameter.required for parameter in question.parameters.values()):
            _write_page(folder, question, question.sparql)
            continue
        query = bind(question)
        results = pages.store.results(query)
        if not isinstance(results, QuerySolutions):
            _write_page(folder, question, query, html_fragment(results, label))
            continue
        answer = results.serialize(format=QueryResultsFormat.JSON) or b""
        _write_answer(pages, folder, question, query, answer, label)


def _write_answer(
    pages: PageRenderer, folder: Path, question: Question, query: str, answer: bytes, label: Label
) -> None:
    names = [variable.value for variable in _solutions(answer).variables]
    rows = [tuple(solution) for solution in _solutions(answer)]
    base = folder / FOLDER / question.name
    base.with_suffix(".json").write_bytes(answer)
    files = [*_write_tables(base, names, rows), ("json", f"{question.name}.json")]
    with_labels = _write_tables(
        base.with_name(f"{base.name}-labels"), *labelled(names, rows, label)
    )

    def address(iri: str) -> str:
        return href(f"{FOLDER}/x", path_of(iri)) if pages.knows(iri) else ""

    for part in range(1, max(1, -(-len(rows) // MAX_ROWS)) + 1):
        fragment = html_fragment(
            _solutions(answer),
            label,
            spaced=True,
            href=address,
            part=part,
            parts=lambda number: _file(question, number),
        )
        _write_page(folder, question, query, fragment, files, with_labels, part)


def _solutions(answer: bytes) -> QuerySolutions:
    found: Results = parse_query_results(answer, QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - of a SELECT query
    return found


def _write_tables(
    base: Path, names: Sequence[str], rows: Sequence[tuple[Term | None, ...]]
) -> Files:
    """Write an answer as CSV, and as a workbook and Parquet where the packages are installed."""
    found = [("csv", f"{base.name}.csv")]
    with base.with_name(f"{base.name}.csv").open("wb") as stream:
        for chunk in delimited.csv(names, rows):
            stream.write(chunk.encode())
    for form in table_files.AVAILABLE:
        path = base.with_name(f"{base.name}.{form}")
        with path.open("wb") as stream:
            table_files.WRITERS[form](names, rows, stream)
        found.append((form, path.name))
    return found


def _file(question: Question, part: int) -> str:
    return f"{question.name}.html" if part == 1 else f"{question.name}-{part}.html"


def _write_page(
    folder: Path,
    question: Question,
    query: str,
    fragment: str = "",
    formats: Files = (),
    with_labels: Files = (),
    part: int = 1,
) -> None:
    name = _file(question, part)
    page = render(
        "question.html",
        up="../",
        question=question,
        fields=[],
        problem=None,
        fragment=fragment,
        url="",
        formats=formats,
        labelled=with_labels,
        permanent=name,
        lang="",
        languages=[],
        editor=f"../sparql.html#query={quote(query)}",
    )
    (folder / FOLDER / name).write_text(page, encoding="utf-8", newline="\n")
