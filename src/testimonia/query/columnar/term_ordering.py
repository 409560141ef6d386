"""Puts ids back into the order of their terms, which terms that were added later have left.

Queries compare and sort IRIs, blank nodes and strings by their ids where these are in order, and by their texts
where they are not, which takes up to twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from testimonia.query.columnar.dictionaries import ORDERED_KINDS
from testimonia.query.columnar.quad_writing import fact, set_fact, write_quads
from testimonia.query.columnar.term_ids import BLANK, IRI, STRING, make_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["order_terms"]

_DICTIONARIES: Final = {IRI: "iris", BLANK: "blanks", STRING: "strings"}
_RENUMBERED: Final = """
CREATE TEMP TABLE renumbered AS SELECT n.new AS id, d.lexical FROM {table} d JOIN new_ids n ON n.old = d.id;
DELETE FROM {table};
INSERT INTO {table} SELECT id, lexical FROM renumbered ORDER BY id;
DROP TABLE renumbered;
"""
_QUADS: Final = """
INSERT INTO new_quads
SELECT coalesce(s.new, q.s), coalesce(p.new, {predicate}), coalesce(o.new, q.o), coalesce(g.new, q.g) FROM {table} q
LEFT JOIN new_ids s ON s.old = q.s LEFT JOIN new_ids o ON o.old = q.o LEFT JOIN new_ids g ON g.old = q.g
LEFT JOIN new_ids p ON p.old = {predicate};
DROP TABLE {table};
"""


def order_terms(connection: duckdb.DuckDBPyConnection) -> None:
    """Renumber the terms of the kinds whose ids are not in order, and write all quads again.

    Parameters
    ----------
    connection
        A connection that may change the tables of `testimonia.query.columnar.quad_tables`.
    """
    ordered = fact(connection, "ordered_kinds")
    kinds = [kind for kind in ORDERED_KINDS if not ordered & 1 << kind]
    if not kinds:
        return
    connection.execute("CREATE TEMP TABLE new_ids(old BIGINT NOT NULL, new BIGINT NOT NULL)")
    for kind in kinds:
        connection.execute(
            f"INSERT INTO new_ids SELECT id, {make_id(kind, 0)} + row_number() OVER (ORDER BY lexical) "
            f"FROM {_DICTIONARIES[kind]}"
        )
    for kind in kinds:
        connection.execute(_RENUMBERED.format(table=_DICTIONARIES[kind]))
    connection.execute("UPDATE literals SET datatype = n.new FROM new_ids n WHERE n.old = datatype")
    connection.execute(
        "CREATE TEMP TABLE new_quads(s BIGINT, p BIGINT, o BIGINT, g BIGINT);"
        "CREATE TEMP TABLE new_graphs(g BIGINT)"
    )
    for predicate, table in connection.execute("SELECT id, name FROM predicates").fetchall():
        connection.execute(_QUADS.format(predicate=predicate, table=table))
    connection.execute("DELETE FROM predicates; DROP TABLE new_ids")
    write_quads(connection, replaces=False)
    set_fact(connection, "ordered_kinds", ordered | sum(1 << kind for kind in kinds))
