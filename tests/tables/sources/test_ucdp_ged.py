"""UCDP GED as claims: invented rows by hand, and the real files by totals taken from them apart."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store
from tools.shacl_cases import SHARED

from testimonia.catalogue import resources
from testimonia.dataset import open as open_dataset
from testimonia.errors import TableError
from testimonia.tables.mapping import Run, map_files
from testimonia.tables.sources import find
from testimonia.validation import validate

FILES = sorted((SHARED / "datasets" / "ucdp-ged").glob("*.csv"))
needs_files = pytest.mark.skipif(
    not FILES, reason="needs ../shared/datasets/ucdp-ged, which is not there"
)
PREFIXES = """
PREFIX tmn: <https://w3id.org/testimonia/ns#>
PREFIX tmc: <https://w3id.org/testimonia/code/>
PREFIX agent: <https://w3id.org/testimonia/id/agent/>
PREFIX group: <https://w3id.org/testimonia/id/group/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
# An invented event, in the form of the newer editions.
ROW: dict[str, str | None] = {
    "id": "7001",
    "type_of_violence": "1",
    "conflict_new_id": "9001",
    "conflict_name": "Vardia: Government",
    "dyad_new_id": "9101",
    "dyad_name": "Government of Vardia - Hill Front",
    "side_a_new_id": "91",
    "side_a": "Government of Vardia",
    "side_b_new_id": "92",
    "side_b": "Hill Front",
    "source_article": '"SOHR,2031-03-13,Two dead in Kelmar"',
    "source_office": "SOHR",
    "source_date": "2031-03-13",
    "source_headline": "Two dead in Kelmar",
    "source_original": "SOHR; police",
    "where_prec": "1",
    "where_coordinates": "Kelmar town",
    "adm_1": "Tarn province",
    "adm_2": "Dell district",
    "latitude": "34.5",
    "longitude": "-36.25",
    "country": "Vardia",
    "country_id": "999",
    "event_clarity": "1",
    "date_prec": "2",
    "date_start": "2031-03-12T00:00:00",
    "date_end": "2031-03-13T00:00:00",
    "deaths_a": "0",
    "deaths_b": "2",
    "deaths_civilians": "3",
    "deaths_unknown": None,
    "best": "5",
    "low": "4",
    "high": "8",
}
ONE_SIDED = {
    "type_of_violence": "3",
    "side_b": "Civilians",
    "side_b_new_id": "9999",
    "deaths_b": "0",
}
HXL = dict.fromkeys(ROW, "#x") | {"id": "#event+id", "best": "#affected+killed"}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ROW)
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return path


def loaded(output: Path, *files: Path) -> tuple[Run, Store]:
    run = map_files(find("ucdp-ged"), files, output)
    store = Store()
    store.bulk_load(path=str(run.output), format=RdfFormat.N_QUADS)
    return run, store


def mapped(folder: Path, *rows: dict[str, Any]) -> Store:
    return loaded(folder / "out.nq", written(folder / "rows.csv", *rows))[1]


def asked(store: Store, query: str) -> list[tuple[Any, ...]]:
    found = store.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return [tuple(term and term.value.rsplit("/id/")[-1] for term in row) for row in found]


def figures(store: Store) -> set[tuple[str, str, str | None, str | None, str]]:
    rows = asked(
        store,
        """SELECT ?what ?victims ?lower ?upper ?type WHERE {
            ?claim tmn:proposition ?figure ; tmn:basis ?basis .
            ?figure tmn:victims ?victims ; tmn:boundType ?type .
            OPTIONAL { ?figure tmn:lowerBound ?lower } OPTIONAL { ?figure tmn:upperBound ?upper }
            BIND(REPLACE(STR(?figure), "^.*/", "") AS ?what) }""",
    )
    return {(a, b, c, d, e.rsplit("/")[-1]) for a, b, c, d, e in rows}


