"""Suggestions: figures of people, reported speech and known names in four languages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.notes import cues, phrases
from testimonia.notes.cues import Cue, CueKind


def figures(text: str, language: str | None = None) -> list[str | None]:
    return [cue.phrase for cue in cues.find(text, language) if cue.kind is CueKind.FIGURE]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # English
        ("Four dock workers were killed at the quay.", ["killed 4 dock workers"]),
        ("The blast killed at least 12 people.", ["killed >=12 people"]),
        ("More than 70 crew members were wounded.", ["injured >=71 crew members"]),
        ("The fire left 9 dead and 31 injured.", ["killed 9", "injured 31"]),
        ("About 40 residents were injured.", ["injured ~40 residents"]),
        ("Nearly 50 people died.", ["killed nearly 50 people"]),
        ("Dozens of villagers were killed.", ["killed >=20 villagers"]),
        ("A guard was shot to death.", ["killed 1 guard"]),
        ("Police arrested several suspects.", ["detained several suspects"]),
        ("Twenty-five sailors are missing; one woman was found alive.", ["missing 25 sailors"]),
        ("Gunmen killed 4 workers and wounded 3 others.", ["killed 4 workers", "injured 3 others"]),
        ("Two officers were abducted.", ["abducted 2 officers"]),
        ("Up to 30 workers were hurt.", ["injured <=30 workers"]),
        # French
        ("Quatre soldats ont été tués près du port.", ["killed 4 soldats"]),
        ("L'attaque a fait au moins 12 morts et 30 blessés.", ["killed >=12", "injured 30"]),
        # Spanish
        ("Murieron cuatro trabajadores y más de 70 personas resultaron heridas.", ["killed 4 trabajadores", "injured >=71 personas"]),
        ("Cinco soldados fueron detenidos.", ["detained 5 soldados"]),
        # Arabic
        ("أعلنت الوزارة مقتل 12 شخصا وإصابة 30 آخرين", ["killed 12 شخصا", "injured 30 آخرين"]),
        ("مقتل ثلاثة جنود في الهجوم", ["killed 3 جنود"]),
    ],
)  # fmt: skip
def test_figures(text: str, expected: list[str]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The ship sank on 13 December 2025 after two hours.",
        "A 24 year old bridge collapsed; nobody was hurt, the mayor said.",
        "The bomb weighed 30 kilos and killed the engine.",
        "Two ships left the port, and three houses burnt.",
        "The talks went on for 40 minutes before the deaths were announced.",
        "",
        "\n\n",
    ],
)
def test_other_numbers_are_no_figures_of_people(text: str) -> None:
    assert figures(text, "en") == []


def test_a_figure_stands_where_it_says() -> None:
    text = "Smoke rose. The army said that four dock workers were killed."
    (cue,) = (each for each in cues.find(text) if each.kind is CueKind.FIGURE)
    assert text[cue.start : cue.end] == "four dock workers"
    assert (cue.sentence, cue.harm, cue.lower, cue.upper) == (2, "killed", 4, 4)
    assert (cue.bound_type, cue.counted) == ("exact", "dock workers")


@pytest.mark.parametrize(
    "text",
    [
        "Four men died.",
        "At least 12 people died.",
        "Over 70 people were hurt.",
        "Some 40 men died.",
    ],
)
def test_a_suggested_phrase_is_one_that_notes_read(text: str) -> None:
    (cue,) = (each for each in cues.find(text) if each.kind is CueKind.FIGURE)
    read = phrases.figure(cue.phrase or "")
    assert read is not None
    if cue.bound_type != "approximately":
        assert read.columns.get("lower_bound") == cue.lower
        assert read.columns.get("upper_bound") == cue.upper


def test_speech_is_marked_once_a_sentence() -> None:
    text = "Smoke rose. The mayor said it was over, said nothing more, and left. According to him it rained."
    found = [cue for cue in cues.find(text) if cue.kind is CueKind.SPEECH]
    assert [(cue.sentence, text[cue.start : cue.end]) for cue in found] == [
        (2, "said"),
        (3, "According to"),
    ]


def test_known_names_are_found_whole_and_the_longest_first() -> None:
    names = {"Port Alder": "p", "Port Alder Police": "police", "Alder": "a", "Élan": "e"}
    text = unicodedata.normalize(
        "NFD", "Port Alder police met at Port Alder, in Alderney, at élan."
    )
    found = [cue for cue in cues.find(text, "en", names) if cue.kind is CueKind.NAME]
    assert [cue.name for cue in found][:2] == ["police", "p"]


def test_a_language_without_words_gives_names_alone() -> None:
    found = cues.find("Vier Hafenarbeiter starben in Port Alder.", "de", {"Port Alder": "p"})
    assert [cue.kind for cue in found] == [CueKind.NAME]


@given(st.text(max_size=200), st.sampled_from(cues.LANGUAGES))
def test_any_text_gives_cues_within_it(text: str, language: str) -> None:
    found = cues.find(text, language)
    assert all(0 <= cue.start < cue.end <= len(text) for cue in found)
    assert found == sorted(found, key=lambda cue: (cue.start, cue.end, cue.kind))


def test_a_cue_of_speech_has_no_phrase() -> None:
    assert Cue(CueKind.SPEECH, 0, 4, 1).phrase is None
