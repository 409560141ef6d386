"""JSON-LD: what a document says and RDF cannot take is found before the parser leaves it out."""

from __future__ import annotations

from testimonia.rdf.jsonld.local_contexts import Copies
from testimonia.rdf.jsonld.reading import prepared

__all__ = ["Copies", "prepared"]
