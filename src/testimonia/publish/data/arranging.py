"""Assigns any number of quads to graphs and sorts them, using sorted files on disk instead of a store.

Three kinds of lines are sorted: statements, so that all with one subject are together; links between
subjects, so that each is joined with what refers to it; and blocks of statements with their positions,
as the formats that people read write them. Memory holds some blocks of each, and one digest for each graph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from testimonia.errors import InputError
from testimonia.progress import Progress
from testimonia.publish.data.placing import (
    GRAPHS,
    LINKING,
    Kinds,
    Link,
    Neighbours,
    Row,
    Subject,
    is_of_document,
    links,
)
from testimonia.publish.folder.release import PublishedGraph
from testimonia.query.graph_names import is_computed
from testimonia.rdf.canonical import Sorter
from testimonia.rdf.canonical.blocks import Block
from testimonia.rdf.canonical.jsonld import Context, Nodes, jsonld_of
from testimonia.rdf.canonical.jsonld import context as make_context
from testimonia.rdf.canonical.nquads import chunks, has_blank_node, placed
from testimonia.rdf.canonical.turtle import TurtleTerms, trig_of, turtle_of

__all__ = ["Arrangement", "computed"]

_BLOCKS_IN_MEMORY: Final = 32 << 20
_SECTIONS: Final = {
    f"<{GRAPHS}{name}>".encode(): str(number).encode()
    for number, name in enumerate(("agents", "places", "events", "groups", "times"))
}
_DOCUMENTS, _REST, _COMPUTED = b"5", b"6", b"7"
_FEED: Final = b"\3"  # for a line feed; canonical lines escape control characters
_FIELD: Final = b"\4"  # after what separates statements, so that of two blocks the longer is first


def computed(graph: bytes) -> bool:
    """Return whether a graph, written as in N-Quads, holds derived or accepted statements."""
    name = NamedNode(graph[1:-1].decode()) if graph.startswith(b"<") else None
    return is_computed(name)


@dataclass
class _Tally:
    triples: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)


class Arrangement:
    """The quads of a release, sorted; a context manager that deletes its temporary files.

    Parameters
    ----------
    ontology
        The ontology, for the classes of things.
    scratch
        A folder with disk space for about three times the size of the quads as N-Quads.
    context
        The names to use in JSON-LD; those of the ontology when left out.
    progress
        Called with the number of quads read and sorted.
    """

    def __init__(
        self,
        *,
        ontology: Sequence[Quad],
        scratch: Path,
        context: Context | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._kinds = Kinds(ontology)
        self._context = context or make_context(ontology)
        self._nodes = Nodes(self._context)
        self._terms = TurtleTerms()
        self._progress = progress
        self._scratch = scratch
        self._statements = Sorter(scratch)
        self._links = Sorter(scratch, _BLOCKS_IN_MEMORY)
        self._by_graph = Sorter(scratch, _BLOCKS_IN_MEMORY)
        self._by_claim = Sorter(scratch, _BLOCKS_IN_MEMORY)
        self._tallies: dict[bytes, _Tally] = {}
        self._computed: dict[bytes, bool] = {}

    def __enter__(self) -> Arrangement:
        return self

    def __exit__(self, *_: object) -> None:
        for sorter in (self._statements, self._links, self._by_graph, self._by_claim):
            sorter.close()

    def take(self, quads: Iterable[Quad]) -> None:
        """Read all quads to publish; to be called once.

        Parameters
        ----------
        quads
            The quads, in any order. Those in a named graph stay there.

        Raises
        ------
        InputError
            A statement has a blank node, or is not RDF 1.1; or a file cannot be read.
        """
        self._read(quads)
        with (
            Sorter(self._scratch, _BLOCKS_IN_MEMORY) as direct,
            Sorter(self._scratch, _BLOCKS_IN_MEMORY) as selectors,
        ):
            self._link(direct, selectors)

    def nquads(self) -> Iterator[bytes]:
        """Stream the quads as canonical N-Quads, which sorts them; to be called once, before other methods.

        Yields
        ------
        bytes
            Several lines at a time.
        """
        linked = _groups(self._links, lambda line: line.partition(b"\t")[0])
        target, lines = next(linked, (b"", []))
        done = 0
        for subject in self._subjects():
            while target and target < subject.term:
                target, lines = next(linked, (b"", []))
            found = map(Link.read, lines) if target == subject.term else ()
            yield self._placed(subject, Neighbours(tuple(found)))
            done += len(subject.rows)
            if self._progress and done % 10_000 < len(subject.rows):
                self._progress("quads in their graphs", done, None)
        self._statements.close()
        self._links.close()

    def graphs(self) -> list[PublishedGraph]:
        """List the graphs, in order of name."""
        named = {name[1:-1].decode(): tally for name, tally in self._tallies.items()}
        return [
            PublishedGraph(name, tally.triples, tally.digest.hexdigest())
            for name, tally in sorted(named.items())
        ]

    def trig(self) -> Iterator[bytes]:
        """Stream all graphs as TriG, each with its blocks in reading order."""
        return trig_of(self._by_name(_turtle), self._terms)

    def jsonld(self) -> Iterator[bytes]:
        """Stream all graphs as JSON-LD, each with its blocks in reading order."""
        return jsonld_of(self._by_name(_node), self._context)

    def turtle(self) -> Iterator[bytes]:
        """Stream the published statements as one graph, each claim with its passages, times and so on."""
        records = (r for r in self._records_by_claim() if not r.startswith(_COMPUTED))
        return turtle_of(map(_turtle, records), self._terms)

    def derived(self) -> Iterator[bytes]:
        """Stream derived and accepted statements as one graph, in Turtle."""
        records = (r for r in self._records_by_claim() if r.startswith(_COMPUTED))
        return turtle_of(map(_turtle, records), self._terms)

    def _by_name(
        self, written: Callable[[bytes], bytes]
    ) -> Iterator[tuple[bytes, Iterator[bytes]]]:
        records = (record for batch in self._by_graph.batches() for record in batch)
        for name, group in groupby(records, key=lambda record: record.partition(b"\t")[0]):
            yield name, map(written, group)

    def _read(self, quads: Iterable[Quad]) -> None:
        done = 0
        for chunk in chunks(quads):
            lines = [text + b"\t" + graph + b"\n" for text, graph in placed(chunk)]
            if any(b"_:" in line for line in lines):  # possibly only within a literal
                _refuse_blank_nodes(chunk)
            self._statements.add(lines)
            done += len(chunk)
            if self._progress:
                self._progress("quads read", done, None)

    def _subjects(self, predicates: Container[bytes] | None = None) -> Iterator[Subject]:
        """Stream the subjects in order, with their statements, or only those with some predicates."""
        term: bytes = b""
        rows: list[Row] = []
        for batch in self._statements.batches():
            for line in batch:
                subject, predicate, rest = line.split(b" ", 2)
                if subject != term:
                    if rows:
                        yield Subject(term, self._kinds.of(self._published(rows)), rows)
                    term, rows = subject, []
                if predicates is None or predicate in predicates:
                    object_, _, graph = rest[:-1].rpartition(b"\t")
                    rows.append(Row(line[: -len(graph) - 2], predicate, object_, graph))
        if rows:
            yield Subject(term, self._kinds.of(self._published(rows)), rows)

    def _published(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Leave out what is derived or accepted."""
        if not any(self._is_computed(graph) for graph in {row.graph for row in rows}):
            return rows
        return [row for row in rows if not self._is_computed(row.graph)]

    def _link(self, direct: Sorter, selectors: Sorter) -> None:
        """Collect all links between subjects, then link selectors to the claims of their passages."""
        for subject in self._subjects(LINKING):
            published = self._published(subject.rows)
            for link in links(Subject(subject.term, subject.kind, published)):
                if link.passage:
                    selectors.put(b"\t".join((link.passage, link.graph, link.target)) + b"\n")
                else:
                    direct.put(link.line())
        claimed = _groups(direct, lambda line: line.partition(b"\t")[0])
        target, lines = next(claimed, (b"", []))
        for line in (line for batch in selectors.batches() for line in batch):
            passage, graph, selector = line[:-1].split(b"\t")
            while target and target < passage:
                target, lines = next(claimed, (b"", []))
            found = tuple(map(Link.read, lines)) if target == passage else ()
            first = Neighbours(found).first(graph)
            claim = first.claim if first else b""
            self._links.put(Link(selector, graph, claim, passage).line())
        for batch in direct.batches():
            self._links.add(batch)

    def _placed(self, subject: Subject, neighbours: Neighbours) -> bytes:
        """Assign a subject's statements to their graphs, and write them as canonical lines."""
        home = subject.home(neighbours)
        contents: dict[bytes, dict[bytes, Row]] = {}
        for row in subject.rows:
            contents.setdefault(row.graph or home, {})[row.text] = row
        lines = []
        for graph, rows in contents.items():
            tally = self._tallies.get(graph) or self._tallies.setdefault(graph, _Tally())
            tally.triples += len(rows)
            tally.digest.update(b" .\n".join(rows) + b" .\n")
            self._record(subject, graph, rows.values(), neighbours, alone=len(contents) == 1)
            end = b" " + graph + b" .\n"
            lines += [text + end for text in rows]
        if len(contents) > 1:
            lines.sort()
        return b"".join(lines)

    def _record(
        self,
        subject: Subject,
        graph: bytes,
        rows: Iterable[Row],
        neighbours: Neighbours,
        *,
        alone: bool,
    ) -> None:
        """Write the block of a subject in each format, with its positions."""
        block = Block(subject.term, [(row.predicate, row.object) for row in rows])
        text = self._terms.block(block).replace(b"\n", _FEED)
        # Blocks of one subject in several graphs may have the same position.
        tie = b"" if alone else b"\2".join(b" ".join(pair) for pair in block.statements)
        content = b"\0" + subject.term + b"\1" + tie + _FIELD + text
        if self._is_computed(graph):
            position = b"4\t" + subject.term
            self._by_claim.put(b"\t".join((_COMPUTED, graph, position)) + content + b"\n")
        else:
            position = readable = subject.position(graph, neighbours)
            near = neighbours.first() if subject.kind == "propositions" else None
            beside = near.graph if near else graph
            if beside != graph:
                readable = subject.position(beside, neighbours)
            record = b"\t".join((_section(beside), beside, readable)) + content + b"\n"
            self._by_claim.put(record)
        node = _FIELD + self._nodes.node(block) + b"\n"
        self._by_graph.put(graph + b"\t" + position + content + node)

    def _records_by_claim(self) -> Iterator[bytes]:
        return (record for batch in self._by_claim.batches() for record in batch)

    def _is_computed(self, graph: bytes) -> bool:
        if graph not in self._computed:
            self._computed[graph] = computed(graph)
        return self._computed[graph]


def _groups(sorter: Sorter, key: Callable[[bytes], bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    lines = (line for batch in sorter.batches() for line in batch)
    return ((term, list(group)) for term, group in groupby(lines, key=key))


def _turtle(record: bytes) -> bytes:
    return record[:-1].split(_FIELD, 2)[1].replace(_FEED, b"\n")


def _node(record: bytes) -> bytes:
    return record[:-1].split(_FIELD, 2)[2]


@lru_cache(1_000)
def _section(graph: bytes) -> bytes:
    if graph in _SECTIONS:
        return _SECTIONS[graph]
    return _DOCUMENTS if is_of_document(graph[1:-1].decode()) else _REST


def _refuse_blank_nodes(quads: Iterable[Quad]) -> None:
    for quad in quads:
        if has_blank_node(quad):
            raise InputError(
                f"a statement has a blank node ({quad})",
                hint="Give it an IRI: a blank node cannot be compared or referred to from one release to "
                "the next.",
            )
