"""The line of a subject is that of its first occurrence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from testimonia.catalogue import resources
from testimonia.rdf import files
from testimonia.rdf.lines import subject_lines

TURTLE = '''@prefix a: <http://a.example/> .
PREFIX : <http://b.example/>
# a:no a:p a:o .
a:x a:p "text. a:no a:p" ; a:q 1.5, """long
 a:no a:p .
""", 'it''s' .
:y a:p [ a:q a:inner ; a:r ( a:no1 a:no2 ) ] .
<http://c.example/d#char=1,2>
  a a:C .
a:e\\,f.g a:p 5. a:last a:p a:prefix .
[] a:p a:w . [ a:p a:w ] a:q a:v . a:after a a:T .
a:x a:p a:again .
'''.replace("'it''s'", "'it'")


def test_turtle(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(TURTLE)
    assert subject_lines(path) == {
        "http://a.example/x": 4,
        "http://b.example/y": 7,
        "http://c.example/d#char=1,2": 8,
        "http://a.example/e,f.g": 10,
        "http://a.example/last": 10,
        "http://a.example/after": 11,
    }


def test_base_and_escapes_and_compression(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl.gz"
    path.write_bytes(
        gzip.compress(b"@base <http://a.example/x/> .\n<y> <p> <o> .\n<\\u007A> <p> 1 .")
    )
    assert subject_lines(path) == {"http://a.example/x/y": 2, "http://a.example/x/z": 3}


def test_a_byte_order_mark_hides_no_subject(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("@prefix a: <http://a.example/> .\na:x a a:C .\n", encoding="utf-8-sig")
    assert subject_lines(path) == {"http://a.example/x": 2}


def test_graphs_of_trig(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text("GRAPH <http://g.example/> {\n<http://a.example/> a <http://c.example/> }\n")
    assert subject_lines(path) == {"http://a.example/": 2}


def test_other_formats_have_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    path.write_text("{}")
    assert subject_lines(path) == {}


BY_LINE = """# <http://a.example/no> <p> <o> .
<http://a.example/x> <http://a.example/p> "<http://a.example/no>" .
  <http://a.example/y>\t<http://a.example/p> <http://a.example/no> <http://a.example/g> .

<http://a.example/x> <http://a.example/p> "again" .
_:b <http://a.example/p> <http://a.example/no> .
<http://a.example/\\u007A><http://a.example/p><http://a.example/no>.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_n_quads(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.nq"
    path.write_text(BY_LINE, encoding="utf-8-sig", newline=end)
    expected = {
        "http://a.example/x": 2,
        "http://a.example/y": 3,
        "http://a.example/z": 7,
    }
    assert subject_lines(path) == expected
    path.rename(tmp_path / "a.trig")  # which is not read line by line
    assert subject_lines(tmp_path / "a.trig") == expected


def test_only_wanted_subjects_are_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_text(BY_LINE.replace(" <http://a.example/g>", ""), encoding="utf-8")
    wanted = ["http://a.example/y", "http://a.example/no"]
    assert subject_lines(path, wanted=wanted) == {"http://a.example/y": 3}


def test_bare_carriage_returns_do_not_count_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_bytes(
        b"<http://a.example/x> <p:> <o:> .\r<http://a.example/y> <p:> <o:> .\n<x:> <p:> <o:> ."
    )
    assert subject_lines(path) == {"http://a.example/x": 1, "http://a.example/y": 1, "x:": 2}


@pytest.mark.parametrize("path", resources.data() + resources.ontology(), ids=lambda p: p.name)
def test_shipped_files_lose_no_subject(path: Path) -> None:
    parsed = {q.subject.value for q in files.read([path]) if isinstance(q.subject, NamedNode)}
    assert set(subject_lines(path)) == parsed
    lines = path.read_text().splitlines()
    assert all(lines[number - 1][:1].strip() for number in subject_lines(path).values())