def test_a_row_becomes_its_figures(tmp_path: Path) -> None:
    assert figures(mapped(tmp_path, {})) == {
        ("deaths_a", "group/ucdp/actor/91", "0", "0", "exact"),
        ("deaths_b", "group/ucdp/actor/92", "2", "2", "exact"),
        ("deaths_civilians", "group/ucdp/civilians", "3", "3", "exact"),
        ("best", "group/ucdp/anybody", "5", "5", "exact"),
        ("range", "group/ucdp/anybody", "4", "8", "range"),
    }


def test_the_best_estimate_adds_up_the_figures_by_group(tmp_path: Path) -> None:
    store = mapped(tmp_path, {})
    parts = asked(
        store,
        'SELECT ?name { ?x tmn:aggregates ?part BIND(REPLACE(STR(?part), "^.*/", "") AS ?name) }',
    )
    assert sorted(parts) == [("deaths_a",), ("deaths_b",), ("deaths_civilians",)]


def test_a_record_has_its_sources(tmp_path: Path) -> None:
    store = mapped(tmp_path, {"source_original": "SOHR; police; Ilo Tarn, a farmer"})
    [record] = asked(
        store,
        """SELECT ?key ?clarity ?place ?time ?stated WHERE {
            ?record tmn:recordKey ?key ; tmn:clarity ?clarity ; tmn:placePrecision ?place ;
                tmn:timePrecision ?time ; tmn:informantsAsStated ?stated ; tmn:recordOf ?document .
            ?document tmn:keyColumn "id" ; dcterms:publisher agent:uppsala-conflict-data-program
            FILTER(STR(?record) = CONCAT(STR(?document), "#record=7001")) }""",
    )
    codes = [f"https://w3id.org/testimonia/code/{n}" for n in ("clear", "exact-place", "few-days")]
    assert list(record) == ["7001", *codes, "SOHR; police; Ilo Tarn, a farmer"]
    informants = asked(
        store,
        """SELECT ?kind ?label ?words WHERE { ?record tmn:informant ?who .
            ?who a ?kind ; rdfs:label ?label OPTIONAL { ?who tmn:describedAs ?words } } ORDER BY ?label""",
    )
    ns = "https://w3id.org/testimonia/ns#"
    assert informants == [
        (f"{ns}Monitor", "Syrian Observatory for Human Rights", None),
        (f"{ns}UnnamedSource", "police, not named (record 7001)", "police"),
    ]
    assert asked(store, "SELECT ?f { ?record tmn:flag ?f }") == [
        ("https://w3id.org/testimonia/code/informants-partly-read",)
    ]


def test_unnamed_sources_of_two_records_are_two(tmp_path: Path) -> None:
    store = mapped(tmp_path, {}, {"id": "7002"})
    assert len(asked(store, "SELECT DISTINCT ?who { ?who a tmn:UnnamedSource }")) == 2


def test_an_event_is_identified_and_placed(tmp_path: Path) -> None:
    store = mapped(tmp_path, {})
    [event] = asked(
        store,
        """SELECT ?label ?type ?from ?until ?number ?dyad ?conflict WHERE {
            ?event a tmn:Incident ; rdfs:label ?label ; tmn:eventType ?type ; tmn:occurred ?when ;
                dcterms:identifier ?number ; tmn:partOf ?dyad .
            ?dyad tmn:partOf ?conflict . ?when tmn:notBefore ?from ; tmn:notAfter ?until }""",
    )
    assert event == (
        "UCDP event 7001, Government of Vardia - Hill Front",
        "https://w3id.org/testimonia/code/state-based-conflict",
        "2031-03-12T00:00:00+14:00",
        "2031-03-13T23:59:59-12:00",
        "7001",
        "event/ucdp/dyad/9101",
        "event/ucdp/conflict/9001",
    )
    places = asked(
        store,
        """SELECT ?place ?label ?lat ?lon WHERE { ?event tmn:place/tmn:within* ?place .
            ?place rdfs:label ?label OPTIONAL { ?place tmn:latitude ?lat ; tmn:longitude ?lon } }
            ORDER BY STRLEN(STR(?place))""",
    )
    assert places == [
        ("place/ucdp/999", "Vardia", None, None),
        ("place/ucdp/999/Tarn_province", "Tarn province", None, None),
        ("place/ucdp/999/Tarn_province/Dell_district", "Dell district", None, None),
        (
            "place/ucdp/999/Tarn_province/Dell_district/Kelmar_town@34.5,-36.25",
            "Kelmar town",
            "34.5",
            "-36.25",
        ),
    ]


