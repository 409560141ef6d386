"""Terms and quads of RDF 1.1 that are hard on a serializer, for property-based tests."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

ID = "https://w3id.org/testimonia/id/"
NS = "https://w3id.org/testimonia/ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

# Schemes that are also prefixes or names of a JSON-LD context; local names that Turtle would escape.
HARD = (
    "label:x",
    "role:y",
    "Claim:z",
    "claim:q",
    "rdfs:label",
    "urn:x:é\u00a0b",
    ID + "claim/",
    ID + "claim/a",
    ID + "claim/a.",
    ID + "claim/-a",
    ID + "claim/a%20b",
    ID + "claim/a/b",
    ID + "document/a#char=1,2",
    "http://a.example/'(),;:@!$&*+=~",
    "x:?a#b",
    NS + "about",
    NS + "lowerBound",
    NS + "Claim",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/ns/oa#start",
)
TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("\0\x07\b\t\n\x0b\f\r\"\\'<>{}@^_:.\x7f\x85\ufeff\ufffe\u2028"),
    ),
    max_size=12,
)


def iris() -> SearchStrategy[NamedNode]:
    return st.sampled_from(HARD).map(NamedNode)


def literals(text: SearchStrategy[str] = TEXT) -> SearchStrategy[Literal]:
    datatypes = st.sampled_from(
        [XSD + name for name in ("string", "integer", "nonNegativeInteger", "boolean", "date")]
        + ["label:datatype"]
    ).map(NamedNode)
    numbers = st.sampled_from(["007", "01.50", "1", "true", "+1", "2025-12-13", "1e0", ""])
    return st.one_of(
        st.builds(Literal, text),
        st.builds(
            lambda value, tag: Literal(value, language=tag), text, st.sampled_from(["en", "en-gb"])
        ),
        st.builds(lambda value, datatype: Literal(value, datatype=datatype), numbers, datatypes),
    )


def blank_nodes() -> SearchStrategy[BlankNode]:
    return st.sampled_from("abc").map(BlankNode)


def quads(
    *,
    text: SearchStrategy[str] = TEXT,
    blank: bool = True,
    graphs: bool = True,
) -> SearchStrategy[Quad]:
    nodes = st.one_of(iris(), blank_nodes()) if blank else iris()
    names = st.one_of(st.just(DefaultGraph()), iris()) if graphs else st.just(DefaultGraph())
    return st.builds(Quad, nodes, iris(), st.one_of(nodes, literals(text)), names)
