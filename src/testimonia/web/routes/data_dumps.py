"""The downloads: ``/data/``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from testimonia.web.contents import Contents
from testimonia.web.dumps import ALL, GRAPH, N_QUADS, WHOLE, Dump
from testimonia.web.http.problems import Problem
from testimonia.web.http.sparql_requests import query_parameters
from testimonia.web.routes import responses
from testimonia.web.routes.streaming import FileSliceResponse

__all__ = ["DataDumps"]

_MAX_GRAPHS: Final = 500


class DataDumps:
    """Serves the dumps, and the page that lists them.

    Parameters
    ----------
    contents
        What the endpoint serves.
    dumps
        The downloadable files, by name.
    """

    def __init__(self, contents: Contents, dumps: Mapping[str, Dump]) -> None:
        self._contents = contents
        self._dumps = dumps

    async def index(self, _: Request) -> Response:
        """List the dumps."""
        graphs = [
            (f"{GRAPH}?graph={quote(name, safe='')}", name, self._contents.graphs[name])
            for name in islice(self._contents.graph_offsets, _MAX_GRAPHS)
        ]
        return responses.page(
            "data.html",
            dumps=list(self._dumps.values()),
            whole=WHOLE in self._dumps,
            files=bool(self._dumps.keys() - {ALL}),
            graphs=graphs,
        )

    async def dump(self, request: Request) -> Response:
        """Serve a dump."""
        name = request.path_params["name"]
        if name == GRAPH:
            return self._graph(request)
        found = self._dumps.get(name)
        if found is None or not found.path.is_file():
            raise _not_found()
        return FileSliceResponse(found.path, (0, found.size), found.media_type, request)

    def _graph(self, request: Request) -> Response:
        names = [value for name, value in query_parameters(request) if name == "graph"]
        offsets = self._contents.graph_offsets
        if len(names) != 1 or names[0] not in offsets or ALL not in self._dumps:
            raise _not_found()
        return FileSliceResponse(self._dumps[ALL].path, offsets[names[0]], N_QUADS, request)


def _not_found() -> Problem:
    return Problem(404, "there is no such dump", "See /data/ for the dumps available.")
