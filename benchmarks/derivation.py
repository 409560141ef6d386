"""Measures derivation for growing numbers of claims, checks the facts, and compares two peers.

Run it with ``python benchmarks/derivation.py`` (``--sizes 10000 100000`` for a shorter run). Each
run is a separate process, so that its peak memory can be measured. ``digest`` is the digest of the
input for the provenance, and is included.

The peers run the same rules on a size they can finish: rdflib as CONSTRUCT queries over its memory
graph, in the same order; pySHACL as ``sh:SPARQLRule``, where each rule is run for each claim,
proposition or agent that can be the subject of its fact. Testimonia runs that size as well. ``columns`` is Testimonia with the data by column, and DuckDB.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import incidents

SEED = 20251213
SIZES = (10_000, 100_000, 1_000_000)
PEER_SIZE = 1_000
LIMIT = 900.0
"""Seconds after which a peer is stopped."""

Figures = dict[str, Any]


def main() -> None:
    """Run all sizes and the peers, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--peer-size", type=int, default=PEER_SIZE)
    parser.add_argument("--run", nargs=3, metavar=("ENGINE", "FILE", "KNOWN"))
    given = parser.parse_args()
    if given.run:
        engine, file, known = given.run
        sys.stdout.write(json.dumps(measured(ENGINES[engine], Path(file), json.loads(known))))
        return
    print(f"{'engine':<12} {'claims':>9} {'statements':>11} {'facts':>9} {'load s':>7} "
          f"{'derive s':>9} {'cpu s':>7} {'us/claim':>9} {'peak MB':>8}  answers")  # fmt: skip
    runs = [(engine, size) for size in given.sizes for engine in ("testimonia", "columns")]
    runs += [(engine, given.peer_size) for engine in ENGINES]
    for engine, size in runs:
        show(engine, size)


