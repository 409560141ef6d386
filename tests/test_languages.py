"""Labels and glosses come in the language that a reader prefers, else in English, else in any."""

from __future__ import annotations

import json
from pathlib import Path

import palmyra
import pytest
from hypothesis import given
from hypothesis import strategies as st

import testimonia
from testimonia.errors import InputError
from testimonia.languages import accepted, is_right_to_left, preferred
from testimonia.query.results import Results
from testimonia.values import IRI

OWN = """
@prefix agent: <https://w3id.org/testimonia/id/agent/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
agent:a rdfs:label "English"@en, "brasileiro"@pt-BR, "čeština"@cs .
agent:b rdfs:label "plain", "deutsch"@de .
agent:c rdfs:label "jen česky"@cs .
agent:d skos:prefLabel "bevorzugt"@de ; rdfs:label "autre"@fr, "anders"@de .
agent:e rdfs:label "简体"@zh-Hans, "繁體"@zh-Hant, "中文"@zh .
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> testimonia.Dataset:
    path = tmp_path_factory.mktemp("own") / "own.ttl"
    path.write_text(OWN, encoding="utf-8")
    return testimonia.open(path)


@pytest.mark.parametrize(
    ("thing", "language", "label", "said"),
    [
        ("agent:a", None, "English", "en"),
        ("agent:a", "cs", "čeština", "cs"),
        ("agent:a", "fr", "English", "en"),
        ("agent:a", "fr,cs", "čeština", "cs"),
        ("agent:a", ["fr", "cs"], "čeština", "cs"),
        ("agent:a", "CS", "čeština", "cs"),
        ("agent:a", "pt", "brasileiro", "pt-br"),
        ("agent:a", "pt-BR", "brasileiro", "pt-br"),
        ("agent:a", "cs-CZ", "čeština", "cs"),
        ("agent:a", "pt-PT", "English", "en"),  # another Portuguese is not the one preferred
        ("agent:b", "fr", "plain", ""),
        ("agent:b", "de", "deutsch", "de"),
        ("agent:c", "fr", "jen česky", "cs"),
        ("agent:c", None, "jen česky", "cs"),
        ("agent:d", None, "bevorzugt", "de"),
        ("agent:d", "de", "bevorzugt", "de"),
        ("agent:d", "fr", "autre", "fr"),
        ("agent:d", "it", "bevorzugt", "de"),
        ("agent:e", "zh-Hant-TW", "繁體", "zh-hant"),
        ("agent:e", "zh", "中文", "zh"),
        ("tmc:killed", "uk", "загиблий", "uk"),
        ("tmn:claimant", "ar", "صاحب الادعاء", "ar"),
        ("tmn:claimant", "de", "claimant", "en"),
    ],
)
def test_a_label(
    own: testimonia.Dataset, thing: str, language: str | list[str] | None, label: str, said: str
) -> None:
    found = own.label(thing, language=language)
    assert found is not None
    assert (found, found.language.lower()) == (label, said)


@pytest.mark.parametrize(
    "ill",
    ["", "ua", "french", "fr_FR", "f", "fr,", "12", "en-", "x", "العربية", "fr;q=1", "e" * 999],
)
def test_invalid_language_tags(own: testimonia.Dataset, ill: str) -> None:
    for call in (
        lambda: testimonia.open(language=ill),
        lambda: own.label("agent:a", language=ill),
        lambda: own.ask("confirmed-figures", language=ill),
        lambda: own.describe("agent:a", language=[ill]),
    ):
        with pytest.raises(InputError, match="is not a language tag") as caught:
            call()
        assert "such as ar, es, fr-CA, ru or uk" in (caught.value.hint or "")


def test_the_default_of_a_dataset_and_the_preference_of_a_call() -> None:
    dataset = testimonia.open(*palmyra.FILES, language=["xxa", "fr"])
    rows = dataset.ask("confirmed-figures")
    assert isinstance(rows, Results)
    harms = {rows.label(row.harm) for row in rows}
    assert harms == {"tué", "blessé"}
    rows = dataset.ask("confirmed-figures", language="ru")
    assert isinstance(rows, Results)
    assert {rows.label(row.harm) for row in rows} == {"погибший", "раненый"}
    assert rows.to_csv(labels=True).count("раненый") == 2
    bindings = json.loads(rows.to_json(labels=True))["results"]["bindings"]
    assert bindings[0]["harm_label"]["value"] == "раненый"
    assert (
        dataset.query("SELECT ?h { ?c tmn:harm ?h }", language="es").label(  # type: ignore[union-attr]
            IRI("https://w3id.org/testimonia/code/killed")
        )
        == "muerto"
    )


def test_a_label_in_a_notebook_is_marked_with_its_language() -> None:
    page = palmyra.opened().describe("tmc:killed", language="ar")._repr_html_()
    assert '<bdi lang="ar" dir="rtl">قتيل</bdi> <code title=' in page
    page = palmyra.opened().describe("tmc:killed", language="uk")._repr_html_()
    assert '<bdi lang="uk">загиблий</bdi> <code title=' in page
    assert "<bdi" not in palmyra.opened().describe("tmc:killed", language="en")._repr_html_()


def test_an_explanation_is_in_english_with_labels_in_the_preferred_language() -> None:
    text = palmyra.opened().explain("prop:one-interpreter-killed", language="uk").to_text()
    assert "one civilian interpreter killed · підтримано твердженням · Report from Damascus" in text
    assert "asserts the proposition and has not been withdrawn" in text


def test_glosses_of_a_question_are_in_the_preferred_language(tmp_path: Path) -> None:
    (tmp_path / "more.ttl").write_text(
        "<https://w3id.org/testimonia/id/proposition/allies-share-intent> "
        '<https://w3id.org/testimonia/ns#gloss> "Une intention partagée."@fr .'
    )
    dataset = testimonia.open(tmp_path, shipped=True)
    for language, gloss in (("fr", True), ("fr-FR,de", True), ("uk", False)):
        rows = dataset.ask("commitments", language=language)
        assert isinstance(rows, Results)
        assert ("Une intention partagée." in {row.gloss for row in rows}) is gloss


@pytest.mark.parametrize(
    ("field", "tags"),
    [
        ("", ()),
        ("*", ()),
        ("fr", ("fr",)),
        ("en;q=0.5, uk, *;q=0.1", ("uk", "en")),
        ("de-CH;q=0.9,de;q=0.9,en;q=0", ("de-ch", "de")),
        ("nonsense, ua, fr_FR, ar;q=2, es;level=1, ru", ("ru",)),
    ],
)
def test_what_a_client_accepts(field: str, tags: tuple[str, ...]) -> None:
    assert accepted(field) == tags


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for tag in accepted(text):
        assert preferred(tag) == (tag,)
    try:
        tags = preferred(text)
    except InputError:
        return
    assert all(tag == tag.lower() for tag in tags)
    assert len(tags) == len(set(tags)) > 0


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar", True),
        ("ar-Latn", False),
        ("he-IL", True),
        ("uz", False),
        ("uz-Arab-AF", True),
        ("", False),
    ],
)
def test_the_direction_of_a_language(tag: str, expected: bool) -> None:
    assert is_right_to_left(tag) is expected
