"""The façade that users meet: open a dataset, then ask it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pyoxigraph import Quad

from testimonia import files, resources
from testimonia.files import Source
from testimonia.store import CODES_GRAPH, ONTOLOGY_GRAPH, Store

__all__ = ["Dataset", "open"]


class Dataset:
    """Claims about incidents, with the ontology and code lists they are written in.

    Make one with `open`.

    Attributes
    ----------
    files
        The RDF files its data come from; empty when they were already in a store.
    directory
        The directory of its store, or None for a store in memory.
    """

    def __init__(self, files: list[Path], directory: Path | None = None) -> None:
        self.files = files
        self.directory = directory

    @cached_property
    def store(self) -> Store:
        """The store that answers queries, loaded when first needed."""
        store = Store(self.directory)
        store.load(files.read(self.files))
        store.clear(ONTOLOGY_GRAPH)
        store.clear(CODES_GRAPH)
        for path in resources.ontology():
            graph = CODES_GRAPH if path.parent.name == "codes" else ONTOLOGY_GRAPH
            store.load(files.read([path]), graph)
        return store

    def quads(self) -> Iterator[Quad]:
        """Stream the data as published, without ontology and code lists.

        Literals are exactly as the files write them. Data that are only in a store come from there,
        and the store writes some literals anew (``01.50`` as ``1.5``).
        """
        if self.files or self.directory is None:
            return files.read(self.files)
        own = (ONTOLOGY_GRAPH, CODES_GRAPH)
        return (quad for quad in self.store if quad.graph_name not in own)


def open(  # noqa: A001 - read as testimonia.open
    *sources: Source, shipped: bool | None = None, store: Source | None = None
) -> Dataset:
    """Open a dataset.

    Parameters
    ----------
    sources
        RDF files and directories. None of them stands for the data that come with the library, or
        for what the store already holds.
    shipped
        Whether to take the data that come with the library; by default only without sources.
    store
        A directory that keeps the data between runs; in memory when left out.

    Raises
    ------
    InputError
        A source or the store cannot be used.
    """
    directory = None if store is None else Path(store)
    holds_data = directory is not None and directory.is_dir() and any(directory.iterdir())
    if shipped is None:
        shipped = not sources and not holds_data
    chosen = [*(resources.data() if shipped else []), *files.expand(sources)]
    return Dataset(chosen, directory)
