"""A small invented document with its description."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia import passages
from testimonia.rdf import files

TEXT = "HARBOUR\nÅsa said “two boats” sank. Nobody was hurt 😀 today.\n"
DOCUMENT = "https://example.org/document/boats"
PREFIXES = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "any name").write_bytes(TEXT.encode())
    return folder


@pytest.fixture
def described() -> str:
    """Turtle for the document, without passages."""
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    return (
        f'{PREFIXES}<{DOCUMENT}> a tmn:Document ; rdfs:label "Boats"@en ;\n'
        f'  tmn:sha256 "{digest}" ; tmn:characterCount "{len(TEXT)}"^^xsd:nonNegativeInteger .\n'
    )


@pytest.fixture
def passage(sources: Path) -> Callable[[str], str]:
    """Turtle for the passage with some words, as the library writes it."""
    return lambda words: passages.locate(sources / "any name", words, DOCUMENT)


@pytest.fixture
def check(tmp_path: Path, sources: Path) -> Callable[[str], passages.PassageReport]:
    """Check some Turtle against the sources."""

    def run(turtle: str) -> passages.PassageReport:
        path = tmp_path / "data.ttl"
        path.write_text(turtle, encoding="utf-8")
        return passages.check(files.read([path]), sources)

    return run
