"""Questions on figures of tables: open bounds stay open, and periods are kept apart, in both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

import testimonia
from testimonia.rdf import files

DATA = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix : <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

:table a tmn:Document ; dcterms:publisher :ada .
:row a tmn:Record ; tmn:recordOf :table ; tmn:recordKey "1" .
"""


def figure(name: str, victims: str, bounds: str, more: str = "") -> str:
    return f"""
:{name} a tmn:CasualtyProposition ; tmn:about :raid ; tmn:harm tmc:killed ; tmn:victims :{victims} ;
    tmn:boundType tmc:{"range" if "range" in name else "exact"} ; {more} {bounds} .
:{name}-claim a tmn:Claim ; tmn:claimant :ada ; tmn:statedIn :table ; tmn:record :row ;
    tmn:proposition :{name} ; tmn:stance tmc:asserts .
"""


def number(value: int) -> str:
    return f'"{value}"^^xsd:nonNegativeInteger'


def both(lower: int, upper: int) -> str:
    return f"tmn:lowerBound {number(lower)} ; tmn:upperBound {number(upper)}"


def ask(tmp_path: Path, data: str, question: str, columns: list[str]) -> list[list[str | None]]:
    path = tmp_path / "data.ttl"
    path.write_text(DATA + data, "utf-8")
    dataset = testimonia.open(path)
    query = dataset.question(question).bind({"all": True} if "compiler" in question else {})
    graph = files.to_rdflib([*dataset.quads()])
    results = graph.query(query)
    places = [[str(name) for name in results.vars].index(column) for column in columns]
    rows = [[None if row[i] is None else str(row[i]) for i in places] for row in results]
    terms = dataset.query(query).terms
    assert rows == [[row[i] and row[i].value for i in places] for row in terms]
    return rows


@pytest.mark.parametrize(
    ("bounds", "total", "told"),
    [
        (both(3, 3), 9, ("5", "5")),
        (f"tmn:lowerBound {number(3)}", 9, ("5", None)),
        (f"tmn:upperBound {number(3)}", 4, ("2", "5")),
    ],
)
def test_a_sum_with_an_open_part_is_open(
    tmp_path: Path, bounds: str, total: int, told: tuple[str, str | None]
) -> None:
    data = (
        figure("soldiers", "soldiers", both(2, 2))
        + figure("guards", "guards", bounds)
        + figure("all", "all", both(total, total), "tmn:aggregates :soldiers , :guards ;")
    )
    columns = ["beside", "otherLower", "otherUpper", "differ"]
    differ = "true" if told == ("5", "5") else "false"
    assert ask(tmp_path, data, "compiler-against-source", columns) == [
        ["sum of parts", *told, differ]
    ]


def test_a_range_stands_beside_the_figure_of_its_own_period(tmp_path: Path) -> None:
    data = "".join(
        figure(f"{name}-{day}", "all", both(low, high), f"tmn:during :{day} ;")
        for day, exact in (("monday", 3), ("tuesday", 9))
        for name, low, high in (("one", exact, exact), ("range", exact - 1, exact + 1))
    )
    assert ask(tmp_path, data, "range-width", ["lower", "exact"]) == [["2", "3"], ["8", "9"]]
