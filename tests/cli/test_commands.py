"""Each command answers, writes to where it should, and fails clearly."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import palmyra
import pytest
from cyclopts import App

import testimonia.cli
from testimonia.catalogue import resources
from testimonia.cli import app, run
from testimonia.namespaces import shorten
from testimonia.query.results import Results
from testimonia.values import IRI, Value

SOURCE = str(Path(testimonia.__file__).parents[1])
ENVIRONMENT = {**os.environ, "PYTHONPATH": SOURCE, "COLUMNS": "100"}
FILES = [str(path) for path in palmyra.FILES]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

Outcome = tuple[int, str, str]


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words: str) -> Outcome:
        code = run(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def words(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "testimonia", *arguments]


def test_ask_as_csv_agrees_with_python(cli: Callable[..., Outcome]) -> None:
    code, out, err = cli("ask", "confirmed-figures", "--format", "csv")
    assert (code, err) == (0, "")
    answer = testimonia.open().ask("confirmed-figures")
    assert list(csv.reader(io.StringIO(out, newline=""))) == list(
        csv.reader(io.StringIO(answer.to_csv(), newline=""))  # type: ignore[union-attr]
    )


def test_a_damaged_store_is_bad_input(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    place = tmp_path / "store"
    assert cli("derive", "--shipped", "--store", str(place), "--format", "json")[0] == 0
    for table in place.glob("*.sst"):
        content = table.read_bytes()
        table.write_bytes(bytes(byte ^ 0xFF for byte in content))
    code, out, err = cli("ask", "timeline", "--store", str(place))
    assert (code, out) == (2, "")
    assert "store" in err
    assert "internal error" not in err
    (place / "CURRENT").write_text("nonsense\n")
    code, out, err = cli("describe", "event:x", "--store", str(place))
    assert (code, out) == (2, "")
    assert "the store fails" in err


def test_labels_are_beside_iris(cli: Callable[..., Outcome]) -> None:
    query = "SELECT ?harm (COUNT(*) AS ?n) { ?p tmn:harm ?harm } GROUP BY ?harm ORDER BY ?harm"
    code, out, err = cli("query", "-e", query, "--format", "csv", "--labels")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert list(rows[0]) == ["harm", "harm_label", "n"]
    assert {row["harm"].rpartition("/")[2]: row["harm_label"] for row in rows}["killed"] == "killed"
    code, out, _ = cli("ask", "confirmed-figures", "--format", "json", "--labels", "--data", *FILES)
    assert code == 0
    assert json.loads(out)["results"]["bindings"][0]["body_label"]["value"] == "US Central Command"
    code, out, err = cli("query", "-e", "ASK {}", "--format", "json", "--labels")
    assert (code, out) == (2, "")
    assert "labels stand beside the IRIs of rows, and this is a yes or no" in err


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("name", [path.stem for path in resources.queries()])
def test_tables_fit_and_lose_nothing(
    cli: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, name: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    dataset = palmyra.opened()
    parameters = []
    if name == "claim-provenance":
        claim = dataset.query("SELECT ?c { ?c a tmn:Claim } ORDER BY ?c LIMIT 1")[0].c  # type: ignore[index]
        parameters = ["--claim", claim]
    code, out, _ = cli("ask", name, *parameters, "--data", *FILES)
    assert code == 0
    assert max(map(len, out.splitlines())) <= width
    given = {"claim": parameters[1]} if parameters else {}
    answer = dataset.ask(name, **given)
    assert isinstance(answer, Results)
    expected: Counter[str] = Counter()
    for column in zip(*answer, strict=True):
        cells = [cell_text(dataset, value) for value in column]
        # What all rows share may be said once for all.
        for cell in cells[:1] if len(set(cells)) == 1 else cells:
            expected.update(cell.split())
    assert sorted((expected - Counter(out.split())).elements()) == []


def test_columns_are_dropped_only_if_all_rows_agree(
    cli: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 1,001 is not laid out, and says something else in one column."""
    monkeypatch.setenv("COLUMNS", "60")
    long = "x" * 30
    query = f"""SELECT ?n ?most ?all {{ VALUES ?a {{ 0 1 2 3 4 5 6 7 8 9 10 }}
        VALUES ?b {{ {" ".join(map(str, range(91)))} }} BIND (91 * ?a + ?b AS ?n)
        BIND (IF(?n < 1000, "{long}", "t") AS ?most) BIND ("{long}" AS ?all) }} ORDER BY ?n"""
    code, out, _ = cli("query", "-e", query)
    assert code == 0
    above = out[: out.index("\n\n")].splitlines()
    assert above == ["In every row", f"  all  {long}"]
    assert "1,001 rows" in out