def test_places_are_as_precise_as_known(tmp_path: Path) -> None:
    nowhere = dict.fromkeys(
        ["adm_1", "adm_2", "where_coordinates", "latitude", "longitude", "where_prec"]
    )
    store = mapped(tmp_path, nowhere, {"id": "7002", "adm_1": None})
    assert sorted(asked(store, "SELECT ?place { ?event tmn:place ?place }")) == [
        ("place/ucdp/999",),
        ("place/ucdp/999/-/Dell_district/Kelmar_town@34.5,-36.25",),
    ]
    assert asked(store, "SELECT ?p { ?p tmn:within ?up . ?up rdfs:label 'Vardia'@en }") == [
        ("place/ucdp/999/-/Dell_district",)
    ]


def test_states_are_official_bodies_and_others_armed_groups(tmp_path: Path) -> None:
    store = mapped(tmp_path, {})
    kinds = asked(
        store,
        """SELECT ?body ?kind ?category WHERE { ?group tmn:affiliation ?body ; tmn:category ?category .
            ?body a ?kind } ORDER BY ?body""",
    )
    ends = [(body, kind.split("#")[1], category.split("/")[-1]) for body, kind, category in kinds]
    assert ends == [
        ("agent/ucdp/actor/91", "OfficialBody", "security-forces"),
        ("agent/ucdp/actor/92", "ArmedGroup", "non-state-armed"),
    ]


def test_civilians_are_no_second_side(tmp_path: Path) -> None:
    store = mapped(tmp_path, ONE_SIDED)
    assert {row[:3] for row in figures(store)} == {
        ("deaths_a", "group/ucdp/actor/91", "0"),
        ("deaths_civilians", "group/ucdp/civilians", "3"),
        ("best", "group/ucdp/anybody", "5"),
        ("range", "group/ucdp/anybody", "4"),
    }
    assert asked(store, "SELECT ?who { ?who dcterms:identifier '9999' }") == []
    odd = mapped(tmp_path, ONE_SIDED | {"deaths_b": "2"})
    assert ("deaths_b", "group/ucdp/civilians", "2", "2", "exact") in figures(odd)
    assert asked(odd, "SELECT ?r { ?r tmn:flag tmc:second-side-deaths-in-one-sided-violence }")


@pytest.mark.parametrize(
    ("best", "low", "high", "claimed", "flags"),
    [
        ("9", "10", "14", {("best", "9", "9"), ("range", "10", "14")}, {"best-outside-range"}),
        (
            "5",
            "6",
            "3",
            {("best", "5", "5"), ("low", "6", None), ("high", None, "3")},
            {"best-outside-range", "low-above-high"},
        ),
        ("5", "4", None, {("best", "5", "5"), ("low", "4", None)}, set()),
        ("5", None, "6", {("best", "5", "5"), ("high", None, "6")}, set()),
        ("0", "0", "0", {("best", "0", "0"), ("range", "0", "0")}, set()),
        (None, None, None, set(), set()),
    ],
)
def test_estimates_are_kept_as_they_are(
    tmp_path: Path,
    best: str | None,
    low: str | None,
    high: str | None,
    claimed: set[tuple[str, str | None, str | None]],
    flags: set[str],
) -> None:
    deaths = dict(zip(DEATHS, (best, None, None, None), strict=True))
    store = mapped(tmp_path, {"best": best, "low": low, "high": high} | deaths)
    found = {(a, c, d) for a, _, c, d, _ in figures(store) if not a.startswith("deaths")}
    assert found == claimed
    flagged = asked(store, "SELECT ?flag { ?r tmn:flag ?flag }")
    assert {flag.rsplit("/")[-1] for (flag,) in flagged} == flags


