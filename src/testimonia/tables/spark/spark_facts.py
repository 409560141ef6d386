"""What is known of the tables on Spark before a query is compiled."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.errors import NotCompiled
from testimonia.query.columnar.query_plan import DICTIONARY_OF_KIND
from testimonia.query.columnar.table_facts import PredicateFacts
from testimonia.query.columnar.term_ids import kind_of_id
from testimonia.tables.spark.hashed_ids import hashed_id

__all__ = ["SparkFacts"]

_Term = NamedNode | BlankNode | Literal


class _Read(dict[str, PredicateFacts]):
    """The properties that have statements, among those that were read; whoever asks for others is told."""

    def __init__(self, read: Container[str]) -> None:
        super().__init__()
        self._read = read

    def get(self, iri: str, default: Any = None) -> Any:
        if iri not in self._read:
            raise NotCompiled(f"<{iri}> is not among the properties that were read into Spark")
        return super().get(iri, default)

    def values(self) -> Any:
        raise NotCompiled("on Spark every property must be named: only those are read")


class _Tables(Protocol):
    def has_term(self, term: _Term, number: int) -> bool: ...

    def has_node(self, number: str) -> bool: ...


class SparkFacts:
    """What is known of the tables (`testimonia.query.columnar.table_facts.TableFacts`), which say nothing of graphs.

    Parameters
    ----------
    tables
        The tables.
    salt
        That of their ids.
    read
        The IRIs of the properties that were read.
    """

    ordered_kinds = 0

    def __init__(self, tables: _Tables, salt: int, read: Container[str]) -> None:
        self.predicates: dict[str, PredicateFacts] = _Read(read)
        self._tables = tables
        self._salt = salt
        self._known: dict[_Term, int] = {}

    def add(self, terms: Iterable[_Term]) -> None:
        """Note that the dictionaries have some terms."""
        self._known.update((term, hashed_id(term, self._salt)) for term in terms)

    def id_of(self, term: _Term) -> int | None:
        """Look a term up; None where no dictionary has it."""
        if term not in self._known:
            number = hashed_id(term, self._salt)
            is_listed = kind_of_id(number) in DICTIONARY_OF_KIND
            if is_listed and not self._tables.has_term(term, number):
                return None
            self._known[term] = number
        return self._known[term]

    def has_graph(self, ids: Sequence[int]) -> bool:  # noqa: ARG002
        """Say that there are no graphs."""
        return False

    def has_node(self, number: str) -> bool:
        """Check whether a term is the subject or object of a statement."""
        return self._tables.has_node(number)

    def graphs(self) -> tuple[int, ...]:
        """Give no graphs."""
        return ()