@pytest.mark.parametrize(
    "words",
    [("explain", "prop:one-interpreter-killed", "--data", *FILES), ("accept", "--list")],
    ids=lambda words: " ".join(words[:2]),
)
def test_prose_is_wrapped_except_in_files(
    cli: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    code, out, _ = cli(*words)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 60
    assert "doc:palmyra-istanbul#char=146,214" in out or words[0] == "accept"
    if words[0] == "explain":
        assert cli(*words, "--output", str(tmp_path / "file"))[0] == 0
        whole = (tmp_path / "file").read_text()
        assert whole.split() == out.split()
        assert max(map(len, whole.splitlines())) > 100
        assert "https://w3id.org" not in whole


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('SELECT ?a { VALUES ?a { "b" "c" } }', "a\nb\nc\n\n2 rows\n"),
        ('SELECT ("b" AS ?a) {}', "a  b\n\n1 row\n"),
        (
            'SELECT ?a { VALUES ?a { "one two three four five" "six" } }',
            "   a\n1  one two three\n   four five\n2  six\n\n2 rows\n",
        ),
        (
            'SELECT ("one two three four" AS ?a) ("five six" AS ?b) {}',
            "a  one two three\n   four\nb  five six\n\n1 row\n",
        ),
    ],
)
def test_one_column_or_one_row(
    cli: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, query: str, expected: str
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert cli("query", "-e", query) == (0, expected, "")


def test_a_resource_without_a_prefix_is_shown_with_its_iri(
    cli: Callable[..., Outcome], tmp_path: Path
) -> None:
    data = tmp_path / "own.ttl"
    data.write_text(
        "<https://example.org/id/x> a <https://w3id.org/testimonia/ns#Person> ; "
        "<http://www.w3.org/2000/01/rdf-schema#label> 'Somebody' ."
    )
    code, out, _ = cli("describe", "https://example.org/id/x", "--data", str(data))
    assert code == 0
    # A term is known by its label alone.
    assert out.startswith("\nSomebody  https://example.org/id/x\n  a           person\n")


def cell_text(dataset: testimonia.Dataset, value: Value | None) -> str:
    """Write a cell as a person would expect it."""
    if value is None:
        return ""
    if isinstance(value, IRI):
        return dataset.label(value) or shorten(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return str(value).replace("+00:00", "Z")
    return " ".join(map(shorten, str(value).split(" ")))


def test_confirmed_figures_at_a_glance(cli: Callable[..., Outcome]) -> None:
    code, out, _ = cli("ask", "confirmed-figures", "--data", *FILES)
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "Which agencies confirmed which casualty figures?"
    (head,) = [line for line in lines if line.split()[:2] == ["body", "speaker"]]
    assert head.split()[2:] == ["harm", "victims", "lower", "upper", "words"]
    row = next(line for line in lines if line.startswith("4  "))
    assert row.split()[0] == "4"
    assert "Donald Trump" in row
    assert row.endswith("3      3  Three")
    assert "passage   doc:palmyra-damascus#char=2769,2844" in out
    assert lines[-1] == "4 rows"


def test_parameters_are_options(cli: Callable[..., Outcome]) -> None:
    plain = cli("ask", "confirmed-figures", "--format", "csv")[1]
    more = cli("ask", "confirmed-figures", "--include-state-media", "true", "--format", "csv")[1]
    assert set(plain.splitlines()) < set(more.splitlines())
    assert more == cli("ask", "confirmed-figures", "--include_state_media=true", "--format=csv")[1]


def test_questions(cli: Callable[..., Outcome]) -> None:
    code, out, _ = cli("questions")
    assert code == 0
    listed, _, _ = out.partition("\n\n")
    # A long summary goes on below, indented.
    assert [line.split()[0] for line in listed.splitlines() if line[:1].strip()] == [
        path.stem for path in resources.queries()
    ]
    code, out, _ = cli("questions", "confirmed-figures")
    assert code == 0
    assert "--include-state-media" in out
    assert "Takes true or false; default: false." in out
    assert "required" in cli("questions", "claim-provenance")[1]


def test_questions_for_programs(cli: Callable[..., Outcome]) -> None:
    listed = json.loads(cli("questions", "--format", "json")[1])
    assert [question["name"] for question in listed] == [p.stem for p in resources.queries()]
    assert all(question["summary"].endswith("?") for question in listed)
    one = json.loads(cli("questions", "claim-provenance", "--format", "json")[1])
    assert one["parameters"][0]["name"] == "claim"
    assert one["parameters"][0]["required"] is True
    rows = list(csv.DictReader(io.StringIO(cli("questions", "--format", "csv")[1])))
    assert [row["name"] for row in rows] == [question["name"] for question in listed]
    assert [row["summary"] for row in rows] == [question["summary"] for question in listed]
    rows = list(
        csv.DictReader(io.StringIO(cli("questions", "claim-provenance", "--format=csv")[1]))
    )
    assert [row["name"] for row in rows] == ["claim", "language"]


def test_describe(cli: Callable[..., Outcome]) -> None:
    code, out, _ = cli("describe", "agent:us-central-command")
    assert code == 0
    assert out.splitlines()[1] == "US Central Command  agent:us-central-command"
    assert "org:subOrganizationOf  US armed forces  agent:us-armed-forces" in out
    turtle = cli("describe", "agent:us-central-command", "--format", "turtle")[1]
    assert "agent:us-central-command a tmn:OfficialBody" in turtle


@pytest.mark.parametrize(
    ("query", "format_", "expected"),
    [
        ("ASK {}", "table", "yes\n"),
        ("ASK { ?s ?p 'nothing' }", "table", "no\n"),
        ("ASK {}", "json", '{"head":{},"boolean":true}\n'),
        ("SELECT (1 AS ?a) (2 AS ?b) {}", "table", "a  b\n1  2\n\n1 row\n"),
        ("SELECT (1 AS ?a) (2 AS ?b) {}", "tsv", "?a\t?b\n1\t2\n"),
        ("SELECT ?a { ?a a tmc:killed }", "table", "Nothing found.\n"),
        (
            "CONSTRUCT { tmn:a tmn:b 1 } {}",
            "n-triples",
            "<https://w3id.org/testimonia/ns#a> <https://w3id.org/testimonia/ns#b> "
            '"1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
        ),
        ("CONSTRUCT { tmn:a tmn:b 1 } {}", "table", "\ntmn:a\n  tmn:b  1\n\n1 statement\n"),
    ],
)
def test_query(cli: Callable[..., Outcome], query: str, format_: str, expected: str) -> None:
    assert cli("query", "-e", query, "--format", format_) == (0, expected, "")


def test_query_from_file_and_standard_input(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("ASK {}", encoding="utf-8-sig")
    assert cli("query", str(path)) == (0, "yes\n", "")
    done = subprocess.run(
        words("query", "-"), input=b"ASK {}", env=ENVIRONMENT, capture_output=True, check=True
    )
    assert done.stdout == b"yes\n"


def test_a_misspelt_option_of_query_is_not_taken_for_a_file(cli: Callable[..., Outcome]) -> None:
    code, out, err = cli("query", "--limt=5")
    assert (code, out) == (2, "")
    assert err.startswith("error: there is no option --limt\n")


def test_unexpected_arguments(cli: Callable[..., Outcome]) -> None:
    code, out, err = cli("ask", "totals-by-party", "2016", "x y")
    assert (code, out) == (2, "")
    assert err.startswith("error: unexpected arguments: '2016', 'x y'\n")


def test_own_data(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "own.nt"
    path.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    count = "SELECT (COUNT(*) AS ?n) { ?s <urn:x:p> ?o }"
    store = ("--store", str(tmp_path / "store"))
    assert cli("derive", "--data", str(path), *store)[0] == 0
    for more in ([], ["--shipped"], store):
        code, out, _ = cli("query", "-e", count, "--data", str(path), "--format", "csv", *more)
        assert (code, out) == (0, "n\r\n1\r\n")
    code, out, _ = cli("query", "-e", count, *store, "--format", "csv")
    assert (code, out) == (0, "n\r\n1\r\n")


def test_output_replaces_a_file_whole(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    assert cli("query", "-e", "ASK {", "--output", str(path))[0] == 2
    assert path.read_text() == "before"
    select = ("query", "-e", "SELECT (1 AS ?a) {}")
    assert cli(*select, "--format", "csv", "--output", str(path)) == (0, "", "")
    assert path.read_bytes() == b"a\r\n1\r\n"
    assert cli(*select, "--output", str(path)) == (0, "", "")
    assert path.read_text() == "a  1\n\n1 row\n"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o666 & ~current_umask()


def test_output_keeps_permissions_and_links(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    path, link = tmp_path / "real" / "out.json", tmp_path / "link.json"
    path.parent.mkdir()
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    ask = ("query", "-e", "ASK {}", "--format", "json", "--output")
    assert cli(*ask, str(link)) == (0, "", "")
    assert link.is_symlink()
    assert json.loads(path.read_text())["boolean"] is True
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "real" / "new.json")
    assert cli(*ask, str(dangling)) == (0, "", "")
    assert dangling.is_symlink()
    assert (path.parent / "new.json").exists()


def test_output_to_a_device(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    ask = ("query", "-e", "ASK {}", "--format", "json", "--output")
    assert cli(*ask, str(fifo)) == (0, "", "")
    assert os.read(reader, 1000) == b'{"head":{},"boolean":true}\n'
    os.close(reader)
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    code, _, err = cli(*ask, str(tmp_path))
    assert (code, "this file cannot be written (Is a directory)" in err) == (2, True)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    code, _, err = cli(*ask, str(loop))
    assert (code, "this file cannot be written (Too many levels" in err) == (2, True)


@pytest.mark.parametrize("arguments", [("questions",), ("query", "-e", "ASK {}", "--format=json")])
def test_a_full_device_is_not_an_internal_error(arguments: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            words(*arguments), env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == (
        b"error: the answer cannot be written (No space left on device)\n"
        b"Free some space, or write it elsewhere.\n"
    )


@pytest.mark.parametrize(
    "command", [["validate"], ["reason"], ["passages", "check", "--sources", "."]]
)
def test_checks_accept_no_store(
    cli: Callable[..., Outcome], tmp_path: Path, command: list[str]
) -> None:
    code, out, err = cli(*command, "--store", str(tmp_path))
    assert (code, out) == (2, "")
    assert "--store" in err
    assert "give the files with --data" in err


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], 'error: Command "ask" parameter QUESTION requires an argument'),
        (["ask", "confirmd-figures"], "Did you mean confirmed-figures"),
        (["ask", "confirmed-figures", "--year", "3"], "has no parameter 'year'"),
        (["ask", "confirmed-figures", "--include-state-media", "3"], "it takes true or false"),
        (["ask", "claim-provenance"], "needs the parameter 'claim'"),
        (["ask", "confirmed-figures", "--include-state-media"], "such as --NAME true"),
        (["ask", "confirmed-figures", "--format", "xml"], 'Invalid value "xml" for --format'),
        (["ask", "confirmed-figures", "--format", "turtle"], "rows cannot be written as turtle"),
        (["query", "-e", "CONSTRUCT {} {}", "--format", "csv"], "a graph cannot be written as csv"),
        (["query"], "give either a file or -e QUERY"),
        (["query", "no.rq"], "error: no.rq: this file cannot be read (No such file"),
        (["query", "-e", "SELECT * {"], "error: query:1:11: the query is not well formed"),
        (["query", "-e", "DROP ALL"], "this is an update"),
        (["query", "-e", ENDLESS, "--time-limit", "0.2"], "took longer than 0.2 seconds"),
        (["query", "-e", "ASK {}", "--time-limit", "soon"], "--time-limit"),
        (["query", "-e", "ASK {}", "--time-limit", "inf"], "the time limit is inf seconds"),
        (["query", "-e", "ASK {}", "--data", "no"], "error: no: there is no such file"),
        (["query", "-e", "ASK {}", "--output", "/no/where"], "/no/where: this file cannot be"),
        (["describe", "agent:nobody-at-all"], "nothing in the data has the IRI"),
        (["no-command"], 'Unknown command "no-command"'),
    ],
)
def test_bad_usage_and_bad_input(
    cli: Callable[..., Outcome], arguments: list[str], message: str
) -> None:
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback(cli: Callable[..., Outcome]) -> None:
    code, _, err = cli("ask", "nothing", "--debug")
    assert code == 2
    assert err.startswith("Traceback (most recent call last)")
    assert "UnknownQuestion" in err


def test_internal_error(cli: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[31mred")

    monkeypatch.setattr(testimonia.Dataset, "query", broken)
    code, _, err = cli("query", "-e", "ASK {}")
    assert code == 3
    assert err.startswith("error: internal error: ZeroDivisionError: \\x1b[31mred\n")
    assert "Traceback" not in err


def commands(within: App, *above: str) -> Iterator[tuple[str, ...]]:
    for name in within:
        if not name.startswith("-"):
            yield (*above, name)
            yield from commands(within[name], *above, name)


COMMANDS = list(commands(app))


def test_the_commands() -> None:
    assert {words[0] for words in COMMANDS} == {
        *("ask", "questions", "query", "describe", "derive", "accept", "explain"),
        *("validate", "migrate", "reason", "passages"),
        *("map", "sheet", "notes", "identify", "tables", "aggregate", "agreement"),
        *("publish", "verify", "load", "serve", "write"),
    }
    assert {words[1:] for words in COMMANDS if len(words) == 2} == {
        *(("check",), ("coverage",), ("locate",), ("document",)),
        *(("gaza-daily",), ("ucdp-ged",), ("sheet",), ("new",), ("table",), ("describe",)),
        *(("sentences",), ("build",), ("export",), ("schema",)),
    }


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_of_each_command_is_its_docstring(
    cli: Callable[..., Outcome], command: tuple[str, ...]
) -> None:
    found = app[command[0]] if len(command) == 1 else app[command[0]][command[1]]
    function = found.default_command
    text = found.help if function is None else function.__doc__
    paragraphs = (text or "").partition("Parameters\n")[0].strip().split("\n\n")
    code, listed, _ = cli(*command[:-1], "--help")
    assert code == 0
    assert paragraphs[0].partition(":")[0] in " ".join(listed.replace("│", "").split())
    code, explained, _ = cli(*command, "--help")
    assert code == 0
    for paragraph in paragraphs:
        assert paragraph
        assert " ".join(paragraph.split()) in " ".join(explained.split())


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, testimonia.cli; code = testimonia.cli.run(['--help']); "
        "print(*sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, check=True, text=True
    )
    assert "Check data against the shapes" in done.stdout
    loaded = set(done.stderr.split())
    assert "testimonia.cli.validate" in loaded
    heavy = {"rdflib", "pyshacl", "owlready2", "pandas", "polars", "pyarrow", "edtf", "uvicorn"}
    assert loaded & heavy == set()


def test_version(cli: Callable[..., Outcome]) -> None:
    assert cli("--version") == (0, f"{testimonia.__version__}\n", "")


HOSTILE = '"\\u001B]0;title\\u0007 \\u009B31m \\u202Eevil\\u2066 [bold]markup[/bold] \\r\\nnext"'


@pytest.mark.parametrize("format_", ["table", "csv", "tsv", "turtle"])
def test_no_control_character_reaches_a_terminal(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "a.nt"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    path.write_text(f"<urn:x:s> {label} {HOSTILE} .\n<urn:x:s> <urn:x:p> {HOSTILE} .\n")
    query = "SELECT ?s ?o { ?s <urn:x:p> ?o }"
    if format_ == "turtle":
        query = "CONSTRUCT { ?s ?p ?o } { BIND(<urn:x:s> AS ?s) ?s ?p ?o }"
    arguments = words("query", "-e", query, "--data", str(path), "--format", format_)
    parent, child = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "dumb", "NO_COLOR": "1"}
    process = subprocess.Popen(arguments, stdout=child, stderr=child, env=environment)
    os.close(child)
    shown = read_all(parent)
    assert process.wait() == 0
    assert b"evil" in shown
    for bad in ("\x1b]", "\x07", "\x9b", "\u202e", "\u2066"):
        assert bad.encode() not in shown


def read_all(descriptor: int) -> bytes:
    shown = b""
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # how a Linux terminal says that its other end is closed
            chunk = b""
        if not chunk:
            os.close(descriptor)
            return shown
        shown += chunk


def test_a_pipe_gets_the_text_as_it_is() -> None:
    query = 'SELECT ("\\u001B[31m" AS ?x) {}'
    done = subprocess.run(
        words("query", "-e", query, "--format", "csv"),
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"x\r\n\x1b[31m\r\n"


def test_broken_pipe_is_quiet() -> None:
    receiver, sender = os.pipe()
    os.close(receiver)
    done = subprocess.run(
        words("query", "-e", "SELECT * { ?s ?p ?o }", "--format", "csv"),
        env=ENVIRONMENT,
        stdout=sender,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(sender)
    assert (done.returncode, done.stderr) == (141, b"")


def test_interrupt_is_quiet() -> None:
    process = subprocess.Popen(
        words("query", "-e", ENDLESS),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        process.communicate()
        pytest.skip("needs /proc to see when the query has begun")
    deadline = time.monotonic() + 30
    while not children.read_text().split() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_json_of_rows(cli: Callable[..., Outcome]) -> None:
    out = cli("query", "-e", "SELECT (1 AS ?a) {}", "--format", "json")[1]
    assert json.loads(out)["head"] == {"vars": ["a"]}