def test_parts_that_do_not_add_up_are_flagged(tmp_path: Path) -> None:
    store = mapped(tmp_path, {"best": "6"})
    assert asked(store, "SELECT ?r { ?r tmn:flag tmc:parts-differ-from-best }")


CITED = """SELECT ?publisher ?from ?digest WHERE { ?r tmn:cites ?d .
    OPTIONAL { ?d dcterms:publisher/rdfs:label ?publisher }
    OPTIONAL { ?d tmn:published/tmn:notBefore ?from } OPTIONAL { ?d tmn:headlineDigest ?digest } }
    ORDER BY ?publisher"""


def sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def test_cited_publications_are_distinguished_if_the_lists_agree(tmp_path: Path) -> None:
    store = mapped(
        tmp_path,
        {
            "source_office": "SOHR;Dell Post",
            "source_date": "2031-03-13;undated",
            "source_headline": "Two dead; Kelmar",
        },
    )
    sohr = "Syrian Observatory for Human Rights"
    assert asked(store, CITED) == [
        ("Dell Post", None, sha256("Kelmar")),
        (sohr, "2031-03-13T00:00:00+14:00", sha256("Two dead")),
    ]
    assert asked(store, "SELECT ?r { ?r tmn:flag tmc:source-date-unreadable }")


def test_cited_publications_are_read_from_the_article_otherwise(tmp_path: Path) -> None:
    article = '"Dell Post,2031-03-12,Two dead; one hurt";"Orm Daily,2031-03-13,More, of ""it"""'
    store = mapped(
        tmp_path,
        {
            "source_article": article,
            "source_office": "Dell Post;Orm Daily",
            "source_date": "2031-03-12;2031-03-13",
            "source_headline": "Two dead; one hurt;More",
        },
    )
    assert asked(store, CITED) == [
        ("Dell Post", "2031-03-12T00:00:00+14:00", sha256("Two dead; one hurt")),
        ("Orm Daily", "2031-03-13T00:00:00+14:00", sha256('More, of ""it""')),
    ]


def test_cited_publications_that_cannot_be_distinguished_are_one(tmp_path: Path) -> None:
    nothing = dict.fromkeys(["source_office", "source_date", "source_headline"])
    article = "Dell Post 12/3-31, Orm Daily 13/3-31"
    store = mapped(tmp_path, nothing | {"source_article": article})
    assert asked(store, CITED) == [(None, None, sha256(article))]
    assert asked(store, "SELECT ?r { ?r tmn:flag tmc:sources-not-told-apart }")
    none = mapped(tmp_path, nothing | {"source_article": None})
    assert asked(none, CITED) == []


def test_neither_headlines_nor_articles_are_republished(tmp_path: Path) -> None:
    _, store = loaded(tmp_path / "out.nq", written(tmp_path / "rows.csv", {}))
    assert "Two dead in Kelmar" not in (tmp_path / "out.nq").read_text("utf-8")
    assert len(store)


