"""Generated incidents with all that the claim tables require."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks import incidents
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.namespaces import PREFIXES, TMC, TMN
from testimonia.rdf import files
from testimonia.tables.columns import class_iri
from testimonia.tables.schema import TABLES

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")
_TABLE_OF = {class_iri(name): table.name for table in TABLES for name in table.types}


def quads(directory: Path, claims: int, seed: int) -> list[Quad]:
    """Make incidents, and put to them the words and codes that the benchmark does without."""
    path = directory / "incidents.nt"
    incidents.write(path, claims, seed)
    made = list(files.read([path]))
    return made + [more for quad in made if quad.predicate == _TYPE for more in _completed(quad)]


def _completed(typed: Quad) -> Iterator[Quad]:
    thing = typed.subject
    assert isinstance(typed.object, NamedNode)
    assert isinstance(thing, NamedNode)
    table = _TABLE_OF[typed.object.value]
    name = Literal(thing.value.rpartition("/")[2], language="en")
    yield Quad(thing, _LABEL, name)
    if table == "propositions":
        yield Quad(thing, TMN.gloss, name)
    elif table == "events":
        yield Quad(thing, TMN.eventType, TMC["bombing"])
    elif table == "claims":
        yield Quad(thing, TMN.voice, TMC["indirect-report"])
