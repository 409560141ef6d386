"""What is retried, what is not, and the messages that users get; over real connections."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pyoxigraph import NamedNode
from scripted import YES, Says, Scripted, scripted

from testimonia.errors import (
    AccessDenied,
    InputError,
    QueryError,
    StoreError,
    StoreFull,
    StoreUnreachable,
    UpdateRefused,
)
from testimonia.query.remote import Credentials, RemoteStore, connect

GRAPH = NamedNode("x:g")
NOBODY = Credentials()
ME = Credentials("me", "wren-hollow")


@dataclass(frozen=True)
class Text:
    """A body in memory."""

    content: bytes

    @property
    def size(self) -> int:
        """Give its length."""
        return len(self.content)

    def __iter__(self) -> Iterator[bytes]:
        yield self.content


BODY = Text(b"<x:s> <x:p> <x:o> .\n")


def opened(
    script: Scripted, *, store: str = "rdf4j", waits: list[float] | None = None,
    credentials: Credentials = NOBODY, timeout: float = 5,
) -> RemoteStore:  # fmt: skip
    wait = (waits if waits is not None else []).append
    return connect(script.url, store=store, credentials=credentials, timeout=timeout, wait=wait)


def test_a_graph_is_put_as_it_is_and_credentials_go_with_it() -> None:
    with scripted(YES, Says(204)) as script, opened(script, credentials=ME) as store:
        store.put(GRAPH, BODY)
    sent = script.asked[-1]
    assert (sent.method, sent.path) == ("PUT", "/rdf-graphs/service?graph=x%3Ag")
    assert sent.headers["Content-Type"] == "application/n-triples"
    assert sent.headers["Authorization"] == "Basic bWU6d3Jlbi1ob2xsb3c="
    assert sent.body == BODY.content


def test_fuseki_gets_a_block_whose_truncation_is_noticed() -> None:
    with scripted(YES, Says(204)) as script, opened(script, store="fuseki") as store:
        store.put(GRAPH, BODY)
    assert script.asked[-1].headers["Content-Type"] == "application/trig"
    assert script.asked[-1].body == b"{\n<x:s> <x:p> <x:o> .\n}\n"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_transient_errors_are_retried_with_growing_pauses(status: int) -> None:
    waits: list[float] = []
    busy = Says(status)
    with scripted(YES, busy, busy, busy, Says(204)) as script, opened(script, waits=waits) as store:
        store.put(GRAPH, BODY)
    assert [asked.body for asked in script.asked[1:]] == [BODY.content] * 4
    assert len(waits) == 3
    for attempt, wait in enumerate(waits, start=1):
        assert 0.25 * 2**attempt <= wait <= 0.5 * 2**attempt


def test_retry_after_is_respected() -> None:
    waits: list[float] = []
    busy = Says(503, headers={"Retry-After": "7"})
    with scripted(YES, busy, Says(204)) as script, opened(script, waits=waits) as store:
        store.put(GRAPH, BODY)
    assert waits == [7.0]


def test_retry_after_may_be_a_date() -> None:
    waits: list[float] = []
    busy = Says(503, headers={"Retry-After": "Fri, 01 Jan 1999 00:00:00 GMT"})
    with scripted(YES, busy, Says(204)) as script, opened(script, waits=waits) as store:
        store.put(GRAPH, BODY)
    assert waits == [0.0]


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 2026 00:00:00 +99999999999999",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "soon",
    ],
)
def test_an_invalid_retry_after_is_ignored(date: str) -> None:
    waits: list[float] = []
    busy = Says(503, headers={"Retry-After": date})
    with scripted(YES, busy, Says(204)) as script, opened(script, waits=waits) as store:
        store.put(GRAPH, BODY)
    assert len(waits) == 1
    assert 0 <= waits[0] <= 1


def test_a_long_retry_after_is_not_waited_for() -> None:
    waits: list[float] = []
    busy = Says(503, headers={"Retry-After": "3600"})
    with (
        scripted(YES, busy) as script,
        opened(script, waits=waits) as store,
        pytest.raises(StoreUnreachable, match="asks to wait 3600 seconds"),
    ):
        store.put(GRAPH, BODY)
    assert waits == []


def test_retries_end() -> None:
    waits: list[float] = []
    with (
        scripted(YES, Says(503, b"busy")) as script,
        opened(script, waits=waits) as store,
        pytest.raises(StoreUnreachable, match=r"answers 503 .*: busy, 6 times in a row"),
    ):
        store.put(GRAPH, BODY)
    assert (len(script.asked), len(waits)) == (7, 5)


def test_a_broken_answer_is_retried() -> None:
    cut = Says(content=YES.content, headers=YES.headers, cut=True)
    waits: list[float] = []
    with scripted(YES, cut, YES) as script, opened(script, waits=waits) as store:
        assert store.query("ASK {}").content == YES.content
    assert len(waits) == 1


def test_a_connection_that_always_breaks() -> None:
    cut = Says(content=YES.content, headers=YES.headers, cut=True)
    with (
        scripted(YES, cut) as script,
        opened(script) as store,
        pytest.raises(StoreUnreachable, match="broke 6 times when asked to answer a query"),
    ):
        store.query("ASK {}")


def test_nothing_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # not listening: connections are refused
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(StoreUnreachable, match=r"nothing answers at 127.0.0.1"):
            connect(url, store="rdf4j", credentials=NOBODY, wait=pytest.fail)
        with pytest.raises(StoreUnreachable, match=r"nothing answers at 127.0.0.1"):
            connect(url, credentials=NOBODY, wait=pytest.fail)


def test_a_store_that_answered_before_is_retried() -> None:
    """It may be restarting."""
    waits: list[float] = []
    last = Says(content=YES.content, headers={**YES.headers, "Connection": "close"})
    with scripted(last) as script:
        store = opened(script, waits=waits)
    with store, pytest.raises(StoreUnreachable, match=r"nothing answers at 127.0.0.1"):
        store.put(GRAPH, BODY)
    assert len(waits) == 5


def test_a_timeout_is_not_retried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        waits: list[float] = []
        with pytest.raises(StoreUnreachable, match=r"did not answer for 0.2 seconds") as caught:
            connect(url, store="rdf4j", credentials=NOBODY, timeout=0.2, wait=waits.append)
    assert waits == []
    assert "--timeout" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "kind", "message", "hint"),
    [
        (Says(401), AccessDenied, "answers 401 when asked to write <x:g>", "Set TESTIMONIA_STORE_USER"),
        (Says(403, b"no"), AccessDenied, "answers 403 when asked to write <x:g>: no", "write permission"),
        (Says(405), AccessDenied, "answers 405", "read-only"),
        (Says(507), StoreFull, "answers 507", "Free space"),
        (Says(500, b"java.io.IOException: No space left on device"), StoreFull, "No space left", "Free space"),
        (Says(413), StoreError, "answers 413", "maximum request size"),
        (Says(404), StoreError, "answers 404", "path of the URL"),
        (Says(500, b"<h1>Oh</h1>\x1b[2J no"), StoreError, r"answers 500 .*: Oh \\x1b\[2J no", "log"),
        (Says(400, b"x" * 5000), StoreError, "x{300}…", "log"),
        (Says(302, headers={"Location": "http://other.example/"}), StoreError, "redirects to http://other.example/", "if you trust it"),
    ],
)  # fmt: skip
def test_messages_for_users(said: Says, kind: type[StoreError], message: str, hint: str) -> None:
    with (
        scripted(YES, said) as script,
        opened(script) as store,
        pytest.raises(kind, match=message) as caught,
    ):
        store.put(GRAPH, BODY)
    assert hint in caught.value.hint
    assert len(script.asked) == 2  # nothing of this passes by itself


def test_a_wrong_password_is_reported_without_it() -> None:
    with (
        scripted(Says(401, b"who?")) as script,
        pytest.raises(AccessDenied, match="answers 401") as caught,
    ):
        opened(script, credentials=ME)
    assert caught.value.hint == (
        "Check TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD, or the token."
    )
    assert "wren" not in str(caught.value)


def test_credentials_are_sent_to_no_other_host() -> None:
    with (
        scripted(YES) as other,
        scripted(Says(307, headers={"Location": other.url})) as script,
        pytest.raises(StoreError, match="redirects are not followed"),
    ):
        opened(script, credentials=ME)
    assert other.asked == []


@pytest.mark.parametrize(
    "said",
    [
        Says(content=b"<h1>Log in</h1>", headers={"Content-Type": "text/html"}),
        Says(content=b"<h1>Log in</h1>", headers={"Content-Type": "application/json"}),
        Says(content=b"[]", headers={"Content-Type": "application/json"}),
        Says(content=b'"x"', headers={"Content-Type": "application/json"}),
        Says(),
    ],
)
def test_a_web_page_is_not_taken_for_a_store(said: Says) -> None:
    with (
        scripted(said) as script,
        pytest.raises(StoreError, match="answers with success, but with"),
    ):
        opened(script)


def test_a_page_in_place_of_a_graph(tmp_path) -> None:  # type: ignore[no-untyped-def]
    page = Says(content=b"<h1>Oops</h1>", headers={"Content-Type": "text/html"})
    with (
        scripted(YES, page) as script,
        opened(script) as store,
        (tmp_path / "sink").open("w+b") as sink,
        pytest.raises(StoreError, match="but with text/html for a graph"),
    ):
        store.read(GRAPH, sink)


def test_a_graph_that_is_not_there_is_empty(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with (
        scripted(YES, Says(404, b"no such graph")) as script,
        opened(script) as store,
        (tmp_path / "sink").open("w+b") as sink,
    ):
        sink.write(b"left over")
        store.read(GRAPH, sink)
        assert sink.tell() == 0
        assert sink.read() == b""


def test_virtuoso_answers_ask_with_rows() -> None:
    rows = b'{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": %s}}'
    kind = {"Content-Type": "application/sparql-results+json"}
    yes = Says(
        content=rows % b'[{"__ASK_RETVAL": {"type": "literal", "value": "1"}}]', headers=kind
    )
    no = Says(content=rows % b"[]", headers=kind)
    with scripted(yes, yes, no) as script, opened(script, store="virtuoso") as store:
        answers = [store.query("ASK {}").content for _ in range(2)]
    assert answers == [b'{"head": {}, "boolean": true}', b'{"head": {}, "boolean": false}']


def test_queries_only() -> None:
    with scripted(YES) as script, opened(script) as store:
        with pytest.raises(UpdateRefused):
            store.query("DROP ALL")
        with pytest.raises(QueryError, match="calls on another server"):
            store.query("ASK { SERVICE <http://a.example/> {} }")
    assert len(script.asked) == 1


def test_the_kind_of_store_is_detected_without_credentials() -> None:
    yes = Says(content=YES.content, headers={**YES.headers, "Server": "Oxigraph/0.5.13"})
    with scripted(yes) as script, connect(script.url, credentials=ME) as store:
        assert store.profile.name == "oxigraph"
    assert "Authorization" not in script.asked[0].headers
    assert "Authorization" in script.asked[-1].headers


def test_an_unknown_store_is_not_guessed() -> None:
    with scripted(YES) as script, pytest.raises(InputError, match="cannot be detected") as caught:
        connect(script.url, credentials=NOBODY)
    assert "--store: oxigraph, fuseki, virtuoso, rdf4j" in caught.value.hint


@pytest.mark.parametrize(
    ("store", "query", "parameter"),
    [
        ("fuseki", "ASK { ?s ?p ?o }", b"&default-graph-uri=urn%3Ax-arq%3AUnionGraph"),
        ("fuseki", "ASK { GRAPH ?g { ?s ?p ?o } }", b""),  # it would find no graph
        ("fuseki", "ASK FROM <x:g> { ?s ?p ?o }", b""),
        ("oxigraph", "ASK { GRAPH ?g { ?s ?p ?o } }", b"&union-default-graph="),
        ("rdf4j", "ASK { ?s ?p ?o }", b""),
    ],
)
def test_a_query_is_over_the_union_of_graphs(store: str, query: str, parameter: bytes) -> None:
    with scripted(YES) as script, opened(script, store=store) as remote:
        remote.query(query)
    assert script.asked[-1].body.partition(b"%7D")[2].replace(b"+%7D", b"") == parameter


def test_a_page_for_an_answer_is_read_whatever_its_markup() -> None:
    head = b"<style>p { color: red }</STYLE ><script>if (a<b) x()</script>"
    page = b"<html>" + head + b"<p title='a'>Please<br>log in, " + b"<style" * 500_000
    answer = Says(200, page, {"Content-Type": "text/html"})
    with (
        scripted(YES, answer) as script,
        opened(script) as store,
        pytest.raises(StoreError) as caught,
    ):
        store.query("SELECT * {}")
    assert "but with text/html: Please log in, <style<style" in caught.value.message
    assert "color" not in caught.value.message
    assert "if (a" not in caught.value.message
    assert len(caught.value.message) < 500
