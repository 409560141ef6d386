"""A folder for the workbench: an invented report, notes on it, and names of another file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Self

import httpx
from starlette.types import ASGIApp

REPORT = """PORT ALDER
A bomb killed four dock workers at the harbour, Ada Vance, the harbour master, said.
A port official put the injured at more than nine.
The Coastal Front denied any role in it.
"""

NOTES = """document:
  label: Report on the bomb at Port Alder
  text: harbour.txt
  published: 2026-03-04
about: Bomb at the harbour
events: {Bomb at the harbour: bombing}
agents:
  Harbour authority: OfficialBody
  Ada Vance: Person
  Port official: {type: UnnamedSource, described as: An official of the port.}
posts: {Harbour master: Harbour authority}
groups: {Dock workers: civilian}
nothing: {1: dateline-line}
claims:
- {at: 2, who: Ada Vance, as: Harbour master, says: killed 4 dock workers}
- {at: 3, who: Port official, says: injured >9 people}
- {at: 4, who: Coastal Front, stance: denies, by: Coastal Front}
"""


def begin(folder: Path) -> Path:
    """Make the folder, with a report and names, and no notes on the report."""
    folder.mkdir()
    (folder / "harbour.txt").write_text(REPORT, encoding="utf-8")
    names = "agents: {Coastal Front: ArmedGroup}\n"
    (folder / "front.yaml").write_text(names, encoding="utf-8")
    return folder


class PageClient:
    """Sends requests to an application in this process, and keeps cookies.

    Parameters
    ----------
    app
        The application.
    address
        What it is reached at.
    """

    def __init__(self, app: ASGIApp, address: str) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        self._client = httpx.AsyncClient(transport=transport, base_url=address)
        self.headers = self._client.headers

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Send a GET request."""
        return self._runner.run(self._client.get(path, **more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Send a POST request."""
        return self._runner.run(self._client.post(path, **more))

    def put(self, path: str, **more: Any) -> httpx.Response:
        """Send a PUT request."""
        return self._runner.run(self._client.put(path, **more))
