"""Opens datasets: files, rdflib graphs, a store on disk, or a SPARQL endpoint."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from testimonia import languages
from testimonia.catalogue import resources
from testimonia.catalogue.questions import in_folders
from testimonia.dataset.answering import Language
from testimonia.dataset.column_dataset import ENGINES, Engine, columns_opened
from testimonia.dataset.facade import Dataset
from testimonia.dataset.remote_dataset import connected
from testimonia.errors import InputError, Place
from testimonia.outputs.store_files import holds_columns
from testimonia.query.store_directories import existing
from testimonia.rdf import files, rdflib_graphs
from testimonia.rdf.files import Reading, Source
from testimonia.rdf.jsonld import Copies

if TYPE_CHECKING:
    import rdflib

__all__ = ["open"]

Given: TypeAlias = "Source | rdflib.Graph"
"""What can be opened: an RDF file, a directory of them, or an rdflib graph or dataset."""

_URL: Final = re.compile("https?://", re.IGNORECASE)


def open(  # noqa: A001 - read as testimonia.open
    *sources: Given | Iterable[Given],
    shipped: bool | None = None,
    packs: Sequence[str] = (),
    store: Source | None = None,
    base: str | None = None,
    contexts: Copies | None = None,
    language: Language = None,
    questions: Source | Iterable[Source] = (),
    engine: Engine = "auto",
) -> Dataset:
    """Open a dataset.

    Parameters
    ----------
    sources
        RDF files and directories, and rdflib graphs and datasets, one by one or in lists; or, alone
        and as text, the URL of a SPARQL endpoint, whose data then stay where they are. Without
        sources, the dataset has the data that come with the library, or those that the store already
        holds. Graphs are copied as they are now, with their names if these are IRIs, and with every
        literal as rdflib has it; rdflib normalises some when it parses them
        (``rdflib.NORMALIZE_LITERALS``).
    shipped
        Whether to include the data that come with the library; by default only if there are no
        sources.
    packs
        Names that come with the library, without an incident: ``"agents"``, with their posts, and
        ``"places"``. They are added to the sources.
    store
        A directory that keeps the data between runs; by default they are kept in memory. A new store
        is made there only from data that are named: with sources, or with ``shipped=True``.
    base
        IRI that relative IRIs are resolved against in files that declare no base: the address that
        they are published at. Without it, files with relative IRIs are refused.
    contexts
        Local copies of JSON-LD contexts, by IRI: nothing is fetched.
    language
        Preferred languages for labels, and for glosses where a question returns some: BCP 47 tags,
        most preferred first, such as ``"ar"`` or ``["fr-CA", "es"]``. Text that exists in none of
        them is shown in English, or failing that in any language.
    questions
        Folders with additional questions, each a file written like those in ``queries/``. They are
        listed and asked beside those that come with the library.
    engine
        What answers queries. ``"duckdb"`` needs a store that keeps its data by column, as
        `testimonia.loading.by_column.load_by_column` makes one; ``"oxigraph"`` copies such a store into
        memory. By default, a store by column is queried by DuckDB, and all else by Oxigraph.

    Returns
    -------
    Dataset
        Of a SPARQL endpoint, one that answers questions and queries, describes and labels. What
        needs the data themselves, or a store to write to, raises `InputError`: deriving, validating,
        publishing and so on. Questions that use derived facts see those that the endpoint holds. A store
        by column gives a dataset of the same kind.
        User and password, or a token, come from the environment: ``TESTIMONIA_STORE_USER``,
        ``TESTIMONIA_STORE_PASSWORD``, ``TESTIMONIA_STORE_TOKEN``.

    Raises
    ------
    InputError
        The base is not an absolute IRI, a language tag is not well formed, or a source, the store, a
        folder or the URL cannot be used.
    QuestionError
        An additional question has a name that is taken.
    StoreError
        Nothing answers at the URL, or not as a SPARQL endpoint does.

    Examples
    --------
    >>> import rdflib, testimonia
    >>> graph = rdflib.Graph().parse(format="turtle", data='''
    ...     <urn:x:a> a <https://w3id.org/testimonia/ns#Claim> .''')
    >>> testimonia.open(graph).count_claims()
    1
    """
    preferred = languages.preferred(language)
    asked = in_folders(_paths_and_graphs([questions])[0], resources.queries())
    url = _endpoint_in(sources)
    if url is not None:
        _refuse_beside_endpoint(
            shipped=shipped, packs=packs, store=store, base=base, contexts=contexts
        )
        _refuse_engine(engine, None)
        return connected(url, preferred, asked)
    directory = None if store is None else Path(store)
    if directory is not None and holds_columns(directory):
        _refuse_beside_columns(directory, bool(sources or packs or shipped))
        return columns_opened(directory, engine, preferred, asked)
    _refuse_engine(engine, directory)
    if shipped is None:
        shipped = not (sources or packs) and directory is None
    named = [resources.pack(name) for name in packs]
    if directory is not None and not (sources or named) and not shipped:
        existing(directory)
    paths, graphs = _paths_and_graphs(sources)
    chosen = [*(resources.data() if shipped else named), *files.expand(paths)]
    reading = Reading(base, contexts=contexts or {})
    statements = list(rdflib_graphs.merged(graphs))
    return Dataset(chosen, directory, reading, preferred, statements, asked)


def _endpoint_in(sources: Sequence[object]) -> str | None:
    """Find the URL of an endpoint that is the only source; a path is never taken for one."""
    if len(sources) == 1 and isinstance(sources[0], str) and _URL.match(sources[0]):
        return sources[0]
    return None


def _refuse_beside_endpoint(**given: object) -> None:
    names = [name for name, value in given.items() if value]
    if names:
        raise InputError(
            f"{' and '.join(names)} cannot be combined with a SPARQL endpoint",
            hint="They are for data that are read here: leave them out, or open files.",
        )


def _refuse_beside_columns(directory: Path, given: bool) -> None:
    if given:
        raise InputError(
            "this store keeps its data by column, and other data cannot be opened together with it",
            place=Place(directory),
            hint="Add them with: testimonia load FILE --to FOLDER --engine duckdb.",
        )


def _refuse_engine(engine: Engine, directory: Path | None) -> None:
    if engine not in ENGINES:
        raise InputError(
            f"there is no engine {engine!r}", hint=f"Choose one of {', '.join(ENGINES)}."
        )
    if engine == "duckdb":
        raise InputError(
            "DuckDB answers queries only over data that are kept by column",
            place=None if directory is None else Place(directory),
            hint="Make such a store with: testimonia load FILE --to FOLDER --engine duckdb, and open that.",
        )


def _paths_and_graphs(
    sources: Iterable[Given | Iterable[Given]],
) -> tuple[list[Source], list[rdflib.Graph]]:
    """Separate paths from graphs, also within lists."""
    paths: list[Source] = []
    graphs: list[rdflib.Graph] = []
    for source in sources:
        if isinstance(source, str | os.PathLike):
            paths.append(source)
        elif rdflib_graphs.is_graph(source):  # graphs are iterable too
            graphs.append(source)
        elif isinstance(source, Iterable) and not isinstance(source, bytes | Mapping):
            more_paths, more_graphs = _paths_and_graphs(source)
            paths += more_paths
            graphs += more_graphs
        else:
            raise InputError(
                f"{source!r} is neither a path nor an rdflib graph, but of type "
                f"{type(source).__name__}",
                hint="Give paths of RDF files and directories, as text or as pathlib.Path, or "
                "rdflib graphs.",
            )
    return paths, graphs
