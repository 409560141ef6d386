"""Real triple stores on loopback ports, for tests and benchmarks.

Each server is a class::

    with SERVERS["fuseki"](folder) as server:
        httpx.get(server.endpoint.query, params={"query": "ASK {}"})

``python -m tools.stores fuseki`` starts one for experiments.
"""

from __future__ import annotations

from typing import Final

from tools.stores.fuseki import Fuseki
from tools.stores.installed import NotInstalled
from tools.stores.oxigraph import Oxigraph
from tools.stores.processes import DidNotStart
from tools.stores.rdf4j import Rdf4j
from tools.stores.server import Endpoint, Server
from tools.stores.virtuoso import Virtuoso

__all__ = [
    "SERVERS",
    "DidNotStart",
    "Endpoint",
    "Fuseki",
    "NotInstalled",
    "Oxigraph",
    "Rdf4j",
    "Server",
    "Virtuoso",
]

SERVERS: Final[dict[str, type[Server]]] = {
    server.name: server for server in (Fuseki, Oxigraph, Rdf4j, Virtuoso)
}
"""The servers by name."""
