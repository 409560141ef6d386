"""A folder of quads by column has its old state or its new one, and answers as the store that it was made from."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import palmyra
import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

import testimonia
from testimonia.cli import run
from testimonia.errors import (
    InputError,
    QuerySyntaxFault,
    ServiceRefused,
    TimeLimitExceeded,
    UpdateRefused,
)
from testimonia.loading import by_column
from testimonia.loading.by_column import load_by_column
from testimonia.namespaces import RDFS
from testimonia.outputs.store_files import COLUMNS_MARKER, holds_columns
from testimonia.outputs.temporary import locked
from testimonia.query.columnar.column_data import ColumnData
from testimonia.query.columnar.column_folders import open_folder
from testimonia.query.columnar.written_quads import nquads
from testimonia.query.store import Store

ONE = '<urn:x:s> <urn:x:p> "one" <urn:x:a> .\n<urn:x:s> <urn:x:p> 7 <urn:x:a> .\n'.replace(
    " 7 ", ' "7"^^<http://www.w3.org/2001/XMLSchema#integer> '
)
TWO = '<urn:x:s> <urn:x:p> "two" <urn:x:b> .\n'
DATA = "SELECT ?o { <urn:x:s> <urn:x:p> ?o } ORDER BY ?o"


def loaded(folder: Path, text: str, name: str = "columns") -> Path:
    source = folder / "source.nq"
    source.write_text(text, encoding="utf-8")
    load_by_column(source, folder / name)
    return folder / name


def values(directory: Path) -> list[object]:
    data = ColumnData(directory)
    rows = testimonia.query.results.of(data.query(DATA), lambda _: None)
    data.close()
    return [row[0] for row in rows]


def quads_of(directory: Path) -> set[Quad]:
    connection = open_folder(directory)
    text = b"".join(nquads(connection))
    connection.close()
    return set(parse(text, RdfFormat.N_QUADS))


def canonical(quads: set[Quad]) -> Dataset:
    """Name blank nodes equally."""
    made = Dataset(quads)
    made.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store on disk with the attack near Palmyra and what follows from it."""
    directory = tmp_path_factory.mktemp("palmyra") / "store"
    dataset = testimonia.open(*palmyra.FILES, store=directory)
    dataset.prepare()
    dataset.store.flush()
    del dataset
    return directory


@pytest.fixture(scope="module")
def columns(store: Path) -> Path:
    directory = store.with_name("columns")
    load_by_column(store, directory)
    return directory


def test_a_store_keeps_every_quad(store: Path, columns: Path) -> None:
    wanted = set(Store.read_only(store))
    assert len(wanted) > 5000
    assert canonical(quads_of(columns)) == canonical(wanted)


@pytest.mark.parametrize("engine", ["duckdb", "oxigraph", "auto"])
def test_questions_are_answered_as_by_the_store(columns: Path, engine: str) -> None:
    dataset = testimonia.open(store=columns, engine=engine)
    whole = palmyra.opened()
    for name in ("confirmed-figures", "corroboration", "documents", "figures-by-claimant"):
        found, wanted = dataset.ask(name, time_limit=300), whole.ask(name)
        assert found.variables == wanted.variables
        assert sorted(found.to_csv(labels=True).splitlines()) == sorted(
            wanted.to_csv(labels=True).splitlines()
        )
        assert name == "corroboration" or len(found) > 0
    assert dataset.count_claims() == whole.count_claims()
    assert dataset.count_statements() == whole.count_statements()


def test_patterns_find_what_the_store_finds(store: Path, columns: Path) -> None:
    data, other = ColumnData(columns), Store.read_only(store)
    assert len(data) == len(other)
    assert data.sizes() == other.sizes()
    space = "https://w3id.org/testimonia/id/claim/"
    assert data.subjects(space) == other.subjects(space)
    claim = NamedNode(min(data.subjects(space)))
    for node in (
        claim,
        NamedNode("https://w3id.org/testimonia/code/killed"),
        NamedNode("urn:x:no"),
    ):
        assert set(data.outgoing(node)) == set(other.outgoing(node))
        assert set(data.outgoing(node, RDFS.label)) == set(other.outgoing(node, RDFS.label))
        assert set(data.incoming(node)) == set(other.incoming(node))
        assert data.uses(node) == other.uses(node)
    classes = ("https://w3id.org/testimonia/ns#Claim", RDFS.label.value)
    assert all(data.uses(NamedNode(name)) for name in classes)
    data.close()