FAULTS = [
    ({"id": None}, "id", None, "a value"),
    ({"id": "x7"}, "id", "x7", "a whole number from 0, such as 12 or 12.0"),
    ({"best": "-3"}, "best", "-3", "a whole number from 0, such as 12 or 12.0"),
    ({"best": "3.5"}, "best", "3.5", "a whole number from 0, such as 12 or 12.0"),
    ({"deaths_a": "some"}, "deaths_a", "some", "a whole number from 0, such as 12 or 12.0"),
    ({"low": "1e3"}, "low", "1e3", "a whole number from 0, such as 12 or 12.0"),
    ({"date_start": "2031-02-30"}, "date_start", "2031-02-30", "a date such as 2016-01-31"),
    ({"date_end": None}, "date_end", None, "a date such as 2016-01-31"),
    ({"date_start": "0016-01-31"}, "date_start", "0016-01-31", "a year from 1800 to 2099"),
    ({"date_end": "2999-01-31"}, "date_end", "2999-01-31", "a year from 1800 to 2099"),
    ({"date_end": "2031-03-11"}, "date_end", "2031-03-11", "a date not before date_start"),
    ({"type_of_violence": "4"}, "type_of_violence", "4", "a whole number from 1 to 3"),
    ({"type_of_violence": None}, "type_of_violence", None, "a value"),
    ({"event_clarity": "0"}, "event_clarity", "0", "a whole number from 1 to 2"),
    ({"latitude": "94.2"}, "latitude", "94.2", "a number from -90 to 90"),
    ({"longitude": "east"}, "longitude", "east", "a number from -180 to 180"),
    ({"longitude": None}, "longitude", None, "a value, since latitude has one"),
    ({"country": " "}, "country", None, "a value"),
]


@pytest.mark.parametrize(("fault", "column", "value", "expected"), FAULTS)
def test_rows_that_cannot_be_mapped_are_rejected(
    tmp_path: Path, fault: dict[str, Any], column: str, value: str | None, expected: str
) -> None:
    file = written(tmp_path / "rows.csv", {}, {"id": "7002"} | fault)
    run, store = loaded(tmp_path / "out.nq", file)
    assert run.rejects is not None
    assert pl.read_csv(run.rejects, infer_schema=False).rows() == [
        (str(file), "2", column, value, expected)
    ]
    assert asked(store, "SELECT ?key { ?record tmn:recordKey ?key }") == [("7001",)]


def test_the_second_row_of_one_number_is_rejected(tmp_path: Path) -> None:
    run, store = loaded(tmp_path / "out.nq", written(tmp_path / "rows.csv", {}, {"best": "6"}))
    assert list(run.rejected.values()) == [1]
    assert [row for row in figures(store) if row[0] == "best"] == [
        ("best", "group/ucdp/anybody", "5", "5", "exact")
    ]


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("id,name\n1,x\n", "utf-8")
    with pytest.raises(
        TableError, match="not a table of UCDP GED: it has no column conflict_new_id"
    ):
        loaded(tmp_path / "out.nq", tmp_path / "other.csv")


def test_rows_in_any_dress_come_to_the_same(tmp_path: Path) -> None:
    """Numbers as 12.0, dates without times, and a row of HXL tags change nothing."""
    numbers = {name: f"{text}.0" for name, text in ROW.items() if (text or "").isdigit()}
    days = {name: str(ROW[name])[:10] for name in ("date_start", "date_end")}
    plain = written(tmp_path / "plain.csv", {})
    dressed = written(tmp_path / "dressed.csv", HXL, numbers | days)
    lines = []
    for file in (plain, dressed):
        map_files(find("ucdp-ged"), [file], tmp_path / "out.nq")
        digest = next(iter((tmp_path / "out.nq").read_text("utf-8").split("ucdp-ged-")[1:]))[:16]
        text = (tmp_path / "out.nq").read_text("utf-8").replace(digest, "digest")
        # What is said of the file itself, its name and digest, differs.
        lines.append(
            {line for line in text.splitlines() if "/document/ucdp-ged-digest> <" not in line}
        )
    assert lines[0] == lines[1]
    assert len(lines[0]) > 100


HOSTILE = 'x" <y> \\ # % / ? {a}\n\u202e@en .'


