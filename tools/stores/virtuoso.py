"""Virtuoso, open source edition, from the packages of Debian."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from tools.stores.installed import program
from tools.stores.processes import DidNotStart, free_port
from tools.stores.server import Endpoint, Server

__all__ = ["Virtuoso"]

_PACKAGE = "virtuoso-opensource-7-bin"
_USER = "loader"

_SETTINGS = """\
[Database]
DatabaseFile       = {data}/virtuoso.db
ErrorLogFile       = {data}/virtuoso.log
LockFile           = {data}/virtuoso.lck
TransactionFile    = {data}/virtuoso.trx
xa_persistent_file = {data}/virtuoso.pxa
FileExtend         = 200

[TempDatabase]
DatabaseFile       = {data}/temporary.db
TransactionFile    = {data}/temporary.trx

[Parameters]
ServerPort         = 127.0.0.1:{sql}
DisableUnixSocket  = 1
CaseMode           = 2
NumberOfBuffers    = 40000
MaxDirtyBuffers    = 30000
DirsAllowed        = {data}

[HTTPServer]
ServerPort         = 127.0.0.1:{http}
ServerThreads      = 10
"""


class Virtuoso(Server):
    """Virtuoso with a user that may change the graphs; the user ``nobody`` may only read them."""

    name = "virtuoso"

    @classmethod
    def check_installed(cls) -> None:
        """Needs the server and its SQL client."""
        program("virtuoso-t", _PACKAGE)
        program("isql-vt", _PACKAGE)

    @property
    def endpoint(self) -> Endpoint:
        """Has the addresses that ask for a password."""
        base = f"http://127.0.0.1:{self.port}"
        return Endpoint(
            base,
            f"{base}/sparql",
            f"{base}/sparql-auth",
            f"{base}/sparql-graph-crud-auth",
            _USER,
            self.password,
            digest=True,
        )

    @contextmanager
    def read_only(self) -> Iterator[Endpoint]:
        """Give the addresses that ask for no password."""
        base = f"http://127.0.0.1:{self.port}"
        yield Endpoint(base, f"{base}/sparql", f"{base}/sparql", f"{base}/sparql-graph-crud")

    def clear(self) -> None:
        """Remove all graphs except Virtuoso's own, one by one: its DROP ALL succeeds without dropping any."""
        for graph in self._graphs() - self._own:
            self.update(f"DROP SILENT GRAPH <{graph}>")

    def _graphs(self) -> set[str]:
        listed = httpx.get(
            self.endpoint.query,
            params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"},
            headers={"Accept": "application/sparql-results+json"},
            timeout=60,
            trust_env=False,
        )
        rows = listed.raise_for_status().json()["results"]["bindings"]
        return {row["g"]["value"] for row in rows}

    def _configure(self) -> None:
        self._sql = free_port()
        settings = _SETTINGS.format(data=self.data, sql=self._sql, http=self.port)
        (self.folder / "virtuoso.ini").write_text(settings, encoding="utf-8")

    def _command(self) -> Sequence[str]:
        return [program("virtuoso-t", _PACKAGE), "+foreground", "+configfile", "virtuoso.ini"]

    def _set_up(self) -> None:
        statements = (
            f"DB.DBA.USER_CREATE('{_USER}', '{self.password}');"
            f" GRANT SPARQL_UPDATE TO \"{_USER}\"; USER_CHANGE_PASSWORD('dba', 'dba', '{self.password}');"
        )
        isql = [program("isql-vt", _PACKAGE), f"127.0.0.1:{self._sql}", "dba", "dba"]
        done = subprocess.run(  # noqa: S603 - Virtuoso's own client, with what is written above
            [*isql, "ERRORS=STDOUT", f"exec={statements}"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode or "Error" in done.stdout:
            self.stop()
            raise DidNotStart(f"Virtuoso created no user: {done.stdout[-600:]}{done.stderr[-300:]}")
        self._own = self._graphs()
