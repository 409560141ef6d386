"""The home page: ``/``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from testimonia.namespaces import expand
from testimonia.pages.addresses import href, path_of
from testimonia.web.contents import Contents
from testimonia.web.http.root_url import root_url
from testimonia.web.routes import responses
from testimonia.web.settings import Settings

__all__ = ["HomePage"]


class HomePage:
    """Serves the home page.

    Parameters
    ----------
    settings
        The settings of the endpoint.
    contents
        What the endpoint serves.
    """

    def __init__(self, settings: Settings, contents: Contents) -> None:
        self._settings = settings
        self._contents = contents

    async def index(self, request: Request) -> Response:
        """Show what the endpoint serves."""
        root = root_url(request, self._settings.url)
        described = self._contents.described
        first = {each.iri for each in described}
        named = [(expand(curie) or curie, label) for curie, label in self._contents.incidents]
        others = [(iri, label, href("", path_of(iri))) for iri, label in named if iri not in first]
        return responses.page(
            "index.html", contents=self._contents, described=described, others=others, root=root
        )