def test_hostile_text_is_data(tmp_path: Path) -> None:
    names = ["conflict_name", "dyad_name", "side_a", "side_b", "country", "adm_1", "adm_2"]
    texts = [*names, "where_coordinates", "source_office", "source_headline", "source_original"]
    # Another name with the same number would make one body of a state and of a group.
    others = {"id": "7002", "side_a_new_id": "93", "side_b_new_id": "94"}
    file = written(tmp_path / "rows.csv", dict.fromkeys(texts, HOSTILE), others)
    run, store = loaded(tmp_path / "out.nq", file)
    labels = asked(store, "SELECT ?label { ?x a tmn:Place ; rdfs:label ?label }")
    assert (HOSTILE.strip(),) in labels
    assert open_dataset(run.output).validate().findings == ()


def test_the_rows_by_hand_conform(tmp_path: Path) -> None:
    rows = [{}, {"id": "7002"} | ONE_SIDED, {"id": "7003", "low": "9", "high": "1"}]
    run, _ = loaded(tmp_path / "out.nq", written(tmp_path / "rows.csv", *rows))
    report = open_dataset(run.output).validate()
    assert (report.findings, report.claims) == ((), 15)


# The real files, counted apart: by the csv module, row by row.


@cache
def published() -> list[dict[str, str]]:
    rows = []
    for path in FILES:
        with path.open(newline="", encoding="utf-8") as stream:
            rows += [row | {"file": path.name} for row in csv.DictReader(stream)]
    return rows


def number(text: str) -> int | None:
    return int(float(text)) if text.strip() else None


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Store]:
    folder = tmp_path_factory.mktemp("ucdp")
    run = map_files(find("ucdp-ged"), FILES, folder / "ucdp.nq")
    store = Store(str(folder / "store"))
    store.bulk_load(path=str(run.output), format=RdfFormat.N_QUADS)
    return run, store


@pytest.mark.slow
@needs_files
def test_no_row_is_lost(real: tuple[Run, Store]) -> None:
    run, _ = real
    assert run.rejects is None
    assert sum(run.read.values()) == run.things["records"] == len(published())


@pytest.mark.slow
@needs_files
def test_deaths_by_side_and_year_are_those_of_the_files(real: tuple[Run, Store]) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for row in published():
        for name in (*DEATHS, "best"):
            expected[row["date_start"][:4], name] += number(row[name]) or 0
    found = asked(
        real[1],
        # Bounds are in the graph of each file: without DISTINCT they would count several times.
        """SELECT ?year ?what (SUM(?n) AS ?dead) WHERE {
            { SELECT DISTINCT ?figure ?n ?year WHERE {
                ?figure tmn:about/tmn:occurred/tmn:notBefore ?from ; tmn:boundType tmc:exact ;
                    tmn:lowerBound ?n .
                BIND(SUBSTR(STR(?from), 1, 4) AS ?year) } }
            BIND(REPLACE(STR(?figure), "^.*/", "") AS ?what)
        } GROUP BY ?year ?what""",
    )
    assert {(y, w): int(n) for y, w, n in found if int(n)} == {
        k: n for k, n in expected.items() if n
    }


@pytest.mark.slow
@needs_files
def test_zeros_are_claimed_and_empty_cells_are_not(real: tuple[Run, Store]) -> None:
    expected: Counter[str] = Counter()
    for row in published():
        for name in (*DEATHS, "best"):
            by_rule = name == "deaths_b" and number(row["type_of_violence"]) == 3
            expected[name] += number(row[name]) == 0 and not by_rule
    found = asked(
        real[1],
        """SELECT ?what (COUNT(*) AS ?n) WHERE {
            ?claim tmn:proposition ?figure . ?figure tmn:lowerBound 0 ; tmn:boundType tmc:exact .
            BIND(REPLACE(STR(?figure), "^.*/", "") AS ?what) } GROUP BY ?what""",
    )
    assert {what: int(n) for what, n in found} == dict(expected)


