"""Statements are written as the same bytes in whatever order they were made, in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from testimonia.publish.descriptions.statements import Statements, english, integer, node, typed

MADE = [
    ("https://a.example/b", "dcterms:title", english('A "quoted" \\ title\n')),
    ("https://a.example/b", "a", node("void:Dataset")),
    ("https://a.example/#a", "void:triples", integer(7)),
    ("https://a.example/#a", "dcterms:issued", typed("2026-11-30", "date")),
    ("https://a.example/b", "foaf:page", "https://a.example/#a"),
]
SCRIPT = """
import sys
from testimonia.publish.descriptions.statements import Statements, node
parsed = Statements()
for name in sys.argv[1:]:
    parsed.add("https://a.example/" + name, "a", node("void:Dataset"), node("sd:Graph"))
    parsed.add("https://a.example/" + name, "dcterms:license", "https://a.example/c")
sys.stdout.buffer.write(parsed.turtle("https://a.example/"))
"""


def test_they_are_read_back_as_they_were_made() -> None:
    parsed = Statements()
    for each in MADE:
        parsed.add(*each)
    read = set(parse(parsed.turtle("https://a.example/#"), format=RdfFormat.TURTLE))
    assert {(q.subject.value, q.object) for q in read} == {
        ("https://a.example/b", Literal('A "quoted" \\ title\n', language="en")),
        ("https://a.example/b", node("void:Dataset")),
        ("https://a.example/#a", integer(7)),
        ("https://a.example/#a", typed("2026-11-30", "date")),
        ("https://a.example/b", next(q.subject for q in read if q.subject.value.endswith("#a"))),
    }


def test_order_of_making_does_not_matter() -> None:
    forward, backward = Statements(), Statements()
    for each in MADE:
        forward.add(*each)
    for each in reversed(MADE):
        backward.add(*each)
    assert forward.turtle() == backward.turtle()


@pytest.mark.slow
def test_every_process_writes_the_same_bytes() -> None:
    made = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, *names],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed, names in (("1", "abc"), ("2", "cba"), ("3", "bca"))
    }
    assert len(made) == 1
    assert made.pop().decode().splitlines() == [
        "@prefix : <https://a.example/> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> .",
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .",
        "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .",
        "@prefix void: <http://rdfs.org/ns/void#> .",
        "",
        ":a a void:Dataset , sd:Graph ;",
        "    dcterms:license :c .",
        "",
        ":b a void:Dataset , sd:Graph ;",
        "    dcterms:license :c .",
        "",
        ":c a void:Dataset , sd:Graph ;",
        "    dcterms:license :c .",
    ]
