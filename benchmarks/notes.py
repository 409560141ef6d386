"""Measures the effort to write claims as notes, in sheets and in Turtle, over all shipped incidents.

``python benchmarks/notes.py`` writes docs/reference/notes-size.md. Nothing is timed: the same data give the same page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from testimonia.catalogue import resources
from testimonia.notes import export
from testimonia.rdf import files
from testimonia.tables.cell_format import SEPARATOR
from testimonia.tables.from_quads import tables
from testimonia.yaml_nodes import Fields, Items, Node, Word, parsed

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "notes-size.md"
EXAMPLE = Path(__file__).parents[1] / "examples" / "notes" / "harbour.yaml"


def words(node: Node) -> Iterator[str]:
    """Yield each value that is typed: one for each field, or for each item of a list."""
    if isinstance(node, Word):
        yield node.text or ""
    elif isinstance(node, Items):
        for item in node.items:
            yield from words(item)
    else:
        for _, value in node.entries:
            yield from words(value)


def fields_a_claim(text: str) -> list[int]:
    """Count the fields of each claim in a file of notes."""
    fields, _ = parsed(text, "")
    claims = next((node for key, node in fields.entries if key.text == "claims"), Items(()))
    assert isinstance(claims, Items)  # noqa: S101 - as the export writes it
    return [len(item.entries) for item in claims.items if isinstance(item, Fields)]


def in_sheets(frames: dict[str, pl.DataFrame]) -> tuple[int, int]:
    """Count the cells that are filled in, and the characters in them."""
    cells = characters = 0
    for frame in frames.values():
        text = frame.with_columns(pl.selectors.list().list.join(SEPARATOR)).cast(pl.String)
        for row in text.iter_rows():
            filled = [value for value in row if value is not None]
            cells, characters = cells + len(filled), characters + sum(map(len, filled))
    return cells, characters


def main() -> None:
    """Count, and write the page."""
    data = list(files.read(resources.data()))
    found = tables(data)
    claims = found["claims"].height
    noted = export(data).files
    typed = [word for text in noted.values() for word in words(parsed(text, "")[0])]
    counts = [n for text in noted.values() for n in fields_a_claim(text)]
    example = fields_a_claim(EXAMPLE.read_text("utf-8"))
    cells, in_cells = in_sheets(dict(found))
    turtle = sum(len(path.read_text("utf-8")) for path in resources.data())
    size = sum(map(len, noted.values()))
    own = found["claims"]
    of_claims, _ = in_sheets({"claims": own})
    rows = [
        ("Notes", f"{len(typed):,} values", len(typed), size),
        ("Sheet", f"{cells:,} cells", cells, in_cells),
        ("Turtle", f"{len(data):,} statements", len(data), turtle),
    ]
    lines = [
        "# The effort to write a claim",
        "",
        f"All shipped incidents, {claims} claims, with their documents, passages, names, propositions and times.",
        "Written by `python benchmarks/notes.py`.",
        "",
        "| Form | Total | Per claim | Characters per claim |",
        "|---|---:|---:|---:|",
        *(f"| {n} | {a} | {c / claims:.1f} | {x / claims:.0f} |" for n, a, c, x in rows),
        "",
        f"Without documents, names and propositions, a claim has {sum(counts) / len(counts):.1f} fields in notes"
        f" (mode {max(set(counts), key=counts.count)}, maximum {max(counts)}), and {of_claims / claims:.1f} cells in a sheet.",
        "",
        "These incidents were not written as notes. Their glosses, labels and ids were written by hand, while notes generate",
        "them, and their passages have offsets and digests, which notes do not need if the text is available. The",
        f"[example of the guide](../guides/write-notes.md) was written as notes: {sum(example) / len(example):.1f} fields per"
        f" claim, at most {max(example)}.",
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
