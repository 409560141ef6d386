"""How fast pages are made, and how large they are: an incident with many claims, a site, and SPARQL in a page of it.

Run it with ``python benchmarks/pages.py``. The incidents are made up from a seed, with their derived facts and
assessments. For the page of one incident all claims are put to one event. The peer is the same data as the endpoint
itself gives them: the description in JSON-LD, which a program of the reader would still have to turn into a page.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page, Response, sync_playwright
from pyoxigraph import NamedNode, RdfFormat

import incidents
import testimonia
from testimonia.namespaces import TMN
from testimonia.pages.page_renderer import PageRenderer
from testimonia.pages.site_writer import Site
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


class _Quiet(SimpleHTTPRequestHandler):
    """A plain file server: it compresses nothing."""

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002, ARG002
        return


def show_editor(folder: Path) -> None:
    """Print what SPARQL in a page of the shipped data costs a reader: bytes, time and memory."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("SPARQL in a page: Chromium is not installed")
        return
    site = testimonia.open().write_site(folder / "shipped")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site.folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            _measure_editor(browser.new_page(), f"http://127.0.0.1:{server.server_port}/", site)
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def _measure_editor(page: Page, root: str, site: Site) -> None:
    sizes: dict[str, int] = {}
    packed: dict[str, int] = {}

    def loaded(response: Response) -> None:
        name = response.url.removeprefix(root)
        file = site.folder / name
        if name and file.is_file():
            content = file.read_bytes()
            sizes[name], packed[name] = len(content), min(len(gzip.compress(content)), len(content))

    def say(what: str, start: float) -> None:
        taken = time.perf_counter() - start
        total, small = sum(sizes.values()) / 1e6, sum(packed.values()) / 1e6
        print(f"  {what}: {taken:.1f} s; {total:.2f} MB so far, {small:.2f} MB if compressed")

    page.on("response", loaded)
    print(f"SPARQL in a page, on the shipped data ({site.quads:,} statements)")
    start = time.perf_counter()
    page.goto(f"{root}sparql.html")
    page.locator(".cm-content").wait_for()
    say("the editor is there", start)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    start = time.perf_counter()
    page.keyboard.type(" kill")
    page.locator("[role=option]").first.wait_for()
    say("the first completion", start)
    page.keyboard.press("Escape")
    for _ in range(5):
        page.keyboard.press("Backspace")
    start = time.perf_counter()
    page.keyboard.press("Control+Enter")
    page.locator("#answer td").first.wait_for(timeout=120_000)
    say("the first answer", start)
    start = time.perf_counter()
    page.locator("#answer").evaluate("node => node.replaceChildren()")
    page.keyboard.press("Control+Enter")
    page.locator("#answer td").first.wait_for(timeout=120_000)
    say("the same answer again", start)
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    heap = {m["name"]: m["value"] for m in client.send("Performance.getMetrics")["metrics"]}
    memory = page.evaluate(
        """() => new Promise(done => {
          const worker = new Worker("local-store.js", { type: "module" });
          worker.onmessage = ({ data }) => done(data.result.memory);
          worker.postMessage({ number: 1, task: "load" });
        })"""
    )
    used = heap["JSHeapUsedSize"] / 2**20
    print(f"  memory: {memory / 2**20:.0f} MiB for the store, {used:.0f} MiB for the page")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1000, help="claims of the one incident")
    parser.add_argument("--site", type=int, default=2000, help="claims of the site")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        show_page(Path(place), options.claims)
        show_site(Path(place), options.site)
        show_editor(Path(place))
