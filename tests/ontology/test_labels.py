"""What terms and codes are called in each of six languages."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import palmyra
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.catalogue import resources
from testimonia.namespaces import CODE, ONTOLOGY, PREFIXES, shorten
from testimonia.query.graph_names import CODES_GRAPH, ONTOLOGY_GRAPH
from testimonia.rdf import files

LANGUAGES = ("ar", "en", "es", "fr", "ru", "uk")
OTHERS = tuple(language for language in LANGUAGES if language != "en")

LABEL = NamedNode(PREFIXES["rdfs"] + "label")
PREF_LABEL = NamedNode(PREFIXES["skos"] + "prefLabel")
DEFINITION = NamedNode(PREFIXES["skos"] + "definition")
IN_SCHEME = NamedNode(PREFIXES["skos"] + "inScheme")

# Names and grades that are written in Latin letters everywhere.
LATIN_NAMES = re.compile(r"\b(?:SHA-256|EDTF|Telegram|X|[A-F](?=\xa0?:))")
LATIN = r"[A-Za-zÀ-ÖØ-öø-ÿŒœ]"
ARABIC = r"[\u0621-\u063a\u0641-\u0652]"
# The letters of both alphabets, then those that only one of them has.
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщьюя"
RUSSIAN, UKRAINIAN = "ёъыэ", "ґєії"
SCRIPTS = {
    "ar": ARABIC,
    "en": r"[A-Za-z]",
    "es": LATIN,
    "fr": LATIN,
    "ru": f"(?i:[{CYRILLIC}{RUSSIAN}])",
    "uk": f"(?i:[{CYRILLIC}{UKRAINIAN}])",
}


@cache
def quads() -> tuple[Quad, ...]:
    return tuple(files.read([*resources.ontology(), *resources.labels()]))


def literals(predicate: NamedNode) -> Iterator[tuple[str, Literal]]:
    for quad in quads():
        if quad.predicate == predicate and isinstance(quad.object, Literal):
            assert isinstance(quad.subject, NamedNode)
            yield quad.subject.value, quad.object


@cache
def named() -> dict[str, dict[str, list[str]]]:
    """Give the labels of each term and code that has an English one, by language."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for predicate, space in ((LABEL, ONTOLOGY), (PREF_LABEL, CODE)):
        for iri, literal in literals(predicate):
            if iri.startswith(space):
                found[iri][literal.language or ""].append(literal.value)
    return found


def defined() -> dict[str, str]:
    return {
        iri: literal.value
        for iri, literal in literals(DEFINITION)
        if iri.startswith((ONTOLOGY, CODE))
    }


def every(language: str) -> list[tuple[str, str]]:
    return [(iri, text) for iri, labels in named().items() for text in labels[language]]


def test_every_term_and_code_has_a_label_in_every_language() -> None:
    missing = [
        f"{shorten(iri)} @{language}: “{''.join(named()[iri]['en'])}”, {definition}"
        for iri, definition in defined().items()
        for language in LANGUAGES
        if not named()[iri][language]
    ]
    assert not missing, "labels are missing:\n" + "\n".join(missing)


def test_none_has_two_in_a_language_or_one_in_another() -> None:
    twice = [
        f"{shorten(iri)} @{language}: {', '.join(texts)}"
        for iri, labels in named().items()
        for language, texts in labels.items()
        if len(texts) > 1 or (texts and language not in LANGUAGES)
    ]
    assert not twice, "\n".join(twice)


def test_what_has_a_label_is_a_term_or_a_code() -> None:
    subjects = {quad.subject.value for quad in files.read(resources.labels())}  # type: ignore[union-attr]
    assert sorted(map(shorten, subjects - defined().keys())) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_file_holds_labels_of_its_language_alone(language: str) -> None:
    (path,) = (path for path in resources.labels() if path.stem == language)
    for quad in files.read([path]):
        assert isinstance(quad.object, Literal)
        assert isinstance(quad.subject, NamedNode)
        expected = PREF_LABEL if quad.subject.value.startswith(CODE) else LABEL
        assert (quad.predicate, quad.object.language) == (expected, language)


