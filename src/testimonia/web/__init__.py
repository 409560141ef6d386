"""The endpoint: read-only SPARQL over HTTP, the questions as addresses, descriptions and dumps.

A process that has not started any thread holds the data and forks workers (`forkserver`); each worker
runs one query at a time (`worker`) and can be killed at no loss. The server hands requests to them
(`pool`, `lanes`) and speaks HTTP (`app`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from testimonia.web.serving import serve
    from testimonia.web.settings import Settings

__all__ = ["Settings", "serve"]

_MODULES: Final = {"Settings": "settings", "serve": "serving"}


def __getattr__(name: str) -> Any:
    # Workers import single modules of this package and must not load the server.
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
