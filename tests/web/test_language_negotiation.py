"""Labels in the language that a client asks for, on pages and in rows."""

from __future__ import annotations

import re

import httpx
import pytest
from endpoints import Running

QUESTION = "questions/confirmed-figures"
HARM = "SELECT ?h WHERE { ?p tmn:harm ?h } ORDER BY ?h LIMIT 1"
PAGE = {"accept": "text/html"}


def vary(answer: httpx.Response) -> set[str]:
    return {name.strip().lower() for name in answer.headers["vary"].split(",")}


@pytest.mark.parametrize(
    ("lang", "field", "content_language", "shown"),
    [
        ("ar", None, "en, ar", '<bdi lang="ar" dir="rtl">قتيل</bdi>'),
        ("uk", "ar", "en, uk", '<bdi lang="uk">загиблий</bdi>'),
        (None, "fr-FR,fr;q=0.9,en;q=0.8", "en, fr", '<bdi lang="fr">tué</bdi>'),
        (None, "de,es;q=0.5", "en, es", '<bdi lang="es">muerto</bdi>'),
        (None, "de, nonsense, *", "en", "<span>killed</span>"),
        (None, "ru;q=0", "en", "<span>killed</span>"),
        ("de,ru", None, "en, ru", '<bdi lang="ru">погибший</bdi>'),
        ("en", "ar", "en", "<span>killed</span>"),
        (None, None, "en", "<span>killed</span>"),
        ("", "uk", "en, uk", '<bdi lang="uk">загиблий</bdi>'),
    ],
)
def test_the_language_of_a_page(
    shipped: Running, lang: str | None, field: str | None, content_language: str, shown: str
) -> None:
    headers = PAGE if field is None else {**PAGE, "accept-language": field}
    params = {} if lang is None else {"lang": lang}
    answer = httpx.get(shipped.root + QUESTION, params=params, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-language"] == content_language
    assert {"accept", "accept-language"} <= vary(answer)
    assert shown in answer.text
    assert '<html lang="en">' in answer.text


def test_a_page_links_to_itself_in_other_languages(shipped: Running) -> None:
    address = shipped.root + QUESTION
    values = {"include_state_media": "true", "lang": "ar"}
    page = httpx.get(address, params=values, headers=PAGE).text
    links = dict(re.findall(r'<a href="([^"]+)" hreflang="(\w\w)"', page))
    assert sorted(links.values()) == ["ar", "en", "es", "fr", "ru", "uk"]
    (french,) = (link for link, tag in links.items() if tag == "fr")
    assert french == f"/{QUESTION}?include_state_media=true&amp;lang=fr"
    assert '<input type="hidden" name="lang" value="ar">' in page
    assert f"/{QUESTION}.csv?include_state_media=true&amp;lang=ar" in page
    assert page.count('aria-current="true"') == 1


def test_rows_with_labels(shipped: Running) -> None:
    values = {"labels": "true", "lang": "ru"}
    answer = httpx.get(f"{shipped.root}{QUESTION}.csv", params=values)
    assert answer.headers["content-language"] == "ru"
    assert "accept-language" in vary(answer)
    assert ",раненый," in answer.text
    answer = httpx.get(f"{shipped.root}{QUESTION}.json", params={**values, "lang": "ar,fr"})
    harms = {row["harm_label"]["value"] for row in answer.json()["results"]["bindings"]}
    assert harms >= {"قتيل", "جريح"}
    assert all(re.search("[\u0600-\u06ff]", harm) for harm in harms)


def test_rows_without_labels_are_the_same_for_all(shipped: Running) -> None:
    address = f"{shipped.root}{QUESTION}.csv"
    answer = httpx.get(address, headers={"accept-language": "fr"})
    assert "content-language" not in answer.headers
    assert "accept-language" not in vary(answer)
    assert answer.text == httpx.get(address).text


def test_ranges_are_in_the_language_asked_for(shipped: Running) -> None:
    address = f"{shipped.root}{QUESTION}.csv"
    whole = {
        lang: httpx.get(address, params={"labels": "true", "lang": lang}).content
        for lang in ("fr", "ar")
    }
    for lang in ("fr", "ar", "fr"):
        part = httpx.get(
            address, params={"labels": "true", "lang": lang}, headers={"range": "bytes=0-2999"}
        )
        assert (part.status_code, part.content) == (206, whole[lang][:3000])


def test_the_language_of_the_sparql_page(shipped: Running) -> None:
    answer = httpx.get(shipped.sparql, params={"query": HARM, "lang": "uk"}, headers=PAGE)
    assert '<bdi lang="uk">' in answer.text
    assert answer.headers["content-language"] == "en, uk"
    posted = httpx.post(
        shipped.sparql, data={"query": HARM}, headers={**PAGE, "accept-language": "ar"}
    )
    assert '<bdi lang="ar" dir="rtl">' in posted.text
    plain = httpx.get(shipped.sparql, params={"query": HARM, "lang": "uk"})
    assert plain.status_code == 200
    assert "content-language" not in plain.headers


@pytest.mark.parametrize("lang", ["ua", "french", "fr_FR", "<script>"])
def test_an_invalid_language_is_refused(shipped: Running, lang: str) -> None:
    for address in (f"{shipped.root}{QUESTION}.csv", shipped.sparql):
        answer = httpx.get(
            address, params={"lang": lang, "query": HARM} if "sparql" in address else {"lang": lang}
        )
        assert answer.status_code == 400
        assert "is not a language tag" in answer.text
        assert "such as ar, es, fr-CA, ru or uk" in answer.text
    page = httpx.get(shipped.root + QUESTION, params={"lang": lang}, headers=PAGE)
    assert page.status_code == 400
    assert "is not a language tag" in page.text
    assert "<script>" not in page.text
