"""The data of a dataset: where they come from, the store they are loaded into, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad

from testimonia.catalogue import resources, vocabulary
from testimonia.derivation import snapshots
from testimonia.errors import InputError, Place
from testimonia.namespaces import PREFIXES
from testimonia.printing import counted
from testimonia.query import results
from testimonia.query.deadlines import Deadline
from testimonia.query.graph_names import ACCEPTED, DERIVED, is_computed
from testimonia.query.store import Store
from testimonia.query.store_directories import change, existing
from testimonia.rdf import files
from testimonia.rdf.files import PLAIN, Reading

if TYPE_CHECKING:
    import rdflib

    from testimonia.query.queryable import Queryable

__all__ = ["CLAIMS", "LoadedData"]

_FEW_FILES = 3
_READING = "reading the data"
_UNLIMITED = Deadline(None)
CLAIMS: Final = "SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE { ?claim a tmn:Claim }"
"""Counts the claims."""


class LoadedData:
    """The data of a dataset, and the store that they are loaded into when they are first needed."""

    def __init__(
        self,
        files: list[Path],
        directory: Path | None = None,
        reading: Reading = PLAIN,
        languages: Sequence[str] = (),
        statements: Sequence[Quad] = (),
        question_files: Sequence[Path] | None = None,
    ) -> None:
        self.files = files
        self.directory = directory
        self.reading = reading
        self.languages = languages
        self.statements = statements
        self.question_files = resources.queries() if question_files is None else question_files

    def __repr__(self) -> str:
        held = "not yet read"
        if "store" in self.__dict__:  # showing a dataset must not read its files
            statements, claims = self.count_statements(), self.count_claims()
            held = f"{counted(statements, 'statement')}, {counted(claims, 'claim')}"
        return f"<Dataset: {'; '.join([*self._origins(), held])}>"

    def _origins(self) -> Iterator[str]:
        """Name what it was opened from."""
        names = [path.name for path in self.files[:_FEW_FILES]]
        more = len(self.files) - len(names)
        if names:
            yield ", ".join(names) + (f" and {counted(more, 'more file')}" if more else "")
        if self.statements:
            yield f"rdflib: {counted(len(self.statements), 'statement')}"
        if self.directory is not None:
            yield f"store {self.directory}"

    @cached_property
    def store(self) -> Store:
        """The store that answers queries, loaded when first needed."""
        return self._loaded(Deadline(None))

    @property
    def _queried(self) -> Queryable:
        """What answers queries."""
        return self.store

    def _loaded(self, deadline: Deadline) -> Store:
        if self.directory is not None and self._is_given:
            # In a copy, which then replaces the store: a faulty file, a kill or an expired time limit
            # must not leave the store half filled.
            change(self.directory, partial(self._fill, deadline=deadline))
            return Store(self.directory)
        if self.directory is not None:
            existing(self.directory)
        store = Store(self.directory)
        name = snapshots.of_shipped_data() if self._is_shipped else None
        if name is None or not snapshots.recall(store, name):
            self._fill(store, deadline=deadline)
            if name is not None:
                snapshots.keep(name, store)
        store.content = name
        return store

    def _fill(self, store: Store, *, deadline: Deadline = _UNLIMITED) -> None:
        for graph in vocabulary.GRAPHS:
            store.clear(graph)
        store.load(vocabulary.shipped())
        described = {t.subject for graph in vocabulary.GRAPHS for t in store.statements(graph)}
        if self._is_given:  # what was derived before was derived from less
            store.forget(ACCEPTED)
            store.forget(DERIVED)
        # If the ontology is passed as data too, its statements must not be counted twice.
        quads = deadline.watched(self._read(), _READING)
        store.load(
            quad
            for quad in quads
            if quad.subject not in described
            or not any(store.holds(quad, graph) for graph in vocabulary.GRAPHS)
        )

    def open_read_only(self) -> None:
        """Open the store on disk read-only, while other processes may read it too.

        Raises
        ------
        InputError
            The directory holds no store.
        """
        assert self.directory is not None  # noqa: S101
        self.store = Store.read_only(self.directory)

    def quads(self) -> Iterator[Quad]:
        """Stream the data as published, without ontology, code lists and derived facts.

        Literals are exactly as the files write them. Data that are only in a store come from the
        store, which normalises some literals (``01.50`` to ``1.5``).
        """
        if self._is_given or self.directory is None:
            return self._read()
        return (quad for quad in self.store if vocabulary.is_data(quad.graph_name))

    def count_statements(self) -> int:
        """Count the statements of the data: without ontology, code lists and derived facts.

        A statement in several graphs counts once for each of them.
        """
        sizes = self._queried.sizes()
        other = sum(n for name, n in sizes.items() if not vocabulary.is_data(NamedNode(name)))
        return len(self._queried) - other

    def count_claims(self) -> int:
        """Count the claims."""
        found = results.of(self._queried.query(CLAIMS), lambda _: None)
        assert isinstance(found, results.Results)  # noqa: S101 - a SELECT query
        return int(found[0][0])

    def to_rdflib(self) -> rdflib.Graph:
        """Copy the data into an rdflib graph, as `quads` has them.

        Graph names are dropped, and a statement in several graphs is copied once. This switches off
        rdflib's normalisation of literals (``rdflib.NORMALIZE_LITERALS``) for the whole process, so
        that each literal stays as written.

        Returns
        -------
        rdflib.Graph
            A graph in memory, with the prefixes of `testimonia.namespaces`.

        Raises
        ------
        InputError
            A file cannot be read, or a term has no form in RDF 1.1.

        Examples
        --------
        >>> import rdflib, testimonia
        >>> graph = testimonia.open().to_rdflib()
        >>> killed = rdflib.URIRef("https://w3id.org/testimonia/code/killed")
        >>> any(graph.subjects(predicate=None, object=killed))
        True
        """
        graph = files.to_rdflib(self.quads())
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        return graph

    @property
    def _is_given(self) -> bool:
        """Whether it has data from files or graphs, beyond what its store may hold."""
        return bool(self.files or self.statements)

    @property
    def _is_shipped(self) -> bool:
        """Whether it has the data that come with the library, in memory, and nothing else."""
        plain = self.directory is None and not self.statements and self.reading == PLAIN
        return plain and self.files == resources.data()

    def _given(self) -> Iterator[Quad]:
        return chain(files.read(self.files, self.reading), self.statements)

    def _read(self) -> Iterator[Quad]:
        return (quad for quad in self._given() if not is_computed(quad.graph_name))

    def _published(self) -> Iterator[Quad]:
        """Stream the data for a check, which needs every literal as it was published."""
        self._refuse_store()
        return self._read()

    def _refuse_store(self) -> None:
        if self.directory is not None:
            raise InputError(
                "the data in a store cannot be checked, because the store normalises some literals",
                place=Place(self.directory),
                hint="Open the RDF files themselves, without the store.",
            )
