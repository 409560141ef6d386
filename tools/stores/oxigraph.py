"""The Oxigraph server, from the package of that name on the Python index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tools.stores.installed import FOLDER, NotInstalled
from tools.stores.server import Endpoint, Server

__all__ = ["Oxigraph"]

_PROGRAM = FOLDER / "bin" / "oxigraph"


class Oxigraph(Server):
    """The Oxigraph server, which has no passwords."""

    name = "oxigraph"
    _action = "serve"

    @classmethod
    def check_installed(cls) -> None:
        """Needs one program."""
        if not _PROGRAM.is_file():
            raise NotInstalled("the Oxigraph server is not installed: run `make stores`")

    @property
    def endpoint(self) -> Endpoint:
        """Has an operation at each of three addresses."""
        base = f"http://127.0.0.1:{self.port}"
        return Endpoint(base, f"{base}/query", f"{base}/update", f"{base}/store")

    @contextmanager
    def read_only(self) -> Iterator[Endpoint]:
        """Start another, read-only server on the same data, since this one has no read-only address."""
        with _ReadOnly(self.folder / "read-only", self.data) as other:
            yield other.endpoint

    def _configure(self) -> None:
        pass

    def _command(self) -> Sequence[str]:
        return [
            str(_PROGRAM),
            self._action,
            f"--location={self.data}",
            f"--bind=127.0.0.1:{self.port}",
            "--union-default-graph",
        ]


class _ReadOnly(Oxigraph):
    """The Oxigraph server on data that it may only read."""

    _action = "serve-read-only"

    @contextmanager
    def read_only(self) -> Iterator[Endpoint]:
        """Give its own address."""
        yield self.endpoint
