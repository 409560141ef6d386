"""The same table in any dress comes to the same statements, and what was found is said."""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from testimonia.cli import run as run_command
from testimonia.errors import InputError, SyntaxFault, TableError
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.mapping import Run, map_files
from testimonia.tables.source import Mapped, Source

HEADER = ["key", "name", "day", "note"]
ROWS = [
    ["a", "Ærø, “the island”", "2024-05-06", "one, two; three\tfour|five"],
    ["b", "Zürich", "2024-05-07", 'he said "no"'],
    ["c", "Bern", "", "two\nlines"],
]


def map_rows(batch: pl.DataFrame, document: str) -> Mapped:  # noqa: ARG001 - as mappings are called
    """Every row is a place."""
    return Mapped({"places": batch.select(id="key", label="name", comment="note")})


PLACES = Source(
    name="places",
    title="Places",
    compiler="ada",
    key_column="key",
    day_column="day",
    map=map_rows,
    shared={"agents": pl.DataFrame({"id": ["ada"], "type": [["Person"]], "label": ["Ada"]})},
    mapped=frozenset(HEADER),
)


def text(separator: str = ",", end: str = "\r\n", rows: list[list[str]] | None = None) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [HEADER, *(rows or ROWS)]
    )
    return stream.getvalue()


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def moved(archive: bytes) -> bytes:
    """Let the directory of an archive say that it begins elsewhere."""
    place = archive.rindex(b"PK\x05\x06") + 16
    return archive[:place] + b"\xff\xff\xff\x7f" + archive[place + 4 :]


def mapped(directory: Path, content: bytes, manner: Manner | None = None) -> tuple[Run, list[str]]:
    """Map a table; the statements of its rows, and not those of its file."""
    path = directory / "table"
    path.write_bytes(content)
    run = map_files(PLACES, [path], directory / "out.nq", manner=manner)
    lines = (directory / "out.nq").read_text("utf-8").splitlines()
    return run, sorted(line.rsplit(" ", 2)[0] for line in lines if "/id/place/" in line[:60])


def plain(directory: Path) -> list[str]:
    return mapped(directory, text(",", "\n").encode())[1]


def zstd(content: bytes) -> bytes:
    import pyarrow as pa

    return bytes(pa.compress(content, codec="zstd", asbytes=True))


