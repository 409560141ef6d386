"""What was written by column is read back and compared."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from testimonia.errors import InputError
from testimonia.loading import load_by_column
from testimonia.query.columnar.column_folders import add_to_folder, open_folder
from testimonia.query.columnar.quad_reading import statements
from testimonia.query.columnar.quad_writing import create_tables, write_staged
from testimonia.query.columnar.term_staging import Staging
from testimonia.query.columnar.written_check import check_written, staged

S, P, G, H = (NamedNode(f"http://a.example/{name}") for name in "spgh")
XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS = st.one_of(
    st.builds(Literal, st.text()),
    st.builds(lambda text: Literal(text, language="en-GB"), st.text()),
    st.builds(
        lambda text, name: Literal(text, datatype=NamedNode(XSD + name)),
        st.one_of(st.text(max_size=3), st.integers().map(str), st.dates().map(str)),
        st.sampled_from(["integer", "nonNegativeInteger", "boolean", "date", "decimal", "other"]),
    ),
    st.sampled_from([S, BlankNode("b"), NamedNode("http://a.example/é?a=1#%20")]),
)
QUADS = st.lists(st.builds(Quad, st.sampled_from([S, P, BlankNode("b")]), st.sampled_from([P, G]), TERMS, st.sampled_from([G, H])))  # fmt: skip


def added(connection: duckdb.DuckDBPyConnection, quads: list[Quad]) -> None:
    Staging(connection).add(statements(quads), "x")
    expected = staged(connection)
    write_staged(connection)
    check_written(connection, expected)


@given(QUADS, QUADS)
def test_whatever_is_written_is_found_again(first: list[Quad], second: list[Quad]) -> None:
    with duckdb.connect() as connection:
        create_tables(connection)
        added(connection, first)
        added(connection, [*second, *second])


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM {table} WHERE g = (SELECT id FROM iris WHERE lexical = 'http://a.example/g')",
        "UPDATE strings SET lexical = 'two' WHERE lexical = 'one'",
        "UPDATE {table} SET s = o WHERE s <> o",
    ],
)
def test_a_difference_is_found(harm: str) -> None:
    with duckdb.connect() as connection:
        create_tables(connection)
        Staging(connection).add(statements([Quad(S, P, Literal("one"), G)]), "x")
        expected = staged(connection)
        write_staged(connection)
        [[table]] = connection.execute("SELECT name FROM predicates").fetchall()
        connection.execute(harm.format(table=table))
        with pytest.raises(InputError, match="what was written by column is not what was read"):
            check_written(connection, expected)


def test_a_folder_is_as_it_was_when_it_does_not_hold_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, folder = tmp_path / "a.nq", tmp_path / "columns"
    serialize([Quad(S, P, Literal("one"), G)], file, RdfFormat.N_QUADS)
    load_by_column(file, folder)
    before = sorted((path.name, path.read_bytes()) for path in folder.iterdir())

    def stage(staging: Staging, _: duckdb.DuckDBPyConnection) -> None:
        staging.add(statements([Quad(S, P, Literal("two"), H)]), "y")

    def lossy(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("DELETE FROM staged_quads")
        write_staged(connection)

    monkeypatch.setattr("testimonia.query.columnar.column_folders.write_staged", lossy)
    with pytest.raises(InputError, match="0 of 1 quads were found"):
        add_to_folder(folder, stage)
    assert sorted((path.name, path.read_bytes()) for path in folder.iterdir()) == before
    open_folder(folder).close()
