"""Overload: floods of connections and large requests, and no free descriptors, memory or processes."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import errno
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
from endpoints import (
    ENDLESS,
    ROOT,
    Running,
    alive,
    await_that,
    children,
    endpoint,
    has_worked,
    limited,
    write_much,
)
from hypothesis import given
from hypothesis import strategies as st

from testimonia.processes.resource_limits import memory_left
from testimonia.web.http.form_fields import TooManyFields, parse_fields
from testimonia.web.http.problems import Problem
from testimonia.web.logs import RateLimitedWarnings
from testimonia.web.settings import Settings
from testimonia.web.workers.fork_server_client import ForkServer
from testimonia.web.workers.scheduler import Scheduler
from testimonia.web.workers.wire_format import Job
from testimonia.web.workers.worker_client import Answer, WorkerNotStarted

pytestmark = pytest.mark.slow

DIRECT = {"content-type": "application/sparql-query"}
linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc (Linux)")


@contextlib.contextmanager
def idle(running: Running, count: int) -> Iterator[None]:
    """Open connections, and send nothing."""
    address = httpx.URL(running.root)
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            with contextlib.suppress(OSError):
                client = socket.create_connection((address.host, address.port), timeout=10)
                stack.enter_context(client)
        yield


def test_idle_connections_do_not_shut_out_other_clients(tmp_path: Path) -> None:
    """There are more of them than descriptors, while workers are killed and replaced."""
    limits = ("--time-limit", "2", "--workers", "3")
    with endpoint(tmp_path, *limits, limits="ulimit -n 300") as running:
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            workers = running.workers()
            slow = [threads.submit(running.select, ENDLESS) for _ in range(4)]
            # A connection whose request has not been read yet counts as idle.
            await_that(lambda: any(has_worked(worker, 0.2) for worker in workers))
            with idle(running, 450):
                assert running.select("ASK {}").status_code == 200
                assert {future.result().status_code for future in slow} <= {503, 504}
                assert running.select("ASK {}").status_code == 200
        assert [running.select("ASK {}").status_code for _ in range(5)] == [200] * 5
        log = running.log.read_text()
    assert "Traceback" not in log
    assert len(log) < 20_000


def test_too_few_descriptors_to_start() -> None:
    command = [sys.executable, "-m", "testimonia", "serve", "--port", "0"]
    done = subprocess.run(
        [*limited("ulimit -n 100"), *command], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert "this process may open 100 files, and needs " in done.stderr
    assert "Raise the limit (ulimit -n)" in done.stderr


@contextlib.contextmanager
def no_more_descriptors() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_worker_that_cannot_be_replaced_is_replaced_later(tmp_path: Path) -> None:
    settings = Settings(workers=2, time_limit=0.2)
    fork_server = ForkServer(settings, tmp_path)

    async def answer(scheduler: Scheduler, query: str) -> Answer:
        return await scheduler.run(Job(query=query, formats={"boolean": "json"}), "client")

    async def scenario() -> None:
        scheduler = Scheduler(fork_server, settings)
        await scheduler.wait_until_ready()
        (await answer(scheduler, "ASK {}")).close()
        with no_more_descriptors():
            with pytest.raises(Problem, match="took longer"):
                await answer(scheduler, ENDLESS)
            for _ in range(3):
                with pytest.raises(Problem, match="no process can be started") as refused:
                    await answer(scheduler, "ASK {}")
                assert (refused.value.status, "Retry-After" in refused.value.headers) == (503, True)
        for _ in range(200):
            with contextlib.suppress(Problem):
                (await answer(scheduler, "ASK {}")).close()
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("no worker was started again")
        scheduler.close()

    try:
        asyncio.run(scenario())
    finally:
        fork_server.close()


def test_without_any_worker_it_does_not_start(tmp_path: Path) -> None:
    settings = Settings(workers=2)
    fork_server = ForkServer(settings, tmp_path)
    fork_server.close()

    async def scenario() -> None:
        scheduler = Scheduler(fork_server, settings)
        with pytest.raises(WorkerNotStarted, match="no connection can be made"):
            await scheduler.wait_until_ready()
        scheduler.close()

    asyncio.run(scenario())


def test_it_exits_if_no_process_can_be_forked(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import errno, os\n"
        "def fork():\n    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))\n"
        "os.fork = fork\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, "-m", "testimonia", "serve", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert (done.returncode, done.stdout) == (3, "")
    cause = os.strerror(errno.EAGAIN)
    assert f"cannot start: no process can be started to run the query ({cause})" in done.stderr
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------- memory


@linux
def test_a_lower_memory_limit_of_the_process_applies(tmp_path: Path) -> None:
    with endpoint(tmp_path, "--workers", "2", limits="ulimit -v 600000") as running:
        assert [running.select("ASK {}").status_code for _ in range(3)] == [200] * 3
        warning = "the memory limit of this process is lower than --memory"
        await_that(lambda: warning in running.log.read_text())
        greedy = running.select("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f")
        assert greedy.status_code == 500
        assert running.select("ASK {}").status_code == 200


@linux
def test_memory_left() -> None:
    code = (
        "import resource; from testimonia.processes.resource_limits import memory_left, limit_resources\n"
        "assert memory_left() is None\n"
        "now = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "limit = now + (100 << 20); resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "print(memory_left()); limit_resources(1024, files=True)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS) == (limit, limit))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    left, kept = done.stdout.split()
    assert 90 <= int(left) <= 100
    assert kept == "True"
    assert memory_left() is None or memory_left()


# ------------------------------------------------------------------- processes


@linux
@pytest.mark.parametrize("killed", ["server", "fork server"])
def test_no_process_outlives_its_parent(tmp_path: Path, killed: str) -> None:
    """Killed while a store is being filled."""
    much = write_much(tmp_path / "much.nt")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "testimonia", "serve", "--port", "0"),
            *("--store", str(tmp_path / "store"), str(much)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    started: list[int] = []

    def filling() -> bool:
        return any(map(children, children(process.pid)))

    try:
        await_that(filling, 60)
        (fork_server,) = children(process.pid)
        (filler,) = children(fork_server)
        started = [fork_server, filler]
        os.kill(process.pid if killed == "server" else fork_server, 9)
        await_that(lambda: not any(map(alive, started)))
        assert process.wait(30) != 0
    finally:
        for other in started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(other, 9)
        process.kill()
        process.wait()


# ------------------------------------------------------------------- large requests


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
@pytest.mark.parametrize("query", ["é" * 500_000, "ASK {" + " é" * 300_000, "\x1b" * 900_000])
def test_a_long_query_is_truncated_in_the_response(
    shipped: Running, accept: str, query: str
) -> None:
    answer = httpx.post(
        shipped.sparql, content=query.encode(), headers={**DIRECT, "accept": accept}, timeout=60
    )
    assert answer.status_code == 400
    assert len(answer.content) < 60_000
    assert ("Only the beginning of the query is shown" in answer.text) == (accept == "text/html")


@pytest.mark.parametrize("path", ["questions/confirmed-figures", "questions/claim-provenance"])
def test_a_long_parameter_is_truncated_in_the_response(shipped: Running, path: str) -> None:
    for name, value in (("incident", "é" * 9_000), ("é" * 9_000, "1"), ("claim", "é" * 990)):
        answer = httpx.get(
            shipped.root + path, params={name: value}, headers={"accept": "text/html"}
        )
        assert answer.status_code in (400, 404)
        assert len(answer.content) < 60_000
    many = "&".join(f"p{number}=1" for number in range(60))
    assert "more than 50 parameters" in httpx.get(f"{shipped.root}{path}.csv?{many}").text
    assert len(httpx.get(f"{shipped.root}questions/{'é' * 9_000}").content) < 60_000


def test_large_requests_of_one_client_do_not_block_others(shipped: Running) -> None:
    address = httpx.URL(shipped.root)
    head = (
        "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        "Content-Length: 200000\r\n\r\n"
    )
    large = b"ASK {} #" + b"x" * 199_992
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            client = stack.enter_context(socket.create_connection((address.host, address.port)))
            client.sendall(head.encode() + b"ASK")

        def refused() -> bool:
            answer = httpx.post(shipped.sparql, content=large, headers=DIRECT)
            return answer.status_code == 503 and "too many large requests" in answer.text

        await_that(refused)
        assert shipped.select("ASK {}").status_code == 200
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(transport=transport, timeout=30) as other:
            answer = other.post(shipped.sparql, content=large, headers=DIRECT)
            assert answer.status_code == 200
    await_that(lambda: not refused())


@given(st.text(alphabet="%0129abCDfF=&+ \n\r_=x;é", max_size=30) | st.text(max_size=20))
def test_fields_are_read_as_the_standard_library_does(text: str) -> None:
    content = text.encode()
    try:
        expected = parse_qsl(content.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            parse_fields(content, 1000)
    else:
        assert parse_fields(content, 1000) == expected


def test_too_many_fields() -> None:
    assert len(parse_fields(b"a&" * 9, 10)) == 9
    with pytest.raises(TooManyFields, match="more than 10 parameters"):
        parse_fields(b"a&" * 10, 10)
    assert parse_fields(b"%" * 1000, 10) == [("%" * 1000, "")]
    with pytest.raises(TooManyFields, match="percent signs that do not begin an escape"):
        parse_fields(b"%" * 1001, 10)


def test_repeated_warnings_are_suppressed() -> None:
    import logging

    def record(level: int, message: str, error: Exception | None = None) -> logging.LogRecord:
        cause = (type(error), error, None) if error else None
        return logging.LogRecord("x", level, "", 0, message, (), cause)  # type: ignore[arg-type]

    limit = RateLimitedWarnings(most=3, seconds=3600)
    shown = [limit.filter(record(logging.WARNING, "again")) for _ in range(100)]
    assert shown == [True] * 3 + [False] * 97
    assert all(limit.filter(record(logging.INFO, "a request")) for _ in range(100))
    other = record(logging.ERROR, "no more\nsockets", OSError(errno.EMFILE, "Too many open files"))
    assert limit.filter(other)
    assert other.exc_info is None
    assert other.getMessage() == (
        "no more ([Errno 24] Too many open files) (97 more warnings were suppressed before)"
    )
