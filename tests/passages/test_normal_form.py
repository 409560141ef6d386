"""The normal form of words, by the published vectors and by a second implementation."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia import passages
from testimonia.passages import normal_form
from testimonia.passages.searching import search

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "docs/reference/anchor-vectors.json").read_text("utf-8"))
TABLES = tomllib.loads(Path(normal_form.__file__).with_suffix(".toml").read_text("utf-8"))
SIGNS = "a\u00e9e\u0301\u0327 \n\u00ad-\u2013'`\"\u201c,.<>09\u0661\u0641\u0640\u064f\ufb01\uff34\u200d\u1112\u1161\u11ab\ud55c\u00a8\u2026\U0001f600@(LRB)&;amp"
TEXTS = st.text(st.sampled_from(SIGNS), max_size=40) | st.text(max_size=30)


def second(text: str) -> str:
    """Compute the form as the specification describes it, step by step over the whole text."""

    def of(ranges: list[str]) -> set[int]:
        ends = [each.split("-") for each in ranges]
        return {p for end in ends for p in range(int(end[0], 16), int(end[-1], 16) + 1)}

    literals = sorted(TABLES["literals"], key=len, reverse=True)
    text = re.sub("|".join(map(re.escape, literals)), lambda m: TABLES["literals"][m[0]], text)
    unified = {p: chr(int(to, 16)) for to, each in TABLES["unified"].items() for p in of(each)}
    letters = {int(old, 16): chr(int(new, 16)) for old, new in TABLES["letters"].items()}
    removed = dict.fromkeys(set().union(*map(of, TABLES["removed"].values())))
    text = unicodedata.normalize("NFKD", text.translate(unified))
    text = text.translate(unified).translate(letters).translate(removed)
    text = unicodedata.normalize("NFC", text)
    text = re.sub("(?<=[0-9])-+(?=[0-9])", "\0", text).replace("-", "").replace("\0", "-")
    return re.sub('"+', '"', text)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda each: each["what"])
def test_vectors(vector: dict[str, Any]) -> None:
    form = passages.normalized(vector["text"])
    assert form == vector["form"] == second(vector["text"])
    assert len(form) == vector["length"]
    assert hashlib.sha256(form.encode()).hexdigest() == vector["sha256"]


@pytest.mark.parametrize("vector", VECTORS["found"], ids=lambda each: each["what"])
def test_where_vectors_are_found(vector: dict[str, Any]) -> None:
    form = passages.normal(vector["text"])
    wanted = vector["sha256"], vector["length"]
    assert [list(form.span(*span)) for span in search(form, [wanted])[wanted]] == vector["spans"]


def test_the_version_is_that_of_the_vectors() -> None:
    assert normal_form.VERSION == VECTORS["version"] == 1


@given(TEXTS)
def test_the_second_implementation_agrees(text: str) -> None:
    assert passages.normalized(text) == second(text)


@given(TEXTS)
def test_every_character_of_the_form_has_its_place(text: str) -> None:
    form = passages.normal(text)
    assert len(form.starts) == len(form.ends) == len(form.form)
    assert form.starts == sorted(form.starts)
    assert form.ends == sorted(form.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(form.starts, form.ends, strict=True))


WORDS = st.lists(
    st.sampled_from(
        [
            "two",
            "\u201cbo\u00e9ts\u201d",
            "10-15",
            "\u2014",
            "hos-\npital",
            "-LRB-",
            "don't",
            "\u0642\u064f\u062a",
            ".",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(WORDS, st.data())
def test_the_form_of_a_passage_occurs_in_that_of_its_document(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    starts = [0, *(match.end() for match in re.finditer(" ", text))]
    start = data.draw(st.sampled_from(starts))
    end = data.draw(
        st.sampled_from([m.start() for m in re.finditer(" |$", text) if m.start() > start])
    )
    assert passages.normalized(text[start:end]) in passages.normalized(text)


def test_a_span_begins_and_ends_with_the_words() -> None:
    text = "He said \u2018no\u2019.\n\u201cTwo boats,\u201d\n\u201cThree.\u201d"
    form = passages.normal(text)
    at = form.form.index('Twoboats,"')
    assert text[slice(*form.span(at, at + 10))] == "Two boats,\u201d"
    at = form.form.index('"Three')
    assert text[slice(*form.span(at, at + 6))] == "\u201cThree"


def test_an_occurrence_within_a_word_counts_only_where_there_is_no_other() -> None:
    ten = hashlib.sha256(b"ten").hexdigest(), 3
    assert search(passages.normal("often, ten"), [ten])[ten] == [(6, 9)]
    assert search(passages.normal("often"), [ten])[ten] == [(2, 5)]
