"""Strategies for random shapes and graphs, and the results of pySHACL and the columnar engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from pyoxigraph import BlankNode, RdfFormat, parse

from testimonia.shacl import run

HEAD = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <urn:x:> .
"""

iris = st.sampled_from([":a", ":b", ":c", ":d", ":e"])
predicates = st.sampled_from([":p", ":q", ":r"])
classes = st.sampled_from([":A", ":B", ":C"])
# Terms of each pool can be compared with its bounds, or are of no ordered datatype: rdflib also
# orders numbers beside dates and booleans, which SPARQL does not (see disagreements/).
PLAIN = ['"a"', '"b"', '"abc"', '"ABC"', '""', '"a"@en', '"b"@en', '"c"@en-gb', '"d"@de']
POOLS = {
    "numbers": (
        ["1", "2", "10", "-3", "1.5", "2.50", "1e0", '"5"^^xsd:nonNegativeInteger', *PLAIN],
        ["1", "2", "1.5", "2e0"],
    ),
    "dates": (
        ['"2025-01-01"^^xsd:date', '"2025-06-01"^^xsd:date', *PLAIN],
        ['"2025-03-01"^^xsd:date'],
    ),
    "times": (
        [
            '"2025-01-01T00:00:00Z"^^xsd:dateTime',
            '"2025-01-01T02:00:00+03:00"^^xsd:dateTime',
            '"2025-01-01T00:00:00.5Z"^^xsd:dateTime',
            *PLAIN,
        ],
        ['"2025-01-01T00:00:00Z"^^xsd:dateTime'],
    ),
    "truths": (["true", "false", *PLAIN], ["true"]),
}


