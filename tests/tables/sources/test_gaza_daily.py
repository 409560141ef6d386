"""The daily series as claims: who reported what, and what the compiler filled in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store
from tools.shacl_cases import SHARED

from testimonia.dataset import open as open_dataset
from testimonia.errors import TableError
from testimonia.tables.mapping import Run, map_files
from testimonia.tables.sources import find

SERIES = [
    SHARED / "datasets" / "gaza-daily" / name
    for name in ("casualties_daily.json", "west_bank_daily.json")
]
needs_series = pytest.mark.skipif(
    not SERIES[0].exists(), reason="needs ../shared/datasets/gaza-daily, which is not there"
)
NOT_PERSONS = ("massacres", "settler_attacks", "displaced_households")
COMPILER = "gaza-daily/tech-for-palestine"
PREFIXES = """
PREFIX tmn: <https://w3id.org/testimonia/ns#>
PREFIX tmc: <https://w3id.org/testimonia/code/>
PREFIX agent: <https://w3id.org/testimonia/id/agent/>
"""
# Invented days, in the form of the series.
GAZA: list[dict[str, Any]] = [
    {
        "report_date": "2024-01-01",
        "report_source": "mohtel",
        "report_period": 24,
        "killed": 3,
        "ext_killed": 3,
        "killed_cum": 100,
        "massacres_cum": 4,
    },
    {
        "report_date": "2024-01-03",
        "report_source": "mohtel",
        "report_period": 48,
        "killed": 0,
        "ext_killed": 1,
    },
    {"report_date": "2024-01-04", "report_source": "missing", "report_period": 0, "injured": 7},
]
WEST_BANK: list[dict[str, Any]] = [
    {
        "report_date": "2024-01-01",
        "verified": {"killed": 2, "killed_children_cum": 9},
        "killed_cum": 50,
        "flash_source": "un",
    },
    {"report_date": "2024-01-02", "killed_cum": 50, "flash_source": "fill"},
]


def mapped(tmp_path: Path, *series: list[dict[str, Any]]) -> tuple[Run, Store]:
    files = []
    for number, days in enumerate(series):
        path = tmp_path / f"series{number}.json"
        path.write_text(json.dumps(days), "utf-8")
        files.append(path)
    return loaded(tmp_path, files)


def loaded(tmp_path: Path, files: list[Path]) -> tuple[Run, Store]:
    run = map_files(find("gaza-daily"), files, tmp_path / "out.nq")
    store = Store()
    store.bulk_load(path=str(run.output), format=RdfFormat.N_QUADS)
    return run, store


def test_a_day_without_a_period_counts_for_itself(tmp_path: Path) -> None:
    days = [GAZA[0], {"report_date": "2024-01-02", "report_source": "mohtel", "killed": 5}]
    run, store = mapped(tmp_path, days)
    assert run.rejects is None
    asked = PREFIXES + 'ASK { ?p tmn:lowerBound 5 ; tmn:during/tmn:edtf "2024-01-02" }'
    assert store.query(asked, use_default_graph_as_union=True)


def test_a_day_that_no_report_covers_is_filled_in_by_the_compiler(tmp_path: Path) -> None:
    day = {"report_date": "2024-01-02", "report_source": "mohtel", "report_period": 0}
    _, store = mapped(tmp_path, [day | {"killed": 0, "killed_cum": 100, "killed_recovered": 8}])
    asked = (
        PREFIXES
        + """
        SELECT ?number ?claimant WHERE {
            ?claim tmn:proposition/tmn:lowerBound ?number ; tmn:claimant ?claimant
        } ORDER BY ?number
    """
    )
    found = store.query(asked, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    assert [
        (row["number"].value, row["claimant"].value.partition("/agent/")[2]) for row in found
    ] == [
        ("0", COMPILER),
        ("8", "gaza-ministry-of-health"),
        ("100", COMPILER),
    ]


def test_who_reports_must_be_known(tmp_path: Path) -> None:
    odd = {"report_date": "2024-01-03", "killed_cum": 51, "flash_source": "somebody"}
    run, store = mapped(tmp_path, [*WEST_BANK, odd])
    assert list(run.rejected.values()) == [1]
    asked = PREFIXES + "ASK { ?p tmn:lowerBound %d }"
    assert store.query(asked % 50, use_default_graph_as_union=True)
    assert not store.query(asked % 51, use_default_graph_as_union=True)


def ask(store: Store, query: str) -> list[tuple[str, ...]]:
    found = store.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    cells = [tuple("" if term is None else term.value for term in row) for row in found]
    return sorted(tuple(cell.split("/id/")[-1].split("/code/")[-1] for cell in r) for r in cells)


def claims(store: Store) -> list[tuple[str, ...]]:
    return ask(
        store,
        """
        SELECT ?claimant ?basis ?harm ?victims ?during ?number {
          ?c tmn:claimant ?claimant ; tmn:proposition ?p .
          OPTIONAL { ?c tmn:basis ?basis }
          ?p tmn:harm ?harm ; tmn:victims ?victims ; tmn:during ?during ;
            tmn:lowerBound ?number ; tmn:upperBound ?number }""",
    )


def test_who_claims_what(tmp_path: Path) -> None:
    run, store = mapped(tmp_path, GAZA, WEST_BANK)
    document = sorted(path.split("/")[-1] for path in run.read)
    assert document == ["series0.json", "series1.json"]
    unnamed = ask(store, "SELECT ?a { ?a a tmn:UnnamedSource }")
    assert len(unnamed) == 1
    ministry, all_, day = (
        "agent/gaza-ministry-of-health",
        "group/gaza-daily/persons",
        "bounds/anywhere-",
    )
    compiler = f"agent/{COMPILER}"
    assert claims(store) == sorted(
        [
            (ministry, "", "killed", all_, day + "2024-01-01", "3"),
            (compiler, "extrapolated", "killed", all_, day + "2024-01-01", "3"),
            (ministry, "", "killed", all_, day + "2023-10-07_2024-01-01", "100"),
            # A report over 48 hours tells of two days; no deaths are a figure, too.
            (ministry, "", "killed", all_, day + "2024-01-02_2024-01-03", "0"),
            (compiler, "extrapolated", "killed", all_, day + "2024-01-02_2024-01-03", "1"),
            (unnamed[0][0], "", "injured", all_, day + "2024-01-04", "7"),
            ("agent/un-ocha", "verified", "killed", all_, day + "2024-01-01", "2"),
            (
                "agent/un-ocha",
                "verified",
                "killed",
                "group/gaza-daily/children",
                day + "2023-10-07_2024-01-01",
                "9",
            ),
            ("agent/un-ocha", "flash-report", "killed", all_, day + "2023-10-07_2024-01-01", "50"),
            (compiler, "extrapolated", "killed", all_, day + "2023-10-07_2024-01-02", "50"),
        ]
    )
    assert run.left_out == {"massacres_cum": "counts attacks, not persons"}


def test_equal_figures_are_one_proposition(tmp_path: Path) -> None:
    _, store = mapped(tmp_path, GAZA)
    shared = ask(
        store,
        """SELECT ?number {
          ?a tmn:claimant agent:gaza-ministry-of-health ; tmn:proposition ?p .
          ?b tmn:basis tmc:extrapolated ; tmn:proposition ?p . ?p tmn:lowerBound ?number }""",
    )
    assert shared == [("3",)]


def test_days_that_cannot_be_mapped_are_listed(tmp_path: Path) -> None:
    odd = [
        {"report_date": "2024-13-01", "report_source": "mohtel", "report_period": 24, "killed": 1},
        {"report_date": "2024-01-02", "report_source": "radio", "report_period": 24, "killed": 1},
        {"report_date": "2024-01-03", "report_source": "mohtel", "report_period": 24, "killed": -1},
        {
            "report_date": "2024-01-04",
            "report_source": "mohtel",
            "report_period": 24,
            "killed": 1.5,
        },
        {"report_source": "mohtel", "report_period": 24, "killed": 1},
        {"report_date": "2024-01-06", "report_source": "mohtel", "report_period": 24, "killed": 1},
    ]
    run, store = mapped(tmp_path, odd)
    assert run.rejects is not None
    listed = [line.split(",", 1)[1] for line in run.rejects.read_text("utf-8").splitlines()]
    assert listed == [
        "row,column,value,expected",
        "1,report_date,2024-13-01,a date such as 2023-10-07",
        "5,report_date,,a date such as 2023-10-07",
        "3,killed,-1,a count",
        "4,killed,1.5,a count",
        "2,report_source,radio,missing or mohtel or gmotel or unocha or un",
    ]
    assert len(claims(store)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{", "this is not JSON"),
        ('{"a": 1}', "this is not a list of days"),
        ("[1]", "not a list of days"),
        ("[]", "this series has no day"),
        ("[{}]", "it has no column 'report_date'"),
        ('[{"a": ' * 500 + "1" + "}]" * 500, "too deep"),
        ('[{"a":' * 1 + '{"a":' * 400 + "1" + "}" * 401 + "]", "no column 'report_date'"),
        ("[" * 100_000, "too deep"),
        ('[{"killed": 1, "killed": 2}]', "there twice: killed"),
        ('[{"verified.killed": 1, "verified": {"killed": 2}}]', "there twice: verified.killed"),
        (
            r'[{"report_date": "2024-01-01", "\u0000row": 5}]',
            r"a value of this series has the name '\\x00row'",
        ),
    ],
)
def test_what_is_no_series_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "series.json"
    path.write_text(text, "utf-8")
    with pytest.raises(TableError, match=message):
        map_files(find("gaza-daily"), [path], tmp_path / "out.nq")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["series.json"]


def test_halves_of_a_pair_and_odd_years_are_one_bad_day(tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    day = '{"report_date": "%s", "report_source": "mohtel", "report_period": 24, "killed": %s}'
    days = [
        day % ("2024-01-01", "1"),
        day % (r"\ud800", "1"),
        day % ("0016-01-01", "1"),
        day % ("2999-01-01", "1"),
        day % ("2024-01-02", "NaN"),
        (day % ("2024-01-03", "1e3")).replace("killed", r"\udfff"),
    ]
    path.write_text(f"[{', '.join(days)}]", "utf-8")
    run = map_files(find("gaza-daily"), [path], tmp_path / "out.nq")
    lines = (tmp_path / "out.nq.rejects.csv").read_text("utf-8").splitlines()[1:]
    assert [line.removeprefix(f"{path},") for line in lines] == [
        r"2,report_date,\ud800,a date such as 2023-10-07",
        "3,report_date,0016-01-01,a year from 1800 to 2099",
        "4,report_date,2999-01-01,a year from 1800 to 2099",
        "5,killed,NaN,a count",
    ]
    assert run.left_out[r"\udfff"] == "not known to this version"


def figures(days: list[dict[str, Any]]) -> Iterable[tuple[str, int]]:
    for day in days:
        for name, value in day.items():
            if isinstance(value, dict):
                yield from ((f"verified.{inner}", number) for inner, number in value.items())
            elif name not in ("report_date", "report_source", "report_period", "flash_source"):
                yield name, value


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Store]:
    return loaded(tmp_path_factory.mktemp("series"), SERIES)


@needs_series
def test_totals_are_those_of_the_files(whole: tuple[Run, Store]) -> None:
    run, store = whole
    raw = [json.loads(path.read_text("utf-8")) for path in SERIES]
    counted = [
        (name, number)
        for days in raw
        for name, number in figures(days)
        if not any(word in name for word in NOT_PERSONS)
    ]
    assert run.rejects is None
    assert list(run.read.values()) == [len(days) for days in raw]
    assert run.things["claims"] == len(counted)
    by_field: Counter[str] = Counter()
    for name, number in counted:
        by_field[name] += number
    found = ask(
        store,
        """SELECT ?c ?number { ?c tmn:proposition/tmn:lowerBound ?number }""",
    )
    sums: Counter[str] = Counter()
    for claim, number in found:
        sums[claim.rsplit("/", 1)[-1]] += int(number)
    assert sums == by_field
    zeros = ask(store, "SELECT ?c { ?c tmn:proposition/tmn:lowerBound 0 }")
    assert len(zeros) == sum(number == 0 for _, number in counted)


@needs_series
def test_the_compiler_claims_what_it_filled_in(whole: tuple[Run, Store]) -> None:
    _, store = whole
    gaza, west_bank = (json.loads(path.read_text("utf-8")) for path in SERIES)
    filled = sum(name.startswith("ext_") and "massacres" not in name for d in gaza for name in d)
    filled += sum(
        not any(word in name for word in NOT_PERSONS)
        for day in west_bank
        if day["flash_source"] == "fill"
        for name, _ in figures([day])
        if not name.startswith("verified.")
    )
    filled += sum(
        (name.endswith("_cum") or not number) and not name.startswith(("ext_", "massacres"))
        for day in gaza
        if day["report_period"] == 0
        for name, number in figures([day])
    )
    own = ask(
        store, f"SELECT ?c {{ ?c tmn:claimant <https://w3id.org/testimonia/id/agent/{COMPILER}> }}"
    )
    marked = ask(store, "SELECT ?c { ?c tmn:basis tmc:extrapolated }")
    assert own == marked
    assert len(own) == filled


@pytest.mark.slow
@needs_series
def test_the_series_holds_to_the_shapes(whole: tuple[Run, Store]) -> None:
    report = open_dataset(whole[0].output).validate()
    assert [finding for finding in report.findings if finding.severity != "info"] == []
