"""Hostile or damaged files are refused in time, with their place and a way to fix it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import RdfFormat

from testimonia.errors import InputError, SyntaxFault
from testimonia.rdf import files, nesting, opening, reading_limits

LINE = "<http://a.example/s> <http://a.example/p> {} .\n"
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:a="http://a.example/">{}</rdf:RDF>'
)
DOCS = Path(__file__).parents[2] / "docs/reference/limits.md"


def refused(path: Path, match: str, kind: type[InputError] = InputError) -> InputError:
    with pytest.raises(kind, match=match) as caught:
        list(files.read([path]))
    assert caught.value.place is not None
    assert str(caught.value.place).startswith(str(path))
    assert caught.value.hint
    return caught.value


def nested(levels: int) -> str:
    return "<<( <s:> <s:p> " * levels + "<s:o>" + " )>>" * levels


def zstd() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def in_frames(content: bytes) -> bytes:
    """Compress as `map` does: one frame after another."""
    return b"".join(zstd().compress(content[at : at + 7]) for at in range(0, len(content), 7))


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".zst", in_frames), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_compressed_files(tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]) -> None:
    content = b"\xef\xbb\xbf" + "".join(LINE.format(f'"{n}"') for n in range(500)).encode()
    path = tmp_path / f"data.nq{suffix}"
    path.write_bytes(compress(content))
    assert [quad.object.value for quad in files.read([tmp_path])] == list(map(str, range(500)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 9])
    refused(path, f"not a complete {opening.COMPRESSIONS[suffix]} file", SyntaxFault)
    path.write_bytes(content)
    refused(path, f"not a complete {opening.COMPRESSIONS[suffix]} file", SyntaxFault)


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz"])
def test_bombs(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compress = {".gz": gzip, ".zst": zstd(), ".bz2": bz2, ".xz": lzma}[suffix].compress
    monkeypatch.setattr(opening, "_SMALL", 1 << 20)
    path = tmp_path / f"bomb.ttl{suffix}"
    path.write_bytes(compress(b"\n" * (2 << 20)))
    error = refused(path, "expands to more than 250 times its size")
    assert "TESTIMONIA_EXPANSION" in error.hint
    monkeypatch.setenv("TESTIMONIA_EXPANSION", "100000000")
    assert list(files.read([path])) == []


def test_a_limit_that_is_not_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data.rdf").write_text(RDF.format(""))
    for written in ("many", "0x10", "-1", "٣"):
        monkeypatch.setenv("TESTIMONIA_NESTING", written)
        with pytest.raises(InputError, match="TESTIMONIA_NESTING is not a whole number"):
            list(files.read([tmp_path / "data.rdf"]))


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".ttl", ".trig"])
def test_nested_triple_terms(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"deep{suffix}"
    path.write_text(LINE.format(nested(256)))
    assert len(list(files.read([path]))) == 1
    path.write_text(LINE.format(nested(257)))
    assert "TESTIMONIA_NESTING" in refused(path, "nested more than 256 levels deep").hint
    monkeypatch.setenv("TESTIMONIA_NESTING", "300")
    assert len(list(files.read([path]))) == 1


def test_nested_triple_terms_that_would_crash_the_process(tmp_path: Path) -> None:
    path = tmp_path / "deep.nt"
    path.write_text(LINE.format('"a"') * 20_000 + LINE.format(nested(20_000)))
    for command in (["query", "-e", "ASK {}", "--data"], ["validate"]):
        done = subprocess.run(
            [sys.executable, "-m", "testimonia", *command, path], capture_output=True, text=True
        )
        assert done.returncode == 2
        assert "nested more than 256 levels deep" in done.stderr


@pytest.mark.parametrize(
    "object_",
    ['"{}"', "'{}'", '"""{}"""', "'''\n{}'''", '"\\"{}"', "1 # {}\n"],
)
@pytest.mark.parametrize("block", [7, 64, 1 << 20])
def test_marks_of_triple_terms_in_texts_mean_nothing(
    object_: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nesting, "_BLOCK", block)
    shallow = "<s:> <s:p> <<( <s:> <s:p> {} )>> .\n".format(object_.format("<<( <" * 300))
    nesting.refuse_deep(io.BytesIO(shallow.encode()), RdfFormat.TURTLE)
    deep = f"{shallow}<s:> <s:p> {nested(257)} .\n".encode()
    with pytest.raises(InputError, match="nested more than 256 levels deep"):
        nesting.refuse_deep(io.BytesIO(deep), RdfFormat.TURTLE)


@pytest.mark.parametrize("at", range(-3, 4))
def test_a_triple_term_that_begins_where_a_block_ends(tmp_path: Path, at: int) -> None:
    path = tmp_path / "deep.ttl"
    head = b"<s:> <s:p> "
    space = b" " * (opening._BLOCK - len(head) + at)
    path.write_bytes(head + space + f"{nested(257)} .".encode())
    refused(path, "nested more than 256 levels deep")


def test_entities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "laughs.rdf"
    tens = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    path.write_text(f'<!DOCTYPE r [<!ENTITY e0 "ha">{tens}]>{RDF.format("")}')
    assert "TESTIMONIA_ENTITIES" in refused(path, "entities .* more than 1,048,576 char").hint
    # Few entities, used often.
    once = f'<!DOCTYPE r [<!ENTITY e "{"ha" * 4000}">]>'
    node = '<rdf:Description rdf:about="http://a.example/s"><a:p>{}</a:p></rdf:Description>'
    path.write_text(once + RDF.format(node.format("&e;" * 30_000)))
    refused(path, "more than a hundred times its size")
    path.write_text(once + RDF.format(node.format("&e;" * 3)))
    (quad,) = files.read([path])
    assert quad.object.value == "ha" * 12_000
    monkeypatch.setenv("TESTIMONIA_ENTITIES", "10")
    refused(path, "entities .* more than 10 char")


def test_entities_for_namespaces_still_work(tmp_path: Path) -> None:
    path = tmp_path / "ontology.owl"
    thing = '<rdf:Description rdf:about="&base;T{}"><rdf:type rdf:resource="&owl;Class"/></rdf:Description>'
    path.write_text(
        '<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#">'
        '<!ENTITY host "http://a.example/"><!ENTITY base "&host;names#">]>'
        + RDF.format("".join(thing.format(n) for n in range(3000)))
    )
    found = list(files.read([path]))
    assert len(found) == 3000
    assert found[7].subject.value == "http://a.example/names#T7"


def test_deep_xml(tmp_path: Path) -> None:
    path = tmp_path / "deep.rdf"
    node, end = "<rdf:Description>\n<a:p>", "</a:p></rdf:Description>"
    path.write_text(RDF.format(node * 127 + end * 127))  # with rdf:RDF, 255 elements
    assert len(list(files.read([path]))) == 127
    path.write_text(RDF.format(node * 40_000 + end * 40_000))
    error = refused(path, "nested more than 256 levels deep")
    assert str(error.place).endswith("deep.rdf:129:1")


@pytest.mark.parametrize("keep", [30, 150, -1])
def test_truncated_xml_is_refused(tmp_path: Path, keep: int) -> None:
    node = '<rdf:Description rdf:about="http://a.example/s"><a:p>1</a:p></rdf:Description>'
    path = tmp_path / "cut.rdf"
    path.write_text(RDF.format(node)[:keep])
    refused(path, "not well formed", SyntaxFault)
    path.write_text("")
    refused(path, "no element found", SyntaxFault)


def test_errors_in_rdfxml_have_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.rdf"
    good = '<rdf:Description rdf:about="http://a.example/s"><a:p>1</a:p></rdf:Description>\n'
    bad = '<rdf:Description rdf:about="http://a.example/ s"/>\n'
    path.write_text(RDF.format(f"\n{good * 3}{bad}{good}"))
    error = refused(path, "Invalid IRI code point ' '", SyntaxFault)
    assert str(error.place) == f"{path}:5"


def test_encodings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    for encoding, name in [
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16 without a byte order mark"),
        ("utf-16-le", "UTF-16 without a byte order mark"),
        ("utf-32", "UTF-32"),
    ]:
        path.write_bytes(LINE.format('"é"').encode(encoding))
        assert refused(path, f"encoded in {name}").hint == "Save it as UTF-8."
    path.write_bytes(LINE.format('"é"').encode("latin-1"))
    assert refused(path, "Invalid UTF-8", SyntaxFault).hint == "Save the file as UTF-8."
    xml = tmp_path / "a.rdf"
    xml.write_bytes(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + RDF.format("").encode())
    refused(xml, "declared to be in the encoding ISO-8859-1")


def test_pipes_and_devices_are_refused_without_blocking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    refused(tmp_path / "pipe.ttl", "this is a pipe, not a file")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.ttl"))
        refused(tmp_path / "s.ttl", "cannot be read")
    (tmp_path / "device.ttl").symlink_to("/dev/zero")
    refused(tmp_path / "device.ttl", "this is a device, not a file")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/pipe.nq").symlink_to(tmp_path / "pipe.ttl")
    with pytest.raises(InputError, match="this is a pipe"):
        list(files.read([tmp_path / "folder"]))


def test_invalid_file_names(tmp_path: Path) -> None:
    for name in ("a" * 5000 + ".ttl", "a\0.ttl"):
        with pytest.raises(InputError, match="cannot be read") as caught:
            files.expand([tmp_path / name])
        assert caught.value.hint


def test_similar_names_are_suggested_for_misspelt_ones(tmp_path: Path) -> None:
    (tmp_path / "claims.ttl").write_text("")
    assert refused(tmp_path / "cliams.ttl", "no such file").hint == (
        f"Did you mean {tmp_path / 'claims.ttl'}?"
    )
    assert refused(tmp_path / "xyz.nq", "no such file").hint == "Check the spelling."
    (tmp_path / "incidents").mkdir()
    gone = refused(tmp_path / "incidnets" / "a.ttl", "no such file")
    assert gone.hint == f"Did you mean {tmp_path / 'incidents'}?"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nt", LINE.format('"{}"')),
        ("a.ttl", "# {}\n"),
        ("a.jsonld", '{{"@id": "http://a.example/s", "http://a.example/p": "{}"}}'),
    ],
)
def test_texts_longer_than_the_parser_accepts(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content.format("a" * (reading_limits.LONGEST_TOKEN + 1)))
    refused(path, "longer than 16,777,216 bytes")


def test_the_missing_prefix_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("@prefix a: <http://a.example/> .\na:s a:p nobody:o .\n")
    error = refused(path, "The prefix nobody: has not been declared", SyntaxFault)
    assert str(error.place) == f"{path}:2:9"
    assert error.hint == "Declare the prefix in the file."


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("[] <http://a.example/p> 1 .")
    (tmp_path / "link.ttl").symlink_to(path)
    assert len(list(files.read([path, tmp_path, tmp_path / "link.ttl"]))) == 1


def test_every_limit_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    for limit in reading_limits.LIMITS:
        assert f"`{limit.variable}`" in text
        assert f"{limit.default:,}" in text
    assert f"{reading_limits.LONGEST_TOKEN:,}" in text
    assert f"{opening._SMALL:,}" in text


@pytest.mark.parametrize("name", ["a\\#b", "a\\'b"])
def test_marks_that_a_local_name_escapes_begin_nothing(name: str) -> None:
    deep = f"<s:> <s:p> x:{name} , {nested(257)} .\n".encode()
    with pytest.raises(InputError, match="nested more than 256 levels deep"):
        nesting.refuse_deep(io.BytesIO(deep), RdfFormat.TURTLE)


def test_a_long_line_is_checked_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "LONGEST_TOKEN", 64)
    monkeypatch.setattr(nesting, "_BLOCK", 64)
    deep = LINE.format('"a"') * 9 + LINE.format(nested(257))
    with pytest.raises(InputError, match="nested more than 256 levels deep"):
        nesting.refuse_deep(io.BytesIO(deep.encode()), RdfFormat.N_TRIPLES)
    nesting.refuse_deep(io.BytesIO(LINE.format(nested(256)).encode()), RdfFormat.N_TRIPLES)


def test_entities_after_a_reference_that_is_not_declared(tmp_path: Path) -> None:
    """Expat then skips declarations that Oxigraph reads."""
    path = tmp_path / "laughs.rdf"
    tens = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE r [%undef; <!ENTITY e0 "ha">{tens}]>'
    path.write_text(head + RDF.format(""))
    assert "parameter entity undef" in refused(path, "does not declare").message
    path.write_text('<!DOCTYPE r SYSTEM "http://nowhere.invalid/r.dtd">' + RDF.format(""))
    assert list(files.read([path])) == []


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_an_empty_compressed_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"data.nt{suffix}"
    path.touch()
    refused(path, "is not a complete", SyntaxFault)
