"""An HTTP server on loopback that answers by a script, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Says:
    """An answer; ``cut`` closes the connection before the content is whole."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


YES = Says(
    content=b'{"head": {}, "boolean": true}',
    headers={"Content-Type": "application/sparql-results+json"},
)


class Scripted:
    """Gives its answers one after the other, and the last one for ever."""

    def __init__(self, *answers: Says) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.url = ""

    def next(self, asked: Asked) -> Says:
        """Remember a request, and give the answer that is due."""
        self.asked.append(asked)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def scripted(*answers: Says) -> Iterator[Scripted]:
    """Run a server with a script until the end of the block."""
    script = Scripted(*answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            said = script.next(Asked(self.command, self.path, dict(self.headers), body))
            self.send_response_only(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.content) + said.cut))
            self.end_headers()
            self.wfile.write(said.content)
            self.close_connection = said.cut

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names are given

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        script.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
