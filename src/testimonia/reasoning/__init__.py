"""OWL reasoning: checks consistency, and infers the members of defined classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from testimonia.errors import InconsistentOntology
from testimonia.namespaces import ONTOLOGY, OWL, expand
from testimonia.rdf import positions
from testimonia.reasoning import clashes, hermit
from testimonia.reasoning.clashes import name
from testimonia.reasoning.minimal_subset import minimal

__all__ = ["Classification", "reason"]

_EQUIVALENT = OWL.equivalentClass
_TRIES = 60  # runs of HermiT, of about a second each
_SHOWN = 8


@dataclass(frozen=True)
class Classification:
    """The result of classifying a consistent ontology and data.

    Attributes
    ----------
    unsatisfiable
        IRIs of classes that cannot have members; a coherent ontology has none.
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
        The files of the data, to report the location of a clash.

    Raises
    ------
    ExtraMissing
        owlready2 is not installed.
    JavaMissing
        There is no Java runtime.
    InconsistentOntology
        No model satisfies ontology and data. The message explains why, as far as can be found: by looking
        for common clashes, or else by removing statements as long as the rest is inconsistent.
    UnsupportedDatatype
        HermiT does not support the datatype of a literal, or a literal is ill-typed.
    ReasoningError
        HermiT failed for another reason.
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
    how = "these statements are inconsistent" if whole else "the clash is among these statements"
    return _inconsistent(f"{how}: {listed}{more}", [name(quad.subject) for quad in few], data_files)


def _inconsistent(
    why: str, about: Sequence[str], data_files: Sequence[Path]
) -> InconsistentOntology:
    iris = [expand(each) or each for each in about]
    places = positions.find(data_files, iris)
    return InconsistentOntology(
        f"no model satisfies the ontology together with the data: {why}",
        place=next((places[iri] for iri in iris if iri in places), None),
        hint="Remove or correct one of these statements. "
        "What is contested belongs in a claim, not in a statement about the thing itself.",
    )


def _statement(quad: Quad) -> str:
    return f"{name(quad.subject)} {name(quad.predicate)} {name(quad.object)}"
