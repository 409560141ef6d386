"""The URL of the endpoint's home page, as the client sees it."""

from __future__ import annotations

import re
from typing import Final

from pyoxigraph import NamedNode
from starlette.requests import Request

from testimonia.web.http.problems import Problem

__all__ = ["root_url"]

_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def root_url(request: Request, public_url: str | None) -> str:
    """Return the URL of the home page, which ends in a slash.

    Parameters
    ----------
    request
        The request.
    public_url
        URL of the endpoint behind a proxy; None takes the URL from the Host header.

    Raises
    ------
    Problem
        The Host header is malformed.
    """
    if public_url is not None:
        return public_url.rstrip("/") + "/"
    host = request.headers.get("host", "")
    root = f"{request.scope['scheme']}://{host}/"
    if not _HOST.fullmatch(host) or not _is_iri(root):
        raise Problem(400, "the Host header of the request is malformed")
    return root


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
