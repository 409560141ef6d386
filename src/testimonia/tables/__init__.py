"""Claim tables: their definition, mappings of datasets to them, and conversion to and from RDF.

The names that a custom mapping needs can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from testimonia.lazy_names import lazy

if TYPE_CHECKING:
    from testimonia.tables.batch_reader import ROW
    from testimonia.tables.cell_checks import FAULTS
    from testimonia.tables.day_bounds import anywhere, anywhere_name, of_odd_year
    from testimonia.tables.descriptions.described_source import described
    from testimonia.tables.descriptions.description import Description
    from testimonia.tables.descriptions.description_reader import read_description
    from testimonia.tables.descriptions.description_schema import description_schema
    from testimonia.tables.descriptions.first_draft import draft_description
    from testimonia.tables.inputs.as_tables import text_of
    from testimonia.tables.inputs.manner import Manner
    from testimonia.tables.mapping import Run, map_files
    from testimonia.tables.sheets.mapped import map_sheet
    from testimonia.tables.sheets.template import new_sheet
    from testimonia.tables.source import Mapped, Source
    from testimonia.tables.spark.jobs import map_on_spark

__all__ = [
    "FAULTS",
    "ROW",
    "Description",
    "Manner",
    "Mapped",
    "Run",
    "Source",
    "anywhere",
    "anywhere_name",
    "described",
    "description_schema",
    "draft_description",
    "map_files",
    "map_on_spark",
    "map_sheet",
    "new_sheet",
    "of_odd_year",
    "read_description",
    "text_of",
]

# Importing one module must not load all of them.
__getattr__, __dir__ = lazy(
    __name__,
    __all__,
    {
        "FAULTS": "cell_checks",
        "ROW": "batch_reader",
        "Description": "descriptions.description",
        "Manner": "inputs.manner",
        "Mapped": "source",
        "Run": "mapping",
        "Source": "source",
        "anywhere": "day_bounds",
        "anywhere_name": "day_bounds",
        "described": "descriptions.described_source",
        "description_schema": "descriptions.description_schema",
        "draft_description": "descriptions.first_draft",
        "map_files": "mapping",
        "map_on_spark": "spark.jobs",
        "map_sheet": "sheets.mapped",
        "new_sheet": "sheets.template",
        "of_odd_year": "day_bounds",
        "read_description": "descriptions.description_reader",
        "text_of": "inputs.as_tables",
    },
)
