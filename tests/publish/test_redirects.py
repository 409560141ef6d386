"""Names under w3id.org/testimonia lead where they should: by Apache, and by a reading of the rules."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import releases

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import CODE, PREFIXES
from testimonia.publish.descriptions.redirects import FOLDER, SITE, htaccess, redirects
from testimonia.publish.folder.release import Release
from testimonia.rdf import files

APACHE = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
MODULES = Path("/usr/lib/apache2/modules")
needs_apache = pytest.mark.skipif(
    APACHE is None or not (MODULES / "mod_rewrite.so").exists(),
    reason="Apache with mod_rewrite is not installed; the rules are only read here, not run",
)

CORE = resources.folder("ontology") / "testimonia.ttl"
(VERSION,) = {
    quad.object.value.rpartition("/")[2]
    for quad in files.read([CORE])
    if quad.predicate.value == PREFIXES["owl"] + "versionIRI"
}
HERE = SITE + "release/0.2.0/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1"
Answer = tuple[int, str | None]


CASES: list[tuple[str, str, Answer]] = [
    ("ns", BROWSER, (303, HERE + "ontology/testimonia.html")),
    ("ns", "text/turtle", (303, HERE + "ontology/testimonia.ttl")),
    ("ns", "application/ld+json", (303, HERE + "ontology/testimonia.jsonld")),
    ("ns", RDFLIB, (303, HERE + "ontology/testimonia.rdf")),
    ("ns", "text/turtle, text/html;q=0.1", (303, HERE + "ontology/testimonia.ttl")),
    ("ns", "text/html, text/turtle;q=0.1", (303, HERE + "ontology/testimonia.html")),
    ("ns", "image/png, application/ld+json", (303, HERE + "ontology/testimonia.jsonld")),
    ("ns", "*/*", (303, HERE + "ontology/testimonia.ttl")),
    ("ns", "", (303, HERE + "ontology/testimonia.ttl")),
    ("ontology", BROWSER, (303, HERE + "ontology/testimonia.html")),
    ("ontology/", "text/turtle", (303, HERE + "ontology/testimonia.ttl")),
    (f"ontology/{VERSION}", BROWSER, (303, HERE + "ontology/testimonia.html")),
    (f"ontology/{VERSION}", RDFLIB, (303, HERE + "ontology/testimonia.rdf")),
    ("ontology/" + VERSION.replace(".", "x"), BROWSER, (404, None)),
    ("ontology/alignments/prov", BROWSER, (303, HERE + "ontology/alignments/prov.ttl")),
    ("ontology/alignments/prov/0.1.0", "*/*", (303, HERE + "ontology/alignments/prov.ttl")),
    ("nsx", BROWSER, (404, None)),
    ("code/killed", "text/turtle", (303, HERE + "ontology/codes/harm.ttl")),
    ("code/killed", BROWSER, (303, SITE + "code/killed.html")),
    ("code/harm", BROWSER, (303, SITE + "code/harm.html")),
    ("code/killed", "text/turtle, text/html;q=0.1", (303, HERE + "ontology/codes/harm.ttl")),
    ("code/unheard-of", BROWSER, (404, None)),
    ("code/harm", "application/ld+json", (303, HERE + "ontology/codes/harm.jsonld")),
    ("code/no-claim-reason", RDFLIB, (303, HERE + "ontology/codes/no-claim-reason.rdf")),
    ("code/unheard-of", "text/turtle", (404, None)),
    ("code/", "*/*", (303, HERE + "ontology/codes/")),
    ("shapes", "text/turtle", (303, HERE + "shapes/")),
    ("rule/050-withdrawn-by", "*/*", (303, HERE + "rules/050-withdrawn-by.rq")),
    ("question/confirmed-figures", "*/*", (303, HERE + "questions/confirmed-figures.rq")),
    ("catalog", "text/turtle", (303, HERE + "catalog.ttl")),
    ("dataset/claims", BROWSER, (303, HERE + "catalog.ttl")),
    ("release/0.1.0/void.ttl", "*/*", (302, SITE + "release/0.1.0/void.ttl")),
    ("release/", "*/*", (302, SITE + "release/")),
    ("np/RA" + "x" * 43, "*/*", (303, HERE + "projections/nanopublications.trig")),
    ("np/RA" + "x" * 43 + "/assertion", "*/*", (303, HERE + "projections/nanopublications.trig")),
    ("np/short", "*/*", (404, None)),
    ("sparql", "*/*", (307, SITE + "sparql")),
    ("id/event/2025-12-13-palmyra-attack", "*/*", (303, SITE + "id/event/2025-12-13-palmyra-attack.ttl")),
    ("id/event/2025-12-13-palmyra-attack", "application/n-triples", (303, SITE + "id/event/2025-12-13-palmyra-attack.nt")),
    ("id/event/2025-12-13-palmyra-attack", "application/ld+json", (303, SITE + "id/event/2025-12-13-palmyra-attack.jsonld")),
    ("id/document/palmyra-istanbul", BROWSER, (303, SITE + "id/document/palmyra-istanbul.html")),
    ("id/x> ; DROP ALL", "*/*", (404, None)),
    ("id/x%{y}", "*/*", (404, None)),
    ("id/", "*/*", (404, None)),
    ("other", "*/*", (404, None)),
]  # fmt: skip


@pytest.fixture(scope="module")
def rules(release: Release) -> str:
    made = releases.artefacts(redirects, release)
    assert set(made) == {FOLDER + ".htaccess", FOLDER + "README.md"}
    return made[FOLDER + ".htaccess"].decode()


def read(rules: str) -> Callable[[str, str], Answer]:
    """Read rules as mod_rewrite does, as far as these use it; each rule ends the reading."""
    parsed: list[tuple[list[str], str, str, set[str]]] = []
    conditions: list[str] = []
    for line in rules.splitlines():
        words = line.split()
        if words[:1] == ["RewriteCond"]:
            assert words[1] == "%{HTTP_ACCEPT}"
            conditions.append(words[2])
        elif words[:1] == ["RewriteRule"]:
            flags = set(words[3].strip("[]").split(","))
            assert "L" in flags
            parsed.append((conditions, words[1], words[2], flags))
            conditions = []

    def answer(path: str, accept: str) -> Answer:
        for wanted, pattern, target, flags in parsed:
            match = re.match(pattern, path)
            if match and all(re.search(each, accept) for each in wanted):
                (status,) = (int(flag[2:]) for flag in flags if flag.startswith("R="))
                for number, group in enumerate(match.groups(""), 1):
                    target = target.replace(f"${number}", group)
                return status, target.replace("\\", "")
        return 404, None

    return answer


@pytest.mark.parametrize(("path", "accept", "expected"), CASES)
def test_where_a_name_leads_by_the_rules(
    rules: str, path: str, accept: str, expected: Answer
) -> None:
    assert read(rules)(path, accept) == expected


def test_every_code_leads_to_its_own_list(release: Release, rules: str) -> None:
    answer = read(rules)
    for path in release.resources.codes:
        for quad in files.read([path]):
            assert quad.subject.value.startswith(CODE)
            name = "code/" + quad.subject.value.removeprefix(CODE)
            assert answer(name, "text/turtle") == (303, f"{HERE}ontology/codes/{path.name}")


CONFIGURATION = """
ServerName 127.0.0.1
ServerRoot "{folder}"
Listen 127.0.0.1:{port}
PidFile "{folder}/pid"
ErrorLog "{folder}/errors"
DocumentRoot "{folder}/www"
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule headers_module {modules}/mod_headers.so
User www-data
Group www-data
<Directory "{folder}/www">
    AllowOverride All
    Require all granted
