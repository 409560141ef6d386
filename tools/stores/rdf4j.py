"""The Eclipse RDF4J server, with one native store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import httpx

from tools.stores import jetty
from tools.stores.installed import java_file
from tools.stores.processes import DidNotStart
from tools.stores.server import Endpoint, Server

__all__ = ["Rdf4j"]

_WAR = "rdf4j-http-server-4.1.3.war"
_PATH = "/rdf4j-server"

_REPOSITORY = """\
@prefix rep: <http://www.openrdf.org/config/repository#> .
@prefix sr: <http://www.openrdf.org/config/repository/sail#> .
@prefix sail: <http://www.openrdf.org/config/sail#> .

[] a rep:Repository ; rep:repositoryID "testimonia" ;
    rep:repositoryImpl [
        rep:repositoryType "openrdf:SailRepository" ;
        sr:sailImpl [ sail:sailType "openrdf:NativeStore" ]
    ] .
"""

_GUARDED = {
    "/repositories/testimonia": ["PUT", "DELETE"],
    "/repositories/testimonia/statements": ["POST", "PUT", "DELETE"],
    "/repositories/testimonia/rdf-graphs/*": ["POST", "PUT", "DELETE"],
    "/repositories/testimonia/transactions/*": ["POST", "PUT", "DELETE"],
}


class Rdf4j(Server):
    """The RDF4J server in Jetty, which asks for a password for changes."""

    name = "rdf4j"

    @classmethod
    def check_installed(cls) -> None:
        """Needs Java, Jetty and the war."""
        jetty.check_installed()
        java_file(_WAR)

    @property
    def endpoint(self) -> Endpoint:
        """Has the addresses of one repository."""
        base = f"http://127.0.0.1:{self.port}{_PATH}/repositories/testimonia"
        return Endpoint(
            base,
            base,
            f"{base}/statements",
            f"{base}/rdf-graphs/service",
            jetty.USER,
            self.password,
        )

    @contextmanager
    def read_only(self) -> Iterator[Endpoint]:
        """Give the same for a user who may change nothing."""
        yield replace(self.endpoint, user=jetty.READER)

    def _configure(self) -> None:
        jetty.configure(self.folder, java_file(_WAR), _PATH, self.password, _GUARDED)

    def _command(self) -> Sequence[str]:
        settings = {"org.eclipse.rdf4j.appdata.basedir": str(self.data)}
        return jetty.command(self.folder, self.port, settings)

    def _answers(self) -> bool:
        try:
            protocol = f"http://127.0.0.1:{self.port}{_PATH}/protocol"
            return httpx.get(protocol, timeout=2, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _set_up(self) -> None:
        made = httpx.put(
            self.endpoint.base,
            content=_REPOSITORY,
            headers={"Content-Type": "text/turtle"},
            auth=self.endpoint.auth,
            timeout=30,
            trust_env=False,
        )
        if not made.is_success:
            self.stop()
            raise DidNotStart(f"RDF4J made no repository: {made.status_code} {made.text[:300]}")
