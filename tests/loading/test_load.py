"""Loading into a directory, and what the command prints."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import palmyra
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from scripted import YES, Says, scripted

import testimonia
from testimonia import loading
from testimonia.cli import run
from testimonia.errors import InputError, LoadStopped, StoreUnreachable
from testimonia.loading import load
from testimonia.publish import publish
from testimonia.query.store import Store
from testimonia.query.store_directories import Change

ONE = "<x:s> <x:p> 007 <x:g> .\n<x:s> <x:p> <x:o> <x:h> .\n".replace(
    "007", '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'
)
OTHER = "<x:s> <x:p> <x:other> <x:g> .\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "data.nq"
    path.write_text(ONE)
    return path


def test_progress_names_the_host_before_it_answers(source: Path) -> None:
    reported: list[str] = []
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # not listening: connections are refused
        host = f"127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(StoreUnreachable, match="nothing answers"):
            load(source, f"http://{host}/x", progress=lambda what, *_: reported.append(what))
    assert reported == [f"connecting to {host}"]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish") / "release"
    publish(palmyra.opened().quads(), folder, version="1")
    return folder


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"TESTIMONIA_STORE_{name}", raising=False)


def held(directory: Path) -> set[str]:
    return {str(quad) for quad in Store(directory)}


def test_into_a_directory_twice(source: Path, tmp_path: Path) -> None:
    first = load(source, tmp_path / "store")
    assert first.passes
    assert [(g.name, g.state, g.triples) for g in first.graphs] == [
        ("x:g", "loaded", 1),
        ("x:h", "loaded", 1),
    ]
    assert first.rewritten == {"integers": 1}
    before = (tmp_path / "store").stat().st_ino
    second = load(source, tmp_path / "store")
    assert [g.state for g in second.graphs] == ["unchanged", "unchanged"]
    assert second.rewritten == {"integers": 1}
    assert (tmp_path / "store").stat().st_ino == before  # not even replaced by its like
    assert held(tmp_path / "store") == {
        '<x:s> <x:p> "7"^^<http://www.w3.org/2001/XMLSchema#integer> <x:g>',
        "<x:s> <x:p> <x:o> <x:h>",
    }


def test_only_the_graphs_of_the_source_are_replaced(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "store")
    source.write_text(OTHER)
    report = load(source, tmp_path / "store")
    assert [(g.name, g.state) for g in report.graphs] == [("x:g", "loaded")]
    assert held(tmp_path / "store") == {"<x:s> <x:p> <x:other> <x:g>", "<x:s> <x:p> <x:o> <x:h>"}


def test_blank_nodes_and_what_looks_like_them(source: Path, tmp_path: Path) -> None:
    source.write_text(
        '_:a <x:p> "_:b .\\n<x:s> ." <x:g> .\n_:a <x:q> _:c <x:g> .\n' + ONE, encoding="utf-8"
    )
    for state in ("loaded", "unchanged"):
        report = load(source, tmp_path / "store")
        assert (report.passes, report.rewritten) == (True, {"integers": 1})
        assert [(g.name, g.state, g.triples) for g in report.graphs] == [
            ("x:g", state, 3),
            ("x:h", state, 1),
        ]
    values = {getattr(quad.object, "value", "") for quad in Store(tmp_path / "store")}
    assert "_:b .\n<x:s> ." in values


def test_blank_nodes_of_two_graphs_stay_two(source: Path, tmp_path: Path) -> None:
    source.write_text("_:a <x:p> <x:o> <x:g> .\n_:b <x:q> <x:o> <x:h> .\n" + OTHER)
    assert load(source, tmp_path / "store").passes
    nodes = {quad.subject for quad in Store(tmp_path / "store")}
    assert len(nodes - {NamedNode("x:s")}) == 2


def test_a_literal_that_is_longer_than_a_piece(source: Path, tmp_path: Path) -> None:
    text = "long " * 200_000
    source.write_text(f'<x:s> <x:p> "{text}" <x:g> .\n' + OTHER)
    report = load(source, tmp_path / "store")
    assert (report.passes, report.triples) == (True, 2)
    assert held(tmp_path / "store") == {f'<x:s> <x:p> "{text}" <x:g>', OTHER[:-3]}


def test_many_graphs_of_which_one_changes(source: Path, tmp_path: Path) -> None:
    lines = [f"<x:s> <x:p> <x:o{number}> <x:g{number:03}> .\n" for number in range(150)]
    source.write_text("".join(lines))
    assert load(source, tmp_path / "store").loaded == 150
    source.write_text("".join(lines).replace("<x:o7>", "<x:other>"))
    report = load(source, tmp_path / "store")
    assert report.passes
    assert [g.name for g in report.graphs if g.state == "loaded"] == ["x:g007"]
    assert {line[:-2] for line in source.read_text().splitlines()} == held(tmp_path / "store")


def test_no_temporary_files_are_left_beside_the_store(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "store")
    load(source, tmp_path / "store")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.nq", "store"]


def test_a_bad_source_changes_nothing(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "store")
    before = held(tmp_path / "store")
    source.write_text(OTHER + "<x:s> broken\n")
    with pytest.raises(InputError, match="not well formed"):
        load(source, tmp_path / "store")
    assert held(tmp_path / "store") == before
    with pytest.raises(InputError, match="not well formed"):
        load(source, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_load_killed_between_its_last_steps_is_recovered(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "store")
    (tmp_path / "store").rename(tmp_path / ".store.before")
    report = load(source, tmp_path / "store")
    assert [g.state for g in report.graphs] == ["unchanged", "unchanged"]
    assert not (tmp_path / ".store.before").exists()


def test_leftovers_of_a_killed_load_are_not_used(source: Path, tmp_path: Path) -> None:
    left = tmp_path / ".store.loading"
    load(source, left)
    source.write_text(OTHER)
    load(source, tmp_path / "store")
    assert held(tmp_path / "store") == {"<x:s> <x:p> <x:other> <x:g>"}
    assert not left.exists()


def test_a_killed_load_leaves_the_store_as_it_was(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "store")
    before = held(tmp_path / "store")
    source.write_text(OTHER)
    script = (
        "import os, signal, sys\n"
        "from testimonia.loading import load, destinations\n"
        "destinations.Directory.finish = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "load(sys.argv[1], sys.argv[2])\n"
    )
    package = str(Path(testimonia.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script, str(source), str(tmp_path / "store")],
        env={**os.environ, "PYTHONPATH": package},
        timeout=60,
    )
    assert done.returncode == -9
    assert held(tmp_path / "store") == before
    assert load(source, tmp_path / "store").loaded == 1


def test_no_space_for_temporary_files(tmp_path: Path) -> None:
    file = tmp_path / "data.nt"
    with file.open("w") as stream:
        stream.writelines(f'<x:{number}> <x:p> "{number:0200}" .\n' for number in range(20_000))
    store = tmp_path / "store"
    (tmp_path / "small.nq").write_text(ONE)
    load(tmp_path / "small.nq", store)
    before = held(store)
    script = (
        "import resource, sys\n"
        "from testimonia.cli import run\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    words = ["load", str(file), "--to", str(store), "--graph", "x:big"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**os.environ, "PYTHONPATH": str(Path(testimonia.__file__).parents[1])},
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert "temporary files cannot be written (File too large)" in done.stderr
    assert "TMPDIR" in done.stderr
    assert held(store) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.nt", "small.nq", "store"]


def test_a_copy_that_cannot_be_written(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(source, tmp_path / "store")
    before = held(tmp_path / "store")
    source.write_text(OTHER)

    def fail(*_: object) -> None:
        raise OSError("no room for links")

    monkeypatch.setattr(Store, "copy_to", fail)
    with pytest.raises(LoadStopped, match=r"cannot be written .*no room.* <x:g>: as before"):
        load(source, tmp_path / "store")
    assert held(tmp_path / "store") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.nq", "store"]


@pytest.mark.parametrize("name", ["store/", "deep/er/store"])
def test_directories_that_cannot_be_used(name: str, source: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "letter.txt").write_text("Dear all")
    with pytest.raises(InputError, match=r"is not a store|is no store|does not exist"):
        load(source, tmp_path / name)
    assert (tmp_path / "store" / "letter.txt").read_text() == "Dear all"


def test_a_link_to_a_store_stays_a_link(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for text in (OTHER, ONE):
        source.write_text(text)
        assert load(source, tmp_path / "link").loaded == 1
        assert (tmp_path / "link").is_symlink()
        assert load(source, tmp_path / "real").loaded == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.nq", "link", "real"]


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_store_is_not_replaced_while_it_is_the_working_directory(
    name: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "store" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "store" / "inner")
    with pytest.raises(InputError, match="this command runs in the directory of the store"):
        load(source, name)


def test_a_store_open_elsewhere(source: Path, tmp_path: Path) -> None:
    held_open = Store(tmp_path / "store")
    with pytest.raises(InputError, match="cannot be opened"):
        load(source, tmp_path / "store")
    assert len(held_open) == 0


def test_of_two_loads_that_make_a_store_the_later_one_is_refused(
    source: Path, tmp_path: Path
) -> None:
    with Change(tmp_path / "store") as other:
        other.begin().load([Quad(NamedNode("x:a"), NamedNode("x:b"), NamedNode("x:c"))])
        assert load(source, tmp_path / "store").loaded == 2
        before = held(tmp_path / "store")
        with pytest.raises(InputError, match="cannot be replaced"):
            other.finish()
    assert held(tmp_path / "store") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.nq", "store"]


def test_two_loads_do_not_replace_a_store_at_once(source: Path, tmp_path: Path) -> None:
    load(source, tmp_path / "store")
    source.write_text(OTHER)
    with Change(tmp_path / "store"), pytest.raises(InputError, match="about to replace it"):
        load(source, tmp_path / "store")
    assert load(source, tmp_path / "store").loaded == 1


def test_statements_without_a_graph_need_one(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<x:s> <x:p> <x:o> .")
    with pytest.raises(InputError, match="in no named graph"):
        load(tmp_path / "a.ttl", tmp_path / "store")
    report = load(tmp_path / "a.ttl", tmp_path / "store", graph="x:mine")
    assert [(g.name, g.triples) for g in report.graphs] == [("x:mine", 1)]
    with pytest.raises(InputError, match=r"DROP ALL.* is not an IRI"):
        load(tmp_path / "a.ttl", tmp_path / "store", graph="x:mine> } ; DROP ALL")


@pytest.mark.slow
def test_a_release_goes_into_its_graphs_and_answers_questions(
    release: Path, tmp_path: Path
) -> None:
    report = load(release, tmp_path / "store")
    assert report.passes
    promised = json.loads((release / "manifest.json").read_text())["graphs"]
    vocabulary = {"https://w3id.org/testimonia/ontology", "https://w3id.org/testimonia/code/"}
    assert {g["name"]: g["sha256"] for g in promised} == {
        g.name: g.sha256 for g in report.graphs if g.name not in vocabulary
    }
    counts = {g.name: g.triples for g in report.graphs if g.name in vocabulary}
    held = palmyra.opened().store
    assert counts == {name: held.count(NamedNode(name)) for name in vocabulary}
    loaded = testimonia.open(store=tmp_path / "store").ask("confirmed-figures")
    assert list(loaded) == list(palmyra.opened().ask("confirmed-figures"))  # type: ignore[call-overload]


def test_a_release_that_was_changed_is_refused(release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    data = copy / "data" / "testimonia.nq"
    lines = data.read_text().splitlines(keepends=True)
    data.write_text("".join(lines[1:]))
    with pytest.raises(InputError, match="differs from the manifest") as caught:
        load(copy, tmp_path / "store")
    assert "testimonia verify" in caught.value.hint
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "name", ["ontology/testimonia.ttl", "ontology/codes/harm.ttl", "ontology/labels/ar.ttl"]
)
def test_a_vocabulary_that_was_changed_is_refused(name: str, release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    with (copy / name).open("a") as stream:
        stream.write("<x:s> <x:p> <x:o> .\n")
    with pytest.raises(InputError, match=f"the file {name} differs from the manifest"):
        load(copy, tmp_path / "store")
    (copy / name).unlink()
    with pytest.raises(InputError, match=f"the file {name} differs from the manifest"):
        load(copy, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_release_must_be_loaded_alone(release: Path, source: Path, tmp_path: Path) -> None:
    for sources, graph in (([release, source], None), ([release], "x:g")):
        with pytest.raises(InputError, match="a release must be loaded alone"):
            load(sources, tmp_path / "store", graph=graph)
    with pytest.raises(InputError, match="nothing to load"):
        load([], tmp_path / "store")


def test_progress_ends_with_all_bytes(source: Path, tmp_path: Path) -> None:
    reported: list[tuple[str, int, int | None]] = []
    load(source, tmp_path / "store", progress=lambda *what: reported.append(what))
    assert reported[0] == ("reading statements", 2, None)
    size = len(ONE) - len(" <x:g> <x:h>")
    assert reported[-1] == ("2 of 2 graphs, 2 quads; bytes", size, size)


@pytest.mark.usefixtures("no_credentials")
def test_an_interruption_reports_what_is_there_and_how_to_continue(source: Path) -> None:
    none = Says(
        content=b'{"head": {"vars": ["g", "n"]}, "results": {"bindings": []}}', headers=YES.headers
    )
    full = Says(507, b"Insufficient Storage")
    with scripted(YES, none, none, full) as script, pytest.raises(LoadStopped) as caught:
        load(source, script.url, store="rdf4j")
    assert script.asked[-1].path == "/statements"
    assert caught.value.message == (
        f"{script.url[7:]} answers 507 when asked to write <x:g> and 1 more: Insufficient Storage. "
        "0 of 2 graphs are in the store and checked; <x:g> and 1 more: as before, or complete but not checked"
    )
    assert caught.value.hint == (
        "Free space on the store's disk. Then run the same command again: it continues from there."
    )


@pytest.mark.usefixtures("no_credentials")
def test_no_space_for_reading_back(source: Path) -> None:
    none = Says(
        content=b'{"head": {"vars": ["g", "n"]}, "results": {"bindings": []}}', headers=YES.headers
    )
    back = Says(content=b"<x:s> <x:p> <x:o> .\n" * 100_000, headers={"Content-Type": "text/plain"})
    source.write_text(OTHER)
    script = (
        "import resource, sys\n"
        "from testimonia.cli import run\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    with scripted(YES, none, Says(201), back) as server:
        words = ["load", str(source), "--to", server.url, "--store", "rdf4j"]
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            env={**os.environ, "PYTHONPATH": str(Path(testimonia.__file__).parents[1])},
            timeout=60,
            capture_output=True,
            text=True,
        )
    message = " ".join(done.stderr.split())
    assert done.returncode == 2, message
    assert "temporary files cannot be written (File too large). 0 of 1 graphs are in" in message
    assert "TMPDIR. Then run the same command again" in message


@pytest.mark.usefixtures("no_credentials")
def test_a_store_that_returns_something_else_fails(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = Says(
        content=b'{"head": {"vars": ["g", "n"]}, "results": {"bindings": []}}', headers=YES.headers
    )
    back = Says(content=b"<x:s> <x:p> <x:a\\u0042> .\n", headers={"Content-Type": "text/plain"})
    source.write_text("<x:s> <x:p> <x:o> <x:g> .\n")
    with scripted(YES, none, Says(201), back) as script:
        code = run(["load", str(source), "--to", script.url, "--store", "rdf4j"])
    assert code == 1
    assert capsys.readouterr().out == (
        "Differs  x:g\n  missing: 1\n    <x:s> <x:p> <x:o> .\n"
        "  unexpected: 1\n    <x:s> <x:p> <x:aB> .\n\n"
        "differs    1  x:g\n\n"
        f"Eclipse RDF4J at {script.url[7:]}: 1 graph with 1 statements; 1 loaded, 0 unchanged.\n"
        "Read back and compared: 1 differs.\n"
    )


def test_the_command_reports_what_it_did(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    assert run(["load", str(source), "--to", str(store)]) == 0
    assert capsys.readouterr().out == (
        "loaded     1  x:g\nloaded     1  x:h\n\n"
        f"the store in {store}: 2 graphs with 2 statements; 2 loaded, 0 unchanged.\n"
        "Read back and compared: no differences.\n"
        "Rewritten by the store: 1 statements "
        "(whole numbers lose leading zeros, a plus sign and spaces).\n"
    )
    assert run(["load", str(source), "--to", str(store), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["passes"], report["rewritten"]) == (True, {"integers": 1})
    assert [graph["state"] for graph in report["graphs"]] == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "http://me:wren@h/"], "contains a user or password"),
        (["--to", "ftp://h/"], "is not the URL of a store"),
        (
            ["--to", "dir", "--store", "fuseki"],
            "a store in a directory cannot be of the kind 'fuseki'",
        ),
        (["--to", "http://h/", "--show"], "--show sends nothing"),
        (
            ["--to", "http://h/", "--show", "--store", "fussy"],
            "'fussy' is not a known kind of store",
        ),
        ([], "requires an argument"),
    ],
)
@pytest.mark.usefixtures("no_credentials")
def test_bad_usage(
    words: list[str], message: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["load", str(source), *words]) == 2
    err = " ".join(capsys.readouterr().err.split())
    assert message in err
    assert "wren" not in err


def test_show_prints_the_requests_and_sends_none(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TESTIMONIA_STORE_USER", "me")
    monkeypatch.setenv("TESTIMONIA_STORE_PASSWORD", "wren-hollow")
    with scripted(YES) as script:
        code = run(["load", str(source), "--to", script.url, "--store", "virtuoso", "--show"])
    shown = capsys.readouterr().out
    assert (code, script.asked) == (0, [])
    assert "wren" not in shown
    lines = [line.replace(script.url, "") for line in shown.splitlines()]
    staged = [f"/sparql-graph-crud-auth?graph=https%3A%2F%2Fw3id.org%2Ftestimonia%2Fid%2Fgraph%2Fstaging%2F{n}" for n in ("7a31d2ca2bcd6ddda8b3e2e7f0f83bd4", "x")]  # fmt: skip
    methods = [
        line.split()[0] for line in lines if line.startswith(("POST", "PUT", "GET", "DELETE"))
    ]
    assert methods == ["POST", "POST", "DELETE", "PUT", "DELETE", "PUT", "POST", "POST", "POST", "GET", "GET"]  # fmt: skip
    assert any(line.startswith("PUT " + staged[0].rpartition("%2F")[0]) for line in lines)
    assert "DROP SILENT GRAPH <x:g> ; INSERT { GRAPH <x:g> { ?s ?p ?o } }" in shown


def test_requests_are_available_in_python(source: Path) -> None:
    asked = loading.requests(source, "http://h:7878", store="oxigraph")
    sent = [(r, b"".join(r.body)) for r in asked if r.url == "http://h:7878/store"]  # type: ignore[arg-type]
    [(request, content)] = sent
    assert (request.method, request.headers["Content-Length"]) == ("POST", str(len(content)))
    graphs = {quad.graph_name for quad in parse(content, RdfFormat.TRIG)}
    assert graphs == {NamedNode("x:g"), NamedNode("x:h")}


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_source_without_statements_is_not_all_there(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.nq").write_text(text)
    assert run(["load", str(tmp_path / "empty.nq"), "--to", str(tmp_path / "store")]) == 1
    output = capsys.readouterr().out
    assert "nothing was loaded" in output
    assert "no differences" not in output
    assert not (tmp_path / "store").exists()