def test_what_is_not_compiled_is_answered_by_oxigraph(
    columns: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = testimonia.open(store=columns, engine="duckdb")
    found = dataset.query("DESCRIBE tmc:killed")
    assert len(found) > 3
    assert [
        r.message for r in caplog.records if "answered by Oxigraph instead of DuckDB" in r.message
    ]


def test_queries_have_limits(columns: Path) -> None:
    dataset = testimonia.open(store=columns, engine="duckdb")
    endless = (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c < ?f && ?f < ?i) }"
    )
    with pytest.raises(TimeLimitExceeded, match="was stopped"):
        dataset.query(endless, time_limit=1)
    for query, fault in (
        ("DELETE WHERE { ?s ?p ?o }", UpdateRefused),
        ("ASK { SERVICE <http://a.example/> { ?s ?p ?o } }", ServiceRefused),
        ("SELECT ?s { ?s ?p }", QuerySyntaxFault),
    ):
        with pytest.raises(fault):
            dataset.query(query)


def test_a_graph_replaces_the_one_of_its_name(tmp_path: Path) -> None:
    directory = loaded(tmp_path, ONE)
    assert values(directory) == [7, "one"]
    loaded(tmp_path, TWO)
    assert values(directory) == [7, "one", "two"]
    loaded(tmp_path, ONE.replace("one", "new"))
    assert values(directory) == [7, "new", "two"]
    loaded(tmp_path, ONE.replace("one", "new"))
    assert values(directory) == [7, "new", "two"]


def test_readers_keep_what_they_opened(tmp_path: Path) -> None:
    directory = loaded(tmp_path, ONE)
    first, second = ColumnData(directory), ColumnData(directory)
    before = len(first)
    loaded(tmp_path, TWO)
    assert len(first) == len(second) == before
    assert b"two" not in second.query(DATA).content
    assert values(directory) == [7, "one", "two"]
    first.close()
    second.close()
    assert len(list(directory.glob("quads-*"))) == 1


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    directory = loaded(tmp_path, ONE)
    with locked(directory) as free:
        assert free
        with pytest.raises(InputError, match="another process is adding to this folder"):
            loaded(tmp_path, TWO)
    assert values(directory) == [7, "one"]


KILLED = """
import os, signal, sys
from testimonia.loading import by_column
from testimonia.loading.by_column import load_by_column
from testimonia.query.columnar import column_folders

real = getattr(column_folders, sys.argv[1])

def killed(*given):
    if sys.argv[1] == "write_staged":
        real(*given)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(column_folders, sys.argv[1], killed)
load_by_column(sys.argv[2], sys.argv[3])
"""


@pytest.mark.parametrize("step", ["write_staged", "replacing"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_load_that_is_killed_changes_nothing(tmp_path: Path, step: str, exists: bool) -> None:
    directory = loaded(tmp_path, ONE) if exists else tmp_path / "columns"
    if not exists and step == "replacing":
        step = "create_tables"
    (tmp_path / "two.nq").write_text(TWO)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, step, tmp_path / "two.nq", directory],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    if exists:
        assert values(directory) == [7, "one"]
    else:
        assert not directory.exists()
    loaded(tmp_path, TWO)
    assert values(directory) == ([7, "one", "two"] if exists else ["two"])
    assert len(list(directory.iterdir())) == 2
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<urn:x:s> <urn:x:p> nonsense .\n", "not well formed"),
        ("<urn:x:s> <urn:x:p> <urn:x:o> .\n", "in no named graph"),
        (
            "<urn:x:s> <urn:x:p> <<( <urn:x:s> <urn:x:p> 1 )>> <urn:x:g> .\n".replace(
                " 1 ", ' "1" '
            ),
            "RDF 1.2",
        ),
    ],
)
def test_a_load_that_fails_changes_nothing(tmp_path: Path, source: str, what: str) -> None:
    directory = loaded(tmp_path, ONE)
    before = sorted(path.name for path in directory.iterdir())
    with pytest.raises(InputError, match=what):
        loaded(tmp_path, TWO + source)
    assert values(directory) == [7, "one"]
    assert sorted(path.name for path in directory.iterdir()) == before
    with pytest.raises(InputError, match=what):
        loaded(tmp_path, source, "other")
    assert not (tmp_path / "other").exists()