def show(engine: str, size: int) -> None:
    """Run an engine in a process of its own and print a line."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "incidents.nt")
        made = incidents.write(file, size, SEED)
        known = json.dumps({name: vars(made.facts[name]) for name in incidents.KNOWN})
        words = [sys.executable, __file__, "--run", engine, str(file), known]
        try:
            limit = None if engine in ("testimonia", "columns") else LIMIT
            done = subprocess.run(words, check=True, capture_output=True, timeout=limit)
        except subprocess.TimeoutExpired:
            print(f"{engine:<12} {made.claims:>9,}  not done in {LIMIT:g} s")
            return
    found = json.loads(done.stdout)
    # Of processor time, which other work on the machine does not lengthen much.
    each = 1e6 * found["cpu"] / made.claims
    print(f"{engine:<12} {made.claims:>9,} {made.statements:>11,} {found['facts']:>9,} "
          f"{found['load']:>7.1f} {found['derive']:>9.1f} {found['cpu']:>7.1f} {each:>9.0f} {found['peak']:>8.0f}  "
          f"{found['answers']}", flush=True)  # fmt: skip


def measured(
    engine: Callable[[Path, Figures], Iterable[str]], file: Path, known: Figures
) -> Figures:
    """Run an engine and compare its facts with the known ones."""
    figures: Figures = {"facts": 0}
    tallies: dict[str, incidents.Tally] = defaultdict(incidents.Tally)
    for line in engine(file, figures):
        figures["facts"] += 1
        name = line.split(" ", 2)[1].rpartition("#")[2].rstrip(">")
        if name in known:
            tallies[name].add(line)
    wrong = [name for name in known if vars(tallies[name]) != known[name]]
    total = sum(tally["count"] for tally in known.values())
    agreed = f"all {total:,} known facts, and no other"
    figures["answers"] = f"differ: {', '.join(wrong)}" if wrong else agreed
    # Kilobytes on Linux (getrusage(2)).
    figures["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


@contextmanager
def timed(figures: Figures) -> Iterator[None]:
    """Keep the time on the clock and that of the processor that a derivation takes."""
    begun, worked = time.perf_counter(), time.process_time()
    yield
    figures["derive"] = time.perf_counter() - begun
    figures["cpu"] = time.process_time() - worked


def testimonia_facts(file: Path, figures: Figures) -> Iterable[str]:
    """Derive as ``Dataset.derive`` does."""
    import testimonia

    begun = time.perf_counter()
    dataset = testimonia.open(file)
    store = dataset.store
    figures["load"] = time.perf_counter() - begun
    with timed(figures):
        dataset.derive()
    for rule in _rules():
        for fact in store.statements(rule.graph):
            yield f"{fact.subject} {fact.predicate} {fact.object} ."


def column_facts(file: Path, figures: Figures) -> Iterable[str]:
    """Derive with DuckDB in a folder that keeps quads by column."""
    from testimonia.derivation.column_derivation import derive_by_column
    from testimonia.loading import load_by_column
    from testimonia.query.columnar.column_folders import open_folder
    from testimonia.query.columnar.written_quads import nquads

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "columns")
        begun = time.perf_counter()
        load_by_column(file, folder, graph="https://example.org/graph")
        figures["load"] = time.perf_counter() - begun
        with timed(figures):
            derive_by_column(folder)
        graphs = {f" {rule.graph} ." for rule in _rules()}
        for lines in nquads(open_folder(folder)):
            for line in lines.decode().splitlines():
                statement, space, graph = line.removesuffix(" .").rpartition(" ")
                if f"{space}{graph} ." in graphs:
                    yield f"{statement} ."


def rdflib_facts(file: Path, figures: Figures) -> Iterable[str]:
    """Run the rules as CONSTRUCT queries of rdflib."""
    graph = _loaded(file, figures)
    before = set(graph)
    with timed(figures):
        for rule in _rules():
            for triple in list(graph.query(rule.sparql)):
                graph.add(triple)
    for triple in set(graph) - before:
        yield " ".join(term.n3() for term in triple) + " ."


def pyshacl_facts(file: Path, figures: Figures) -> Iterable[str]:
    """Run the rules as SHACL rules (SHACL Advanced Features, section 8.3) in pySHACL."""
    import pyshacl

    graph = _loaded(file, figures)
    shapes = _as_shacl(graph)
    before = set(graph)
    with timed(figures):
        pyshacl.shacl_rules(graph, shacl_graph=shapes, advanced=True, inplace=True)
    for triple in set(graph) - before:
        yield " ".join(term.n3() for term in triple) + " ."


ENGINES = {
    "testimonia": testimonia_facts,
    "columns": column_facts,
    "rdflib": rdflib_facts,
    "pyshacl": pyshacl_facts,
}


def _rules() -> list[Any]:
    from testimonia.catalogue import resources
    from testimonia.catalogue.rules import read_rules

    return read_rules(resources.rules())


def _loaded(file: Path, figures: Figures) -> Any:
    from testimonia.catalogue import resources
    from testimonia.rdf import files

    begun = time.perf_counter()
    graph = files.to_rdflib(files.read([file, *resources.ontology()]))
    figures["load"] = time.perf_counter() - begun
    return graph


def _as_shacl(ontology: Any) -> Any:
    """Write each rule as a shape whose targets are what its property can be said of."""
    import rdflib
    from rdflib import RDF, RDFS, SH, Literal, URIRef

    shapes = rdflib.Graph()
    for order, rule in enumerate(_rules()):
        shape, node = URIRef(f"https://example.org/shape/{rule.name}"), rdflib.BNode()
        head, construct = re.split(r"(?=CONSTRUCT)", rule.sparql, maxsplit=1)
        (name,) = re.findall(r"CONSTRUCT \{ \?\w+ tmn:(\w+)", construct)
        property_ = URIRef(f"https://w3id.org/testimonia/ns#{name}")
        prefixes = "\n".join(line for line in head.splitlines() if line.startswith("PREFIX"))
        text = re.sub(rf"\?{rule.subject}\b", "$this", construct)
        shapes.add((shape, RDF.type, SH.NodeShape))
        shapes.add((shape, SH.targetClass, ontology.value(property_, RDFS.domain)))
        shapes.add((shape, SH.rule, node))
        shapes.add((node, RDF.type, SH.SPARQLRule))
        shapes.add((node, SH.order, Literal(order)))
        shapes.add((node, SH.construct, Literal(f"{prefixes}\n{text}")))
    return shapes


if __name__ == "__main__":
    main()
