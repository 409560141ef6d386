"""How fast pages are made, and how large they are: an incident with many claims, and a site.

Run it with ``python benchmarks/pages.py``. The incidents are made up from a seed, with their derived facts and
assessments. For the page of one incident all claims are put to one event. The peer is the same data as the endpoint
itself gives them: the description in JSON-LD, which a program of the reader would still have to turn into a page.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat

import incidents
import testimonia
from testimonia.namespaces import TMN
from testimonia.pages.page_renderer import PageRenderer
from testimonia.rdf import files

SEED = 20251213
EVENT = NamedNode("https://w3id.org/testimonia/id/event/one-for-all")


def seconds(work: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Return how long work takes the first time, and the median of the other times."""
    taken = []
    for _ in range(times + 1):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken[0], statistics.median(taken[1:])


def one_incident(folder: Path, claims: int) -> testimonia.Dataset:
    """Make claims that are all about one event, and derive what follows from them."""
    path = folder / "made.nt"
    incidents.write(path, claims, SEED)
    events = {q.object for q in files.read([path]) if q.predicate == TMN.about}
    lines = []
    for quad in files.read([path]):
        subject, object_ = (
            EVENT if each in events else each for each in (quad.subject, quad.object)
        )
        lines.append(f"{subject} {quad.predicate} {object_} .\n")
    path.write_text("".join(dict.fromkeys(lines)), encoding="utf-8")
    dataset = testimonia.open(path)
    dataset.prepare()
    return dataset


def show_page(folder: Path, claims: int) -> None:
    """Print time and size of the page of an incident."""
    dataset = one_incident(folder, claims)
    pages = PageRenderer(dataset.store)
    pages.prepare()
    first, again = seconds(lambda: pages.page(EVENT.value))
    page = (pages.page(EVENT.value) or "").encode()
    _, peer = seconds(lambda: pages.rdf(EVENT.value, RdfFormat.JSON_LD))
    json_ld = pages.rdf(EVENT.value, RdfFormat.JSON_LD) or b""
    print(f"An incident of {claims:,} claims, {len(dataset.store):,} statements")
    print(f"  its page: {1000 * first:.0f} ms the first time, {1000 * again:.0f} ms after that;")
    print(f"    {len(page) / 1000:.0f} kB, {len(gzip.compress(page)) / 1000:.0f} kB compressed")
    print(f"  its JSON-LD: {1000 * peer:.0f} ms, {len(json_ld) / 1000:.0f} kB")


def show_site(folder: Path, claims: int) -> None:
    """Print time and size of a site."""
    path = folder / "many.nt"
    incidents.write(path, claims, SEED)
    dataset = testimonia.open(path)
    dataset.prepare()
    start = time.perf_counter()
    site = dataset.write_site(folder / "site", shapes=False)
    taken = time.perf_counter() - start
    print(f"A site of {site.pages:,} pages with three twins each, by {os.cpu_count()} processors")
    print(f"  {taken:.0f} s: {1000 * taken / site.pages:.1f} ms a page; {site.size / 1e6:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1000, help="claims of the one incident")
    parser.add_argument("--site", type=int, default=2000, help="claims of the site")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        show_page(Path(place), options.claims)
        show_site(Path(place), options.site)
