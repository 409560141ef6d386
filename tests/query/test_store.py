"""Queries answer over all graphs, change nothing, fetch nothing and end when they must."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.catalogue import resources
from testimonia.cli import run
from testimonia.errors import (
    InputError,
    QueryError,
    QuerySyntaxFault,
    ServiceRefused,
    TimeLimitExceeded,
    UpdateRefused,
)
from testimonia.query import evaluation
from testimonia.query.sparql import LARGEST_REQUEST, check, service_call, tokens
from testimonia.query.store import Store

P = NamedNode("http://a.example/p")
GRAPH = NamedNode("http://g.example/")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def quads(count: int) -> Iterator[Quad]:
    return (
        Quad(NamedNode(f"http://a.example/{i}"), P, Literal(f"value {i} \x01"))
        for i in range(count)
    )


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    store = Store(tmp_path / "store" if request.param == "disk" else None)
    store.load(quads(500))
    store.load(quads(2), GRAPH)
    return store


@pytest.fixture(params=[None, 60], ids=["here", "in a process of its own"])
def limit(request: pytest.FixtureRequest) -> int | None:
    return request.param


def rows(answer: evaluation.Answer) -> list[dict[str, str]]:
    found = pyoxigraph.parse_query_results(answer.content, answer.form)
    names = [variable.value for variable in found.variables]
    return [{name: row[name].value for name in names if row[name] is not None} for row in found]


def test_union_of_graphs(store: Store, limit: int | None) -> None:
    answer = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", time_limit=limit)
    assert answer.kind == "solutions"
    assert rows(answer) == [{"n": "502"}]  # once for each graph a triple is in
    answer = store.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", time_limit=limit)
    assert rows(answer) == [{"n": "2"}]


def test_control_characters_come_through(limit: int | None) -> None:
    every = "".join(map(chr, range(32))) + "\x7f\x85\u2028"
    store = Store()
    store.load([Quad(P, P, Literal(every))])
    answer = store.query("SELECT ?o { ?s ?p ?o }", time_limit=limit)
    assert rows(answer) == [{"o": every}]


def test_kinds_of_answer(store: Store, limit: int | None) -> None:
    assert json.loads(store.query("ASK { ?s ?p 1 }", time_limit=limit).content)["boolean"] is False
    construct = "CONSTRUCT { ?s ?p ?o } { BIND(<http://a.example/7> AS ?s) ?s ?p ?o }"
    answer = store.query(construct, time_limit=limit)
    assert answer == evaluation.Answer(
        "triples", b'<http://a.example/7> <http://a.example/p> "value 7 \\u0001" .\n'
    )


def test_known_prefixes_need_no_declaration(store: Store, limit: int | None) -> None:
    answer = store.query("SELECT (STR(tmn:Claim) AS ?iri) {}", time_limit=limit)
    assert rows(answer) == [{"iri": "https://w3id.org/testimonia/ns#Claim"}]


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        ("SELECT * {", "query:1:11", "not well formed"),
        ("SELECT *\n{ ?s nobody:p ?o }", "query:2:6", "the prefix nobody: is not declared"),
        ("", "query:1:1", "not well formed"),
        ("SELECT * { ?s }", "query:1:15", "} cannot stand there"),
    ],
)
def test_syntax_faults(
    store: Store, limit: int | None, query: str, place: str, message: str
) -> None:
    with pytest.raises(QuerySyntaxFault, match=message) as caught:
        store.query(query, time_limit=limit)
    assert str(caught.value.place) == place


def test_failing_query(store: Store, limit: int | None) -> None:
    with pytest.raises(QueryError, match=r"custom function <http://a\.example/f> is not supported"):
        store.query("SELECT (<http://a.example/f>(1) AS ?x) {}", time_limit=limit)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://a.example/> <http://a.example/> 1 }",
        "PREFIX load: <http://a.example/> # ASK\nBASE <http://a.example/>\ndelete where { ?s ?p ?o }",
        "LOAD <http://localhost:9/>",
        "WITH <http://g.example/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DROP ALL",
    ],
)
def test_updates_are_refused(store: Store, limit: int | None, update: str) -> None:
    with pytest.raises(UpdateRefused):
        store.query(update, time_limit=limit)
    assert len(store) == 502


def test_words_of_updates_in_queries_are_no_updates(store: Store) -> None:
    query = "# DROP ALL\nSELECT ?insert { ?delete a 'LOAD', <http://a.example/#CLEAR> }"
    assert rows(store.query(query)) == []


def test_service_reaches_nobody(store: Store, limit: int | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        query = f"SELECT * {{\n  serVice SILENT<http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
        with pytest.raises(QueryError, match="calls on another server") as caught:
            store.query(query, time_limit=limit)
        assert str(caught.value.place) == "query:2:3"
        with pytest.raises(TimeoutError):
            server.accept()


def test_service_as_a_name_is_no_call(store: Store) -> None:
    query = """PREFIX service: <http://a.example/> SELECT ?service {
      ?service service:service "SERVICE", '''SERVICE'''@en # SERVICE
    }"""
    assert rows(store.query(query)) == []


CALLS = [
    "SERVICESILENT <{}> {{}}",
    "SERVICE:b {{}}",
    "SERVICEex:c {{}}",
    "?s ?p trueSERVICE <{}> {{}}",
    "?s ?p 1SERVICE <{}> {{}}",
    "?s ?p 1.SERVICE:b {{}}",
    "?s ?p 'x'SERVICE<{}>{{}}",
    "FILTER(1<1)SERVICEex:b#>\n{{}}",
    "FILTER(1<'>')SERVICE:b {{}} FILTER(1<'x')",
    "FILTER(1<1#>'''\n)SERVICE:b {{}} #'''\n",
    "{{}}seRVice:b {{}}",
]


@pytest.fixture
def caught() -> Iterator[tuple[str, list[object]]]:
    """Listen on this machine, and list who calls."""
    calls: list[object] = []

    def listen() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            calls.append(address)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def calling(pattern: str, target: str) -> str:
    return f"PREFIX : <{target}> PREFIX ex: <{target}> ASK {{ {pattern} }}"


@pytest.mark.parametrize("pattern", CALLS)
def test_no_form_of_service_reaches_anybody(
    limit: int | None, pattern: str, caught: tuple[str, list[object]]
) -> None:
    target, calls = caught
    with pytest.raises(QueryError):
        Store().query(calling(pattern.format(target), target), time_limit=limit)
    assert calls == []


def test_the_calls_tried_are_calls(caught: tuple[str, list[object]]) -> None:
    """Without the check they would fetch: Oxigraph needs no space around SERVICE."""
    target, calls = caught
    store, reached = pyoxigraph.Store(), []
    store.extend(Quad(P, P, term) for term in (Literal(True), Literal(1), Literal("x")))
    for pattern in CALLS:
        before = len(calls)
        with contextlib.suppress(OSError):
            store.query(calling(pattern.format(target), target))
        if len(calls) > before:
            reached.append(pattern)
    assert [pattern for pattern in CALLS if pattern not in reached] == []


EDGES = ["", *map(chr, range(33, 127)), "\u00e9", "\u00b7", "\u0301", "\u017f", "\u2028", "\\u0053"]
CONTEXTS = ["", "?s ?p ", "?s ?p ?o ", "?s ?p ex:a", "?s ?p 1", "?s ?p true", "FILTER(1<1)", "#\n"]


def test_no_neighbour_hides_a_service_call(caught: tuple[str, list[object]]) -> None:
    target, calls = caught
    empty = pyoxigraph.Store()
    for context, edge in itertools.product(CONTEXTS, EDGES):
        for text in (f"{context}{edge}SERVICE <{target}> {{}}", f"{context}SERVICE{edge}:b {{}}"):
            query = calling(text, target)
            with contextlib.suppress(SyntaxError, QueryError, UnicodeError):
                check(query)
                if service_call(query) is None:
                    empty.query(query)
    assert calls == []


@given(st.text(alphabet="<>\\#'\"u0041a \n?:_@().ES", max_size=14))
def test_nothing_hides_a_service_call(before: str) -> None:
    """Whatever Oxigraph accepts before a pattern, it is not blind to a call in its place."""
    query = f"ASK {{ {before} SERVICE <http://localhost:9/> {{}} }}"
    try:
        Store().query(query.replace("SERVICE <http://localhost:9/>", "GRAPH <http://localhost:9/>"))
    except QueryError:
        return
    if "#" not in before:  # a comment hides the clause from Oxigraph too
        assert service_call(query) is not None


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX Service: <http://a.example/> ASK { ?service Service:service Service: }",
        "ASK { <http://a.example/service#SERVICE> ?p '''a\n SERVICE ''', 'SERVICE'@service }",
        "# SERVICE\nASK { ?s tmn:service.service _:service.service } # SERVICE <http://localhost:9/> {}",
        "SELECT ($SERVICE AS ?SeRvIcE) { ?s ?p '''#''' FILTER(1<2) }",
    ],
)
def test_service_in_a_name_is_allowed(query: str, limit: int | None) -> None:
    assert service_call(query) is None
    Store().query(query, time_limit=limit)


def test_a_service_call_in_a_broken_query_is_a_syntax_fault(limit: int | None) -> None:
    with pytest.raises(QuerySyntaxFault) as caught:
        Store().query("ASK { ?s SERVICE }", time_limit=limit)
    assert caught.value.place is not None
    with pytest.raises(QueryError, match="another server"):
        Store().query("ASK { SERVICE <http://localhost:9/> {", time_limit=limit)


def test_the_tokens_of_a_long_run_are_read_once() -> None:
    """A name may hold dots; text that looks like the start of one must not be read over and over."""
    run = "a." * 200_000
    assert [token.text for token in tokens("a.b.c:d.e. f.g")] == ["a.b.c:d.e", ".", "f", ".", "g"]
    assert sum(1 for _ in tokens(f"ASK {{}} {run}")) == 3 + len(run)


def test_a_request_may_be_a_mebibyte_at_most() -> None:
    query = "ASK {} #" + "\u00e9" * ((LARGEST_REQUEST - 8) // 2)
    assert Store().query(query).kind == "boolean"
    with pytest.raises(QueryError, match="the query is larger than 1 MiB"):
        Store().query(query + "e")


@pytest.mark.parametrize("limit", [0, -1, math.inf, math.nan, 1e10])
def test_time_limit_must_be_one_that_can_be_kept(limit: float, store: Store) -> None:
    with pytest.raises(QueryError, match="the time limit is"):
        store.query("ASK {}", time_limit=limit)


@pytest.mark.parametrize("inherited", [None, "", os.pathsep])
def test_no_module_of_the_working_directory_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inherited: str | None
) -> None:
    for name in ("pyoxigraph", "testimonia", "contextlib", "json"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w').close(); raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    if inherited is None:
        monkeypatch.delenv("PYTHONPATH", raising=False)
    else:
        monkeypatch.setenv("PYTHONPATH", inherited)
    store = Store(tmp_path / "store")
    store.load(quads(1))
    assert b"true" in store.query("ASK { ?s ?p ?o }", time_limit=60).content
    assert not (tmp_path / "run").exists()


def test_endless_query_is_stopped(store: Store) -> None:
    threads, held, children = threading.active_count(), len(store), children_of_this()
    with pytest.raises(TimeLimitExceeded, match=r"longer than 0\.3 seconds"):
        store.query(ENDLESS, time_limit=0.3)
    assert threading.active_count() == threads
    assert len(store) == held
    assert children_of_this() <= children  # none is left; other tests may keep servers


def children_of_this() -> set[str]:
    """List the processes whose parent is this one; none where there is no /proc."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = path.read_text().rpartition(")")[2].split()[1]
            if parent == str(os.getpid()):
                found.add(path.parent.name)
    return found