def test_other_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"other files \(mine\.txt\)"):
        loaded(tmp_path, ONE, "notes")
    directory = loaded(tmp_path, ONE)
    marker = directory / COLUMNS_MARKER
    content = json.loads(marker.read_text())
    for change, what in (
        ({"version": 2}, "version 2 of the layout, and this program reads 1"),
        ({"format": "other"}, "damaged"),
        ({"file": "../elsewhere"}, "damaged"),
        ({"file": "quads-9.duckdb"}, "damaged"),
    ):
        marker.write_text(json.dumps({**content, **change}))
        with pytest.raises(InputError, match=what):
            ColumnData(directory)
    marker.write_text("nonsense")
    with pytest.raises(InputError, match="damaged"):
        loaded(tmp_path, TWO)


def test_blank_nodes_of_two_files_are_distinct(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text("_:b <urn:x:p> _:b <urn:x:a> .\n")
    (tmp_path / "b.trig").write_text("<urn:x:b> { _:b <urn:x:p> _:b }")
    load_by_column([tmp_path / "a.nq", tmp_path / "b.trig"], tmp_path / "columns")
    found = [q.triple for q in quads_of(tmp_path / "columns") if q.predicate.value == "urn:x:p"]
    assert len({triple.subject for triple in found}) == 2
    assert all(triple == Triple(triple.object, triple.predicate, triple.object) for triple in found)


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.nq").write_text(ONE)
    directory = str(tmp_path / "columns")
    load = ["load", str(tmp_path / "one.nq"), "--to", directory]
    assert run([*load, "--engine", "duckdb"]) == 0
    assert "2 statements read" in capsys.readouterr().out
    assert run([*load, "--format", "json"]) == 0  # a folder by column is recognised
    assert json.loads(capsys.readouterr().out)["read"] == 2
    query = ["query", "-e", DATA, "--format", "csv", "--store", directory]
    for engine in ("auto", "duckdb", "oxigraph"):
        assert run([*query, "--engine", engine]) == 0
        assert capsys.readouterr().out.split() == ["o", "7", "one"]
    assert run([*query, "--data", str(tmp_path / "one.nq")]) == 2
    assert "by column" in capsys.readouterr().err
    assert run(["query", "-e", DATA, "--engine", "duckdb"]) == 2
    assert "only over data that are kept by column" in capsys.readouterr().err
    assert run(["accept", "--policy", "official-only", "--store", directory]) == 2
    assert "nothing was derived" in capsys.readouterr().err


def test_the_engine_is_chosen_by_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.nq"
    data.write_text("<urn:x:s> <urn:x:p> <urn:x:o> <urn:x:g> .\n" * 10)
    with gzip.open(tmp_path / "small.nq.gz", "wb") as stream:
        stream.write(data.read_bytes())
    packed = (tmp_path / "small.nq.gz").stat().st_size
    monkeypatch.setattr(by_column, "_LARGE", data.stat().st_size)
    assert 10 * packed >= data.stat().st_size  # it counts ten times
    for source, wanted in (("data.nq", True), ("small.nq.gz", True)):
        to = tmp_path / f"{source}.store"
        assert run(["load", str(tmp_path / source), "--to", str(to)]) == 0
        assert holds_columns(to) == wanted
        assert "since there are many" in capsys.readouterr().err
    (tmp_path / "one.nt").write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    small = ["load", str(tmp_path / "one.nt"), "--graph", "urn:x:g", "--to"]
    assert run([*small, str(tmp_path / "few")]) == 0
    assert not holds_columns(tmp_path / "few")
    assert run(["load", str(data), "--to", str(tmp_path / "few")]) == 0  # stays what it is
    assert not holds_columns(tmp_path / "few")
    other = ["load", str(data), "--engine", "oxigraph", "--to", str(tmp_path / "other")]
    assert run(other) == 0
    assert not holds_columns(tmp_path / "other")


@pytest.mark.parametrize(
    "values",
    [{"o": Literal('a"b}', language="en")}, {"s": NamedNode("urn:x:s")}, {"s": BlankNode("other")}],
    ids=str,
)
def test_variables_are_set_to_terms(tmp_path: Path, values: dict[str, Any]) -> None:
    text = '"a\\"b}"@en'
    lines = f"_:b <urn:x:p> {text} <urn:x:g> .\n<urn:x:s> <urn:x:p> {text} <urn:x:g> .\n"
    (tmp_path / "data.nq").write_text(lines)
    load_by_column(tmp_path / "data.nq", tmp_path / "columns")
    data = ColumnData(tmp_path / "columns")
    select = "SELECT * WHERE { ?s <urn:x:p> ?o }"
    expected = data.oxigraph().solutions(select, values)

    def named(rows: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
        return sorted(
            sorted((n, re.sub("^_:.*", "_:", str(t))) for n, t in r.items()) for r in rows
        )

    assert named(data.solutions(select, values)) == named(expected)
    data.close()
