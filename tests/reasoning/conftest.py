"""Runs of the reasoner over the shipped ontology and Turtle written in a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

PREFIXES = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""


@pytest.fixture
def turtle(tmp_path: Path) -> Callable[[str], Path]:
    """Write Turtle to a file, after the prefixes."""

    def write(text: str) -> Path:
        path = tmp_path / "data.ttl"
        path.write_text(PREFIXES + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def java() -> None:
    """Skip the test where the reasoner cannot run."""
    pytest.importorskip("owlready2", reason="the extra owl is not installed: HermiT is not tested")
    if shutil.which("java") is None:
        pytest.skip("there is no Java runtime: HermiT is not tested")
