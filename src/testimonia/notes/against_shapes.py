"""What the shapes find in the claims of notes, at the lines where things were typed."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad

from testimonia import validation
from testimonia.catalogue import resources
from testimonia.errors import Place
from testimonia.notes.building import Built
from testimonia.notes.yaml_nodes import Fault
from testimonia.rdf import files
from testimonia.tables.schema import TABLES

__all__ = ["shape_faults"]


def shape_faults(built: Built, known: Iterable[Quad] = ()) -> dict[str, list[Fault]]:
    """Validate what was built, together with what it names.

    Parameters
    ----------
    built
        Notes without faults.
    known
        The data that they name things of.

    Returns
    -------
    dict
        What was found of things that the notes describe, by severity: ``Violation``, ``Warning``,
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
        place = built.places.get(iri) or _made(iri, built)
        if place is not None:
            about = f"{each.label or iri}: {each.message}"
            found.setdefault(each.severity.value, []).append(Fault(about, place, each.hint))
    for faults in found.values():
        faults.sort(key=lambda fault: (str(fault.place.path), fault.place.line or 0))
    return found


def _made(iri: str, built: Built) -> Place | None:
    """Give a place to what the notes made beside what they describe, such as bounds of a date."""
    own = any(
        iri.startswith(table.base) and iri.removeprefix(table.base) in set(frame["id"])
        for table in TABLES
        if (frame := built.tables.get(table.name)) is not None
    )
    return Place(built.pages[0].path) if own and built.pages else None
