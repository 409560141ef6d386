"""JSON-LD: finds what would be lost in the conversion to RDF, before the parser drops it."""

from __future__ import annotations

from testimonia.rdf.jsonld.local_contexts import Copies
from testimonia.rdf.jsonld.reading import prepared

__all__ = ["Copies", "prepared"]
