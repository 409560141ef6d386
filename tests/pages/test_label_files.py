"""Names in each language for static pages: right, complete for codes and terms, and of things that have pages."""

from __future__ import annotations

import json

import pytest

from testimonia.catalogue import resources
from testimonia.namespaces import ONTOLOGY
from testimonia.pages.addresses import iri_at
from testimonia.pages.label_files import LANGUAGES
from testimonia.pages.page_renderer import PageRenderer


@pytest.fixture(scope="module")
def files(shipped: PageRenderer) -> dict[str, dict[str, str]]:
    return {tag: json.loads(shipped.label_file(tag)) for tag in LANGUAGES}


def test_the_languages_are_those_of_the_labels() -> None:
    assert set(LANGUAGES) == {"en", *(path.stem for path in resources.labels())}


@pytest.mark.parametrize(
    ("tag", "name"), [("en", "killed"), ("fr", "tué"), ("es", "muerto"), ("uk", "загиблий")]
)
def test_a_code_has_its_name(tag: str, name: str, files: dict[str, dict[str, str]]) -> None:
    labels = next((path for path in resources.labels() if path.stem == tag), None)
    if labels is not None:
        assert f'tmc:killed skos:prefLabel "{name}"@{tag}' in labels.read_text(encoding="utf-8")
    assert files[tag]["code/killed"] == name


@pytest.mark.parametrize("tag", LANGUAGES)
def test_all_terms_and_codes_have_names(
    tag: str, files: dict[str, dict[str, str]], shipped: PageRenderer
) -> None:
    for path in files["en"]:
        if path.startswith(("ns/", "code/")):
            assert path in files[tag]
    assert f"{ONTOLOGY}Claim" in {iri_at(path) for path in files[tag]}
    assert all(shipped.knows(iri_at(path) or "") for path in files[tag])
