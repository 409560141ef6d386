"""The UCDP events of one country as claims: enough of a mapping to prove the shapes on data of others.

The document is the table itself, and each record of it a passage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import polars as pl
from pyoxigraph import Literal, Quad, RdfFormat, parse
from tools.shacl_cases import SHARED

TABLE = SHARED / "datasets" / "ucdp-ged" / "ucdp_ged_car_231.csv"
HERE = "https://example.org/ucdp/"
TMN = "https://w3id.org/testimonia/ns#"
OA = "http://www.w3.org/ns/oa#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
PREFIXES = f"""
@prefix : <{HERE}> . @prefix tmn: <{TMN}> . @prefix oa: <{OA}> . @prefix xsd: <{XSD}> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SIDES = {"deaths_a": "side_a", "deaths_b": "side_b"}
UNSIDED = {"deaths_civilians": ":civilian", "deaths_unknown": ":unknown"}

Node = tuple[str, str]
Graph = dict[Node, set[str]]
"""By subject and predicate, the objects: all of them terms as N-Triples writes them."""


def iri(name: str) -> str:
    return f"<{HERE}{name}>"


def tmn(name: str) -> str:
    return f"<{TMN}{name}>"


def code(name: str) -> str:
    return f"<https://w3id.org/testimonia/code/{name}>"


def words(text: str) -> str:
    return str(Literal(text, language="en"))


def whole(number: int) -> str:
    return f'"{number}"^^<{XSD}nonNegativeInteger>'


def put(graph: Graph, subject: str, **objects: str) -> None:
    """Describe a node: ``a`` and ``label`` aside, by properties of the ontology."""
    for name, term in objects.items():
        predicate = {"a": TYPE, "label": LABEL}.get(name, tmn(name))
        graph.setdefault((subject, predicate), set()).add(term)


def quads(graph: Graph) -> list[Quad]:
    lines = "\n".join(f"{s} {p} {o} ." for (s, p), objects in graph.items() for o in objects)
    return list(parse(lines, RdfFormat.N_TRIPLES))


def records(text: str) -> Iterator[tuple[int, int]]:
    """Give the offsets of each record after the header; a quoted field may hold line ends."""
    start = end = 0
    for line in text.split("\n"):
        end += len(line)
        if text.count('"', start, end) % 2 == 0:
            if 0 < start < end:
                yield start, end
            start = end + 1
        end += 1


def table() -> pl.DataFrame:
    """Read the rows, their counts as whole numbers, with the offsets of their records."""
    spans = list(records(TABLE.read_bytes().decode()))
    return pl.read_csv(TABLE, infer_schema=False).with_columns(
        pl.col("^deaths_.*$").cast(pl.Float64).cast(pl.Int64),
        pl.col("^date_(start|end)$").str.slice(0, 10),
        pl.Series("start", [start for start, _ in spans]),
        pl.Series("end", [end for _, end in spans]),
    )


def mapped(rows: pl.DataFrame) -> Graph:
    raw = TABLE.read_bytes()
    text = raw.decode()
    turtle = [PREFIXES, _whole_table(raw)]
    turtle += [_event(row, text) for row in rows.iter_rows(named=True)]
    graph: Graph = {}
    for each in parse("".join(turtle), RdfFormat.TURTLE):
        graph.setdefault((str(each.subject), str(each.predicate)), set()).add(str(each.object))
    return graph


def _whole_table(raw: bytes) -> str:
    return f"""
:ucdp a tmn:Monitor ; rdfs:label "Uppsala Conflict Data Program"@en .
:ged a tmn:Document ; rdfs:label "GED 23.1"@en ; tmn:sha256 "{_digest(raw)}" ;
    tmn:characterCount {whole(len(raw.decode()))} ; tmn:published :published .
:published a tmn:TimeBounds ; tmn:edtf "2023" ; tmn:resolution "The year of the version."@en ;
    tmn:notBefore "2023-01-01T00:00:00Z"^^xsd:dateTimeStamp ;
    tmn:notAfter "2023-12-31T23:59:59Z"^^xsd:dateTimeStamp .
:civilian a tmn:VictimGroup ; rdfs:label "civilians"@en ; tmn:category tmc:civilian .
:unknown a tmn:VictimGroup ; rdfs:label "others"@en ; tmn:category tmc:unknown-status .
"""


def _event(row: dict[str, Any], text: str) -> str:
    key, start, end = row["id"], row["start"], row["end"]
    first, last = row["date_start"], row["date_end"]
    passage = f"<{HERE}ged#char={start},{end}>"
    return f"""
<{HERE}event/{key}> a tmn:Incident ; rdfs:label "Event {key}"@en ;
    tmn:eventType tmc:armed-conflict ; tmn:occurred <{HERE}time/{key}> .
<{HERE}time/{key}> a tmn:TimeBounds ; tmn:resolution "Days are taken as those of UTC."@en ;
    tmn:edtf "{first if first == last else f"[{first}..{last}]"}" ;
    tmn:notBefore "{first}T00:00:00Z"^^xsd:dateTimeStamp ;
    tmn:notAfter "{last}T23:59:59Z"^^xsd:dateTimeStamp .
{passage} a tmn:Passage ; tmn:passageDigest "{_digest(text[start:end].encode())}" ;
    oa:hasSource :ged ; oa:hasSelector <{HERE}selector/{key}> .
<{HERE}selector/{key}> a oa:TextPositionSelector ; oa:start {whole(start)} ; oa:end {whole(end)} .
{"".join(_claim(row, column, passage) for column in (*SIDES, *UNSIDED))}"""


def _claim(row: dict[str, Any], column: str, passage: str) -> str:
    # Violence against civilians has no second side that could lose anybody.
    if row[column] is None or (column, row["type_of_violence"]) == ("deaths_b", "3"):
        return ""
    key, dead, victims = f"{row['id']}/{column}", whole(row[column]), UNSIDED.get(column)
    group = ""
    if side := SIDES.get(column):
        body, victims = f":body{row[f'{side}_new_id']}", f":group{row[f'{side}_new_id']}"
        group = f"""
{body} a tmn:Organization ; rdfs:label {words(row[side])} .
{victims} a tmn:VictimGroup ; rdfs:label {words("members of " + row[side])} ;
    tmn:category tmc:person ; tmn:affiliation {body} ."""
    return f"""{group}
<{HERE}figure/{key}> a tmn:CasualtyProposition ; tmn:about <{HERE}event/{row["id"]}> ;
    tmn:harm tmc:killed ; tmn:victims {victims} ; tmn:boundType tmc:exact ;
    tmn:lowerBound {dead} ; tmn:upperBound {dead} ;
    tmn:gloss "{row[column]} of these were killed in this event"@en .
<{HERE}claim/{key}> a tmn:Claim ; tmn:claimant :ucdp ; tmn:onBehalfOf :ucdp ; tmn:statedIn :ged ;
    tmn:statedAt :published ; tmn:passage {passage} ; tmn:voice tmc:indirect-report ;
    tmn:stance tmc:asserts ; tmn:proposition <{HERE}figure/{key}> .
"""


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
