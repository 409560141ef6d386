"""Runs the SQL of compiled queries on Spark, and rules: their facts become further statements."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import BNode, Variable

from testimonia.catalogue.rules import Rule
from testimonia.errors import NotCompiled, QueryError, SparkError
from testimonia.query.columnar.aggregate_calls import aggregator
from testimonia.query.columnar.calls_to_oxigraph import arguments_of, evaluator
from testimonia.query.columnar.compiled_queries import CompiledQuery, compile_query, with_moment
from testimonia.query.columnar.operands import Form
from testimonia.query.columnar.quad_tables import table_of
from testimonia.query.columnar.query_plan import DICTIONARY_OF_KIND
from testimonia.query.columnar.table_facts import PredicateFacts
from testimonia.query.columnar.term_ids import (
    ADDRESS,
    BLANK,
    BOOLEAN,
    INTEGER,
    INTEGER_ZERO,
    IRI,
    LARGEST_INTEGER,
    PAYLOAD_BITS,
    STRING,
    kind_of_term,
    make_id,
)
from testimonia.tables.spark.claim_triples import ClaimTriples, dictionaries_of
from testimonia.tables.spark.hashed_ids import hashed_id, hashed_in_sql
from testimonia.tables.spark.lexical_texts import all_texts, quoted, text_of_id, text_of_text
from testimonia.tables.spark.numbered_claims import NUMBERED, entries_of
from testimonia.tables.spark.scratch import Scratch
from testimonia.tables.spark.session import why
from testimonia.tables.spark.spark_facts import SparkFacts
from testimonia.tables.spark.spark_sql import Fixpoint, in_spark
from testimonia.tables.spark.staging import ddl

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkQuads"]

_Term = NamedNode | BlankNode | Literal
_TEXTS: Final = {Form.ADDRESS: ("iris", IRI), Form.STRING: ("strings", STRING)}
_OF_FORM: Final = {
    Form.ID: "{0}",
    Form.BOOLEAN: f"({make_id(BOOLEAN, 0)} | CAST({{0}} AS BIGINT))",
    Form.INTEGER: f"IF(abs(CAST({{0}} AS DECIMAL(38, 0))) <= {LARGEST_INTEGER}, "
    f"{make_id(INTEGER, INTEGER_ZERO)} + CAST({{0}} AS BIGINT), raise_error('an integer is too large'))",
}
"""The id of a value, by the form of its column."""
_NUMBERS: Final = itertools.count()


class SparkQuads:
    """Statements that can be queried, and added to by rules.

    Parameters
    ----------
    spark
        The session.
    claims
        The statements.
    scratch
        Keeps intermediate tables.
    """

    def __init__(self, spark: SparkSession, claims: ClaimTriples, scratch: Scratch) -> None:
        self._spark = spark
        self._scratch = scratch
        self._salt = claims.salt
        self._dictionaries = dict(claims.dictionaries)
        self._tables: dict[str, DataFrame] = {}
        self._functions: set[str] = set()
        self._number = next(_NUMBERS)
        self.facts = SparkFacts(self, claims.salt, claims.wanted)
        self.facts.add(claims.terms)
        triples = claims.triples
        for row in _counted(triples, "p").collect():
            table = triples.where(triples.p == row["p"]).select("s", "o")
            self._put(NamedNode(claims.predicates[row["p"]]), table, row)

    def query(self, sparql: str) -> DataFrame:
        """Answer a SELECT query over all statements.

        Parameters
        ----------
        sparql
            SPARQL 1.1.

        Returns
        -------
        DataFrame
            A column of texts for each variable: IRIs, and lexical forms of literals. Its rows are in no order.

        Raises
        ------
        NotCompiled
            It uses what has no equal in the SQL of Spark, or a property that was not read.
        QueryError
            It is not well formed, or not a SELECT query.
        """
        compiled, rows = self._run(sparql)
        if compiled.kind != "solutions":
            raise QueryError("this is not a SELECT query", hint="Write it as SELECT.")
        written, joins = [], []
        number = 0
        for column in compiled.columns:
            if not column.has_column:
                text = "NULL" if column.term is None else quoted(column.term.value)
            else:
                text = f"v{number}"
                if column.form in (Form.ID, Form.STR_OF):
                    joins.append(f"LEFT JOIN texts t{number} ON t{number}.id = v{number}")
                    text = text_of_id(text, f"t{number}.lexical")
                elif column.form is Form.TEXT:
                    text = text_of_text(text)
                number += 1
            written.append(f"CAST({text} AS STRING) AS `{column.variable}`")
        all_texts(self._dictionaries).createOrReplaceTempView("texts")
        rows.createOrReplaceTempView("rows_found")
        joined = f"rows_found {' '.join(joins)}"
        return self._spark.sql(f"SELECT {', '.join(written)} FROM {joined}")

    def derive(self, rules: Sequence[Rule]) -> dict[str, int]:
        """Run rules in order, each on what the ones before derived.

        Parameters
        ----------
        rules
            The rules.

        Returns
        -------
        dict
            How many facts each gave that were not there before.

        Raises
        ------
        NotCompiled
            A rule uses what has no equal in the SQL of Spark.
        """
        return {rule.name: self._write(rule.sparql) for rule in rules}

    def table(self, predicate: NamedNode) -> DataFrame | None:
        """Give the statements of a property: ``s``, ``o``, ids; None if there are none."""
        facts = self.facts.predicates.get(predicate.value)
        return None if facts is None else self._tables[facts.table]

    def has_term(self, term: _Term, number: int) -> bool:
        """Check whether a dictionary has a term."""
        table = self._dictionaries[DICTIONARY_OF_KIND[kind_of_term(term)]]
        return not table.where(table.id == number).isEmpty()

    def has_node(self, number: str) -> bool:
        """Check whether a term, by its id in SQL, is the subject or object of a statement."""
        where = in_spark(f"SELECT 1 FROM node WHERE s = {number} OR o = {number}").rows
        for table in self._tables.values():
            table.createOrReplaceTempView("node")
            if not self._spark.sql(where).isEmpty():
                return True
        return False

    def _run(self, sparql: str) -> tuple[CompiledQuery, DataFrame]:
        from pyspark.errors import AnalysisException

        compiled = compile_query(sparql, self.facts, owner=self._number)
        if compiled.unknown:  # their ids would be of this query alone
            self._add_terms(list(compiled.unknown.values()))
            compiled = compile_query(sparql, self.facts, owner=self._number)
        self._register(compiled.calls)
        sql = in_spark(compiled.sql)
        for name, table in (self._tables | self._dictionaries).items():
            table.createOrReplaceTempView(name)
        parameters = with_moment(compiled.parameters)

        def select(text: str) -> DataFrame:
            try:
                return self._spark.sql(text, args=parameters or None)
            except AnalysisException as error:
                raise NotCompiled(f"Spark cannot run the compiled query: {why(error)}") from None

        for each in sql.named:
            rows = _fixed(each, select) if isinstance(each, Fixpoint) else select(each.sql)
            rows.createOrReplaceTempView(each.name)
        return compiled, select(sql.rows)

    def _register(self, calls: Mapping[str, str]) -> None:
        """Define the functions that a query needs."""
        from pyspark.sql.pandas.functions import arrow_udf

        for name, expression in calls.items():
            if name in self._functions:
                continue
            function: Callable[..., Any]
            if name.startswith("aggregate_"):
                function = aggregator(expression)
            else:
                function = evaluator(expression, arguments_of(expression))
            convert: Any = arrow_udf  # whose stubs know only functions of fixed columns
            self._spark.udf.register(name, convert(_hinted(function), "string"))
            self._functions.add(name)

    def _write(self, construct: str) -> int:
        """Add what a CONSTRUCT query gives, and return how many statements are new."""
        compiled, rows = self._run(construct)
        if compiled.kind != "triples":
            raise QueryError("this query makes no statements", hint="Write it as CONSTRUCT.")
        ids = self._ids_of(compiled)
        for column, (_, form) in zip(rows.columns, _with_column(compiled), strict=True):
            if form in _TEXTS:
                self._add_texts(rows.select(column).withColumnRenamed(column, "lexical"), form)
        count = 0
        for s, p, o in compiled.template:
            if not isinstance(p, NamedNode):
                raise NotCompiled("Spark makes no statements whose property is a variable")
            found = rows.selectExpr(f"{ids(s)} AS s", f"{ids(o)} AS o").dropna()
            found = found.where(f"shiftright(s, {PAYLOAD_BITS}) IN ({IRI}, {BLANK})").distinct()
            count += self._add(p, found)
        return count

    def _ids_of(self, compiled: CompiledQuery) -> Callable[[Any], str]:
        """Write the ids of the parts of a template in SQL."""
        written: dict[str, str] = {}
        for number, (variable, form) in enumerate(_with_column(compiled)):
            column = f"v{number}"
            if form in _TEXTS:
                written[variable] = hashed_in_sql(column, _TEXTS[form][1], self._salt)
            elif form in _OF_FORM:
                written[variable] = _OF_FORM[form].format(column)
            else:
                raise NotCompiled(f"?{variable} has no column of ids in the SQL of Spark")
        terms = {c.variable: c.term for c in compiled.columns if not c.has_column}

        def ids(part: Any) -> str:
            if isinstance(part, Variable):
                name = str(part)
                return written[name] if name in written else ids(terms[name])
            if part is None:
                return "CAST(NULL AS BIGINT)"
            if isinstance(part, BNode):
                raise NotCompiled("Spark makes no new blank nodes")
            if self.facts.id_of(part) is None:
                self._add_terms([part])
            return f"CAST({hashed_id(part, self._salt)} AS BIGINT)"

        return ids

    def _add_terms(self, terms: Sequence[_Term]) -> None:
        """Add terms that no dictionary has."""
        self.facts.add(terms)
        rows = self._spark.createDataFrame(entries_of(terms, self._salt).rows(), ddl(NUMBERED))
        for name, new in dictionaries_of(rows).items():
            self._extend(name, new)

    def _add_texts(self, texts: DataFrame, form: Form) -> None:
        name, kind = _TEXTS[form]
        if form is Form.ADDRESS:
            wrong = "raise_error(concat('this is no IRI: ', lexical))"
            is_iri = f"lexical IS NULL OR lexical RLIKE {quoted(ADDRESS)}"
            texts = texts.selectExpr(f"IF({is_iri}, lexical, {wrong}) AS lexical")
        numbered = texts.dropna().selectExpr(
            f"{hashed_in_sql('lexical', kind, self._salt)} AS id", "lexical"
        )
        known = self._dictionaries[name].withColumnRenamed("lexical", "other")
        if not numbered.join(known, "id").where("lexical != other").isEmpty():
            raise SparkError(
                "a new term has the id of another", hint="Aggregate fewer folders at once."
            )
        self._extend(name, numbered)

    def _extend(self, name: str, more: DataFrame) -> None:
        known = self._dictionaries[name]
        new = more.dropDuplicates(["id"]).join(known.select("id"), "id", "left_anti")
        self._dictionaries[name] = self._scratch.keep(known.unionByName(new.select(*known.columns)))

    def _add(self, predicate: NamedNode, found: DataFrame) -> int:
        known = self.table(predicate)
        before = 0
        if known is not None:
            before = self.facts.predicates[predicate.value].rows
            found = found.unionByName(known).distinct()
        found = self._scratch.keep(found.sortWithinPartitions("s"))
        row = _counted(found).first()
        if row is None or not row["rows"]:
            return 0
        self._put(predicate, found, row)
        return int(row["rows"]) - before

    def _put(self, predicate: NamedNode, table: DataFrame, row: Any) -> None:
        number = hashed_id(predicate, self._salt)
        name = table_of(number)
        self._tables[name] = table
        self.facts.add([predicate])
        self.facts.predicates[predicate.value] = PredicateFacts(
            number, name, row["rows"], False, row["subject_kinds"], row["object_kinds"]
        )


def _hinted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function of columns the annotations by which Spark knows what it takes."""

    def called(*columns: pa.Array) -> pa.Array:
        return function(*columns)

    return called


def _fixed(recursion: Fixpoint, select: Callable[[str], DataFrame]) -> DataFrame:
    """Run a recursive SELECT: one round for each link of the longest chain."""
    found = newest = select(recursion.start).distinct().localCheckpoint()
    while not newest.isEmpty():
        newest.createOrReplaceTempView(recursion.name)
        reached = select(recursion.step).distinct()
        newest = reached.join(found, found.columns, "left_anti").localCheckpoint()
        found = found.unionByName(newest).localCheckpoint()
    return found


def _counted(statements: DataFrame, *by: str) -> DataFrame:
    """Count statements, and find the kinds of their subjects and objects."""
    from pyspark.sql import functions as f

    kinds = [
        f.bit_or(f.expr(f"shiftleft(1, CAST(shiftright({c}, {PAYLOAD_BITS}) AS INT))")).alias(name)
        for c, name in (("s", "subject_kinds"), ("o", "object_kinds"))
    ]
    return statements.groupBy(*by).agg(f.count("*").alias("rows"), *kinds)


def _with_column(compiled: CompiledQuery) -> list[tuple[str, Form]]:
    return [(c.variable, c.form) for c in compiled.columns if c.has_column]
