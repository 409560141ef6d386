"""Every question is in one group, and the page lists them by group."""

from __future__ import annotations

from dataclasses import replace

from testimonia.catalogue import resources
from testimonia.catalogue.questions import read_question
from testimonia.pages.question_groups import GROUPS, OTHERS, grouped
from testimonia.pages.rendering import render

QUESTIONS = [read_question(path) for path in resources.queries()]


def test_every_shipped_question_is_in_one_group() -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(question.name for question in QUESTIONS)


def test_ones_own_questions_are_last() -> None:
    own = replace(QUESTIONS[0], name="my-own")
    found = grouped([own, *QUESTIONS])
    assert [title for title, _ in found] == [*GROUPS, OTHERS]
    assert found[-1][1] == [own]
    assert grouped([own]) == [(OTHERS, [own])]  # no group is empty


def test_the_page_lists_them_by_group() -> None:
    page = render("questions.html", groups=grouped(QUESTIONS))
    assert page.count("<h2>") == len(GROUPS)
    places = [
        page.index(text)
        for text in (
            "<h2>Figures</h2>",
            "questions/confirmed-figures.html",
            "<h2>Who did it</h2>",
            "questions/perpetrator-accounts.html",
            "<h2>Policies</h2>",
            "questions/accepted-figures.html",
        )
    ]
    assert places == sorted(places)
    assert page.count('href="/questions/') == len(QUESTIONS)
