"""The IRIs that SHACL itself uses."""

from __future__ import annotations

from pyoxigraph import NamedNode

__all__ = ["OWL", "RDF", "RDFS", "SH", "XSD", "rdf", "sh", "xsd"]

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

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