def test_these_are_the_languages() -> None:
    assert tuple(path.stem for path in resources.labels()) == OTHERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_written_well(language: str) -> None:
    ill = [
        f"{shorten(iri)}: {text!r}"
        for iri, text in every(language)
        if not text.strip()
        or text != " ".join(text.split(" ")).strip()
        or "  " in text
        or not unicodedata.is_normalized("NFC", text)
        or "'" in text.replace("others' loss", "")
        or any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs") for char in text)
    ]
    assert not ill, "\n".join(ill)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_in_the_script_of_their_language(language: str) -> None:
    letters, foreign = re.compile(SCRIPTS[language]), []
    for iri, text in every(language):
        rest = text if language in ("en", "es", "fr") else LATIN_NAMES.sub("", text)
        if not letters.search(rest):
            foreign.append(f"{shorten(iri)}: {text} has no letter of {language}")
        strange = [c for c in rest if unicodedata.category(c)[0] in "LM" and not letters.match(c)]
        if strange:
            foreign.append(f"{shorten(iri)}: {text} has {', '.join(map(ascii, strange))}")
    assert not foreign, "\n".join(foreign)


@pytest.mark.parametrize(
    ("language", "text"),
    [("uk", "ы"), ("uk", "э"), ("uk", "Ъ"), ("uk", "ё"), ("ru", "\u0456"), ("ru", "Ї")],
)
def test_letters_of_the_other_alphabet_are_told(language: str, text: str) -> None:
    assert re.fullmatch(SCRIPTS[language], text) is None


def of_two_scripts(text: str) -> list[str]:
    """Give the words with letters of two scripts: they look right and cannot be searched for."""
    return [
        word
        for word in re.findall(r"[^\W\d_]+", text)
        if len({unicodedata.name(letter).split()[0] for letter in word}) > 1
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_has_letters_of_two_scripts(language: str) -> None:
    mixed = {iri: of_two_scripts(text) for iri, text in every(language)}
    assert {shorten(iri): list(map(ascii, words)) for iri, words in mixed.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("виконав\u0065ць", ["виконав\u0065ць"]),
        ("штаб, X\u0430ти", ["X\u0430ти"]),
        ("X: Telegram\u043e", ["Telegram\u043e"]),
        ("публикация в X", []),
        ("хеш SHA-256 документа", []),
        ("A: موثوق تمامًا", []),
    ],
)
def test_words_of_two_scripts_are_told(text: str, words: list[str]) -> None:
    assert of_two_scripts(text) == words


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_latin_everywhere_is_latin_there(language: str) -> None:
    """A Cyrillic letter for the grade A, or for the network X, looks right and is not."""
    wrong = [
        f"{shorten(iri)}: {labels[language]}"
        for iri, labels in named().items()
        for mark in re.findall(r"\b(?:SHA-256|EDTF|X|[A-F](?=:))", labels["en"][0])
        if re.search(rf"(?<![^\W\d_]){mark}(?![^\W\d_])", labels[language][0]) is None
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_codes_of_a_list_have_one_label(language: str) -> None:
    listed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for quad in quads():
        if quad.predicate == IN_SCHEME:
            assert isinstance(quad.subject, NamedNode)
            for text in named()[quad.subject.value][language]:
                key = (str(quad.object), text.casefold())
                listed[key].append(shorten(quad.subject.value))
    assert [
        f"{key[1]}: {', '.join(codes)}" for key, codes in listed.items() if len(codes) > 1
    ] == []


def test_beginnings_are_small_but_of_lists() -> None:
    """Schemes begin with a capital, as in English, and all else with none."""
    schemes = {str(quad.object)[1:-1] for quad in quads() if quad.predicate == IN_SCHEME}
    wrong = []
    for language in ("en", "es", "fr", "ru", "uk"):
        for iri, text in every(language):
            if LATIN_NAMES.match(text) or not text[0].isalpha():
                continue
            if text[0].isupper() != (iri in schemes):
                wrong.append(f"{shorten(iri)} @{language}: {text}")
    assert not wrong, "\n".join(wrong)


def test_they_are_loaded_with_what_they_name() -> None:
    store = palmyra.opened().store
    in_graph = {
        graph: {(t.subject, t.object) for t in store.statements(graph)}
        for graph in (ONTOLOGY_GRAPH, CODES_GRAPH)
    }
    for graph, iri, label in (
        (ONTOLOGY_GRAPH, ONTOLOGY + "claimant", Literal("автор твердження", language="uk")),
        (CODES_GRAPH, CODE + "killed", Literal("قتيل", language="ar")),
    ):
        found = [each for each, pairs in in_graph.items() if (NamedNode(iri), label) in pairs]
        assert found == [graph]
