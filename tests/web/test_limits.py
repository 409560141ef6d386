"""Limits on time, memory, size and number keep one request from harming others."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import palmyra
import pytest
from endpoints import ENDLESS, Running, alive, await_that, endpoint

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/task").exists(), reason="needs /proc to see the workers"
    ),
]
LIMIT = 2.0
# A cross product that ORDER BY holds in memory as a whole.
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
# Written row by row, without holding it in memory.
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
DEEP = "ASK { FILTER(" + "(" * 200_000 + "1" + ")" * 200_000 + ") }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    limits = ("--time-limit", str(LIMIT), "--workers", "3", "--waiting", "8")
    sizes = ("--memory", "64", "--largest-answer", "2")
    with endpoint(
        tmp_path_factory.mktemp("limits"), *map(str, palmyra.FILES), *limits, *sizes
    ) as running:
        yield running


def test_time_limit_frees_the_worker(served: Running) -> None:
    await_that(lambda: len(served.workers()) == 3)  # the server does not wait for them to start
    before = set(served.workers())
    answer = served.select(ENDLESS)
    assert answer.status_code == 504
    assert answer.text == (
        "the query took longer than 2 seconds and was stopped\n"
        "Make the query narrower, or download the dump of the data.\n"
    )
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    # The quick worker that ran it first and the one that ran it to the limit are both replaced.
    await_that(lambda: len(before - set(served.workers())) == 2 and len(served.workers()) == 3)
    assert served.select("ASK {}").json()["boolean"] is True


def test_endless_queries_do_not_starve_others(served: Running) -> None:
    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        endless = [threads.submit(served.select, ENDLESS) for _ in range(4)]
        await_that(lambda: served.log.exists() and busy(served))
        answers = [served.select(f"ASK {{}} #{number}") for number in range(20)]
        statuses = [future.result().status_code for future in endless]
    assert [answer.status_code for answer in answers] == [200] * 20
    assert set(statuses) <= {503, 504}


def ticks(served: Running) -> dict[int, int]:
    """Return the CPU time of each worker, in hundredths of a second."""
    found = {}
    for worker in served.workers():
        try:
            fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[worker] = int(fields[11]) + int(fields[12])
    return found


def busy(served: Running) -> bool:
    """Return whether any worker is using CPU time."""
    before = ticks(served)
    time.sleep(0.2)
    # An idle worker uses no CPU time at all; a busy one may get little on a loaded machine.
    return any(time - before.get(worker, time) >= 1 for worker, time in ticks(served).items())


def test_too_many_requests(served: Running) -> None:
    with concurrent.futures.ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(served.select, [ENDLESS] * 40))
    assert {answer.status_code for answer in answers} == {503, 504}
    for answer in answers:
        if answer.status_code == 503:
            assert answer.headers["retry-after"] == "2"
            assert answer.text.endswith("\nTry again a little later.\n")
    assert served.select("ASK {}").status_code == 200


def test_a_flood_from_one_client_does_not_delay_another(served: Running) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        flood = [threads.submit(served.select, ENDLESS) for _ in range(6)]
        await_that(lambda: busy(served))
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(transport=transport, timeout=30) as other:
            answer = other.get(served.sparql, params={"query": "ASK {}"})
        unfinished = [future for future in flood if not future.done()]
        assert answer.status_code == 200
        assert unfinished
        for future in flood:
            future.result()


def test_answer_too_large(served: Running) -> None:
    answer = served.select(LARGE)
    assert answer.status_code == 403
    assert answer.text == (
        "the answer is larger than 2 MiB\nAdd a LIMIT, or download the dump of the data.\n"
    )
    assert served.select(LARGE.replace("20000", "1000")).status_code == 200


def test_memory_limit(served: Running) -> None:
    answer = served.select(GREEDY)
    assert answer.status_code == 500
    assert answer.text == (
        "the process that ran the query died, most likely because it ran out of memory\n"
        "Make the query narrower.\n"
    )
    assert served.select("ASK {}").status_code == 200


def test_a_query_that_overflows_the_stack_kills_only_its_worker(served: Running) -> None:
    answer = httpx.post(
        served.sparql, content=DEEP, headers={"content-type": "application/sparql-query"}
    )
    assert answer.status_code in (400, 500, 504), answer.text  # 504 on a loaded machine
    assert served.select("ASK {}").status_code == 200


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/sparql-query", b"ASK {} #" + b"x" * (1 << 20)),
        ("application/x-www-form-urlencoded", b"query=ASK{}%20%23" + b"x" * (3 << 20)),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_request_too_large(
    served: Running, content_type: str, content: bytes, chunked: bool
) -> None:
    pieces = (content[start : start + 65536] for start in range(0, len(content), 65536))
    answer = httpx.post(
        served.sparql,
        content=pieces if chunked else content,
        headers={"content-type": content_type},
    )
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


def test_request_head_too_large(served: Running) -> None:
    address = httpx.URL(served.root)
    with socket.create_connection((address.host, address.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + b"x" * 70_000)
        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_worker_is_killed_when_the_client_disconnects(served: Running) -> None:
    before = set(served.workers())
    address = httpx.URL(served.root)
    with socket.create_connection((address.host, address.port)) as client:
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
            b"Content-Type: application/sparql-query\r\n\r\n%s" % (len(ENDLESS), ENDLESS.encode())
        )
        await_that(lambda: busy(served))
    await_that(lambda: not busy(served), LIMIT)
    await_that(lambda: len(served.workers()) == 3)
    assert before != set(served.workers())


def test_a_worker_ends_itself_if_server_and_fork_server_are_gone(tmp_path: Path) -> None:
    with endpoint(tmp_path, "--time-limit", "1", "--workers", "2") as running:
        fork_server, workers = running.fork_server(), running.workers()
        sent = b"GET /sparql?query=%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
        address = httpx.URL(running.root)
        with socket.create_connection((address.host, address.port)) as client:
            client.sendall(sent % ENDLESS.replace(" ", "%20").replace("?", "%3F").encode())
            await_that(lambda: busy(running))
            os.kill(running.process.pid, signal.SIGSTOP)  # so that it cannot clean up
            os.kill(fork_server, signal.SIGKILL)
            os.kill(running.process.pid, signal.SIGKILL)
        await_that(lambda: not any(map(alive, workers)))


def test_a_killed_server_leaves_no_process(tmp_path: Path) -> None:
    with endpoint(tmp_path) as running:
        others = [running.fork_server(), *running.workers()]
        assert all(map(alive, others))
        running.process.kill()
        await_that(lambda: not any(map(alive, others)))


def test_the_server_exits_if_the_fork_server_dies(tmp_path: Path) -> None:
    with endpoint(tmp_path) as running:
        os.kill(running.fork_server(), signal.SIGKILL)
        assert running.process.wait(20) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_running_requests_are_answered_before_shutdown(tmp_path: Path, number: int) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c = ?f) }"
    with (
        endpoint(tmp_path, "--time-limit", "3", "--grace", "10") as running,
        concurrent.futures.ThreadPoolExecutor(1) as threads,
    ):
        others = [running.fork_server(), *running.workers()]
        request = threads.submit(running.select, slow)
        await_that(lambda: busy(running))
        running.process.send_signal(number)
        answer = request.result()
        assert answer.status_code in (200, 504)
        assert running.process.wait(20) == 0
        assert not any(map(alive, others))
    address = httpx.URL(running.root)
    with socket.create_server((address.host, address.port)):
        pass  # the port is free again


def test_it_stops_after_the_grace_period(tmp_path: Path) -> None:
    with (
        endpoint(tmp_path, "--time-limit", "60", "--grace", "1") as running,
        concurrent.futures.ThreadPoolExecutor(1) as threads,
    ):
        others = [running.fork_server(), *running.workers()]
        request = threads.submit(running.select, ENDLESS)
        await_that(lambda: busy(running))
        start = time.monotonic()
        running.process.terminate()
        assert running.process.wait(20) == 0
        assert time.monotonic() - start < 15
        assert not any(map(alive, others))
        assert outcome(request.result) in ("500", "RemoteProtocolError", "ReadError")


def outcome(get: Callable[[], httpx.Response]) -> str:
    try:
        return str(get().status_code)
    except httpx.TransportError as error:
        return type(error).__name__


def test_the_fork_server_has_a_single_thread(served: Running) -> None:
    assert len(list(Path(f"/proc/{served.fork_server()}/task").iterdir())) == 1


def test_memory_is_shared(served: Running) -> None:
    """Workers share the memory of the data with the fork server."""
    for worker in served.workers():
        rollup = Path(f"/proc/{worker}/smaps_rollup").read_text()
        sizes = {
            line.split(":")[0]: int(line.split()[1])
            for line in rollup.splitlines()[1:]
            if line.endswith("kB")
        }
        assert sizes["Private_Dirty"] < 0.5 * sizes["Rss"]
