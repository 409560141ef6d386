"""Apache Jena Fuseki over TDB2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tools.stores.installed import java_file, program
from tools.stores.server import Endpoint, Server

__all__ = ["Fuseki"]

_JAR = "jena-fuseki-server-5.6.0.jar"
_USER = "loader"

_SETTINGS = """\
@prefix fuseki: <http://jena.apache.org/fuseki#> .
@prefix tdb2:   <http://jena.apache.org/2016/tdb#> .

[] a fuseki:Server ; fuseki:passwd "passwd" ; fuseki:auth "basic" .

<#open> a fuseki:Service ; fuseki:name "testimonia" ; fuseki:dataset <#data> ;
    fuseki:endpoint
        [ fuseki:operation fuseki:query ] ,
        [ fuseki:operation fuseki:query ; fuseki:name "query" ] ,
        [ fuseki:operation fuseki:query ; fuseki:name "sparql" ] ,
        [ fuseki:operation fuseki:update ; fuseki:name "update" ; fuseki:allowedUsers "loader" ] ,
        [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ; fuseki:allowedUsers "loader" ] .

<#read-only> a fuseki:Service ; fuseki:name "read-only" ; fuseki:dataset <#data> ;
    fuseki:endpoint
        [ fuseki:operation fuseki:query ] ,
        [ fuseki:operation fuseki:query ; fuseki:name "query" ] ,
        [ fuseki:operation fuseki:query ; fuseki:name "sparql" ] ,
        [ fuseki:operation fuseki:gsp-r ; fuseki:name "data" ] .

<#data> a tdb2:DatasetTDB2 ; tdb2:location "LOCATION" ; tdb2:unionDefaultGraph true .
"""


class Fuseki(Server):
    """Fuseki with one database under two names: one that can be changed with a password, one read-only."""

    name = "fuseki"

    @classmethod
    def check_installed(cls) -> None:
        """Needs Java and one file."""
        program("java", "default-jre-headless")
        java_file(_JAR)

    @property
    def endpoint(self) -> Endpoint:
        """Has an operation at each of three addresses."""
        base = f"http://127.0.0.1:{self.port}/testimonia"
        return Endpoint(
            base, f"{base}/query", f"{base}/update", f"{base}/data", _USER, self.password
        )

    @contextmanager
    def read_only(self) -> Iterator[Endpoint]:
        """Give the read-only name, where nothing can be changed even with the password."""
        base = f"http://127.0.0.1:{self.port}/read-only"
        yield Endpoint(base, f"{base}/query", None, f"{base}/data", _USER, self.password)

    def _configure(self) -> None:
        settings = _SETTINGS.replace("LOCATION", self.data.as_posix())
        (self.folder / "config.ttl").write_text(settings, encoding="utf-8")
        (self.folder / "passwd").write_text(f"{_USER}: {self.password}\n", encoding="utf-8")

    def _command(self) -> Sequence[str]:
        server = ["--localhost", f"--port={self.port}", "--config=config.ttl"]
        return ["java", "-Xmx1g", "-jar", str(java_file(_JAR)), *server]
