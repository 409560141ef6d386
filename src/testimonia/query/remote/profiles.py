"""What is particular to each kind of store: where it listens, how it takes a graph, what it rewrites."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from testimonia.errors import InputError, Place
from testimonia.legible import one_line
from testimonia.query.remote.rewrites import REWRITES, Rewrite

__all__ = ["ENDPOINT", "PROFILES", "Addresses", "Profile", "base_of", "profile_named"]


@dataclass(frozen=True)
class Addresses:
    """Where a store takes requests.

    Attributes
    ----------
    query, update
        Of the SPARQL 1.1 Protocol.
    graphs
        Of the SPARQL 1.1 Graph Store HTTP Protocol, by ``?graph=``.
    """

    query: str
    update: str
    graphs: str


@dataclass(frozen=True)
class Profile:
    """What is particular to a kind of store; each entry was measured in a real server.

    Attributes
    ----------
    name
        What ``--store`` calls it.
    title
        Its full name.
    base
        What the base URL looks like.
    endings
        Ends of paths that a user may give with the base, and that are cut off.
    paths
        The paths of query, update and graphs, behind the base.
    paths_with_credentials
        The same for who has credentials, where they differ.
    authentication
        How it takes user and password.
    server
        What its header ``Server`` begins with, where it tells.
    header
        A header that only it sends.
    whole_put
        Whether a graph that is put is seen whole or not at all, even if the connection is cut.
    enclosed
        Whether it takes a body that is cut for a whole one, unless the body is a block in braces.
    whole_update
        Whether readers see an update whole or not at all.
    union
        Parameters that make a query run over the union of all graphs.
    union_hides_graphs
        Whether those parameters leave no named graph for GRAPH to find.
    boolean_rows
        Whether it answers ASK with rows.
    rewrites
        What it writes anew.
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
    whole_put: bool = False
    enclosed: bool = False
    whole_update: bool = True
    union: tuple[tuple[str, str], ...] = ()
    union_hides_graphs: bool = False
    boolean_rows: bool = False

    def addresses(self, base: str, *, credentials: bool) -> Addresses:
        """Tell where a store at a base URL takes requests.

        Parameters
        ----------
        base
            As `base_of` gives it; known ends of paths are cut off.
        credentials
            Whether requests will carry any.
        """
        for ending in self.endings:
            if base.endswith(ending):
                base = base[: -len(ending)]
                break
        special = self.paths_with_credentials if credentials else None
        query, update, graphs = special or self.paths
        return Addresses(base + query, base + update, base + graphs)

    def replacing(self, staging: NamedNode, graph: NamedNode) -> str:
        """Write the update that puts one graph in the place of another, and keeps the first.

        It is not COPY or MOVE: Apache Jena 5.6.0 loses statements in both when the target holds
        some already. It can be sent twice, which MOVE cannot.
        """
        # str() writes IRIs in angle brackets; pyoxigraph makes none that holds one.
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
            whole_put=True,
            rewrites=(),
        ),
    )
}
"""The kinds of store that were measured, by name."""

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
        None has that name.
    """
    if name not in PROFILES:
        raise InputError(
            f"{one_line(name)!r} is no kind of store that is known",
            hint=f"Known are {', '.join(PROFILES)}.",
        )
    return PROFILES[name]


_HOST_PORT: Final[Callable[[str], re.Match[str] | None]] = re.compile(
    r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
).fullmatch


def base_of(url: str) -> str:
    """Check the URL of a store, and give it without a slash at its end.

    Parameters
    ----------
    url
        ``http`` or ``https``; no user, password, query or fragment in it.

    Raises
    ------
    InputError
        It is of another kind. The message never repeats a password.
    """
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        raise _unusable("its host or port is not well formed") from None
    if "@" in parts.netloc:
        raise InputError(
            "the URL of the store holds a user or password",
            hint="Leave them out, and set TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD.",
        )
    if parts.scheme not in ("http", "https"):
        raise _unusable("it does not begin with http:// or https://")
    if not port_fits or not _HOST_PORT(parts.netloc):
        raise _unusable("its host or port is not well formed")
    if parts.query or parts.fragment:
        raise _unusable("it has a query or fragment")
    if re.search(r"[^\x21-\x7e]", url):
        raise _unusable("it holds blanks or characters beyond ASCII")
    return url.rstrip("/")


def _unusable(why: str) -> InputError:
    bases = "; ".join(f"{profile.title}: {profile.base}" for profile in PROFILES.values())
    return InputError(
        f"this is no URL of a store: {why}", place=Place("--to"), hint=f"Such as {bases}."
    )
