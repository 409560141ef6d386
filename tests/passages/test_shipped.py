"""Checks the shipped passages against the documents, if these are available."""

from __future__ import annotations

from pathlib import Path

import pytest

import testimonia
from testimonia.passages import Covered

SOURCES = Path(__file__).parents[2].parent / "shared" / "sources"
held = pytest.mark.skipif(
    not SOURCES.is_dir(), reason=f"the documents are not published with the project ({SOURCES})"
)


@held
def test_every_shipped_passage_verifies() -> None:
    report = testimonia.open().check_passages(SOURCES)
    assert [outcome.faults for outcome in report.documents] == [{}, {}]
    assert len(report.passages) > 0
    assert [p.passage.iri for p in report.passages if not p.ok] == []


@held
def test_every_sentence_of_both_documents_is_accounted_for() -> None:
    found = testimonia.open().coverage(SOURCES)
    gaps = [
        (s.document, s.start, s.bare) for s in found.sentences if s.covered is not Covered.WHOLLY
    ]
    assert gaps == []
    assert found.complete
    assert found.not_held == ()
    assert {s.document for s in found.sentences} == {
        "https://w3id.org/testimonia/id/document/palmyra-damascus",
        "https://w3id.org/testimonia/id/document/palmyra-istanbul",
    }
