"""IRIs of SHACL, RDF, RDFS, OWL and XML Schema that the validator uses."""

from __future__ import annotations

from pyoxigraph import NamedNode

from testimonia.namespaces import PREFIXES

__all__ = ["OWL", "RDF", "RDFS", "SH", "XSD", "component_name", "sh", "xsd"]

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
    """Return the SHACL term with a local name."""
    return NamedNode(SH + name)


def xsd(name: str) -> NamedNode:
    """Return the XML Schema datatype with a local name."""
    return NamedNode(XSD + name)


def component_name(iri: str) -> str:
    """Return the short name of a constraint component: ``MinCount`` for ``…#MinCountConstraintComponent``."""
    return iri.rpartition("#")[2].removesuffix("ConstraintComponent")