@pytest.mark.slow
@needs_files
def test_ranges_and_oddities_are_those_of_the_files(real: tuple[Run, Store]) -> None:
    best, low, high = (
        [number(row[name]) or 0 for row in published()] for name in ("best", "low", "high")
    )
    pairs = list(zip(best, low, high, strict=True))
    run, store = real
    assert run.flagged["low-above-high"] == sum(lower > upper for _, lower, upper in pairs)
    assert run.flagged["best-outside-range"] == sum(not lo <= b <= hi for b, lo, hi in pairs)
    assert "parts-differ-from-best" not in run.flagged
    [(ranges, width)] = asked(
        store,
        """SELECT (COUNT(*) AS ?n) (SUM(?upper - ?lower) AS ?width) WHERE {
            ?f tmn:boundType tmc:range ; tmn:lowerBound ?lower ; tmn:upperBound ?upper }""",
    )
    proper = [upper - lower for _, lower, upper in pairs if lower <= upper]
    assert (int(ranges), int(width)) == (len(proper), sum(proper))


@pytest.mark.slow
@needs_files
def test_cited_documents_are_as_many_as_the_files_tell(real: tuple[Run, Store]) -> None:
    """Where the three lists are of one length, as nearly everywhere, documents can be counted apart."""
    expected, aligned = set(), set()
    for row in published():
        lists = [
            row[name].split(";") for name in ("source_office", "source_date", "source_headline")
        ]
        if row["source_office"] and len(set(map(len, lists))) == 1:
            aligned.add((row["file"], str(number(row["id"]))))
            for office, day, headline in zip(*lists, strict=True):
                expected.add((office.strip(), day.strip(), headline.strip()))
    assert len(aligned) > 18_000
    [(count,)] = asked(
        real[1],
        """SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE { ?r tmn:cites ?d ; tmn:recordOf ?of .
            FILTER NOT EXISTS { ?r tmn:flag tmc:sources-not-told-apart } }""",
    )
    [(others,)] = asked(
        real[1],
        """SELECT (COUNT(DISTINCT ?r) AS ?n) WHERE { ?r tmn:flag tmc:sources-not-told-apart }""",
    )
    assert int(others) == sum(not row["source_office"] for row in published())
    # Rows whose lists differ are read from the article; they add few.
    rest = len(published()) - len(aligned) - int(others)
    assert 0 <= int(count) - len(expected) <= 4 * rest


@pytest.mark.slow
@needs_files
def test_informants_are_as_many_as_the_files_tell(real: tuple[Run, Store]) -> None:
    """Rows that say nothing but one name or one common noun can be counted apart."""
    names = {
        "sohr": "sohr",
        "airwars": "airwars",
        "vdc": "vdc",
        "hrw": "hrw",
        "ocha": "un-ocha",
        "minusca": "minusca",
    }
    expected: Counter[str] = Counter()
    unnamed = 0
    for row in published():
        said = row["source_original"].strip()
        # Names stand between commas, semicolons, slashes or line ends, or at an end.
        pieces = {
            piece.strip().casefold()
            for piece in said.replace("/", ",").replace(";", ",").replace("\n", ",").split(",")
        }
        for name, agent in names.items():
            expected[agent] += name in pieces
        unnamed += said.strip('"').casefold() in ("police", "witnesses", "military", "officials")
    found = dict(
        asked(real[1], "SELECT ?who (COUNT(?r) AS ?n) { ?r tmn:informant ?who } GROUP BY ?who")
    )
    for agent, least in expected.items():
        assert least <= int(found[f"agent/{agent}"]) <= least + 60, agent
    assert (
        sum(
            words.casefold() in ("police", "witnesses", "military", "officials")
            for (words,) in asked(
                real[1],
                """SELECT ?words WHERE { ?r tmn:informant ?who . ?who tmn:describedAs ?words .
                FILTER NOT EXISTS { ?r tmn:informant ?other . FILTER(?other != ?who) }
                FILTER NOT EXISTS { ?r tmn:informantsAsStated ?s } }""",
            )
        )
        == unnamed
    )


@pytest.mark.slow
@needs_files
def test_the_real_files_conform(real: tuple[Run, Store]) -> None:
    report = validate([real[0].output, *resources.ontology()], resources.shapes())
    assert (report.conforms, report.number) == (True, 0)
