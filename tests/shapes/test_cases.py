"""Every shape, by examples that pass and examples that fail for exactly one reason.

A case is a small Turtle file checked together with the invented incident of ``context.ttl`` (or,
for the checks on the ontology itself, the invented ontology of ``ontology-context.ttl``). The first
lines of a failing case say what must be reported, and nothing else may be::

    # expect: severity focus path component shape

The data cases are validated in one run. To keep them separate, each is moved to
identifiers of its own, with a copy of what it refers to in the context.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyshacl
import pytest
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad

from testimonia import validation
from testimonia.catalogue import resources
from testimonia.namespaces import IDENTIFIER, PREFIXES, TMN, expand, shorten
from testimonia.rdf import files
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.data.inputs import columns
from testimonia.shacl.shapes.targets import TARGETS, named_shapes
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.validation import Difference, engines
from testimonia.validation.engines import EngineName
from testimonia.validation.findings import Finding
from testimonia.validation.idle_shapes import idle_shapes

HERE = Path(__file__).parent
ON_ONTOLOGY = (
    "Concept",
    "Deprecated",
    "Ontology",
    "Scheme",
    "Term",
)  # folders whose shapes are in ontology.ttl
# A focus node that is a blank node or a literal cannot be assigned to a case.
ALONE = ("Named",)
APART = (*ON_ONTOLOGY, *ALONE)
MOVED = (IDENTIFIER, "https://example.org/")
ALL_SHAPES = tuple(sorted(resources.folder("shapes").glob("*.ttl")))
SH = PREFIXES["sh"]
PROPERTY = NamedNode(SH + "property")
SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
# The constraint parameters of SHACL, sections 4 and 5.1; of a component with several, the one that it
# is named after.
PARAMETERS = re.findall(
    r"\w+",
    """
    and class closed datatype disjoint equals hasValue in languageIn lessThan lessThanOrEquals
    maxCount maxExclusive maxInclusive maxLength minCount minExclusive minInclusive minLength node
    nodeKind not or pattern qualifiedMaxCount qualifiedMinCount sparql uniqueLang xone
    """,
)


class Expected(NamedTuple):
    """A finding, as the ``# expect:`` lines write it."""

    severity: str
    focus: str
    path: str
    component: str
    shape: str


CASES = sorted(HERE.glob("*/*.ttl"))
FOLDERS = sorted({case.parent.name for case in CASES})


