"""The data of a release as claim tables: CSV for people and spreadsheets, Parquet for programs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from testimonia.publish.data.arranging import computed
from testimonia.publish.folder.release import Artefact, Release

__all__ = ["claim_tables"]

_MEDIA_TYPES: Final = {
    ".csv": "text/csv",
    ".nq": "application/n-quads",
    ".parquet": "application/vnd.apache.parquet",
}


def claim_tables(release: Release) -> Iterator[Artefact]:
    """Write the claim tables of a release, without derived statements.

    The folders ``tables/csv/`` and ``tables/parquet/`` hold a file for each table, and ``rest.nq`` for
    statements that do not fit any table, such as assessments.

    Raises
    ------
    ExtraMissing
        pyarrow, which writes column descriptions into Parquet, is not installed.
    """
    from testimonia.tables.from_quads import tables
    from testimonia.tables.schema import TABLES, arrow_schema
    from testimonia.tables.sheets.exporting import Form, export

    arrow_schema(TABLES[0])  # without pyarrow the Parquet files would have other bytes
    forms: tuple[Form, ...] = ("csv", "parquet")
    for form in forms:
        stated = (quad for quad in release.quads() if not computed(str(quad.graph_name).encode()))
        found = tables(stated, plain=form == "csv")
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, form)
            export(found, folder, form)
            for path in sorted(folder.iterdir()):
                yield Artefact(
                    f"tables/{form}/{path.name}", path.read_bytes(), _MEDIA_TYPES[path.suffix]
                )
