"""Makes the requests of a load: which graphs are sent, put into place and read together."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from typing import Final

from pyoxigraph import NamedNode

from testimonia.loading.spool import SpooledGraph
from testimonia.namespaces import IDENTIFIER
from testimonia.query.remote import Profile, Request, Requests

__all__ = [
    "STAGING",
    "getting",
    "placing",
    "read_with_others",
    "sending",
    "staging_of",
    "together_in",
]

STAGING: Final = IDENTIFIER + "graph/staging/"
_TOGETHER: Final = 50  # graphs moved into place by one update
_SENT_TOGETHER: Final = 200  # small graphs added by one request
_SMALL: Final = 64 << 10  # bytes up to which a graph is sent and read with others
_READ_TOGETHER: Final = 100  # small graphs read with one query


def staging_of(graph: NamedNode) -> NamedNode:
    """Name the staging graph of a graph; always the same one, so that a later load removes it."""
    return NamedNode(STAGING + hashlib.sha256(graph.value.encode()).hexdigest()[:32])


def together_in(profile: Profile) -> int:
    """Give how many graphs to send to a store at once: as many as share an update or a request, or one."""
    if profile.dataset is not None:
        return _SENT_TOGETHER
    return 1 if profile.whole_put else _TOGETHER


def sending(
    graphs: Sequence[SpooledGraph],
    profile: Profile,
    requests: Requests,
    there: Container[NamedNode] = (),
) -> Iterator[Request]:
    """Make the requests that send graphs: directly, or to staging graphs.

    Staging graphs are used where the store does not replace a graph atomically on PUT. Small graphs that are new
    to the store are sent together, if it takes them.

    Parameters
    ----------
    graphs
        The graphs to send.
    profile
        What the store guarantees.
    requests
        Makes the requests.
    there
        The graphs that hold something already.
    """
    dataset = requests.addresses.dataset
    if dataset is not None:
        together = [graph for graph in graphs if _is_small(graph) and graph.name not in there]
        if len(together) > 1:
            yield requests.post_graphs([(each.name, each.body) for each in together], dataset)
            sent = {graph.name for graph in together}
            graphs = [graph for graph in graphs if graph.name not in sent]
    for graph in graphs:
        if profile.whole_put:
            yield requests.put(graph.name, graph.body)
            continue
        staging = staging_of(graph.name)
        if not profile.whole_update:
            yield requests.delete(staging)
        yield requests.put(staging, graph.body)


def _is_small(graph: SpooledGraph) -> bool:
    """Check whether a graph can be sent and read with others; labels of blank nodes are those of one request."""
    return graph.body.size <= _SMALL and not graph.blank


def read_with_others(
    graphs: Sequence[SpooledGraph], requests: Requests
) -> Iterator[list[NamedNode]]:
    """List the graphs that one query reads, for each such query.

    Parameters
    ----------
    graphs, requests
        As for `sending`.
    """
    small = [graph.name for graph in graphs if _is_small(graph)]
    if requests.addresses.dataset is not None and len(small) > 1:
        for first in range(0, len(small), _READ_TOGETHER):
            yield small[first : first + _READ_TOGETHER]


def getting(graphs: Sequence[SpooledGraph], requests: Requests) -> Iterator[Request]:
    """Make the requests that read graphs.

    Parameters
    ----------
    graphs, requests
        As for `sending`.
    """
    together: set[NamedNode] = set()
    for some in read_with_others(graphs, requests):
        together.update(some)
        yield requests.read_graphs(some)
    yield from (requests.read(each.name) for each in graphs if each.name not in together)


def placing(
    graphs: Sequence[SpooledGraph], profile: Profile, requests: Requests
) -> Iterator[Request]:
    """Make the requests that move graphs from their staging graphs into place.

    Each can be sent twice: staging graphs are removed only when all graphs are in place.

    Parameters
    ----------
    graphs, profile, requests
        As for `sending`.
    """
    if profile.whole_put:
        return
    places = [(staging_of(graph.name), graph.name) for graph in graphs]
    moves = (profile.replacing(staging, name) for staging, name in places)
    yield requests.update(" ;\n".join(moves), purpose="move graphs into place")
    drops = (f"DROP SILENT GRAPH {staging}" for staging, _ in places)
    yield requests.update(" ;\n".join(drops), purpose="remove staging graphs")
