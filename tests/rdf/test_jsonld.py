"""JSON-LD: what a processor would silently drop is refused, and valid documents are read."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import testimonia
from testimonia.errors import InputError, LeftOut, SyntaxFault
from testimonia.rdf import files
from testimonia.rdf.files import Reading

VOCAB = {"@vocab": "http://v.example/"}
REMOTE = "https://contexts.example/harbour"


def write(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    return path


def read(path: Path, **how: Any) -> list[str]:
    return sorted(str(quad) for quad in files.read([path], Reading(**how)))


def test_relative_iris_need_a_base(tmp_path: Path) -> None:
    crate = {
        "@context": VOCAB,
        "@graph": [
            {"@id": "crate.json", "@type": "Work", "about": {"@id": "./"}},
            {"@id": "./", "hasPart": {"@id": "a%20b.csv"}},
        ],
    }
    path = write(tmp_path / "crate.jsonld", crate)
    with pytest.raises(
        InputError, match=r'4 IRIs in it are relative: "crate.json"; "./", 2 times'
    ) as caught:
        read(path)
    assert str(caught.value.place) == f"{path}:7:11"
    assert "--base" in caught.value.hint
    base = "https://d.example/crate/"
    assert read(path, base=base) == [
        f"<{base}> <http://v.example/hasPart> <{base}a%20b.csv>",
        f"<{base}crate.json> <http://v.example/about> <{base}>",
        f"<{base}crate.json> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://v.example/Work>",
    ]
    assert read(path, own_address=True)[0].startswith(f"<file://{tmp_path}/> ")
    crate["@context"] = [VOCAB, {"@base": "http://own.example/"}]
    assert len(read(write(path, crate))) == 3


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (
            {"@id": "http://a.example/a b"},
            '"http://a.example/a b" is not an IRI (Invalid IRI code point',
        ),
        ({"p": {"@id": "http://a.example/<x>"}}, '"http://a.example/<x>" is not an IRI'),
        ({"@type": "http://a.example/^"}, '"http://a.example/^" is not an IRI'),
        ({"http://a.example/{p}": 1}, '"http://a.example/{p}" is not an IRI'),
        ({"p q": 1}, '"http://v.example/p q" is not an IRI'),
        ({"p": {"@value": "x", "@type": "http://a.example/%zz"}}, "is not an IRI"),
        ({"p": {"@value": "x", "@language": "en_US"}}, '"en_US" is not a language tag'),
        ({"p": {"@list": ["a", {"@value": "x", "@language": "en_US"}]}}, "en_US"),
        ({"@context": {"@language": "en_US"}, "p": "x"}, "en_US"),
        (
            {"@context": {"l": {"@id": "p:l", "@container": "@language"}}, "l": {"en_US": "x"}},
            "en_US",
        ),
        ({"@context": {"t": {"@id": "p:t", "@language": "en_US"}}, "t": ["x", "y"]}, "2 times"),
        ({"@context": {"d": {"@id": "p:d", "@type": "p:d d"}}, "d": "x"}, '"p:d d" is not an IRI'),
        ({"_:p": 1}, '"_:p" is a blank node as a property'),
        ({"@reverse": {"p": {"@id": "http://a.example/a b"}}}, "is not an IRI"),
        ({"@included": [{"@id": "http://a.example/a b", "p": 1}]}, "is not an IRI"),
        ({"@context": {"id": "@id"}, "p": {"id": "http://a.example/a b"}}, "is not an IRI"),
        ({"@context": {"n": "@nest"}, "n": {"_:p": 1}}, "blank node"),
        (
            {"@context": {"m": {"@id": "p:m", "@container": "@id"}}, "m": {"p: ": {"q": 1}}},
            "is not an IRI",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_rdf(tmp_path: Path, node: dict[str, Any], message: str) -> None:
    context = [VOCAB, node.pop("@context", {})]
    document = {"@context": context, "@id": "http://a.example/s", "z": 1} | node
    path = write(tmp_path / "a.jsonld", document)
    with pytest.raises(SyntaxFault) as caught:
        read(path)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"@base": "http://b.ex[ample/"}, "@base is not an IRI"),
        ({"@base": 5}, "@base must be a string or null"),
        ({"@base": ["http://b.example/"]}, "@base must be a string or null"),
        ({"@vocab": {"@id": "http://v.example/"}}, "@vocab must be a string or null"),
        ({"@language": True}, "@language must be a string or null"),
        ({"p": {"@id": "q:p", "@container": [["@set"]]}}, "@container must be a string or an"),
        ({"p": {"@id": "q:p", "@container": 5}}, "@container value must be a string or an"),
        ({"p": {"@id": ["q:p"]}}, "@id value must be a string"),
    ],
    ids=str,
)
@pytest.mark.parametrize("base", [None, "http://base.example/"])
def test_an_ill_formed_context(
    tmp_path: Path, context: dict[str, Any], message: str, base: str | None
) -> None:
    path = write(tmp_path / "a.jsonld", {"@context": [VOCAB, context], "@id": "a:s", "p": 1})
    with pytest.raises(SyntaxFault, match=message) as caught:
        read(path, base=base)
    assert caught.value.place is not None


@pytest.mark.parametrize("reference", ["//[s", "//a]]>s", "http://[::1"])
def test_an_invalid_host(tmp_path: Path, reference: str) -> None:
    path = write(tmp_path / "a.jsonld", {"@context": VOCAB, "@id": reference, "p": 1})
    with pytest.raises(SyntaxFault, match="is not an IRI"):
        read(path, base="http://base.example/")


@pytest.mark.parametrize(
    ("context", "node"),
    [
        ({}, {"p": None, "q": []}),
        ({"note": None}, {"note": "left out on purpose"}),
        ({"j": {"@id": "p:j", "@type": "@json"}}, {"j": {"a b": {"@id": "x y"}}}),
        ({"v": {"@id": "p:v", "@type": "@vocab"}}, {"v": "word"}),
        ({"i": {"@id": "p:i", "@container": "@index"}}, {"i": {"any text": "x"}}),
        ({"l": {"@id": "p:l", "@container": "@language"}}, {"l": {"@none": "x", "de-CH": ["y"]}}),
        ({"pre": "http://pre.example/"}, {"@type": "pre:C", "pre:p": {"@id": "pre:o"}}),
        (
            {"C": {"@id": "p:C", "@context": {"@base": "http://c.example/"}}},
            {"@type": "C", "@id": "rel"},
        ),
        ({"in": {"@id": "p:in", "@context": {"@vocab": "http://w.example/"}}}, {"in": {"w": 1}}),
        ({"@vocab": None, "p": "http://v.example/p", "z": "p:z"}, {"p": {"@id": "_:b"}}),
        ({"@base": "http://b.example/x/"}, {"p": {"@id": "../y?a=b#c"}, "@type": "#t"}),
        ({}, {"p": {"@list": [{"@list": ["a"]}, {"@id": "urn:x:y"}]}}),
        ({}, {"p": {"@value": "שלום", "@language": "he", "@direction": "rtl"}}),
    ],
    ids=str,
)
def test_valid_documents_are_read_without_a_warning(
    tmp_path: Path, context: dict[str, Any], node: dict[str, Any]
) -> None:
    document = {"@context": [VOCAB, context], "@id": "http://a.example/s", "z": 1} | node
    path = write(tmp_path / "a.jsonld", document)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(path)) >= 1


def test_undefined_names_are_counted_and_listed(tmp_path: Path) -> None:
    known = {"@context": {"p": "http://a.example/p"}, "@id": "http://a.example/s", "p": 1}
    path = write(tmp_path / "a.jsonld", [{**known, "x": 1}, {**known, "x": 2, "y": 3}, "loose"])
    with pytest.warns(LeftOut) as caught:
        assert len(set(read(path))) == 1
    said = str(caught[0].message)
    assert '"x" is a name that no context maps to an IRI, 2 times; "y" is a name' in said
    assert '"loose" is a value of no property' in said


def test_a_file_without_statements_for_lack_of_a_context(tmp_path: Path) -> None:
    path = write(tmp_path / "package.json", {"name": "harbour", "version": [1, 2]})
    with pytest.raises(InputError, match=r'contains no statements: "name" is a name') as caught:
        read(path)
    assert "@context" in caught.value.hint
    for nothing in ({}, [], {"@context": VOCAB}, {"@id": "http://a.example/s"}):
        assert read(write(path, nothing)) == []


def test_contexts_are_not_fetched_and_may_be_copies(tmp_path: Path) -> None:
    node = {"@context": ["https://other.example/c", REMOTE], "@id": "http://a.example/s", "p": 1}
    path = write(tmp_path / "a.jsonld", {"@context": REMOTE, "@graph": [node]})
    with pytest.raises(InputError, match=f"nothing is fetched: {REMOTE}") as caught:
        read(path)
    assert caught.value.place is not None
    assert f"--context {REMOTE}=FILE" in caught.value.hint
    copy = write(tmp_path / "harbour.jsonld", {"@context": [VOCAB, {"q": None}]})
    other = write(tmp_path / "other.jsonld", {"@context": REMOTE})
    with pytest.raises(InputError, match=r"fetched: https://other\.example/c"):
        read(path, contexts={REMOTE: copy})
    copies = {REMOTE: copy, "https://other.example/c": other}
    assert read(path, contexts=copies) == [
        '<http://a.example/s> <http://v.example/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    ]
    assert len(list(testimonia.open(path, contexts=copies).quads())) == 1


def test_numbers_stay_as_written_beside_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    path.write_text(
        f'{{"@context": "{REMOTE}", "@id": "x:s", "p": [12345678901234567890123, 1.50], "t": "\\"@context\\": \\"no\\""}}'
    )
    copy = write(tmp_path / "c.jsonld", {"@context": VOCAB})
    found = " ".join(read(path, contexts={REMOTE: copy}))
    assert '"1.2345678901234567890123E22"' in found
    assert '\\"@context\\": \\"no\\"' in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be used (No such file"),
        ("{", "cannot be used (not JSON"),
        ("{}", "it has no @context"),
        ("[]", "it has no @context"),
        (f'{{"@context": "{REMOTE}"}}', "refers to itself"),
    ],
)
def test_invalid_copies_of_contexts(tmp_path: Path, content: str | None, message: str) -> None:
    path = write(tmp_path / "a.jsonld", {"@context": REMOTE})
    copy = tmp_path / "c.jsonld"
    if content is not None:
        copy.write_text(content)
    with pytest.raises(InputError) as caught:
        read(path, contexts={REMOTE: copy})
    assert message in caught.value.message
    assert str(caught.value.place) == str(copy)


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        ('{"p":\n "\\ud800x"}', r"\ud800 is half of a character", ":2:3"),
        ('{"\\udc00": 1}', r"\udc00 is half of a character", ":1:3"),
        ('{"p": NaN}', "NaN is not a number", ""),
        ('{"p": 1,}', "not well formed", ":1:9"),
        ("", "not well formed", ":1:1"),
        ("[" * 300 + "]" * 300, "nested more than 256 levels deep", ""),
        ("[" * 100_000, "nested too deeply", ""),
        (
            '{"@context": ' + '{"@vocab":"x:","a":{"@context":' * 300 + "1" + "}" * 601,
            "not well formed",
            ":1",
        ),
    ],
    ids=range(8),
)
def test_faults(tmp_path: Path, content: str, message: str, place: str) -> None:
    path = tmp_path / "a.jsonld"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert message in caught.value.message
    assert str(caught.value.place) == f"{path}{place}"


def test_surrogate_pairs_and_long_numbers_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    path.write_text('{"@id": "x:s", "x:p": ["\\ud83d\\ude00", "\\\\ud800", ' + "9" * 5000 + "]}")
    assert len(read(path)) == 3


def test_duplicate_names_are_all_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    path.write_text('{"@id": "x:s", "x:p": {"@id": "x:a b"}, "x:p": 1}')
    with pytest.raises(SyntaxFault, match="x:a b"):
        read(path)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.jsonld", [{"@id": "x:s"}] * 20)
    monkeypatch.setenv("TESTIMONIA_JSONLD", "100")
    with pytest.raises(InputError, match="larger than 100 bytes") as caught:
        read(path)
    assert "TESTIMONIA_JSONLD" in caught.value.hint


def test_many_duplicate_names_are_not_slow(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    members = ", ".join(f'"http://v.example/p{n}": {n}' for n in range(40_000))
    path.write_text(f'{{"@id": "x:s", {members}, "http://v.example/p0": 7}}')
    found = read(path)
    assert len(found) == 40_001
    assert sum("/p0>" in line for line in found) == 2


def test_copies_are_found_from_within_contexts(tmp_path: Path) -> None:
    """By `@import`, and by the context of a term."""
    copy = write(tmp_path / "c.jsonld", {"@context": {**VOCAB, "p": "http://own.example/p"}})
    node = {"@id": "http://a.example/s", "p": {"@id": "http://a.example/o", "q": "z"}}
    imported = {"@version": 1.1, "@import": REMOTE, "r": "x:r"}
    scoped = {"p": {"@id": "x:p", "@context": [REMOTE]}}
    path = tmp_path / "a.jsonld"
    for context, first in ((imported, "http://own.example/p"), (scoped, "x:p")):
        write(path, {"@context": context, **node})
        assert read(path, contexts={REMOTE: copy}) == [
            '<http://a.example/o> <http://v.example/q> "z"',
            f"<http://a.example/s> <{first}> <http://a.example/o>",
        ]
    write(copy, {"@context": [VOCAB]})
    write(path, {"@context": imported, **node})
    with pytest.raises(InputError, match="must be an object"):
        read(path, contexts={REMOTE: copy})
