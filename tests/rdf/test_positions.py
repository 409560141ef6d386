"""Where things are described."""

from __future__ import annotations

from pathlib import Path

from testimonia.errors import Place
from testimonia.rdf.positions import find

EX = "https://example.org/"


def test_the_first_file_that_describes_a_thing_counts(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.nt"
    one.write_text(f"@prefix ex: <{EX}> .\n\nex:a ex:p ex:c .\n", encoding="utf-8")
    two.write_text(f"<{EX}b> <{EX}p> <{EX}c> .\n<{EX}a> <{EX}p> <{EX}c> .\n", encoding="utf-8")
    wanted = [EX + name for name in "abc"]
    assert find([one, two], wanted) == {EX + "a": Place(one, 3), EX + "b": Place(two, 1)}
    assert find([two, one], wanted) == {EX + "a": Place(two, 2), EX + "b": Place(two, 1)}
    assert find([], wanted) == {}
