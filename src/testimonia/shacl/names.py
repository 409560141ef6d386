"""The IRIs that SHACL itself uses."""

from __future__ import annotations

from pyoxigraph import NamedNode

from testimonia.namespaces import PREFIXES

__all__ = ["OWL", "RDF", "RDFS", "SH", "XSD", "rdf", "sh", "xsd"]

SH = PREFIXES["sh"]
RDF = PREFIXES["rdf"]
RDFS = PREFIXES["rdfs"]
OWL = PREFIXES["owl"]
XSD = PREFIXES["xsd"]

TYPE = NamedNode(RDF + "type")
FIRST = NamedNode(RDF + "first")
REST = NamedNode(RDF + "rest")
NIL = NamedNode(RDF + "nil")
SUBCLASS = NamedNode(RDFS + "subClassOf")
COMMENT = NamedNode(RDFS + "comment")
IMPORTS = NamedNode(OWL + "imports")


def sh(name: str) -> NamedNode:
    """Return the SHACL term of that local name."""
    return NamedNode(SH + name)


def rdf(name: str) -> NamedNode:
    """Return the RDF term of that local name."""
    return NamedNode(RDF + name)


def xsd(name: str) -> NamedNode:
    """Return the XML Schema datatype of that local name."""
    return NamedNode(XSD + name)
