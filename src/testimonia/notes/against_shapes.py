"""Validates the claims of notes against the shapes, and reports results at the lines of the notes."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad

from testimonia import validation
from testimonia.catalogue import resources
from testimonia.errors import Place
from testimonia.notes.building import Built
from testimonia.rdf import files
from testimonia.tables.schema import TABLES
from testimonia.yaml_nodes import Fault

__all__ = ["shape_faults"]


def shape_faults(built: Built, known: Iterable[Quad] = ()) -> dict[str, list[Fault]]:
    """Validate the claims of notes, together with the data that they refer to.

    Parameters
    ----------
    built
        Notes without faults.
    known
        The data that they refer to.

    Returns
    -------
    dict
        The results about things that the notes describe, by severity: ``Violation``, ``Warning``,
        ``Info``.
    """
    report = validation.check(
        [*built.quads(), *known],
        ontology=files.read(resources.ontology()),
        shapes=resources.shapes(),
    )
    found: dict[str, list[Fault]] = {}
    for each in report.findings:
        iri = each.focus.value if isinstance(each.focus, NamedNode) else ""
        place = built.places.get(iri) or _place_of_derived(iri, built)
        if place is not None:
            about = f"{each.label or iri}: {each.message}"
            found.setdefault(each.severity.value, []).append(Fault(about, place, each.hint))
    for faults in found.values():
        faults.sort(key=lambda fault: (str(fault.place.path), fault.place.line or 0))
    return found


def _place_of_derived(iri: str, built: Built) -> Place | None:
    """Return a place for things that are made from the notes, such as the bounds of a date."""
    own = any(
        iri.startswith(table.base) and iri.removeprefix(table.base) in set(frame["id"])
        for table in TABLES
        if (frame := built.tables.get(table.name)) is not None
    )
    return Place(built.pages[0].path) if own and built.pages else None
