"""Reads files of shapes, and checks that the ontology or a known vocabulary declares their terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.errors import Place, ShapesError
from testimonia.namespaces import PREFIXES, shorten
from testimonia.rdf import files
from testimonia.rdf.files import Reading
from testimonia.rdf.lines import subject_lines
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.validation.shape_queries import QUERIES, names_in
from testimonia.validation.undeclared import Vocabulary

__all__ = ["ShapesFile", "read_shapes_file"]


@dataclass(frozen=True)
class ShapesFile:
    """The statements in a file of shapes, and cautions about terms that nothing declares."""

    quads: list[Quad]
    cautions: tuple[str, ...]


def read_shapes_file(
    path: Path, vocabulary: Vocabulary, reading: Reading, *, strict: bool
) -> ShapesFile:
    """Read a file of shapes and look for terms in it that nothing declares.

    Undeclared terms in the namespaces of this project are refused. For terms of a reused vocabulary,
    there is a caution, since the owner of a shape may be somebody else.

    Parameters
    ----------
    path
        The file.
    vocabulary
        The terms that are declared.
    reading
        How to read it; its own address is the base if there is no other.
    strict
        Whether to refuse undeclared terms of reused vocabularies too.

    Raises
    ------
    ShapesError
        The shapes use an undeclared term.
    InputError
        The file cannot be read.
    """
    reading = replace(reading, own_address=True)
    quads = list(files.read([path], reading))
    unknown: dict[str, str] = {}
    for iri, shape in _terms(ShapesGraph(quad.triple for quad in quads)):
        if vocabulary.lacks(iri) and not iri.startswith(PREFIXES["sh"]):
            unknown.setdefault(iri, shape)
    grave = {iri: shape for iri, shape in unknown.items() if strict or vocabulary.owns(iri)}
    lines = subject_lines(path, reading) if unknown else {}
    if grave:
        suggestions = filter(None, (_suggestion(iri, vocabulary) for iri in sorted(grave)))
        raise ShapesError(
            "nothing declares " + ", ".join(shorten(iri) for iri in sorted(grave)),
            place=Place(path, lines.get(min(grave.items())[1])),
            hint="; ".join(suggestions) or "Declare it in the ontology, or correct the spelling.",
        )
    cautions = (
        _caution(Place(path, lines.get(shape)), iri, vocabulary) for iri, shape in unknown.items()
    )
    return ShapesFile(quads, tuple(cautions))


def _terms(graph: ShapesGraph) -> Iterator[tuple[str, str]]:
    """Yield every IRI that shapes use, with the IRI of the shape that uses it (empty if none).

    Prefixed names in SPARQL queries are included where the prefix is a known one.
    """
    owners: dict[object, str] = {}
    for triple in graph.triples:
        if triple.subject not in owners:
            owner = graph.owner(triple.subject)
            owners[triple.subject] = owner.value if owner else ""
        shape = owners[triple.subject]
        yield triple.predicate.value, shape
        if isinstance(triple.object, NamedNode):
            yield triple.object.value, shape
        elif isinstance(triple.object, Literal) and triple.predicate in QUERIES:
            yield from ((iri, shape) for iri in names_in(triple.object.value))


def _caution(place: Place, iri: str, vocabulary: Vocabulary) -> str:
    suggestion = _suggestion(iri, vocabulary)
    return f"{place}: nothing declares {shorten(iri)}" + (f" ({suggestion})" if suggestion else "")


def _suggestion(iri: str, vocabulary: Vocabulary) -> str:
    near = vocabulary.nearest(iri)
    return f"{shorten(iri)}: did you mean {near}?" if near else ""
