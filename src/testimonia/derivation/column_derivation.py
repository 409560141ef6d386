"""Derives facts on quads that are kept by column, where DuckDB runs the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rules
from testimonia.derivation import running
from testimonia.derivation.policies import Policy, accept_all
from testimonia.derivation.running import Derivation

if TYPE_CHECKING:
    import duckdb

__all__ = ["derive_by_column"]


def derive_by_column(directory: Path, policies: Sequence[Policy] = ()) -> Derivation:
    """Run all rules on a folder, and policies; replace what was derived and accepted before.

    Parameters
    ----------
    directory
        A folder with quads by column. It is changed completely or not at all.
    policies
        The policies to run as well.

    Raises
    ------
    InputError
        The folder cannot be read or written, or another process changes it.
    QueryError
        A rule or policy fails.
    ExtraMissing
        DuckDB is not installed.
    """
    from testimonia.query.columnar.column_folders import change_folder
    from testimonia.query.columnar.term_ordering import order_terms
    from testimonia.query.columnar.writable_columns import WritableColumns

    made: list[Derivation] = []

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        columns = WritableColumns(connection)
        derivation = running.derive(columns, read_rules(resources.rules()))
        made.append(replace(derivation, assessments=accept_all(columns, policies)))
        order_terms(connection)

    change_folder(directory, change)
    return made[0]