def test_answer_must_fit_in_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "LARGEST_ANSWER", 1 << 20)
    with pytest.raises(QueryError, match="larger than 1 MiB"):
        store.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", time_limit=60)


def test_query_that_breaks_the_stack_spares_the_caller(store: Store) -> None:
    with pytest.raises(QueryError, match="process died"):
        store.query("ASK { FILTER(" + "!" * 200_000 + "true) }", time_limit=60)


def test_query_nested_too_deep_is_refused(store: Store) -> None:
    depth = 50_000
    query = "SELECT * { " + "{" * depth + "}" * depth + " }"
    with pytest.raises(QueryError, match="nested more than 500 deep"):
        store.query(query)


def test_without_fork_a_store_in_memory_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    store.load(quads(3), GRAPH)
    monkeypatch.delattr(os, "fork")
    answer = store.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 1", time_limit=60)
    assert rows(answer) == [{"g": GRAPH.value}]
    store.load(quads(500))
    with pytest.raises(TimeLimitExceeded):
        store.query(ENDLESS, time_limit=2)


def test_store_on_disk_keeps_its_quads(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.load(quads(3))
    with pytest.raises(InputError, match="cannot be opened"):
        Store(tmp_path)
    del store
    assert len(Store(tmp_path)) == 3


def test_file_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(InputError, match="cannot be opened") as caught:
        Store(path)
    assert str(caught.value.place) == str(path)


def test_interrupt_ends_the_child(tmp_path: Path) -> None:
    """Ctrl-C during a query leaves neither the caller nor its child running."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, threading\n"
        "from pyoxigraph import Literal, NamedNode, Quad\n"
        "from testimonia.query.store import Store\n"
        "store, p = Store(), NamedNode('http://a.example/p')\n"
        "store.load(Quad(p, p, Literal(i)) for i in range(500))\n"
        "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n"
        f"    store.query({ENDLESS!r}, time_limit=120)\n"
        "except KeyboardInterrupt:\n"
        "    try:\n"
        "        os.waitpid(-1, os.WNOHANG)\n"
        "    except ChildProcessError:\n"
        "        raise SystemExit(7)\n"
    )
    source = str(Path(evaluation.__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run([sys.executable, str(script)], env=environment, timeout=60, check=False)
    assert done.returncode == 7


def test_a_query_that_names_its_graphs_gets_those_alone() -> None:
    store = Store()
    graph, s, p = (NamedNode(f"http://a/{name}") for name in ("graph", "s", "p"))
    store.load([Quad(s, p, Literal("x")), Quad(s, p, Literal("y"), graph)])
    for limit in (None, 10.0):
        answer = store.query("SELECT ?o FROM <http://a/graph> { ?s ?p ?o }", time_limit=limit)
        assert b'"y"' in answer.content
        assert b'"x"' not in answer.content


def test_a_directory_of_other_files_is_not_made_a_store(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not a store, and holds other files"):
        Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_results_over_the_dataset_that_is_asked_for() -> None:
    store = Store()
    one, two, s, p = (NamedNode(f"http://a/{name}") for name in ("one", "two", "s", "p"))
    store.load(
        [Quad(s, p, Literal("0")), Quad(s, p, Literal("1"), one), Quad(s, p, Literal("2"), two)]
    )
    query = "SELECT ?o FROM <http://a/two> { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"

    def found(query: str, **dataset: list[NamedNode]) -> list[str]:
        rows = store.results(query, **dataset)  # type: ignore[arg-type]
        return sorted(row["o"].value for row in rows)  # type: ignore[index,union-attr]

    assert found(query) == ["2"]
    assert found(query, default_graphs=[one]) == ["1"]
    assert found(query, named_graphs=[one]) == ["1"]
    assert found(query, default_graphs=[one], named_graphs=[two]) == ["1", "2"]
    assert found(query, default_graphs=[], named_graphs=[]) == []
    assert found(query.replace("FROM <http://a/two> ", "")) == ["0", "1", "1", "2", "2"]
    assert store.sizes() == {one.value: 1, two.value: 1}


def test_results_with_a_base() -> None:
    triples = Store().results("CONSTRUCT { <a> <b> <service> } {}", base="http://base.example/x/")
    assert [str(triple.object) for triple in triples] == ["<http://base.example/x/service>"]  # type: ignore[union-attr]
    with pytest.raises(ServiceRefused):
        Store().results("ASK { SERVICE <a> {} }", base="http://base.example/")
    with pytest.raises(QuerySyntaxFault):
        Store().results("ASK {", base="http://base.example/")


def test_a_store_is_read_beside_others(tmp_path: Path) -> None:
    directory = tmp_path / "store"
    with pytest.raises(InputError, match="the store cannot be read"):
        Store.read_only(directory)
    store = Store(directory)
    store.load(quads(3))
    del store
    first, second = Store.read_only(directory), Store.read_only(directory)
    assert len(first) == len(second) == 3
    assert first.directory == directory


@pytest.mark.parametrize("spoilt", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_damaged_stores_are_bad_input(
    tmp_path: Path, spoilt: str, capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "store")
    store.load(quads(50))
    store.flush()
    del store
    for path in (tmp_path / "store").glob(spoilt):
        content = path.read_bytes()
        path.write_bytes(b"damage" + content[6:] if spoilt != "MANIFEST-*" else content[:20])
    for words in (
        ["query", "-e", "SELECT * { ?s ?p ?o }", "--store", str(tmp_path / "store")],
        [
            "load",
            "--to",
            str(tmp_path / "store"),
            *map(str, resources.data()),
            "--graph",
            "urn:x:g",
        ],
    ):
        assert run(words) == 2
        assert "the store fails (Corruption: " in capfd.readouterr().err
