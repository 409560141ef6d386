"""Notes: claims typed beside a report in YAML, one file for each document; built into claims, and exported.

Parsing (`testimonia.notes.yaml_nodes`), reading (`testimonia.notes.expansion`) and building are
functions of texts; every fault has a line and column.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from testimonia.notes.building import Built, build, read_files
    from testimonia.notes.drafting import begun, numbered
    from testimonia.notes.identifying import Suggestion, suggestions
    from testimonia.notes.json_schema import schema
    from testimonia.notes.noting import Noted, export
    from testimonia.notes.yaml_nodes import Fault

__all__ = [
    "Built",
    "Fault",
    "Noted",
    "Suggestion",
    "begun",
    "build",
    "export",
    "numbered",
    "read_files",
    "schema",
    "suggestions",
]

_MODULES: Final = {
    "Built": "building",
    "Fault": "yaml_nodes",
    "Noted": "noting",
    "Suggestion": "identifying",
    "begun": "drafting",
    "build": "building",
    "export": "noting",
    "numbered": "drafting",
    "read_files": "building",
    "schema": "json_schema",
    "suggestions": "identifying",
}


def __getattr__(name: str) -> Any:
    # Importing one module of this package must not load all of them.
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
