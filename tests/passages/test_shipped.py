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


@pytest.fixture(scope="module")
def shipped() -> testimonia.Dataset:
    return testimonia.open()


@held
def test_every_shipped_passage_verifies(shipped: testimonia.Dataset) -> None:
    report = shipped.check_passages(SOURCES)
    available = {each.document.iri for each in report.documents if each.ok}
    assert len(available) == len(list(SOURCES.rglob("*.txt")))
    checked = [each for each in report.passages if each.passage.document in available]
    assert len(checked) > len(available)
    assert [each.passage.iri for each in checked if not each.ok] == []
    assert [each for each in report.wordings if each.fault] == []


@held
def test_every_sentence_of_every_report_is_accounted_for(shipped: testimonia.Dataset) -> None:
    found = shipped.coverage(SOURCES)
    gaps = [
        (s.document, s.start, s.bare) for s in found.sentences if s.covered is not Covered.WHOLLY
    ]
    assert gaps == []
    assert found.complete
    assert len({s.document for s in found.sentences}) == len(list(SOURCES.rglob("*.txt")))
