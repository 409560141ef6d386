"""Real clients that fetch answers as tables or graphs: pandas, Polars, DuckDB and rdflib."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import httpx
import pandas as pd
import polars as pl
import pytest
import rdflib
from endpoints import Running
from rdflib.plugins.stores.sparqlstore import SPARQLStore

import testimonia
from testimonia.query.results import Results

QUERY = "SELECT ?claim ?type WHERE { ?claim a tmn:Claim ; a ?type } ORDER BY ?claim ?type"
RULE = "<https://w3id.org/testimonia/ns#Claim>"


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, str]]:
    results = testimonia.open().query(QUERY)
    assert isinstance(results, Results)
    rows = [(str(row["claim"]), str(row["type"])) for row in results]
    assert len(rows) > 10
    return rows


def url_of(running: Running, form: str = "csv") -> str:
    return str(httpx.URL(running.sparql, params={"query": QUERY, "format": form}))


def test_pandas(shipped: Running, expected: list[tuple[str, str]]) -> None:
    frame = pd.read_csv(url_of(shipped))
    assert list(frame.itertuples(index=False, name=None)) == expected
    frame = pd.read_csv(url_of(shipped, "tsv"), sep="\t")
    assert list(frame.columns) == ["?claim", "?type"]
    assert len(frame) == len(expected)


@pytest.mark.parametrize("lazy", [False, True])
def test_polars_fetches_in_ranges(
    shipped: Running, expected: list[tuple[str, str]], lazy: bool
) -> None:
    """Polars sends HEAD, asks for some bytes, and then for the rest."""
    url = url_of(shipped)
    frame = pl.scan_csv(url).collect() if lazy else pl.read_csv(url)
    assert frame.rows() == expected
    question = f"{shipped.root}questions/agents-and-parties.csv"
    frame = pl.scan_csv(question).collect() if lazy else pl.read_csv(question)
    assert frame.shape == pd.read_csv(question).shape


def test_duckdb(shipped: Running, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    """DuckDB's own HTTP client is an extension that is downloaded, so httpx fetches the file."""
    local = tmp_path / "answer.csv"
    local.write_bytes(httpx.get(url_of(shipped)).content)
    with duckdb.connect() as connection:
        relation = connection.read_csv(str(local), header=True)
        assert relation.columns == ["claim", "type"]
        assert relation.fetchall() == expected


def test_ranges_make_up_the_whole_as_httpfs_fetches_them(shipped: Running) -> None:
    """DuckDB's httpfs sends HEAD, then asks for ranges up to the Content-Length."""
    url = url_of(shipped)
    head = httpx.head(url)
    assert (head.headers["accept-ranges"], head.content) == ("bytes", b"")
    size, step, parts = int(head.headers["content-length"]), 700, io.BytesIO()
    for start in range(0, size, step):
        part = httpx.get(url, headers={"range": f"bytes={start}-{start + step - 1}"})
        last = min(start + step, size) - 1
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{last}/{size}"
        assert part.headers["etag"] == head.headers["etag"]
        parts.write(part.content)
    assert parts.getvalue() == httpx.get(url).content


def test_rdflib_store(shipped: Running, expected: list[tuple[str, str]]) -> None:
    store = SPARQLStore(shipped.sparql)
    graph = rdflib.Graph(store)
    rows = [(str(claim), str(type_)) for claim, type_ in graph.query(QUERY)]  # type: ignore[misc]
    assert rows == expected
    claim = rdflib.URIRef(expected[0][0])
    assert (claim, rdflib.RDF.type, rdflib.URIRef(expected[0][1])) in graph
    assert set(graph.objects(claim, rdflib.RDF.type)) >= {rdflib.URIRef(expected[0][1])}
    for form in ("json", "xml", "csv", "tsv"):
        other = SPARQLStore(shipped.sparql, returnFormat=form)
        assert len(list(rdflib.Graph(other).query(QUERY))) == len(expected)
    assert graph.query("ASK { ?s a tmn:Claim }", initNs={"tmn": "https://w3id.org/testimonia/ns#"})
    built = graph.query("CONSTRUCT WHERE { ?s a <https://w3id.org/testimonia/ns#Claim> }").graph
    assert built is not None
    assert len(built) == len({claim for claim, _ in expected})