DRESSES: dict[str, tuple[Callable[[], bytes], str]] = {
    "line feeds": (lambda: text(end="\n").encode(), ""),
    "a byte order mark": (lambda: codecs.BOM_UTF8 + text().encode(), ""),
    "carriage returns": (lambda: text(end="\r").encode(), "lines end with carriage returns"),
    "semicolons": (lambda: text(";").encode(), "cells separated by semicolons"),
    "tabs": (lambda: text("\t").encode(), "cells separated by tabs"),
    "bars": (lambda: text("|").encode(), "cells separated by bars"),
    "sep=": (lambda: b"sep=;\r\n" + text(";").encode(), "semicolons, as its first line says"),
    "sep= with a mark": (
        lambda: ("\ufeffsep=\t\r\n" + text("\t")).encode(),
        "cells separated by tabs",
    ),
    "blank lines above": (lambda: b"\r\n\r\n" + text().encode(), ""),
    "UTF-16 with a mark": (lambda: text().encode("utf-16"), "read as UTF-16, as its byte order"),
    "UTF-16 without": (
        lambda: text().encode("utf-16-le"),
        "read as UTF-16 (utf-16-le), which is a",
    ),
    "UTF-16, big end": (lambda: text().encode("utf-16-be"), "(utf-16-be), which is a guess"),
    "UTF-32": (lambda: text().encode("utf-32"), "read as UTF-32, as its byte order mark says"),
    "cp1252": (lambda: text().encode("cp1252"), "read as Windows-1252, which is a guess"),
    "Mac": (lambda: text(end="\r").encode("mac_roman"), "read as Mac OS Roman, which is a guess"),
    "gzip": (lambda: gzip.compress(text().encode()), ""),
    "bzip2": (lambda: bz2.compress(text(";").encode()), "cells separated by semicolons"),
    "xz": (lambda: lzma.compress(text().encode()), ""),
    "an archive": (lambda: zipped(t__csv=text().encode()), "read from the archive: t.csv"),
    "an archive with a note": (
        lambda: zipped(t__csv=text().encode(), readme__md=b"x", __MACOSX=b"x"),
        "skipped in the archive: ",
    ),
    "packed twice": (
        lambda: gzip.compress(zipped(t__csv=text().encode())),
        "read from the archive",
    ),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_table_in_any_dress(tmp_path: Path, dress: str) -> None:
    make, notice = DRESSES[dress]
    run, lines = mapped(tmp_path, make())
    assert lines == plain(tmp_path)
    (notices,) = run.notices.values()
    assert notice in " ".join(notices)
    assert bool(notice) == bool(notices)


def test_zstd(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "p.csv"
    path.write_bytes(text().encode())
    stream = io.BytesIO()
    pl.read_csv(path, infer_schema=False).write_csv(tmp_path / "p.csv.zst", compression="zstd")
    stream.write((tmp_path / "p.csv.zst").read_bytes())
    assert mapped(tmp_path, stream.getvalue())[1] == plain(tmp_path)


def test_an_encoding_and_a_separator_that_are_named_are_taken(tmp_path: Path) -> None:
    rows = [["a", "Łódź", "", "x;y;z;w"]]
    content = text(":", rows=rows).encode("cp1250")
    run, lines = mapped(tmp_path, content, Manner(encoding="windows-1250", separator=":"))
    assert any("Łódź" in line for line in lines)
    assert list(run.notices.values()) == [[]]
    with pytest.raises(InputError, match="not in utf-8"):
        mapped(tmp_path, content, Manner(encoding="utf-8", separator=":"))


@pytest.mark.parametrize("encoding", ["idna", "punycode", "utf-32", "utf-16"])
def test_a_named_encoding_that_the_text_is_not_in(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(InputError, match="this file is not in ") as caught:
        mapped(tmp_path, text(rows=[["a", "Łódź"]]).encode(), Manner(encoding=encoding))
    assert caught.value.place is not None
    assert caught.value.place.path == tmp_path / "table"


@pytest.mark.parametrize(
    ("manner", "message"),
    [
        ({"encoding": "klingon"}, "there is no encoding 'klingon'"),
        ({"encoding": "hex"}, "there is no encoding 'hex'"),
        ({"separator": ";;"}, "';;' cannot be a separator"),
        ({"separator": '"'}, "cannot be a separator of cells"),
        ({"limit": 0}, "not above 0"),
    ],
)
def test_manners_that_there_are_not(manner: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Manner(**manner)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(text().encode())[:-9], "this gzip file is damaged"),
        (zipped(t__csv=text().encode())[:-30], "this zip file is damaged"),
        (b"\x28\xb5\x2f\xfd and no more", "this zstd file is damaged"),
        (zipped(a__csv=b"x", b__csv=b"y"), "this archive holds 2 tables: a.csv, b.csv"),
        (zipped(readme__md=b"x"), "this archive holds no table"),
        (bz2.compress(text().encode())[:40] + b"x" * 40, "this bzip2 file is damaged"),
        (moved(zipped(t__csv=text().encode())), "this zip file is damaged"),
        (zipped(mimetype=b"x", content__xml=b"<x/>"), "an OpenDocument file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<!DOCTYPE html><p>404", "an HTML or XML page"),
        (b"PAR1 and no more", "this Parquet file is damaged"),
        (codecs.BOM_UTF16_LE + b"k\0e", "not in UTF-16"),
        (
            text(rows=[["a", "b"], ["c", "d", "e", "f", "g"]]).encode(),
            r"row 1 \(line 2\) has 2, row 2",
        ),
        (
            text("\t", rows=[["a", "b", "c", "d", "e"]]).encode(),
            r"more cells .* row 1 \(line 2\) has 5",
        ),
        (b'key;name\r\na;"A\r\n', "not well-formed CSV"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises((TableError, InputError, SyntaxFault), match=message) as caught:
        mapped(tmp_path, content)
    assert caught.value.place is not None
    assert caught.value.place.path == tmp_path / "table"
    assert caught.value.hint or "archive" in message
    assert not (tmp_path / "out.nq").exists()


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda b: zipped(a__csv=b)]
)
def test_files_unpack_up_to_a_limit(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    content = text(rows=[["a", "A", "", "x" * (2 << 20)]]).encode()
    with pytest.raises(InputError, match="unpacks to more than 1 MiB") as caught:
        mapped(tmp_path, pack(content), Manner(limit=1))
    assert "--max-unpacked" in caught.value.hint
    mapped(tmp_path, pack(content), Manner(limit=3))


def test_packed_again_and_again(tmp_path: Path) -> None:
    content = text().encode()
    for _ in range(6):
        content = gzip.compress(content)
    with pytest.raises(InputError, match="compressed more than 4 times"):
        mapped(tmp_path, content)


TAGS = [
    ["#meta+id", "#loc+name", "", ""],
    ["", "", "#date+start", ""],
    ["", "#loc +name +en", "", " "],
]


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_row_of_tags_is_skipped_wherever_it_stands(
    tmp_path: Path, tags: list[str], place: int
) -> None:
    rows = [*ROWS[:place], tags, *ROWS[place:]]
    run, lines = mapped(tmp_path, text(rows=rows).encode())
    assert lines == plain(tmp_path)
    assert run.notices == {str(tmp_path / "table"): [f"skipped: row {place + 1} of HXL tags"]}


def test_a_row_of_tags_and_something_else_is_a_row(tmp_path: Path) -> None:
    rows = [["#meta", "x", "", ""], ["#N/A", "#loc", "", ""]]
    run, _ = mapped(tmp_path, text(rows=rows).encode())
    assert list(run.read.values()) == [2]


def test_rows_with_nothing_in_them_are_counted_and_keep_their_numbers(tmp_path: Path) -> None:
    content = text(end="\n").replace('\n"b"', '\n\n,,,\n"b"') + "\n\nb,B,,\n"
    run, lines = mapped(tmp_path, content.encode())
    rejects = (tmp_path / "out.nq.rejects.csv").read_text("utf-8")
    assert lines == plain(tmp_path)
    assert list(run.notices.values()) == [["skipped: 4 empty rows"]]
    assert f"{tmp_path / 'table'},8,key,b,a key that no row before has" in rejects


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.json"
    path.write_text(
        '[{"report_date": "2024-01-01", "report_source": "mohtel", "killed": 3}]', "utf-16"
    )
    assert run_command(["map", "gaza-daily", str(path), "-o", str(tmp_path / "o.nq")]) == 0
    assert f"{path}: read as UTF-16, as its byte order mark says" in capsys.readouterr().out
    path.write_text("[]", "utf-8")
    assert run_command(["map", "gaza-daily", str(path), "-o", str(tmp_path / "o.nq")]) == 2
    assert "this series has no day" in capsys.readouterr().err
    options = ["--encoding", "utf-16", "--max-unpacked", "1"]
    assert (
        run_command(["map", "gaza-daily", str(path), "-o", str(tmp_path / "o.nq"), *options]) == 2
    )
    assert "not in UTF-16" in capsys.readouterr().err
