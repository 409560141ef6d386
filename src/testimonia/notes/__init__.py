"""Notes: claims typed beside a report in YAML, one file for each document; built into claims, and exported.

Parsing (`testimonia.yaml_nodes`), reading (`testimonia.notes.expansion`) and building are
functions of texts; every fault has a line and column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from testimonia.lazy_names import lazy

if TYPE_CHECKING:
    from testimonia.notes.building import Built, build, read_files
    from testimonia.notes.drafting import begun, numbered
    from testimonia.notes.identifying import Suggestion, suggestions
    from testimonia.notes.json_schema import schema
    from testimonia.notes.noting import Noted, export
    from testimonia.yaml_nodes import Fault

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

# Importing one module must not load all of them.
__getattr__, __dir__ = lazy(
    __name__,
    __all__,
    {
        "Built": "building",
        "Fault": "building",
        "Noted": "noting",
        "Suggestion": "identifying",
        "begun": "drafting",
        "build": "building",
        "export": "noting",
        "numbered": "drafting",
        "read_files": "building",
        "schema": "json_schema",
        "suggestions": "identifying",
    },
)
