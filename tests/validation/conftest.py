"""A small ontology, and ways to validate Turtle written in a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from testimonia.rdf import files
from testimonia.validation import Report, check

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix tmsh: <https://w3id.org/testimonia/shapes#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""
ONTOLOGY = """
tmn:Claim a owl:Class . tmn:Event a owl:Class . tmn:Incident a owl:Class ; rdfs:subClassOf tmn:Event .
tmn:claimant a owl:ObjectProperty . tmn:corrects a owl:ObjectProperty .
tmn:stance a owl:ObjectProperty . tmn:lowerBound a owl:DatatypeProperty .
tmc:asserts a skos:Concept ; skos:prefLabel "asserts"@en .
"""

Write = Callable[[str, str], Path]
Validate = Callable[..., Report]


@pytest.fixture
def turtle(tmp_path: Path) -> Write:
    """Write Turtle to a file, after the prefixes."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(PREFIXES + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def run(turtle: Write) -> Validate:
    """Validate data against shapes, both written as Turtle."""

    def validated(data: str, shapes: str, **options: Any) -> Report:
        path = turtle("data.ttl", data)
        return check(
            files.read([path]),
            ontology=files.read([turtle("ontology.ttl", ONTOLOGY)]),
            shapes=[turtle("shapes.ttl", shapes)],
            data_files=[path],
            **options,
        )

    return validated
