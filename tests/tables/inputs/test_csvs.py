"""Which separator a table has, judged by its header and the records under it."""

from __future__ import annotations

import pytest

from testimonia.tables.inputs.csvs import separator_of
from testimonia.tables.inputs.manner import Manner


@pytest.mark.parametrize(
    ("sample", "separator"),
    [
        ('"id";"Place, name"\n1;"Port Alder"\n', ";"),
        ('id;"Place, name"\n1;"Port Alder"\n', ";"),
        ('id;"Place, name"\n1;"Alder, Port"\n2;"Bria, the town"\n', ";"),
        ('"id","a;b;c"\n1,2\n', ","),
        ("id;a,b\n1;2\n3;4\n", ";"),
        ("id;a,b\n1;2,3\n", ","),  # nothing tells them apart
        ('# of 2026; by us, or not, or so\nid|name\n1|"a, b"\n', "|"),
        ('id\tname\n1\t"begins, and', "\t"),
        ("id\n1\n", ","),
        ('"id"x,y\n', ","),
        ("", ","),
    ],
)
def test_the_separator_that_fits(sample: str, separator: str) -> None:
    manner = Manner()
    assert separator_of(sample, manner) == (separator, 0)
    assert bool(manner.notices) == (separator != ",")
