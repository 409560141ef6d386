"""The two readings that the page on agreement compares are of the same documents, and hold no text."""

from __future__ import annotations

from pathlib import Path

import testimonia
from testimonia.namespaces import TMN
from testimonia.rdf import files

ROOT = Path(__file__).parents[1]
READINGS = ROOT / "readings"


def documents(reading: str) -> set[str]:
    """List the documents in which claims of a reading are made."""
    quads = files.read(sorted((READINGS / reading).glob("*.ttl")))
    return {quad.object.value for quad in quads if quad.predicate == TMN.statedIn}


def test_both_readings_are_of_the_same_twenty_documents() -> None:
    assert documents("first") == documents("second")
    assert len(documents("first")) == 20


def test_documents_that_were_read_twice_are_shipped() -> None:
    shipped = {row["document"] for row in testimonia.open().ask("documents")}
    assert documents("second") <= {str(document) for document in shipped}
