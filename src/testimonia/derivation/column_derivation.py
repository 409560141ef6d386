"""Derives facts on quads that are kept by column, where DuckDB runs the rules; accepts and explains there too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rules
from testimonia.derivation import explaining, policies, running
from testimonia.derivation.explaining import Explanation
from testimonia.derivation.policies import Policy, accept_all
from testimonia.derivation.proofs import Prover
from testimonia.derivation.running import Derivation
from testimonia.errors import InputError, Place
from testimonia.query.deadlines import Deadline
from testimonia.query.graph_names import DERIVED
from testimonia.query.writable import Concluded
from testimonia.rdf.files import Source

if TYPE_CHECKING:
    import duckdb

    from testimonia.query.columnar.column_data import ColumnData

__all__ = ["accept_by_column", "derive_by_column", "explain_by_column"]

_FEW: Final = 500_000
"""Of fewer statements a copy in memory is made: many small queries are answered faster from it."""


def derive_by_column(directory: Path, chosen: Sequence[Policy] = ()) -> Derivation:
    """Run all rules on a folder, and policies; replace what was derived and accepted before.

    Parameters
    ----------
    directory
        A folder with quads by column. It is changed completely or not at all.
    chosen
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
        made.append(replace(derivation, assessments=accept_all(columns, chosen)))
        order_terms(connection)

    change_folder(directory, change)
    return made[0]


def accept_by_column(data: ColumnData, policy: Source, deadline: Deadline | None = None) -> Policy:
    """Run a policy, and keep its assessments in the folder; those that it has of a shipped policy stay.

    Parameters
    ----------
    data
        The quads of a folder in which facts were derived. They are those of before afterwards.
    policy
        The name of a shipped policy, or a file that ends in ``.rq``.
    deadline
        When to stop; never when left out.

    Raises
    ------
    InputError
        Nothing was derived there yet, the folder cannot be written, or another process changes it.
    UnknownPolicy, PolicyError, QueryError
        As for `testimonia.Dataset.accept`.
    """
    from testimonia.query.columnar.column_folders import change_folder
    from testimonia.query.columnar.term_ordering import order_terms
    from testimonia.query.columnar.writable_columns import WritableColumns

    _check_derived(data)
    found = policies.find(Path(policy), resources.policies())
    if found.path in resources.policies() and data.has_graph(found.graph):
        return found

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        accept_all(WritableColumns(connection, deadline), [found])
        order_terms(connection)

    change_folder(data.directory, change)
    return found


def explain_by_column(
    data: ColumnData,
    node: NamedNode,
    quotations: Mapping[str, str],
    in_english: Callable[[str], str | None],
    label: Callable[[str], str | None],
) -> Explanation:
    """Explain what was derived about a thing.

    Parameters
    ----------
    data
        The quads of a folder in which facts were derived.
    node
        The thing.
    quotations
        The text of passages, by IRI, as far as documents are available.
    in_english
        Finds labels for the sentences of rules.
    label
        Finds labels of things outside of them.

    Raises
    ------
    InputError
        Nothing was derived there yet.
    """
    _check_derived(data)
    store: Concluded = data.oxigraph() if len(data) < _FEW else data
    prover = Prover(store, read_rules(resources.rules()), in_english)
    return explaining.explain(store, prover, node, label, quotations)


def _check_derived(data: ColumnData) -> None:
    if not data.has_graph(DERIVED):
        raise InputError(
            "nothing was derived from these data yet",
            place=Place(data.directory),
            hint="Derive it first: testimonia derive --store FOLDER.",
        )
