"""RDF files are read as written, or refused with the place of the error."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from testimonia.errors import InputError, SyntaxFault, TestimoniaError, UnknownFormat
from testimonia.rdf import files

XSD = "http://www.w3.org/2001/XMLSchema#"
ONE = "<http://a.example/s> <http://a.example/p> <http://a.example/o> .\n"
SAME = {
    ".ttl": "@prefix a: <http://a.example/> . a:s a:p a:o .",
    ".nt": ONE,
    ".nq": ONE,
    ".trig": ONE,
    ".n3": ONE,
    ".jsonld": '{"@id": "http://a.example/s", "http://a.example/p": {"@id": "http://a.example/o"}}',
    ".json": '{"@id": "http://a.example/s", "http://a.example/p": {"@id": "http://a.example/o"}}',
    ".rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:a="http://a.example/"><rdf:Description rdf:about="http://a.example/s">'
        '<a:p rdf:resource="http://a.example/o"/></rdf:Description></rdf:RDF>'
    ),
}
SAME[".owl"] = SAME[".xml"] = SAME[".rdf"]


@pytest.mark.parametrize("suffix", sorted(files.FORMATS))
@pytest.mark.parametrize("compress", [False, True])
def test_every_format_gives_the_same_triple(tmp_path: Path, suffix: str, compress: bool) -> None:
    content = SAME[suffix].encode()
    path = tmp_path / f"data{suffix.upper()}{'.gz' if compress else ''}"
    path.write_bytes(gzip.compress(content) if compress else content)
    assert [str(quad.triple) for quad in files.read([path])] == [ONE.rstrip(" .\n")]


def test_literals_stay_as_written(tmp_path: Path) -> None:
    path = tmp_path / "literals.ttl"
    path.write_text(
        f'<http://a.example/s> <http://a.example/p> "007"^^<{XSD}integer>, "01.50"^^<{XSD}decimal>,'
        f' "2025-12-13T00:00:00+00:00"^^<{XSD}dateTime>, "1"^^<{XSD}boolean>, "x"^^<{XSD}integer> .'
    )
    quads = list(files.read([path]))
    written = ["007", "01.50", "2025-12-13T00:00:00+00:00", "1", "x"]
    assert [quad.object.value for quad in quads] == written
    graph = files.to_rdflib(quads)
    assert sorted(str(o) for o in graph.objects()) == sorted(written)


def test_to_rdflib_keeps_every_term(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import rdflib

    path = tmp_path / "terms.ttl"
    path.write_text(
        f'<http://a.example/s> <http://a.example/p> "a"@en-GB, "b", "x"^^<{XSD}integer>, _:n .'
    )
    objects = set(files.to_rdflib(files.read([path])).objects())
    assert {o for o in objects if not isinstance(o, rdflib.BNode)} == {
        rdflib.Literal("a", lang="en-GB"),
        rdflib.Literal("b"),
        rdflib.Literal("x", datatype=rdflib.XSD.integer, normalize=False),
    }
    assert len(objects) == 4
    assert caplog.records == []


def test_to_rdflib_refuses_triple_terms() -> None:
    node = NamedNode("http://a.example/")
    with pytest.raises(InputError, match=r"cannot be expressed in RDF 1\.1"):
        files.to_rdflib([Quad(node, node, Triple(node, node, node))])


def test_directories_are_searched_in_order_without_hidden_and_other_files(tmp_path: Path) -> None:
    for name in ("b.ttl", "a/z.nt", "a/.hidden.ttl", ".git/x.ttl", "notes.txt", "a.nq.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    found = files.expand([tmp_path, tmp_path / "b.ttl"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a/z.nt",
        "a.nq.gz",
        "b.ttl",
    ]


def test_blank_nodes_of_files_stay_distinct(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text("_:x <http://a.example/p> _:x .\n")
    subjects = [quad.subject for quad in files.read([tmp_path])]
    assert all(isinstance(subject, BlankNode) for subject in subjects)
    assert len(set(subjects)) == 2


@pytest.mark.parametrize(
    ("name", "content", "error", "place", "message"),
    [
        (
            "a.ttl",
            b"@prefix a: <http://a.example/> .\na:s a:p .\n",
            SyntaxFault,
            ":2:9",
            "well formed",
        ),
        ("a.nt", b"<http://a.example/s> <b> 1", SyntaxFault, ":1:22", "No scheme"),
        ("a.jsonld", b'{"@id": 1\n', SyntaxFault, ":2:1", "well formed"),
        ("a.rdf", b"<rdf:RDF", SyntaxFault, ":1:1", "well formed: unclosed token"),
        ("a.ttl", b'<http://a.example/> <http://b> "\xff" .', SyntaxFault, ":1:33", "UTF-8"),
        ("a.ttl", b"\x7fELF\x00\x00", InputError, "", "binary file"),
        ("a.ttl.gz", b"not gzip", SyntaxFault, "", "gzip"),
        (
            "a.ttl.gz",
            gzip.compress(b"# " + os.urandom(9999).hex().encode())[:2000],
            SyntaxFault,
            "",
            "gzip",
        ),
        (
            "a.jsonld",
            b'{"@context": "http://localhost:9/c", "a": 1}',
            InputError,
            ":1:14",
            "remote",
        ),
        ("a.csv", b"a,b", UnknownFormat, "", r"'\.csv' is not that of an RDF format"),
        ("a", b"", UnknownFormat, "", "'' is not that of an RDF format"),
    ],
)
def test_errors_say_where_and_what(
    tmp_path: Path, name: str, content: bytes, error: type, place: str, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=message) as caught:
        list(files.read([path]))
    assert str(caught.value.place) == f"{path}{place}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "no such file or directory"),
        (lambda path: path.mkdir(), "contains no RDF files"),
    ],
)
def test_missing_and_empty(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    path = tmp_path / "data.ttl"
    make(path)
    with pytest.raises(InputError, match=message):
        list(files.read([path]))


def test_unreadable(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"cannot be read \(No such file or directory\)"):
        list(files.read([tmp_path]))


@given(
    st.sampled_from(sorted(files.FORMATS)),
    st.binary(max_size=60)
    | st.text(alphabet="<>\"'{}[]@prefixbase:._#\\u \n", max_size=60).map(str.encode),
)
def test_any_bytes_are_read_or_refused(tmp_path_factory, suffix: str, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"data{suffix}"
    path.write_bytes(content)
    fault = None
    try:
        assert all(isinstance(quad, Quad) for quad in files.read([path]))
    except TestimoniaError as error:
        fault = error
    assert fault is None or (fault.place is not None and fault.message)


def test_deep_nesting_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep.ttl"
    depth = 20_000
    path.write_text("<http://a.example/s> <http://a.example/p> " + "(" * depth + ")" * depth + " .")
    assert sum(1 for _ in files.read([path])) == 2 * (depth - 1) + 1


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "marked.ttl"
    path.write_bytes(b"\xef\xbb\xbf<http://a/s> <http://a/p> <http://a/o> .")
    assert len(list(files.read([path]))) == 1


def test_utf_16_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wide.ttl"
    path.write_bytes("<http://a/s> <http://a/p> <http://a/o> .".encode("utf-16"))
    with pytest.raises(InputError, match="UTF-16"):
        list(files.read([path]))


def test_ambiguous_files_are_taken_only_when_named(tmp_path: Path) -> None:
    for name in ("package.json", "pom.xml", "notes.xml.gz"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match="contains no RDF files") as caught:
        files.expand([tmp_path])
    assert caught.value.hint.endswith("Name .json and .xml files directly.")
    (tmp_path / "a.ttl").write_text("")
    assert files.expand([tmp_path]) == [tmp_path / "a.ttl"]
    assert files.expand([tmp_path / "package.json"]) == [tmp_path / "package.json"]


def test_a_folder_that_cannot_be_searched_is_not_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(25):  # so deep that its name is longer than the system takes
        Path("d" * 200).mkdir()
        monkeypatch.chdir("d" * 200)
    Path("data.nt").write_text("<x:s> <x:p> <x:o> .\n")
    with pytest.raises(InputError, match="File name too long"):
        list(files.read([tmp_path]))
