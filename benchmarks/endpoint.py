"""Load test of the endpoint and two peers, alone and during a flood of endless queries.

Run it with ``python benchmarks/endpoint.py``. All servers get the same statements, on loopback, one
after the other: made-up incidents from a seed, with ontology, code lists and derived facts. Fuseki and
the Oxigraph server are those of ``tools.stores``; what is not installed is left out, and said so.

First, some clients ask a mix of questions, each the next as soon as it has its answer. Then one client
asks the same mix, alone and while others send queries that no machine finishes, from another address
and from the same. All servers stop a query after the same time. Answers are compared between servers.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import http.client
import io
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, serialize

import incidents
import testimonia

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.stores import SERVERS, DidNotStart, NotInstalled  # noqa: E402 - needs the line above

SEED = 20251213
TIME_LIMIT = 5
PATIENCE = 15.0
"""Seconds after which a client gives up."""
MIX = (
    *("corroboration", "revisions", "single-origin-figures", "contradictions"),
    *("disagreement-by-pair", "agents-and-parties", "spoke-for"),
)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CSV = "text/csv"
DATA = NamedNode("urn:x:data")
KINDS = {"alone": "", "flood elsewhere": "127.0.0.2", "same address": "127.0.0.1"}
"""Where the flood comes from."""


@dataclass(frozen=True)
class Query:
    """A question with its parameters bound."""

    name: str
    sparql: str


@dataclass(frozen=True)
class Peer:
    """A running server: its address, and its process."""

    url: str
    process: int


class Client:
    """A persistent connection, which is opened again when it breaks."""

    def __init__(self, url: str, source: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._new = lambda: http.client.HTTPConnection(
            str(parts.hostname), parts.port, timeout=PATIENCE, source_address=(source, 0)
        )
        self._connection = self._new()

    def ask(self, sparql: str) -> tuple[int, bytes]:
        """Send a query, and give status and content; status 0 where there was no answer."""
        head = {"Content-Type": "application/sparql-query", "Accept": CSV}
        try:
            self._connection.request("POST", self._path, sparql.encode(), head)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            self._connection = self._new()
            return 0, b""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass
class Timings:
    """The seconds that answers took, and the number of failures."""

    seconds: list[float]
    failures: int
    wall: float

    def line(self) -> str:
        """Write requests per second, percentiles in ms, and failures."""
        if len(self.seconds) < 2:
            return f"{'-':>8} {'-':>8} {'-':>8} {'-':>8} {'-':>8} {self.failures:>7}"
        cuts = statistics.quantiles(self.seconds, n=100, method="inclusive")
        shown = [cuts[49], cuts[94], cuts[98], max(self.seconds)]
        figures = " ".join(f"{1000 * value:8.1f}" for value in shown)
        return f"{len(self.seconds) / self.wall:8.1f} {figures} {self.failures:7d}"


HEAD = f"{'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8} {'failed':>7}"


def main() -> None:
    """Make the data, load each server, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--flood", type=int, default=16, help="endless queries at a time")
    parser.add_argument("--seconds", type=float, default=10, help="that each flood lasts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, dump = Path(folder, "incidents.nt"), Path(folder, "all.nq")
        statements = make(given.claims, data, dump)
        mix = queries(data, given.requests)
        print(f"{statements:,} statements, {os.cpu_count()} processors\n")
        run(Path(folder), data, dump, mix, given)


def make(claims: int, data: Path, dump: Path) -> int:
    """Write claims, and all that the endpoint makes of them."""
    incidents.write(data, claims, SEED)
    dataset = testimonia.open(data)
    dataset.prepare()
    # Fuseki's union of all graphs leaves out the default graph.
    named = (
        Quad(q.subject, q.predicate, q.object, DATA) if q.graph_name == DefaultGraph() else q
        for q in dataset.store
    )
    serialize(named, str(dump), RdfFormat.N_QUADS)
    return len(dataset.store)


def queries(data: Path, number: int) -> list[Query]:
    """Bind the questions of the mix to incidents."""
    dataset = testimonia.open(data)
    rows = dataset.query("SELECT ?e { ?e a tmn:Incident } ORDER BY ?e")
    names = [str(row[0]) for row in rows]  # type: ignore[union-attr]
    chance = random.Random(SEED)  # noqa: S311 - to choose a mix
    mix = []
    for index in range(number):
        question = dataset.question(MIX[index % len(MIX)])
        values = {"incident": chance.choice(names)} if "incident" in question.parameters else {}
        mix.append(Query(question.name, question.bind(values)))
    return mix


def run(folder: Path, data: Path, dump: Path, mix: list[Query], given: argparse.Namespace) -> None:
    """Load each server in turn, and print what was measured."""
    digests: dict[str, str] = {}
    tables: dict[str, list[str]] = {"mix": [], "flood": []}
    for name, started in {
        "testimonia": lambda: own(folder, [str(data)]),
        "testimonia, on disk": lambda: own(folder, [str(data), "--store", str(folder / "store")]),
        "fuseki": lambda: peer(folder, "fuseki", dump),
        "oxigraph": lambda: peer(folder, "oxigraph", dump),
    }.items():
        try:
            with started() as running:
                answers = warm(running, mix)
                digests[name] = answers
                timings = asked(running, mix, given.clients)
                memory = proportional(running.process) / 1024
                tables["mix"].append(f"{name:<20} {timings.line()} {memory:8.0f}")
                for kind, line in floods(running, mix, given):
                    tables["flood"].append(f"{name:<20} {kind:<15} {line}")
        except (NotInstalled, DidNotStart) as error:
            tables["mix"].append(f"{name:<20} {error}")
    print(f"{given.clients} clients, {len(mix)} questions")
    print(f"{'':<20} {HEAD} {'MB':>8}")
    print("\n".join(tables["mix"]))
    print(f"\nanswers: {'all the same' if len(set(digests.values())) == 1 else digests}\n")
    print(
        f"One client, beside {given.flood} endless queries at a time for {given.seconds:g} s each"
    )
    print(f"{'':<20} {'':<15} {HEAD}")
    print("\n".join(tables["flood"]))


@contextlib.contextmanager
def own(folder: Path, arguments: Sequence[str]) -> Iterator[Peer]:
    """Run the endpoint."""
    with (folder / "endpoint.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "testimonia", "serve", *arguments),
                *("--port", "0", "--time-limit", str(TIME_LIMIT)),
            ],
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            assert process.stdout is not None  # noqa: S101
            with process.stdout:
                said = process.stdout.readline().decode()
            if not said:
                raise DidNotStart((folder / "endpoint.log").read_text())
            yield Peer(said.removeprefix("Serving at ").strip() + "sparql", process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@contextlib.contextmanager
def peer(folder: Path, name: str, dump: Path) -> Iterator[Peer]:
    """Run a server of tools.stores with the same time limit, and load it."""
    kind: Any = SERVERS[name]

    class Limited(kind):  # type: ignore[misc]
        def _command(self) -> Sequence[str]:
            more = [f"--timeout-s={TIME_LIMIT}"] if name == "oxigraph" else []
            return [*super()._command(), *more]

        def _configure(self) -> None:
            super()._configure()
            if name == "fuseki":
                limit_fuseki(self.folder / "config.ttl")

    with Limited(folder / name) as server:
        where = server.endpoint
        answer = httpx.post(
            where.graphs,
            content=dump.read_bytes(),
            headers={"Content-Type": "application/n-quads"},
            auth=where.auth,
            timeout=300,
        )
        answer.raise_for_status()
        yield Peer(where.query, server.pid)


def limit_fuseki(settings: Path) -> None:
    """Set the time limit of all queries."""
    text = settings.read_text(encoding="utf-8")
    server = "[] a fuseki:Server ;"
    assert server in text  # noqa: S101
    limit = f'ja:context [ ja:cxtName "arq:queryTimeout" ; ja:cxtValue "{1000 * TIME_LIMIT}" ] ;'
    prefix = "@prefix ja: <http://jena.hpl.hp.com/2005/11/Assembler#> .\n"
    settings.write_text(prefix + text.replace(server, f"{server} {limit}"), encoding="utf-8")


def warm(running: Peer, mix: list[Query]) -> str:
    """Ask each question some times, and give a digest of all answers."""
    client = Client(running.url, "127.0.0.1")
    digest = hashlib.sha256()
    for query in mix[: 5 * len(MIX)]:
        status, content = client.ask(query.sparql)
        if status != 200:
            raise RuntimeError(f"{query.name}: {status} {content[:500]!r}")
        rows = sorted(map(tuple, csv.reader(io.StringIO(content.decode(), newline=""))))
        digest.update(repr(rows).encode())
    client.close()
    return digest.hexdigest()


def asked(running: Peer, mix: list[Query], clients: int) -> Timings:
    """Let clients ask the mix, each question once."""
    shares = [mix[index::clients] for index in range(clients)]
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        parts = list(threads.map(lambda share: one_by_one(running, share), shares))
    wall = time.perf_counter() - start
    seconds = [value for part in parts for value in part.seconds]
    return Timings(seconds, sum(part.failures for part in parts), wall)


def one_by_one(
    running: Peer,
    mix: Iterable[Query],
    source: str = "127.0.0.1",
    go_on: Callable[[], bool] = lambda: True,
) -> Timings:
    """Ask one question after the other."""
    client, seconds, failures = Client(running.url, source), [], 0
    start = time.perf_counter()
    for query in mix:
        if not go_on():
            break
        begun = time.perf_counter()
        status, _ = client.ask(query.sparql)
        if status == 200:
            seconds.append(time.perf_counter() - begun)
        else:
            failures += 1
    client.close()
    return Timings(seconds, failures, time.perf_counter() - start)


def floods(running: Peer, mix: list[Query], given: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Ask alone, and beside floods from another address and from the same."""
    for kind, source in KINDS.items():
        end = time.monotonic() + given.seconds
        stop = threading.Event()
        threads = [
            threading.Thread(target=flood, args=(running, source, stop), daemon=True)
            for _ in range(given.flood if source else 0)
        ]
        for thread in threads:
            thread.start()
        if source:
            time.sleep(1)
        timings = one_by_one(running, cycle(mix), go_on=partial(before, end))
        yield kind, timings.line()
        stop.set()
        for thread in threads:
            thread.join()
        time.sleep(TIME_LIMIT if source else 0)  # abandoned queries may run that long


def before(end: float) -> bool:
    """Check whether a moment is in the future."""
    return time.monotonic() < end


def flood(running: Peer, source: str, stop: threading.Event) -> None:
    """Send endless queries, all different, each as soon as the one before has ended."""
    client = Client(running.url, source)
    while not stop.is_set():
        status, _ = client.ask(f"{ENDLESS} # {random.random()}")  # noqa: S311
        if status != 200:
            time.sleep(0.05)
    client.close()


def proportional(process: int) -> int:
    """Give the memory of a process and its descendants in KiB, counting shared memory once."""
    total = 0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1])
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += proportional(int(child))
    return total


if __name__ == "__main__":
    main()
