"""Rules and policies give the same on quads by column, run by DuckDB, as on a store of Oxigraph."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import palmyra
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import scenarios
import testimonia
from testimonia.catalogue.resources import policies as policy_files
from testimonia.cli import run
from testimonia.derivation import column_derivation, running
from testimonia.derivation.column_derivation import derive_by_column
from testimonia.derivation.policies import accept_all, shipped
from testimonia.errors import InputError, QueryError, TimeLimitExceeded
from testimonia.loading.by_column import load_by_column
from testimonia.outputs.temporary import locked
from testimonia.query.columnar.column_data import ColumnData
from testimonia.query.columnar.column_folders import change_folder, open_folder
from testimonia.query.columnar.dictionaries import ORDERED_KINDS
from testimonia.query.columnar.writable_columns import WritableColumns
from testimonia.query.graph_names import ACCEPTED, DERIVED
from testimonia.query.store import Store

GRAPH = "https://w3id.org/testimonia/id/graph/claims"
X = "https://example.org/"


def folder_of(quads: list[Quad], folder: Path) -> Path:
    """Keep quads by column."""
    (folder / "quads.nq").write_text("".join(f"{quad} .\n" for quad in quads), encoding="utf-8")
    load_by_column(folder / "quads.nq", folder / "columns", graph=GRAPH)
    return folder / "columns"


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    """Keep the two reports of Palmyra by column."""
    load_by_column(palmyra.FILES, tmp_path / "columns", graph=GRAPH)
    return tmp_path / "columns"


def policy_file(name: str) -> Path:
    (path,) = (path for path in policy_files() if path.stem == name)
    return path


def copied(directory: Path) -> Store:
    """Copy a folder into a store of Oxigraph."""
    data = ColumnData(directory)
    store = data.oxigraph()
    data.close()
    return store


def concluded(store: Store) -> list[str]:
    """Write what was derived and accepted. The digest of the input is another, as Oxigraph changes some literals."""
    return sorted(
        re.sub("id/input/[0-9a-f]{64}", "id/input/", f"{triple} {graph}")
        for root in (DERIVED, ACCEPTED)
        for graph in store.graphs(root)
        for triple in store.statements(graph)
    )


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, int]]]:
    """Derive by the command, and give the folder and what the command says."""
    folder = tmp_path_factory.mktemp("derived")
    load_by_column(palmyra.FILES, folder / "columns", graph=GRAPH)
    words = ["derive", "--store", str(folder / "columns"), "--format", "json"]
    assert run([*words, "--output", str(folder / "said.json")]) == 0
    return folder / "columns", json.loads((folder / "said.json").read_text())


@pytest.mark.slow
def test_the_same_facts_assessments_and_provenance(
    derived: tuple[Path, dict[str, dict[str, int]]], columns: Path
) -> None:
    store = copied(columns)
    expected = running.derive(store, scenarios.RULES)
    assessments = accept_all(store, shipped())
    directory, said = derived
    assert said["facts"] == expected.counts
    assert said["assessments"] == assessments
    assert sum(assessments.values()) > 50
    assert concluded(copied(directory)) == concluded(store)


@pytest.mark.slow
def test_deriving_again_replaces_what_was_derived(
    derived: tuple[Path, dict[str, dict[str, int]]], tmp_path: Path
) -> None:
    directory, said = derived
    before = concluded(copied(directory))
    copy = shutil.copytree(directory, tmp_path / "copy")
    assert derive_by_column(copy).counts == said["facts"]
    after = concluded(copied(copy))
    assert [line for line in before if f" {str(DERIVED)[:-1]}" in line] == after


@pytest.mark.slow
def test_all_scenarios(tmp_path: Path) -> None:
    columns = folder_of(scenarios.together(derived_too=False), tmp_path)
    store = copied(columns)
    expected = running.derive(store, scenarios.RULES)
    made = derive_by_column(columns)
    assert made.counts == expected.counts
    assert sum(count > 0 for count in made.counts.values()) > 55
    assert concluded(copied(columns)) == concluded(store)


@pytest.mark.slow
def test_questions_find_what_was_derived(
    derived: tuple[Path, dict[str, dict[str, int]]], columns: Path
) -> None:
    dataset = testimonia.open(store=derived[0], engine="duckdb")
    expected = palmyra.opened()
    for question in ("confirmed-figures", "corroboration", "accepted-figures"):
        assert dataset.ask(question).to_csv() == expected.ask(question).to_csv()
    assert len(testimonia.open(store=columns, engine="duckdb").ask("confirmed-figures")) == 0


@pytest.mark.slow
def test_ids_are_in_the_order_of_their_terms(
    derived: tuple[Path, dict[str, dict[str, int]]],
) -> None:
    connection = open_folder(derived[0])
    kept = connection.execute("SELECT value FROM facts WHERE name = 'ordered_kinds'").fetchone()
    assert kept == (sum(1 << kind for kind in ORDERED_KINDS),)
    for select in (
        "SELECT lexical FROM iris ORDER BY id",
        "SELECT lexical FROM blanks ORDER BY id",
        "SELECT lexical FROM strings ORDER BY id",
    ):
        texts = connection.execute(select).fetchall()
        assert texts == sorted(texts, key=lambda row: row[0].encode())
        assert len(texts) == len(set(texts)) > 1
    connection.close()


@pytest.mark.slow
def test_a_dataset_sees_what_it_derived(columns: Path) -> None:
    dataset = testimonia.open(store=columns, engine="duckdb")
    dataset.derive()
    assert len(dataset.ask("confirmed-figures")) > 0


@pytest.mark.slow
@pytest.mark.parametrize("few", [0, 10**9], ids=["by DuckDB", "in a copy"])
def test_what_was_derived_is_explained(
    derived: tuple[Path, dict[str, dict[str, int]]], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(column_derivation, "_FEW", few)
    dataset = testimonia.open(store=derived[0])
    found = dataset.explain("prop:one-interpreter-killed")
    assert found.steps
    assert found.to_text() == palmyra.opened().explain("prop:one-interpreter-killed").to_text()


@pytest.mark.slow
def test_figures_are_accepted_in_the_folder(
    derived: tuple[Path, dict[str, dict[str, int]]], tmp_path: Path
) -> None:
    folder = tmp_path / "columns"
    shutil.copytree(derived[0], folder)
    own = tmp_path / "own.rq"
    own.write_text(policy_file("full-range").read_text("utf-8"), "utf-8")
    endless = tmp_path / "endless.rq"
    endless.write_text(own.read_text("utf-8").replace("WHERE {", ENDLESS, 1), "utf-8")
    dataset = testimonia.open(store=folder)
    for policy in ("full-range", own):
        rows = dataset.accept(policy, incident="event:2025-12-13-palmyra-attack")
        expected = palmyra.opened().accept(policy, incident="event:2025-12-13-palmyra-attack")
        assert rows.to_csv() == expected.to_csv()
        assert len(rows) > 3
    before = sizes(folder)
    with pytest.raises(TimeLimitExceeded):
        dataset.accept(endless, time_limit=2)
    assert sizes(folder) == before
    assert f"{ACCEPTED.value}/own" in before


ENDLESS = "WHERE { { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } "


def sizes(folder: Path) -> dict[str, int]:
    data = ColumnData(folder)
    found = data.sizes()
    data.close()
    return found


def test_nothing_is_accepted_or_explained_before_it_is_derived(columns: Path) -> None:
    dataset = testimonia.open(store=columns)
    with pytest.raises(InputError, match="nothing was derived from these data yet"):
        dataset.accept("full-range")
    with pytest.raises(InputError, match="nothing was derived from these data yet"):
        dataset.explain("prop:one-interpreter-killed")


CONSTRUCTS = {
    "new literals": "CONSTRUCT { ?s <urn:x:text> ?t } WHERE { ?s <urn:x:p> ?o . BIND(CONCAT('a', STR(?o)) AS ?t) }",
    "new IRIs": "CONSTRUCT { ?t <urn:x:of> ?s } WHERE { ?s <urn:x:p> ?o . BIND(IRI(CONCAT('urn:x:', STR(?o))) AS ?t) }",
    "IRIs that cannot be": "CONSTRUCT { ?s <urn:x:q> ?t } WHERE { ?s <urn:x:p> ?o . BIND(IRI(CONCAT('urn:x: ', STR(?o))) AS ?t) }",
    "texts and IRIs that are there": "CONSTRUCT { ?t <urn:x:of> ?s ; <urn:x:text> ?u } WHERE { ?s <urn:x:p> ?o . BIND(IRI(STR(?s)) AS ?t) BIND(STR(?s) AS ?u) }",
    "IRIs that the data do not have": "CONSTRUCT { ?s <urn:x:q> ?t } WHERE { ?s <urn:x:p> ?o . BIND(IF(?o > 5, <urn:x:new>, ?s) AS ?t) }",
    "no IRIs at all": "CONSTRUCT { ?s <urn:x:q> ?t . ?s <urn:x:r> ?o } WHERE { ?s <urn:x:p> ?o . OPTIONAL { ?o <urn:x:p> ?n BIND(IRI(CONCAT('urn:x:', STR(?n))) AS ?t) } }",
    "integers": "CONSTRUCT { ?s <urn:x:n> ?n } WHERE { ?s <urn:x:p> ?o . BIND(?o + 1 AS ?n) }",
    "booleans": "CONSTRUCT { ?s <urn:x:odd> ?b } WHERE { ?s <urn:x:p> ?o . BIND(?o > 5 AS ?b) }",
    "literals as subjects": "CONSTRUCT { ?o <urn:x:r> ?s } WHERE { ?s <urn:x:p> ?o }",
    "constants": "CONSTRUCT { ?s a <urn:x:New> ; <urn:x:is> true , 'plain' , 7 } WHERE { ?s <urn:x:p> ?o }",
    "a new IRI twice": "CONSTRUCT { ?s a <urn:x:New> . <urn:x:New> <urn:x:new> <urn:x:g> } WHERE { ?s <urn:x:p> ?o }",
    "unknown terms": "CONSTRUCT { ?s <urn:x:q> ?v } WHERE { ?s <urn:x:p> ?o VALUES ?v { <urn:x:unknown> 'unseen'@en } }",
    "unbound": "CONSTRUCT { ?s <urn:x:q> ?none , ?o } WHERE { ?s <urn:x:p> ?o OPTIONAL { ?o <urn:x:z> ?none } }",
    "nothing": "CONSTRUCT { ?s <urn:x:q> ?o } WHERE { ?s <urn:x:none> ?o }",
    "more of the same property": "CONSTRUCT { ?s <urn:x:p> 99 } WHERE { ?s <urn:x:p> ?o }",
}
XSD = "http://www.w3.org/2001/XMLSchema#"
SMALL = [
    Quad(NamedNode(f"{X}{name}"), NamedNode("urn:x:p"), value, NamedNode("urn:x:g"))
    for name, value in (
        ("a", Literal("7", datatype=NamedNode(f"{XSD}integer"))),
        ("b", Literal("3", datatype=NamedNode(f"{XSD}integer"))),
        ("c", Literal("99999999999999999999999", datatype=NamedNode(f"{XSD}integer"))),
        ("d", Literal('"\n\\', language="en")),
        ("e", NamedNode(f"{X}a")),
    )
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(SMALL, tmp_path_factory.mktemp("small"))


@pytest.mark.parametrize("construct", CONSTRUCTS.values(), ids=CONSTRUCTS)
def test_what_a_rule_makes_is_kept(construct: str, small: Path, tmp_path: Path) -> None:
    columns = shutil.copytree(small, tmp_path / "columns")
    store = copied(columns)
    made = NamedNode(f"{DERIVED.value}/made")
    expected = store.write(construct, made)
    found: list[int] = []
    change_folder(columns, lambda c: found.append(WritableColumns(c).write(construct, made)))
    assert found == [expected]
    after = copied(columns)
    for graph in (made, NamedNode("urn:x:g")):
        assert set(after.statements(graph)) == set(store.statements(graph))


def test_blank_nodes_are_made_anew(tmp_path: Path) -> None:
    subject = Quad(BlankNode("b"), NamedNode("urn:x:p"), BlankNode("b"), NamedNode("urn:x:g"))
    columns = folder_of([*SMALL, subject], tmp_path)
    construct = "CONSTRUCT { ?s <urn:x:has> [ <urn:x:of> ?s ] } WHERE { ?s <urn:x:p> ?o }"
    made = NamedNode(f"{DERIVED.value}/made")
    change_folder(columns, lambda c: WritableColumns(c).write(construct, made))  # type: ignore[arg-type, return-value]
    found = list(copied(columns).statements(made))
    assert len({t.object for t in found if t.predicate.value == "urn:x:has"}) == len(SMALL) + 1
    assert {(t.subject, t.object) for t in found if t.predicate.value == "urn:x:has"} == {
        (t.object, t.subject) for t in found if t.predicate.value == "urn:x:of"
    }


def test_a_rule_that_fails_changes_nothing(small: Path, tmp_path: Path) -> None:
    columns = shutil.copytree(small, tmp_path / "columns")
    before = sorted(path.read_bytes() for path in columns.iterdir())

    def change(connection: object) -> None:
        writable = WritableColumns(connection)  # type: ignore[arg-type]
        writable.write(CONSTRUCTS["integers"], DERIVED)
        writable.write("SELECT * { ?s ?p ?o }", DERIVED)

    with pytest.raises(QueryError, match="makes no statements"):
        change_folder(columns, change)
    assert sorted(path.read_bytes() for path in columns.iterdir()) == before


def test_two_do_not_derive_at_once(columns: Path) -> None:
    with locked(columns) as free:
        assert free
        with pytest.raises(InputError, match="another process is adding"):
            derive_by_column(columns)
