"""Pages quote the words of a passage where a reader has the text of its document, and only if they are the right ones."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import endpoints
import httpx
import pytest

import testimonia
from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import expand
from testimonia.pages.licence_notice import notice
from testimonia.pages.page_renderer import PageRenderer

SCENARIO = Path(__file__).parents[1] / "scenarios" / "at-least-40"
WORDS = "Defence Ministry of Varnia said that thirty-eight civilians were killed on Monday."
CLAIM = str(expand("claim:defence"))
DOCUMENT = str(expand("doc:report"))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Give the folder with the text of the scenario's report."""
    folder = tmp_path / "texts" / "by incident"
    folder.mkdir(parents=True)
    shutil.copy(SCENARIO / "report.txt", folder / "any name")
    return folder.parent


def pages(sources: Path | None = None) -> PageRenderer:
    dataset = testimonia.open(SCENARIO / "data.ttl")
    dataset.prepare()
    quotations = {} if sources is None else dataset.quotations(sources)
    return PageRenderer(dataset.store, notice({}), quotations)


def passage_of(claim: str) -> str:
    store = testimonia.open(SCENARIO / "data.ttl").store
    (row,) = store.solutions(f"SELECT ?p WHERE {{ <{claim}> tmn:passage ?p }}", {})
    return row["p"].value  # type: ignore[union-attr]


@pytest.mark.parametrize("iri", [CLAIM, DOCUMENT, passage_of(CLAIM)])
def test_words_are_quoted_where_the_text_is_at_hand(iri: str, texts: Path) -> None:
    page = pages(texts).page(iri) or ""
    assert WORDS in page
    assert "quoted from copies of the documents whose digests agree" in page
    page = pages().page(iri) or ""
    assert WORDS not in page
    assert "<blockquote" not in page
    assert "testimonia serve --sources" in page


def test_words_that_are_not_those_of_the_data_are_not_quoted(texts: Path) -> None:
    (copy,) = texts.rglob("any name")
    copy.write_text(copy.read_text().replace("thirty-eight", "thirty-nine"))
    assert "thirty-nine" not in (pages(texts).page(CLAIM) or "")


def test_words_are_escaped_and_have_the_language_of_their_document() -> None:
    plain = pages()
    passage = passage_of(CLAIM)
    words = {passage: 'قتل <script>alert("1")</script>'}
    language = "<http://purl.org/dc/terms/language>"
    plain.store.update(f"DELETE WHERE {{ GRAPH ?g {{ <{DOCUMENT}> {language} ?any }} }}")
    plain.store.update(f"INSERT DATA {{ <{DOCUMENT}> {language} 'ar' }}")
    page = replace(plain, quotations=words).page(passage) or ""
    assert '<blockquote class="words" lang="ar" dir="rtl"><p>قتل &lt;script&gt;' in page
    assert "<script>alert" not in page


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    dataset = testimonia.open(SCENARIO / "data.ttl")
    with pytest.raises(InputError, match="the directory contains no files"):
        dataset.quotations(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kept", [[], ["--store"]])
def test_the_endpoint_quotes(kept: list[str], texts: Path, tmp_path: Path) -> None:
    store = [*kept, str(tmp_path / "store")] if kept else []
    given = [str(SCENARIO / "data.ttl"), *store, "--sources", str(texts)]
    with endpoints.endpoint(tmp_path, *given) as running:
        page = httpx.get(f"{running.root}id/claim/defence.html").text
    assert WORDS in page


@pytest.mark.slow
def test_a_site_quotes_only_if_asked_to(texts: Path, tmp_path: Path) -> None:
    dataset = testimonia.open(SCENARIO / "data.ttl")
    for sources, quoted in ((None, False), (texts, True)):
        site = dataset.write_site(tmp_path / "site", sources=sources, allow_violations=True)
        page = (site.folder / "id/claim/defence.html").read_text()
        assert (WORDS in page) is quoted


def test_every_claim_of_a_report_at_hand_is_shown_with_its_words() -> None:
    sources = resources.folder("data").parents[1] / "shared" / "sources"
    if not sources.is_dir():
        pytest.skip("the texts of the Palmyra documents are not beside this checkout")
    dataset = testimonia.open()
    quotations = dataset.quotations(sources)
    digests = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sources.rglob("*")
        if path.is_file()
    }
    stated = dataset.query(
        "SELECT DISTINCT ?p ?sha256 WHERE { ?c a tmn:Claim ; tmn:passage ?p . "
        "?p oa:hasSource/tmn:sha256 ?sha256 }"
    )
    held = {str(passage) for passage, digest in stated if str(digest) in digests}
    assert held <= set(quotations)
    assert len(held) > 500