</Directory>
"""


@pytest.fixture(scope="module")
def apache(rules: str) -> Iterator[httpx.Client]:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to other users
        folder = Path(place)
        folder.chmod(0o755)  # Apache answers as another user
        yield from _served(rules, folder)


def _served(rules: str, folder: Path) -> Iterator[httpx.Client]:
    home = folder / "www" / "testimonia"
    home.mkdir(parents=True)
    (home / ".htaccess").write_text(rules, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = folder / "apache.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, modules=MODULES), encoding="utf-8"
    )
    assert APACHE is not None
    server = subprocess.Popen([APACHE, "-f", str(configuration), "-DFOREGROUND"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/testimonia/", timeout=10) as client:
            wait_for(client, server, folder)
            yield client
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(client: httpx.Client, server: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        if server.poll() is not None:
            pytest.fail(f"Apache ended: {(folder / 'errors').read_text(encoding='utf-8')}")
        try:
            client.get("")
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Apache does not answer")


@needs_apache
@pytest.mark.parametrize(("path", "accept", "expected"), CASES)
def test_where_a_name_leads_by_apache(
    apache: httpx.Client, path: str, accept: str, expected: Answer
) -> None:
    answer = apache.get(quote(path, safe="/"), headers={"Accept": accept})
    assert (answer.status_code, answer.headers.get("location")) == expected
    assert answer.headers["access-control-allow-origin"] == "*"


@needs_apache
def test_answers_are_kept_apart_by_format(apache: httpx.Client) -> None:
    assert "accept" in apache.get("ns", headers={"Accept": BROWSER}).headers["vary"].lower()


@needs_apache
def test_a_query_is_passed_on_as_it_is(apache: httpx.Client) -> None:
    answer = apache.get("sparql", params={"query": "ASK { ?s ?p <http://a.example/?x=1&y> }"})
    assert answer.headers["location"] == f"{SITE}sparql?{answer.url.query.decode()}"
    assert apache.post("sparql", content=b"ASK {}").status_code == 307


@pytest.mark.parametrize(
    "site",
    ["https://a.example", "http://a.example/", "https://a.example/ x/", "https://a.example/$1/"],
)
def test_an_address_that_would_break_the_rules_is_refused(release: Release, site: str) -> None:
    with pytest.raises(InputError, match="cannot be the address of a site"):
        htaccess(release, site)


def test_the_data_of_others_have_no_names_here(tmp_path: Path) -> None:
    theirs = releases.make(tmp_path, releases.shipped()[:5], base="https://a.example/1.0/")
    assert releases.artefacts(redirects, theirs) == {}
