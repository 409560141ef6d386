"""Profiles of the kinds of store: their endpoints, guarantees and rewrites of literals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from testimonia.errors import InputError, Place
from testimonia.printing import one_line
from testimonia.query.remote.rewrites import REWRITES, Rewrite

__all__ = ["ENDPOINT", "PROFILES", "Addresses", "Profile", "base_of", "profile_named"]


@dataclass(frozen=True)
class Addresses:
    """The endpoints of a store.

    Attributes
    ----------
    query, update
        For the SPARQL 1.1 Protocol.
    graphs
        For the SPARQL 1.1 Graph Store HTTP Protocol, with ``?graph=``.
    dataset
        Where a POST of TriG adds to several graphs, if there is such an endpoint.
    """

    query: str
    update: str
    graphs: str
    dataset: str | None = None


@dataclass(frozen=True)
class Profile:
    """A kind of store; each entry was measured in a real server.

    Attributes
    ----------
    name
        Its name for ``--store``.
    title
        Its full name.
    base
        The form of its base URL.
    endings
        Path suffixes that are removed from the URL that a user gives.
    paths
        Paths of query, update and graphs, relative to the base.
    paths_with_credentials
        The same for requests with credentials, if they differ.
    authentication
        How it authenticates user and password.
    server
        Prefix of its ``Server`` header, if it sends one.
    header
        A header that only it sends.
    dataset
        The path of `Addresses.dataset`; only of a store that adds all statements of a POST or none.
    whole_put
        Whether PUT replaces a graph atomically, even if the connection breaks.
    enclosed
        Whether it accepts a truncated body, unless the body is enclosed in braces.
    whole_update
        Whether updates are atomic for readers.
    union
        Parameters that make a query run over the union of all graphs.
    union_hides_graphs
        Whether GRAPH finds no named graphs with those parameters.
    boolean_rows
        Whether it answers ASK with rows.
    rewrites
        How it rewrites literals.
    """

    name: str
    title: str
    base: str
    endings: tuple[str, ...]
    paths: tuple[str, str, str]
    rewrites: tuple[Rewrite, ...]
    paths_with_credentials: tuple[str, str, str] | None = None
    authentication: Literal["basic", "digest"] = "basic"
    server: str | None = None
    header: str | None = None
    dataset: str | None = None
    whole_put: bool = False
    enclosed: bool = False
    whole_update: bool = True
    union: tuple[tuple[str, str], ...] = ()
    union_hides_graphs: bool = False
    boolean_rows: bool = False

    def addresses(self, base: str, *, credentials: bool) -> Addresses:
        """Give the endpoints of a store at a base URL.

        Parameters
        ----------
        base
            As `base_of` gives it; known path suffixes are removed.
        credentials
            Whether requests will have any.
        """
        for ending in self.endings:
            if base.endswith(ending):
                base = base[: -len(ending)]
                break
        special = self.paths_with_credentials if credentials else None
        query, update, graphs = special or self.paths
        dataset = None if self.dataset is None else base + self.dataset
        return Addresses(base + query, base + update, base + graphs, dataset)

    def replacing(self, staging: NamedNode, graph: NamedNode) -> str:
        """Write the update that replaces a graph by the content of its staging graph, which is kept.

        It is not COPY or MOVE, both of which lose statements in Apache Jena 5.6.0 when the target is not
        empty. Unlike MOVE, it can be sent twice.
        """
        # str() writes IRIs in angle brackets, which IRIs in pyoxigraph cannot contain.
        return (
            f"DROP SILENT GRAPH {graph} ; "
            f"INSERT {{ GRAPH {graph} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {staging} {{ ?s ?p ?o }} }}"
        )


def _known(*names: str) -> tuple[Rewrite, ...]:
    return tuple(REWRITES[name] for name in names)


_RDF4J_PATHS: Final = ("", "/statements", "/rdf-graphs/service")

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile(
            name="oxigraph",
            title="Oxigraph server",
            base="http://HOST:7878",
            endings=("/query", "/update", "/store", "/sparql"),
            paths=("/query", "/update", "/store"),
            server="Oxigraph/",
            dataset="/store",
            whole_put=True,
            union=(("union-default-graph", ""),),
            rewrites=_known("integers", "decimals", "doubles", "booleans", "moments", "datatypes"),
        ),
        Profile(
            name="fuseki",
            title="Apache Jena Fuseki",
            base="http://HOST:3030/DATASET",
            endings=("/query", "/sparql", "/update", "/data", "/get"),
            paths=("/query", "/update", "/data"),
            header="fuseki-request-id",
            dataset="/data",
            whole_put=True,
            enclosed=True,
            union=(("default-graph-uri", "urn:x-arq:UnionGraph"),),
            union_hides_graphs=True,
            rewrites=_known("integers", "decimals", "doubles", "booleans", "moments"),
        ),
        Profile(
            name="virtuoso",
            title="OpenLink Virtuoso",
            base="http://HOST:8890",
            endings=("/sparql-auth", "/sparql-graph-crud-auth", "/sparql-graph-crud", "/sparql"),
            paths=("/sparql", "/sparql", "/sparql-graph-crud"),
            paths_with_credentials=("/sparql-auth", "/sparql-auth", "/sparql-graph-crud-auth"),
            authentication="digest",
            server="Virtuoso/",
            whole_update=False,
            boolean_rows=True,
            rewrites=_known("integers", "decimals", "doubles", "booleans", "moments"),
        ),
        Profile(
            name="rdf4j",
            title="Eclipse RDF4J",
            base="http://HOST:8080/rdf4j-server/repositories/REPOSITORY",
            endings=("/statements", "/rdf-graphs/service"),
            paths=_RDF4J_PATHS,
            dataset="/statements",
            whole_put=True,
            rewrites=(),
        ),
    )
}
"""The supported kinds of store, by name."""

ENDPOINT: Final = Profile(
    name="sparql",
    title="SPARQL endpoint",
    base="https://HOST/sparql",
    endings=(),
    paths=("", "", ""),
    rewrites=(),
)
"""Any endpoint of the SPARQL 1.1 Protocol: only to query, over its own default graph."""


def profile_named(name: str) -> Profile:
    """Find a kind of store by name.

    Raises
    ------
    InputError
        There is no kind with that name.
    """
    if name not in PROFILES:
        raise InputError(
            f"{one_line(name)!r} is not a known kind of store",
            hint=f"Known kinds are {', '.join(PROFILES)}.",
        )
    return PROFILES[name]


_HOST_PORT: Final[Callable[[str], re.Match[str] | None]] = re.compile(
    r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
).fullmatch


def base_of(url: str) -> str:
    """Check the URL of a store, and remove trailing slashes.

    Parameters
    ----------
    url
        An ``http`` or ``https`` URL without user, password, query and fragment.

    Raises
    ------
    InputError
        It is not such a URL. The message never contains a password.
    """
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        raise _unusable("its host or port is not well formed") from None
    if "@" in parts.netloc:
        raise InputError(
            "the URL of the store contains a user or password",
            hint="Remove them, and set TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD.",
        )
    if parts.scheme not in ("http", "https"):
        raise _unusable("it does not begin with http:// or https://")
    if not port_fits or not _HOST_PORT(parts.netloc):
        raise _unusable("its host or port is not well formed")
    if parts.query or parts.fragment:
        raise _unusable("it has a query or fragment")
    if re.search(r"[^\x21-\x7e]", url):
        raise _unusable("it contains spaces or non-ASCII characters")
    return url.rstrip("/")


def _unusable(why: str) -> InputError:
    bases = "; ".join(f"{profile.title}: {profile.base}" for profile in PROFILES.values())
    return InputError(
        f"this is not the URL of a store: {why}", place=Place("--to"), hint=f"Examples: {bases}."
    )
