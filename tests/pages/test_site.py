"""A site is whole: its links lead to files, its pages are those of the endpoint, and it is replaced as a whole."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import unquote

import pytest
from pyoxigraph import RdfFormat, parse

import testimonia
from testimonia.errors import InputError
from testimonia.namespaces import expand
from testimonia.pages import rendering
from testimonia.pages.addresses import path_of
from testimonia.pages.licence_notice import notice, shipped_metadata
from testimonia.pages.page_renderer import TWINS, PageRenderer
from testimonia.pages.site_writer import DATA, MARKER, Site
from testimonia.publish import ViolationsFound
from testimonia.query.results import Results

pytestmark = pytest.mark.slow  # ten thousand pages are written

SCENARIO = Path(__file__).parents[1] / "scenarios" / "at-least-40" / "data.ttl"
PALMYRA = str(expand("event:2025-12-13-palmyra-attack"))
OWN = """@prefix tmn: <https://w3id.org/testimonia/ns#> . @prefix x: <https://example.org/desk/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
x:a%2Fb a tmn:Place ; rdfs:label "ميناء"@ar ; rdfs:seeAlso <javascript:alert(1)>, x: .
"""


@pytest.fixture(scope="module")
def shipped() -> PageRenderer:
    """Render the pages of all that is shipped."""
    dataset = testimonia.open()
    dataset.prepare()
    return PageRenderer(dataset.store, notice(shipped_metadata(), "1.2"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return testimonia.open().write_site(tmp_path_factory.mktemp("made") / "site")


class Targets(HTMLParser):
    """What the elements of a page refer to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(  # noqa: D102
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.found += [str(v) for n, v in attrs if n in ("href", "src") and tag != "base"]


def test_every_link_leads_to_a_file(site: Site) -> None:
    files = {p.relative_to(site.folder).as_posix() for p in site.folder.rglob("*") if p.is_file()}
    pages = sorted(name for name in files if name.endswith(".html") and name != "404.html")
    assert len(pages) > site.pages
    broken = set()
    for name in pages:
        for target in Targets((site.folder / name).read_text("utf-8")).found:
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            path = normpath(
                join("/", name.rpartition("/")[0], unquote(re.split("[?#]", target)[0]))
            )
            if path[1:] not in files:
                broken.add((name, target))
    assert broken == set()


def test_every_page_has_its_twins(site: Site) -> None:
    names = {"index", "search", "questions", "sparql", "404"}
    for page in site.folder.rglob("*.html"):
        bare = page.with_suffix("").relative_to(site.folder).as_posix()
        if bare in names or bare.startswith(("questions/", "data/")):
            continue
        for suffix in TWINS:
            assert page.with_name(f"{page.name.removesuffix('.html')}.{suffix}").is_file(), bare


def test_pages_are_the_bytes_that_the_renderer_gives(site: Site, shipped: PageRenderer) -> None:
    said = json.loads((site.folder / MARKER).read_text("utf-8"))
    assert said["pages"] == site.pages
    other = PageRenderer(shipped.store, shipped.notice)
    for curie in ("event:2025-12-13-palmyra-attack", "agent:us-central-command", "tmn:Claim"):
        iri = str(expand(curie))
        page = (site.folder / f"{path_of(iri)}.html").read_text("utf-8")
        assert page.replace(testimonia.__version__, "1.2") == other.page(iri)
        turtle = (site.folder / f"{path_of(iri)}.ttl").read_bytes()
        assert turtle == other.rdf(iri, RdfFormat.TURTLE)


def test_what_can_be_queried_is_all_there_is(site: Site) -> None:
    dataset = testimonia.open()
    dataset.prepare()
    content = gzip.decompress((site.folder / DATA).read_bytes())
    assert len(set(parse(content, RdfFormat.N_QUADS))) == len(dataset.store) == site.quads


def test_questions_are_answered(site: Site) -> None:
    dataset = testimonia.open()
    for name in ("confirmed-figures", "perpetrator-accounts", "accepted-figures"):
        answer = dataset.ask(name)
        assert isinstance(answer, Results)
        with (site.folder / f"questions/{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert len(list(csv.reader(stream))) == len(answer) + 1
        page = (site.folder / f"questions/{name}.html").read_text("utf-8")
        assert re.search(r"<td[^>]*><a href=\"\.\./id/", page)
        assert "<form" not in page  # nothing would answer it
        assert "sparql.html#query=" in page
    assert "Nothing found" not in (site.folder / "questions/claim-provenance.html").read_text()


def test_a_site_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(OWN, "utf-8")
    dataset = testimonia.open(tmp_path / "own.ttl")
    folder = tmp_path / "site"
    made = dataset.write_site(folder, shapes=False, title="Ours", licence="https://example.org/l")
    page = folder / "iri/https/example.org/desk/a~252Fb.html"
    text = page.read_text("utf-8")
    assert 'lang="ar" dir="rtl"' in text
    assert 'href="javascript' not in text
    assert "<cite>Ours</cite>" in text
    assert 'href="https://example.org/l" rel="license external"' in text
    (folder / "old.html").write_text("old")
    assert dataset.write_site(folder, shapes=False).pages == made.pages
    assert not (folder / "old.html").exists()
    assert "CC BY" not in page.read_text("utf-8")  # the licence of our data is not that of others
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="not a site, and holds other files"):
        dataset.write_site(other, shapes=False)
    assert [path.name for path in other.iterdir()] == ["letter.txt"]
    with pytest.raises(InputError, match="would overwrite an input"):
        dataset.write_site(tmp_path, shapes=False)


def test_data_that_violate_the_shapes_make_no_site(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text(
        "<https://example.org/c> a <https://w3id.org/testimonia/ns#Claim> ."
    )
    dataset = testimonia.open(tmp_path / "bad.ttl")
    with pytest.raises(ViolationsFound):
        dataset.write_site(tmp_path / "site")
    assert not (tmp_path / "site").exists()
    assert dataset.write_site(tmp_path / "site", allow_violations=True).pages > 0


def test_the_command_says_how_to_open_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "testimonia", "publish", "--site", str(tmp_path / "a site")]
    named = ["--title", "Claims", "--licence", "https://creativecommons.org/licenses/by/4.0/"]
    named += ["--base", "https://example.org/", "--data", str(SCENARIO), "--allow-violations"]
    done = subprocess.run([*command, *named], capture_output=True, text=True, check=True)
    assert "To read it: python3 -m http.server" in done.stdout
    assert f"--directory '{tmp_path / 'a site'}'" in done.stdout
    nothing = subprocess.run(command[:4], capture_output=True, text=True, check=False)
    assert nothing.returncode == 2
    assert "nothing is to be written" in nothing.stderr


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    made = {}
    for seed, processes in (("1", 1), ("2", 3)):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", _WRITES, str(SCENARIO), str(folder), str(processes)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        made[seed] = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }
    assert made["1"] == made["2"]
    assert len(made["1"]) > 1000


_WRITES = """
import sys
from pathlib import Path
import testimonia
from testimonia.pages import site_writer
from testimonia.pages.licence_notice import notice
data, folder, processes = sys.argv[1:]
dataset = testimonia.open(data)
dataset.prepare()
bind = lambda question: dataset.bind(question, {})
site_writer.write_site(
    dataset.store, Path(folder), notice({}), dataset.questions(), bind, processes=int(processes)
)
"""


def test_kept_libraries_are_as_published() -> None:
    readme = (Path(rendering.__file__).parent / "vendor/README.md").read_text("utf-8")
    stated = dict(re.findall(r"\| `(oxigraph\.\S+)` .*`([0-9a-f]{64})` \|", readme))
    held = {
        name: hashlib.sha256(gzip.decompress(data) if name.endswith(".gz") else data).hexdigest()
        for name, data in rendering.VENDORED.items()
    }
    assert stated == held
    assert len(held) == 2
