"""Published tables: missing cells are reported, and not taken as empty."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from testimonia.errors import TableError
from testimonia.tables.batch_reader import ROW, batches

WHOLE = [
    ("a,b,c\n1,2,3\n", 1),
    ("a,b,c\n1,,\n,,\n", 2),
    ('a,"b,b",c\n1,"2,\n2,2","3 ""x"", y"\n', 1),
    ("a,b,c\r\n1,2,3\r\n\r\n", 2),
    ("a,b,c\n1,2,3\n\n4,5,6\n\n\n", 5),
    ("a,b,c\n1,2,3", 1),
    ("a,b,c\n", 0),
    ("a\n1\n\n2\n", 3),
    ('\ufeffa,b,b\n1,"2",""\n', 1),
    ('a,b\nx,"1\n\n2"\n,\n\n', 3),
]
SHORT = [
    "a,b,c\n1,2\n",
    "a,b,c\n1,2,3\n4",
    "a,b,c\n1,2,3\n4,5\n6,7,8\n",
    "a,b,c\n1,2,3\n\n4\n",
    'a,b,c\n1,"2,2"\n',
    "id,b,c\n1,x,y\n,,\n2\n",
    "a,b,c\n1,2\n,,\n4,5\n",
    "a,b,c\n,,\n\n1\n",
]


def read(path: Path) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema={ROW: pl.Int64}), *batches(path)], how="diagonal")


@pytest.mark.parametrize(("text", "rows"), WHOLE)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_complete_tables_are_read(tmp_path: Path, text: str, rows: int, suffix: str) -> None:
    path = tmp_path / f"p.csv{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix else text.encode())
    assert read(path).height == rows


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_rows_that_lack_cells_are_reported(tmp_path: Path, text: str, suffix: str) -> None:
    path = tmp_path / f"p.csv{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix else text.encode())
    with pytest.raises(TableError, match="fewer cells than its header"):
        read(path)
