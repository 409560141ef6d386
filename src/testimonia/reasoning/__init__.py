"""OWL reasoning: is everything consistent, and what follows for the defined classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.errors import InconsistentOntology
from testimonia.namespaces import ONTOLOGY, OWL, expand, shorten
from testimonia.rdf import positions
from testimonia.reasoning import clashes, hermit
from testimonia.reasoning.minimal_subset import minimal

__all__ = ["Classification", "reason"]

_EQUIVALENT = OWL.equivalentClass
_TRIES = 60  # runs of HermiT, of about a second each
_SHOWN = 8


@dataclass(frozen=True)
class Classification:
    """What follows from a consistent ontology and data.

    Attributes
    ----------
    unsatisfiable
        IRIs of classes that can have no member; a sound ontology has none.
    members
        IRIs of the members of each defined class, by the IRI of the class.
    """

    unsatisfiable: tuple[str, ...]
    members: dict[str, tuple[str, ...]]


def reason(
    data: Iterable[Quad], *, ontology: Iterable[Quad], data_files: Sequence[Path] = ()
) -> Classification:
    """Check that ontology and data are consistent, and classify the data (OWL 2 DL, HermiT).

    Parameters
    ----------
    data
        The data, as parsed.
    ontology
        Ontology and code lists, as parsed. Its classes with an ``owl:equivalentClass`` are the
        defined ones.
    data_files
        The files the data come from, to tell where a clash lies.

    Raises
    ------
    ExtraMissing
        owlready2 is not installed.
    JavaMissing
        There is no Java runtime.
    InconsistentOntology
        No model satisfies ontology and data. The message tells why, as far as can be found: by
        looking for the commonest clashes, or else by leaving out statements while the rest stays
        inconsistent.
    UnsupportedDatatype
        HermiT does not take a literal's datatype, or a literal does not fit it.
    ReasoningError
        HermiT failed otherwise.
    """
    data, ontology = list(data), list(ontology)
    try:
        inferences = hermit.infer([*ontology, *data], _defined_classes(ontology))
    except InconsistentOntology:
        raise _explained(data, ontology, data_files) from None
    return Classification(inferences.unsatisfiable, inferences.members)


def _defined_classes(ontology: Iterable[Quad]) -> list[str]:
    return sorted(
        {
            quad.subject.value
            for quad in ontology
            if quad.predicate == _EQUIVALENT
            and isinstance(quad.subject, NamedNode)
            and quad.subject.value.startswith(ONTOLOGY)
        }
    )


def _explained(
    data: list[Quad], ontology: list[Quad], data_files: Sequence[Path]
) -> InconsistentOntology:
    found = clashes.find([*ontology, *data])
    if found:
        listed = "; ".join(f"{clash.about}: {clash.reason}" for clash in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        return _inconsistent(f"{listed}{more}", [found[0].about], data_files)
    if not hermit.is_consistent(ontology):
        return _inconsistent("the ontology contradicts itself, whatever the data", [], data_files)
    few, whole = minimal(
        sorted(data, key=str),
        lambda part: not hermit.is_consistent([*ontology, *part]),
        tries=_TRIES,
    )
    listed = "; ".join(_statement(quad) for quad in few[:_SHOWN])
    more = f"; and {len(few) - _SHOWN} more" if len(few) > _SHOWN else ""
    how = (
        "these statements exclude one another" if whole else "the clash lies among these statements"
    )
    return _inconsistent(
        f"{how}: {listed}{more}", [_name(quad.subject) for quad in few], data_files
    )


def _inconsistent(
    why: str, about: Sequence[str], data_files: Sequence[Path]
) -> InconsistentOntology:
    iris = [expand(name) or name for name in about]
    places = positions.find(data_files, iris)
    return InconsistentOntology(
        f"no model satisfies the ontology together with the data: {why}",
        place=next((places[iri] for iri in iris if iri in places), None),
        hint="Remove or mend one of the statements named. "
        "What is contested belongs into a claim, not into a statement about the thing itself.",
    )


def _statement(quad: Quad) -> str:
    return f"{_name(quad.subject)} {_name(quad.predicate)} {_name(quad.object)}"


def _name(term: NamedNode | BlankNode | Literal | Triple) -> str:
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