def expectations(case: Path) -> Counter[Expected]:
    lines = case.read_text(encoding="utf-8").splitlines()
    wanted = (line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: "))
    return Counter(Expected(*line.split(" ", 4)) for line in wanted)


def move(term: Term, number: str) -> Term:
    if isinstance(term, NamedNode):
        for home in MOVED:
            if term.value.startswith(home):
                return NamedNode(home + number + term.value.removeprefix(home))
    return term


def moved(quads: Iterable[Quad], number: str) -> Iterator[Quad]:
    for quad in quads:
        yield Quad(move(quad.subject, number), quad.predicate, move(quad.object, number))


def reported(finding: Finding, number: str = "") -> Expected:
    focus = finding.focus
    if isinstance(focus, BlankNode):
        name = "_"
    elif isinstance(focus, NamedNode):
        name = shorten(focus.value.replace(number, "") if number else focus.value)
    else:
        name = str(focus).replace(" ", "_")
    return Expected(
        finding.severity.value,
        name,
        str(finding.path or "-"),
        finding.component.removeprefix(SH).removesuffix("ConstraintComponent"),
        shorten(finding.shape),
    )


@cache
def quads(*paths: Path) -> tuple[Quad, ...]:
    return tuple(files.read(paths))


Found = tuple[Sequence[Finding], Sequence[Difference]]
Results = tuple[dict[Path, Counter[Expected]], list[Difference]]


def check(data: Iterable[Quad], engine: EngineName = "columnar") -> Found:
    """Return what the columnar engine finds and, with both, where pySHACL differs."""
    ontology = quads(*resources.ontology())
    report = validation.check(data, ontology=ontology, shapes=resources.shapes(), engine=engine)
    return report.findings, report.differences


def check_ontology(case: Path | None = None, engine: EngineName = "columnar") -> Found:
    shapes = resources.folder("shapes")
    context = quads(HERE / "ontology-context.ttl")
    own = quads(case) if case else ()
    checks = quads(shapes / "ontology.ttl", shapes / "prefixes.ttl")
    found = engines.run(engine, [*context, *own], checks)
    return found.findings, found.differences


def claims_of_unclaimed(case: Sequence[Quad], context: Iterable[Quad]) -> Iterator[Quad]:
    """Yield claims of the propositions of a case: one that nobody claims would be reported."""
    claimed = {quad.object for quad in case if quad.predicate == TMN.proposition}
    unclaimed = {
        quad.subject for quad in case if quad.predicate in (TMN.about, TMN.gloss, TMN.boundType)
    } - claimed
    model = [quad for quad in context if quad.subject.value == IDENTIFIER + "claim/report"]
    for number, proposition in enumerate(sorted(unclaimed, key=str)):
        claim = NamedNode(f"{IDENTIFIER}claim/of-unclaimed-{number}")
        for quad in model:
            of_this = quad.predicate == TMN.proposition
            yield Quad(claim, quad.predicate, proposition if of_this else quad.object)


def claims_of_reached(found: Sequence[Quad], context: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the claims of the context about propositions that a case refers to without a claim."""
    referring = (TMN.proposition, TMN.aggregates, TMN.subsetOf, TMN.assesses, TMN.assessedFigure)
    claimed = {quad.object for quad in found if quad.predicate in referring}
    bare = {quad.subject for quad in context if quad.predicate == TMN.gloss} - claimed
    if bare & {quad.subject for quad in found}:
        yield from (q for q in context if q.subject.value == IDENTIFIER + "claim/report")


def with_context(case: Path) -> list[Quad]:
    """Return the quads of a case, with those of the context it refers to, directly or indirectly."""
    context = quads(HERE / "context.ttl")
    found = list(quads(case))
    if not case.name.startswith("unclaimed"):
        found += claims_of_unclaimed(found, context)
    reached: set[Term] = set()
    while new := {quad.object for quad in found} - reached:
        reached |= new
        found += [quad for quad in context if quad.subject in new]
        found += claims_of_reached(found, context)
    return found


def check_together(cases: list[Path], engine: EngineName) -> Results:
    numbers = {case: f"{n}-/" for n, case in enumerate(cases)}
    data = [quad for case, number in numbers.items() for quad in moved(with_context(case), number)]
    found: dict[Path, Counter[Expected]] = {case: Counter() for case in cases}
    owners = {home + number: case for case, number in numbers.items() for home in MOVED}
    findings, differences = check(data, engine)
    for finding in findings:
        owner = owners[finding.focus.value.partition("-/")[0] + "-/"]
        found[owner][reported(finding, numbers[owner])] += 1
    return found, list(differences)


def check_apart(cases: list[Path], checked: Callable[[Path], Found]) -> Results:
    found, differing = {}, []
    for case in cases:
        findings, differences = checked(case)
        found[case] = Counter(map(reported, findings))
        differing += differences
    return found, differing


@cache
def validated(folder: str, engine: EngineName = "columnar") -> Results:
    """Validate the cases of a folder one by one: what is reported on each, and where the engines differ."""
    cases = [case for case in CASES if case.parent.name == folder]
    if folder in ON_ONTOLOGY:
        return check_apart(cases, lambda case: check_ontology(case, engine))
    return check_apart(cases, lambda case: check(with_context(case), engine))


@cache
def all_data_cases(engine: EngineName = "columnar") -> Results:
    """Validate the cases of all other folders together, which takes half as long."""
    return check_together([c for c in CASES if c.parent.name not in APART], engine)


def results(folder: str) -> dict[Path, Counter[Expected]]:
    return (validated(folder) if folder in APART else all_data_cases())[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_case_is_reported_for_exactly_its_reasons(case: Path) -> None:
    expected = expectations(case)
    assert bool(expected) == case.stem.endswith(".fail"), "failing cases say what they expect"
    assert results(case.parent.name)[case] == expected


@pytest.mark.slow
def test_both_engines_find_the_same_except_for_known_differences() -> None:
    apart = [each for folder in APART for each in validated(folder, "both")[1]]
    differences = [*apart, *all_data_cases("both")[1]]
    assert [
        (each.engine, each.ruling, str(each.finding.path), str(each.finding.value))
        for each in differences
    ] == [
        (
            "columnar",
            "ill-typed-beyond-sparql",
            "tmn:notAfter",
            '"2031-02-30T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTimeStamp>',
        )
    ]


def test_contexts_conform() -> None:
    assert check(quads(HERE / "context.ttl")) == ((), ())
    assert check_ontology() == ([], ())


def graph_of(shapes: Iterable[Quad]) -> ShapesGraph:
    return ShapesGraph(quad.triple for quad in shapes)


def constraints_of(shapes: Iterable[Quad]) -> Iterator[tuple[str, str]]:
    """Yield each shape that can report, with each of its constraint components."""
    graph = graph_of(shapes)
    level = [node for target in TARGETS for node in graph.subjects(target)]
    seen: set[Term] = set()
    while level:
        seen.update(level)
        level = [part for node in level for part in graph.objects(node, PROPERTY)]
    for shape in seen:
        assert isinstance(shape, NamedNode), "a shape that reports has an IRI"
        for predicate in graph.predicates(shape):
            name = predicate.value.removeprefix(SH)
            if name in PARAMETERS:
                yield (
                    shorten(shape.value),
                    "SPARQL" if name == "sparql" else name[0].upper() + name[1:],
                )


def test_every_constraint_is_violated_by_some_case() -> None:
    """A constraint that no example violates may be one that nothing can violate."""
    reported = {
        (expected.shape, expected.component)
        for folder in FOLDERS
        for found in results(folder).values()
        for expected in found
    }
    assert set(constraints_of(quads(*ALL_SHAPES))) - reported == set()


def test_every_shape_has_something_to_check_in_a_passing_case() -> None:
    graph = graph_of(quads(*ALL_SHAPES))
    subclasses = [quad for quad in quads(*resources.ontology()) if quad.predicate == SUBCLASS]
    idle = {shape.value for shape in named_shapes(graph)}
    for case in CASES:
        if case.stem.endswith(".pass"):
            idle.intersection_update(
                idle_shapes(graph, Graph.encoded(columns([*quads(case), *subclasses])))
            )
    assert idle == set()


def test_every_report_says_what_is_wrong_and_how_to_fix_it() -> None:
    graph = graph_of(quads(*ALL_SHAPES))
    for shape in {NamedNode(expand(name) or "") for name, _ in constraints_of(quads(*ALL_SHAPES))}:
        for name in ("message", "description"):
            texts = graph.objects(shape, NamedNode(SH + name))
            assert [text.language for text in texts] == ["en"], shape
            assert texts[0].value.endswith("."), shape
        (severity,) = graph.objects(shape, NamedNode(SH + "severity"))
        assert severity in (NamedNode(SH + "Violation"), NamedNode(SH + "Warning"))


@pytest.mark.slow
def test_shapes_are_well_formed() -> None:
    """The shapes conform to the shapes that SHACL gives for shapes (SHACL, appendix C)."""
    graph = files.to_rdflib(quads(*ALL_SHAPES))
    conforms, _, text = pyshacl.validate(
        rdflib.Graph(), shacl_graph=graph, meta_shacl=True, do_owl_imports=False
    )
    assert conforms, text
