"""Informants in the text of a record: known names and common nouns, and nothing else."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.namespaces import TERMS
from testimonia.tables.informants import above, known, read

# Words of the forms that records hold; the people and places are invented.
SURE = [
    ("SOHR", ["sohr"], []),
    ("sOHR", ["sohr"], []),
    ("SOHR, Airwars", ["sohr", "airwars"], []),
    ("SOHR; VDC", ["sohr", "vdc"], []),
    ("SOHR and airwars", ["sohr", "airwars"], []),
    ("SOHR Airwars", ["sohr", "airwars"], []),
    ("SOHR/Waha Report", ["sohr", "waha-report"], []),
    ("SOHR\nVDC\n", ["sohr", "vdc"], []),
    ("SOHR, SOHR", ["sohr"], []),
    ("Memorybook x3", ["memorybook"], []),
    ("MemoryBook (x2)", ["memorybook"], []),
    ("ISAF statement", ["isaf"], []),
    ("UNDSS Sitrep 2031/03/12", ["undss"], []),
    ("The Britain-based Syrian Observatory for Human Rights", ["sohr"], []),
    ("Turkey\u2019s military", ["turkish-armed-forces"], []),
    ("Step News Agency, Sound and Picture", ["step-news-agency", "sound-and-picture"], []),
    ("police", [], ["police"]),
    ("witnesses", [], ["witnesses"]),
    ("Military spokesman", [], ["Military spokesman"]),
    ("a military source,", [], ["a military source"]),
    ("police, witnesses", [], ["police", "witnesses"]),
    ("Police and hospital officials", [], ["Police and hospital officials"]),
    ("medical officials + residents", [], ["medical officials", "residents"]),
    ("Ministry of Defence", [], ["Ministry of Defence"]),
    ("A resident of Orm-Dell, 25,", [], ["A resident of Orm-Dell, 25"]),
    ("villagers of Tarn", [], ["villagers of Tarn"]),
    ("HRW, doctor, VDC", ["hrw", "vdc"], ["doctor"]),
]
PARTLY = [
    ("SOHR, Ilo Tarn, of the group Hill 24", ["sohr"], []),
    ("police\nIlo Tarn, a spokesman for the Front", [], ["police"]),
    ("Dell Post, HRW", ["hrw"], []),
    ("a 15-year-old boy, HRW", ["hrw"], []),
]
NOT_AT_ALL = [
    "Jean-Bosco T., a farmer",
    "Government spokesman Ilo Tarn",
    "Tarn, a resident of Dell",
    "according to the mayor of Dell Ilo Tarn",
    "UN Office for the Coordination of Dell said.",
    "the source said on condition of anonymity",
    "anonymous VAR army colonel",
    "SOHR (Dell 24)",
    "dell.example citing SOHR",
    "Panel interview with a body and OCHA",
    "https://dell.example/report.asp?symbol=S/2031/1",
    "S/2031/787",
    "People\u2019s Defense Forces",
    "Tarn, 16",
    "a",
    ".",
    " ; \n",
    "",
]


@pytest.mark.parametrize(("words", "names", "described"), SURE)
def test_names_and_common_nouns_are_read(
    words: str, names: list[str], described: list[str]
) -> None:
    reading = read(words)
    assert [agent.id for agent in reading.known] == names
    assert list(reading.unnamed) == described
    assert reading.sure


@pytest.mark.parametrize(("words", "names", "described"), PARTLY)
def test_names_are_read_beside_what_is_not(
    words: str, names: list[str], described: list[str]
) -> None:
    reading = read(words)
    assert [agent.id for agent in reading.known] == names
    assert list(reading.unnamed) == described
    assert not reading.sure


@pytest.mark.parametrize("words", NOT_AT_ALL)
def test_nobody_is_made_of_other_words(words: str) -> None:
    reading = read(words)
    assert (reading.known, reading.unnamed, reading.sure) == ((), (), False)


@given(st.text())
def test_any_text_is_read_and_described_in_its_own_words(words: str) -> None:
    reading = read(words)
    folded = " ".join(words.split())
    assert all(each in folded for each in reading.unnamed)
    assert reading.known or reading.unnamed or not reading.sure


def test_the_table_of_known_bodies_is_sound() -> None:
    text = files("testimonia.tables").joinpath("informants.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = [row["id"] for row in rows]
    spellings = [spelling.casefold() for row in rows for spelling in row["spellings"].split("|")]
    assert len(set(names)) == len(names) > 100
    assert len(set(spellings)) == len(spellings), "no spelling stands for two"
    assert {row["type"] for row in rows} <= TERMS
    assert {row["part_of"] for row in rows} - {""} <= set(names)
    for row in rows:
        for spelling in row["spellings"].split("|"):
            agent = known(spelling)
            assert agent is not None
            assert agent.id == row["id"]


def test_bodies_lead_up_to_what_they_are_part_of() -> None:
    division = known("HRD MINUSCA")
    assert division is not None
    assert [above(division).id, above(above(division)).id] == ["minusca", "united-nations"]