def graphs(literals: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw data graphs over a few terms, so that shapes have focus nodes."""
    subjects = st.one_of(iris, st.just("_:x"))
    terms = st.one_of(iris, iris, literals, st.sampled_from(["_:x", "_:y"]))
    statements = st.one_of(
        st.builds("{} {} {} .".format, subjects, predicates, terms),
        st.builds("{} {} {} .".format, subjects, predicates, terms),
        st.builds("{} a {} .".format, subjects, classes),
        st.builds("{} rdfs:subClassOf {} .".format, classes, classes),
    )
    return st.lists(statements, min_size=4, max_size=20).map(
        lambda lines: HEAD + "\n".join(lines) + "\n"
    )


def paths(depth: int) -> st.SearchStrategy[str]:
    """Draw property paths of a nesting depth."""
    if depth == 0:
        return predicates
    inner = paths(depth - 1)
    return st.one_of(
        predicates,
        # pySHACL does not turn a sequence round when it walks it backwards (see disagreements/).
        inner.filter(lambda path: "( " not in path or "alternative" in path).map(
            lambda path: f"[ sh:inversePath {path} ]"
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"( {' '.join(some)} )"),
        st.lists(inner, min_size=2, max_size=2).map(
            lambda some: f"[ sh:alternativePath ( {' '.join(some)} ) ]"
        ),
        inner.map(lambda path: f"[ sh:zeroOrMorePath {path} ]"),
        inner.map(lambda path: f"[ sh:oneOrMorePath {path} ]"),
        inner.map(lambda path: f"[ sh:zeroOrOnePath {path} ]"),
    )


kinds = st.sampled_from(
    [
        "sh:IRI",
        "sh:BlankNode",
        "sh:Literal",
        "sh:BlankNodeOrIRI",
        "sh:BlankNodeOrLiteral",
        "sh:IRIOrLiteral",
    ]
)
datatypes = st.sampled_from(
    [
        "xsd:integer",
        "xsd:string",
        "xsd:decimal",
        "xsd:date",
        "xsd:dateTime",
        "xsd:boolean",
        "xsd:double",
    ]
)


def anywhere(
    literals: st.SearchStrategy[str], bounds: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """Draw constraints that may stand in any shape."""
    terms = st.one_of(iris, literals)
    return st.one_of(
        classes.map(lambda cls: f"sh:class {cls}"),
        datatypes.map(lambda datatype: f"sh:datatype {datatype}"),
        kinds.map(lambda kind: f"sh:nodeKind {kind}"),
        st.builds(
            "sh:{} {}".format,
            st.sampled_from(["minInclusive", "maxInclusive", "minExclusive", "maxExclusive"]),
            bounds,
        ),
        st.builds("sh:minLength {}".format, st.integers(1, 4)),
        st.builds("sh:maxLength {}".format, st.integers(0, 4)),
        st.sampled_from(['sh:pattern "^a"', 'sh:pattern "B" ; sh:flags "i"', 'sh:pattern "x:.$"']),
        st.sampled_from(['sh:languageIn ( "en" )', 'sh:languageIn ( "de" "en-gb" )']),
        st.builds("sh:{} {}".format, st.sampled_from(["equals", "disjoint"]), predicates),
        terms.map(lambda term: f"sh:hasValue {term}"),
        st.lists(terms, max_size=4).map(lambda members: f"sh:in ( {' '.join(members)} )"),
    )


at_properties = st.one_of(
    st.builds("sh:{} {}".format, st.sampled_from(["minCount", "maxCount"]), st.integers(0, 2)),
    st.just("sh:uniqueLang true"),
)

Draw = Callable[[st.SearchStrategy[Any]], Any]


class Writer:
    """Writes shapes, each with a name, so that results can be compared by source shape."""

    def __init__(
        self,
        draw: Draw,
        literals: st.SearchStrategy[str],
        bounds: st.SearchStrategy[str],
    ) -> None:
        self._draw = draw
        self._anywhere = anywhere(literals, bounds)
        self.written: list[str] = []

    def shape(self, depth: int, *, of_property: bool, targets: str = "") -> str:
        """Write a shape with what it refers to, and return its name."""
        name = f":s{len(self.written)}"
        place = len(self.written)
        self.written.append("")
        parts = [targets] if targets else []
        if of_property:
            parts.append(f"sh:path {self._draw(paths(2))}")
        number = self._draw(st.integers(1, 2))
        seen: set[str] = set()
        for _ in range(number):
            part = self._constraint(depth, of_property=of_property)
            parameter = part.split()[0]
            if parameter not in seen:
                seen.add(parameter)
                parts.append(part)
        if self._draw(st.integers(0, 9)) == 0:
            parts.append("sh:severity sh:Warning")
        if self._draw(st.integers(0, 19)) == 0:
            parts.append("sh:deactivated true")
        kind = "sh:PropertyShape" if of_property else "sh:NodeShape"
        self.written[place] = f"{name} a {kind} ; " + " ; ".join(parts) + " ."
        return name

    def _constraint(self, depth: int, *, of_property: bool) -> str:
        choices = ["anywhere", "anywhere"] + (["at property", "at property"] if of_property else [])
        if depth:
            choices += ["property", "node", "not", "list", "closed"] + (
                ["qualified"] if of_property else []
            )
        choice = self._draw(st.sampled_from(choices))
        either = self._draw(st.booleans())
        if choice == "anywhere":
            return str(self._draw(self._anywhere))
        if choice == "at property":
            return str(self._draw(at_properties))
        if choice == "property":
            return f"sh:property {self.shape(depth - 1, of_property=True)}"
        if choice in ("node", "not"):
            return f"sh:{choice} {self.shape(depth - 1, of_property=either and choice == 'not')}"
        if choice == "closed":
            ignored = " ".join(self._draw(st.lists(predicates, max_size=2)))
            return f"sh:closed true ; sh:ignoredProperties ( {ignored} )"
        if choice == "qualified":
            inner = self.shape(depth - 1, of_property=False)
            count = self._draw(st.sampled_from(["qualifiedMinCount 1", "qualifiedMaxCount 1"]))
            return f"sh:qualifiedValueShape {inner} ; sh:{count}"
        members = [
            self.shape(depth - 1, of_property=self._draw(st.booleans()))
            for _ in range(self._draw(st.integers(1, 2)))
        ]
        return f"sh:{self._draw(st.sampled_from(['and', 'or', 'xone']))} ( {' '.join(members)} )"


def targets(literals: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw targets of each kind."""
    return st.one_of(
        classes.map(lambda cls: f"sh:targetClass {cls}"),
        st.one_of(iris, literals).map(lambda node: f"sh:targetNode {node}"),
        predicates.map(lambda predicate: f"sh:targetSubjectsOf {predicate}"),
        predicates.map(lambda predicate: f"sh:targetObjectsOf {predicate}"),
    )


@st.composite
def data_and_shapes(draw: Draw) -> tuple[str, str]:
    """Draw a data graph and a shapes graph that use the same terms, as Turtle."""
    pool, limits = POOLS[draw(st.sampled_from(sorted(POOLS)))]
    literals, bounds = st.sampled_from(pool), st.sampled_from(limits)
    writer = Writer(draw, literals, bounds)
    for _ in range(draw(st.integers(1, 2))):
        some = st.lists(targets(literals), min_size=1, max_size=3, unique=True)
        writer.shape(2, of_property=draw(st.booleans()), targets=" ; ".join(draw(some)))
    return draw(graphs(literals)), HEAD + "\n".join(writer.written) + "\n"


@st.composite
def ordered_pairs(draw: Draw) -> tuple[str, str]:
    """Draw literals of two properties, and a shape that requires those of one to be less than the other's.

    All are of one kind: rdflib orders numbers beside texts, texts beside texts of a language, and
    IRIs, which SPARQL does not; and pySHACL fails at blank nodes.
    """
    kinds = [[term for term in pool if term not in PLAIN] for pool, _ in POOLS.values()]
    pool = draw(st.sampled_from([*kinds, [term for term in PLAIN if term.endswith('"')]]))
    statement = st.builds(
        "{} {} {} .".format, iris, st.sampled_from([":p", ":q"]), st.sampled_from(pool)
    )
    component = draw(st.sampled_from(["lessThan", "lessThanOrEquals"]))
    shape = f":s a sh:PropertyShape ; sh:targetSubjectsOf :p ; sh:path :p ; sh:{component} :q ."
    return HEAD + "\n".join(draw(st.lists(statement, max_size=12))), HEAD + shape


Results = Counter[tuple[str, ...]]


def _described(term: object) -> str:
    return "_:" if isinstance(term, BlankNode) else str(term)


def by_columns(data: str, shapes: str) -> Results:
    """Return what the columnar engine finds."""
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    columns = ["shape", "component", "severity", "focus", "value"]
    return Counter(
        tuple("_:" if str(cell).startswith("_:") else str(cell) for cell in row)
        for row in report.frame.select(columns).rows()
    )


def by_pyshacl(data: str, shapes: str) -> Results:
    """Return what pySHACL finds."""
    import pyshacl
    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    _, report, _ = pyshacl.validate(
        rdflib.Graph().parse(data=data, format="turtle"),
        shacl_graph=rdflib.Graph().parse(data=shapes, format="turtle"),
        inference="none",
    )
    sh = rdflib.SH
    read = [sh.sourceShape, sh.sourceConstraintComponent, sh.resultSeverity, sh.focusNode, sh.value]
    return Counter(
        tuple(_written(report.value(result, each)) for each in read)
        for result in report.objects(None, sh.result)
    )


def _written(term: object) -> str:
    import rdflib

    if term is None:
        return "None"
    if isinstance(term, rdflib.BNode):
        return "_:"
    assert isinstance(term, rdflib.term.Node)  # noqa: S101 - as rdflib gives them
    lines = f"<x:> <x:> {term.n3()} ."
    (quad,) = parse(lines.encode(), RdfFormat.TURTLE)
    return _described(quad.object)
