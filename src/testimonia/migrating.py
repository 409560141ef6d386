"""Migrates data of an earlier version of the ontology to this one, by SPARQL 1.1 Update.

``ontology/migrations/`` has a folder for each version: a query that reports what in the data uses
something that was changed, and updates. Updates are idempotent, so all of them run in order, whatever
version the data are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from testimonia.catalogue import resources
from testimonia.catalogue.header import read_header
from testimonia.errors import InputError, Place
from testimonia.namespaces import RDFS, XSD
from testimonia.outputs import replacing
from testimonia.query.store import Store
from testimonia.rdf import files

if TYPE_CHECKING:
    from testimonia.values import Term

__all__ = ["SUFFIXES", "Migration", "Step", "Use", "migrate", "refuse_suffix", "write"]

SUFFIXES: Final = (".nq", ".trig", ".nt", ".ttl")
"""Suffixes of files that migrated data can be written to; the last two have no named graphs."""

_NO_GRAPHS: Final = (".nt", ".ttl")
_RANGE: Final = RDFS.range
_INTEGER: Final = XSD.integer
_WHOLE: Final = [XSD[name] for name in ("nonNegativeInteger", "positiveInteger")]


@dataclass(frozen=True, slots=True)
class Use:
    """Something in the data that uses what a version changed.

    Attributes
    ----------
    version
        The version.
    change
        What was changed, and what becomes of it.
    thing
        The IRI, or the label of the blank node, that uses it.
    by_hand
        Whether a person has to decide, since no update can.
    """

    version: str
    change: str
    thing: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What one update does.

    Attributes
    ----------
    version
        The version that it belongs to.
    name
        The name of its file.
    summary
        What it is for.
    removed, added
        How many statements it removes and adds.
    """

    version: str
    name: str
    summary: str
    removed: int
    added: int


@dataclass(frozen=True)
class Migration:
    """Migrated data, and what was done to them.

    Attributes
    ----------
    uses
        What in the data uses what was changed, as the reports have it.
    steps
        What each update does, including those that change nothing.
    quads
        The data afterwards. What no update touched is exactly as it was read.
    """

    uses: tuple[Use, ...]
    steps: tuple[Step, ...]
    quads: tuple[Quad, ...]

    @property
    def changes(self) -> bool:
        """Whether any update changes anything."""
        return any(step.removed or step.added for step in self.steps)


def migrate(quads: Iterable[Quad]) -> Migration:
    """Migrate data to this version of the ontology.

    Parameters
    ----------
    quads
        The data; they are held in memory, twice.
    """
    originals = tuple(quads)
    store = Store()
    store.load(originals)
    uses: list[Use] = []
    steps: list[Step] = []
    first = before = frozenset(store)
    for folder in resources.migrations():
        uses += _report(store, folder)
        for path in sorted((folder / "updates").glob("*.ru")):
            text = path.read_text(encoding="utf-8")
            store.update(text)
            after = frozenset(store)
            summary = str(read_header(text, path)["summary"])
            counts = len(before - after), len(after - before)
            steps.append(Step(folder.name, path.stem, summary, *counts))
            before = after
    kept = _without(originals, first - before)
    added = _typed(before - first)
    return Migration(tuple(uses), tuple(steps), (*kept, *added))


def _report(store: Store, folder: Path) -> Iterator[Use]:
    rows = store.solutions((folder / "report.rq").read_text(encoding="utf-8"), {})
    for row in rows:
        by_hand = _text(row["how"]) == "by hand"
        yield Use(folder.name, _text(row["change"]), _text(row["thing"]), by_hand)


def _text(term: Term) -> str:
    return term.value if hasattr(term, "value") else str(term)


def _without(originals: Sequence[Quad], gone: frozenset[Quad]) -> Iterator[Quad]:
    """Leave out removed statements, whose literals a store may have rewritten: 04 as 4."""
    places = {(quad.subject, quad.predicate, quad.graph_name) for quad in gone}
    for quad in originals:
        if (quad.subject, quad.predicate, quad.graph_name) not in places or (
            quad not in gone and _as_stored(quad) not in gone
        ):
            yield quad


def _typed(added: Iterable[Quad]) -> Iterator[Quad]:
    """Give whole numbers the datatype of their property: a store makes all of them xsd:integer."""
    ranges = {
        quad.subject: quad.object
        for quad in files.read(resources.ontology())
        if quad.predicate == _RANGE and isinstance(quad.object, NamedNode)
    }
    for quad in added:
        value, range_ = quad.object, ranges.get(quad.predicate)
        if isinstance(value, Literal) and value.datatype == _INTEGER and range_ in _WHOLE:
            value = Literal(value.value, datatype=range_)
        yield Quad(quad.subject, quad.predicate, value, quad.graph_name)


def _as_stored(quad: Quad) -> Quad:
    store = Store()
    store.load([quad])
    (stored,) = store
    return stored


def refuse_suffix(output: Path) -> None:
    """Raise an error if migrated data cannot be written to a file of this name.

    Raises
    ------
    InputError
        The suffix is none of `SUFFIXES`.
    """
    if output.suffix not in SUFFIXES:
        raise InputError(
            f"data cannot be written to a file with the suffix {output.suffix!r}",
            place=Place(output),
            hint=f"Name a file that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.",
        )


def write(quads: Iterable[Quad], output: Path) -> None:
    """Write data to a file, whole or not at all, in the format that its suffix names.

    The same data give the same bytes. Comments, custom prefixes and the order of statements are not
    kept, and blank nodes are renamed (RDFC-1.0).

    Parameters
    ----------
    quads
        The data.
    output
        The file.

    Raises
    ------
    InputError
        The suffix is none of `SUFFIXES`, the data have named graphs and the format has none, or
        nothing can be written there.
    """
    refuse_suffix(output)
    quads = list(quads)
    names = (quad.graph_name for quad in quads)
    named = next((str(name) for name in names if not isinstance(name, DefaultGraph)), None)
    if named is not None and output.suffix in _NO_GRAPHS:
        raise InputError(
            f"the data have named graphs, such as {named}, which this format cannot hold",
            place=Place(output),
            hint="Name a file that ends in .trig or .nq.",
        )
    with replacing(output) as path, path.open("wb") as stream:
        stream.writelines(_written(quads, output.suffix))


def _written(quads: Iterable[Quad], suffix: str) -> Iterator[bytes]:
    from testimonia.rdf.canonical.blocks import GraphBlocks, blocks
    from testimonia.rdf.canonical.nquads import split
    from testimonia.rdf.canonical.quads import canonical_nquads
    from testimonia.rdf.canonical.turtle import trig, turtle

    lines = canonical_nquads(quads)
    if suffix in (".nq", ".nt"):
        yield from lines
    elif suffix == ".ttl":
        yield from turtle(blocks(lines))
    else:
        by_graph = groupby(sorted(lines, key=lambda line: split(line)[3]), lambda s: split(s)[3])
        yield from trig(GraphBlocks(name, blocks(graph)) for name, graph in by_graph)
