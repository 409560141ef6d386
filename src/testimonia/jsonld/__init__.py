"""JSON-LD: what a document says and RDF cannot take is found before the parser leaves it out."""

from __future__ import annotations

from testimonia.jsonld.copies import Copies
from testimonia.jsonld.reading import prepared

__all__ = ["Copies", "prepared"]
