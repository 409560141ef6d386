"""Tables of claims: what they hold, how datasets are mapped to them, and how they become triples.

What a mapping of one's own needs can be imported from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from testimonia.tables.cell_checks import FAULTS
    from testimonia.tables.days import anywhere, anywhere_name, of_odd_year
    from testimonia.tables.inputs.as_tables import text_of
    from testimonia.tables.inputs.manner import Manner
    from testimonia.tables.mapping import Run, map_files
    from testimonia.tables.published import ROW
    from testimonia.tables.sheets.mapped import map_sheet
    from testimonia.tables.sheets.template import new_sheet
    from testimonia.tables.source import Mapped, Source
    from testimonia.tables.spark.jobs import map_on_spark

__all__ = [
    "FAULTS",
    "ROW",
    "Manner",
    "Mapped",
    "Run",
    "Source",
    "anywhere",
    "anywhere_name",
    "map_files",
    "map_on_spark",
    "map_sheet",
    "new_sheet",
    "of_odd_year",
    "text_of",
]

_MODULES: Final = {
    "FAULTS": "cell_checks",
    "ROW": "published",
    "Manner": "inputs.manner",
    "Mapped": "source",
    "Run": "mapping",
    "Source": "source",
    "anywhere": "days",
    "anywhere_name": "days",
    "map_files": "mapping",
    "map_on_spark": "spark.jobs",
    "map_sheet": "sheets.mapped",
    "new_sheet": "sheets.template",
    "of_odd_year": "days",
    "text_of": "inputs.as_tables",
}


def __getattr__(name: str) -> Any:
    # Importing one module of this package must not load all of them.
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
