"""The sources of the rows of a table: cited publications, and informants.

Rows have the columns ``id``, ``record``, ``source_office``, ``source_date``, ``source_headline`` (lists
separated by semicolons), ``source_article`` (all publications in one text) and ``source_original``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import LEXICAL
from testimonia.tables.day_bounds import anywhere_name
from testimonia.tables.informants import Known, above, known, read
from testimonia.tables.rows import path_segment

__all__ = ["agents_of", "cited_addresses", "documents", "informants", "publishers"]

_BETWEEN: Final = "\x1f"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
# "office,date,headline";"office,date,headline"
_ENTRY: Final = re.compile(
    r"(?P<office>[^;]{1,120}?),(?P<date>\d{4}-\d{2}-\d{2}),(?P<headline>.*)", re.DOTALL
)
_ENTRIES: Final = re.compile(r'"\s*;\s*"')
_UNKNOWN_OFFICE: Final = pl.lit("office/") + path_segment("office")
_DETAILS: Final = {"office": pl.String, "date": pl.String, "headline": pl.String}


def documents(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the publications that rows cite.

    Parameters
    ----------
    rows
        As described above.

    Returns
    -------
    tuple
        Rows for the table ``documents``, each publication once, with additional columns ``office`` and,
        for its day, ``first`` and ``last``; and for each ``id`` what it ``cites``, whether the
        publications were ``indistinct``, and whether one was ``undated``.
    """
    # Lists of different lengths, without a text, are kept as one citation.
    whole = pl.concat_str(
        "source_office", "source_date", "source_headline", separator="\n", ignore_nulls=True
    )
    lists = rows.select(
        "id",
        source_article=pl.coalesce("source_article", whole.replace("", None)),
        office=pl.col("source_office").str.split(";"),
        date=pl.col("source_date").str.split(";"),
        headline=pl.col("source_headline").str.split(";"),
    )
    count = pl.col("office").list.len()
    aligned = (count == pl.col("date").list.len()) & (count == pl.col("headline").list.len())
    distinct = lists.filter(aligned.fill_null(False)).drop("source_article")
    others = lists.filter(~aligned.fill_null(False)).select("id", "source_article").drop_nulls()
    each = pl.concat(
        [distinct.explode("office", "date", "headline"), _articles(others)], how="diagonal"
    ).with_columns(
        pl.col("office", "headline").str.strip_chars().replace("", None),
        pl.col("date").str.strip_chars(),
    )
    each = each.filter(pl.any_horizontal(pl.col(list(_DETAILS)).is_not_null()))
    each = _named(each.with_columns(distinct=pl.col("office").is_not_null()))
    behind = each.group_by("id", maintain_order=True).agg(
        cites=pl.col("document").unique(maintain_order=True),
        indistinct=(~pl.col("distinct")).any(),
        undated=(pl.col("distinct") & pl.col("day").is_null()).any(),
    )
    published = pl.when(pl.col("day").is_not_null()).then(
        anywhere_name(pl.col("day"), pl.col("day"))
    )
    found = each.unique("document", maintain_order=True).select(
        "office",
        id="document",
        label=pl.when("distinct")
        .then(
            pl.format(
                "Publication of {}, {}, known from a table that cites it",
                "office",
                pl.col("day").fill_null("undated"),
            )
        )
        .otherwise(pl.lit("Publications not distinguished, known from a table that cites them")),
        published=published,
        publisher=_office(each["office"]),
        headline_digest="digest",
        first="day",
        last="day",
    )
    return found, behind


def _articles(rows: pl.DataFrame) -> pl.DataFrame:
    """Parse texts that list publications one after the other; keep each other text as one citation."""
    found = []
    for text in rows["source_article"].unique(maintain_order=True):
        entries = [
            _ENTRY.fullmatch(entry)
            for entry in _ENTRIES.split(text.removeprefix('"').removesuffix('"'))
        ]
        if all(entries):
            found += [{"source_article": text, **entry.groupdict()} for entry in entries if entry]
        else:
            found.append({"source_article": text, "headline": text})
    each = pl.DataFrame(found, schema={"source_article": pl.String} | _DETAILS)
    return rows.join(each, on="source_article", maintain_order="left").drop("source_article")


def _named(each: pl.DataFrame) -> pl.DataFrame:
    """Name publications by a digest of their details, so that equal ones have the same name."""
    day = pl.when(pl.col("date").str.to_date("%Y-%m-%d", strict=False).is_not_null()).then("date")
    text = pl.concat_str([pl.col(name).fill_null("") for name in _DETAILS], separator=_BETWEEN)
    each = each.with_columns(day=pl.when(pl.col("date").str.contains(_DAY)).then(day), text=text)
    names = _digests(each["text"])
    digests = _digests(each["headline"])
    return each.with_columns(
        document=pl.lit("cited/")
        + pl.col("text").replace_strict(names, return_dtype=pl.String).str.slice(0, 32),
        digest=pl.col("headline").replace_strict(digests, default=None, return_dtype=pl.String),
    )


def _digests(texts: pl.Series) -> dict[str, str]:
    distinct = texts.unique().drop_nulls()
    return {text: hashlib.sha256(text.encode()).hexdigest() for text in distinct}


def cited_addresses(
    rows: pl.DataFrame, columns: Iterable[tuple[str, str]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the publications that rows cite by an address on the web, which is never fetched.

    Parameters
    ----------
    rows
        Rows, numbered in the column `ROW`; empty cells are null.
    columns
        The columns with addresses, and what separates several in a cell; empty if a cell has one.

    Returns
    -------
    tuple
        Rows for the table ``documents``, each address once; and by `ROW` what each row ``cites``. Text
        that is not an address is a publication too, known by its digest only.
    """
    each = [
        rows.select(ROW, text=pl.col(name).str.split(mark) if mark else pl.concat_list(name))
        for name, mark in columns
    ]
    texts = pl.concat([pl.DataFrame(schema={ROW: pl.Int64, "text": pl.List(pl.String)}), *each])
    texts = texts.explode("text").with_columns(pl.col("text").str.strip_chars().replace("", None))
    texts = texts.drop_nulls()
    digests = _digests(texts["text"])
    digest = pl.col("text").replace_strict(digests, default=None, return_dtype=pl.String)
    texts = texts.with_columns(document=pl.lit("cited/") + digest.str.slice(0, 32), digest=digest)
    pattern, _ = LEXICAL["address"]
    is_address = pl.col("text").str.contains(pattern)
    host = pl.col("text").str.extract(r"^https?://(?:[^/?#@]*@)?([^/?#]{1,200})", 1)
    found = texts.unique("document", maintain_order=True).select(
        id="document",
        label=pl.when(is_address)
        .then(pl.format("Publication at {}, known from a table that cites it", host))
        .otherwise(pl.lit("Publication known from a table that cites it")),
        url=pl.when(is_address).then(pl.concat_list("text")),
        headline_digest=pl.when(~is_address).then("digest"),
    )
    cites = texts.group_by(ROW, maintain_order=True).agg(
        cites=pl.col("document").unique(maintain_order=True)
    )
    return found, cites


def publishers(found: pl.DataFrame) -> pl.DataFrame:
    """Return the publishers of what `documents` found, as rows of the table ``agents``.

    Parameters
    ----------
    found
        The first frame that it returns.
    """
    offices = found.select("office").drop_nulls().unique(maintain_order=True)
    names = [known(name) for name in offices["office"]]
    others = offices.filter(pl.Series([name is None for name in names], dtype=pl.Boolean))
    unknown = others.select(id=_UNKNOWN_OFFICE, type=pl.lit(["Organization"]), label="office")
    return pl.concat([agents_of(filter(None, names)), unknown], how="diagonal")


def _office(offices: pl.Series) -> pl.Expr:
    """Return the names of publishers in the agents table; known bodies have names of their own."""
    names = {name: known(name) for name in offices.unique().drop_nulls()}
    ids = {name: agent.id for name, agent in names.items() if agent}
    known_id = pl.col("office").replace_strict(ids, default=None, return_dtype=pl.String)
    return pl.when(pl.col("office").is_not_null()).then(pl.coalesce(known_id, _UNKNOWN_OFFICE))


def informants(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the informants that rows name.

    Parameters
    ----------
    rows
        As described above; ``event`` names the event of the row.

    Returns
    -------
    tuple
        Rows for the table ``agents``: bodies known by name, and the unnamed sources of each row, which
        are never shared between rows. And for each ``id`` its ``informants``, the text that is kept
        ``as_stated``, and whether that was ``partly_read`` or ``not_read``.
    """
    texts = rows["source_original"].unique(maintain_order=True).drop_nulls()
    readings = [read(text) for text in texts]
    parsed = pl.DataFrame(
        {
            "source_original": texts,
            "known": [[agent.id for agent in each.known] for each in readings],
            "unnamed": [list(each.unnamed) for each in readings],
            "sure": [each.sure for each in readings],
        },
        schema={
            "source_original": pl.String,
            "known": pl.List(pl.String),
            "unnamed": pl.List(pl.String),
            "sure": pl.Boolean,
        },
    )
    each = rows.select("id", "event", "source_original").join(
        parsed, on="source_original", maintain_order="left"
    )
    number = pl.int_range(1, pl.len() + 1).over("id").cast(pl.String)
    unnamed = (
        each.select("id", "event", words="unnamed")
        .explode("words")
        .drop_nulls("words")
        .with_columns(source=pl.format("{}/informant-{}", "event", number))
    )
    agents = unnamed.select(
        id="source",
        type=pl.lit(["UnnamedSource"]),
        label=pl.format("{}, not named (record {})", "words", "id"),
        described_as="words",
    )
    sources = unnamed.group_by("id", maintain_order=True).agg("source")
    nobody = pl.lit([], pl.List(pl.String))
    result = each.join(sources, on="id", how="left", maintain_order="left").select(
        "id",
        informants=pl.concat_list(pl.col("known", "source").fill_null(nobody)),
        as_stated=pl.when(~pl.col("sure")).then("source_original"),
    )
    read_some = pl.col("informants").list.len() > 0
    left = pl.col("as_stated").is_not_null()
    known_agents = agents_of(agent for reading in readings for agent in reading.known)
    return (
        pl.concat([known_agents, agents], how="diagonal"),
        result.with_columns(partly_read=left & read_some, not_read=left & ~read_some),
    )


def agents_of(found: Iterable[Known]) -> pl.DataFrame:
    """Make rows of the table ``agents``, also for the known bodies that others are part of.

    Parameters
    ----------
    found
        The agents; the last of each id is used.
    """
    rows: dict[str, Known] = {}
    waiting = list(found)
    while waiting:
        agent = waiting.pop()
        rows[agent.id] = agent
        waiting += [above(agent)] if agent.part_of and agent.part_of not in rows else []
    each = [rows[name] for name in sorted(rows)]
    return pl.DataFrame(
        {
            "id": [agent.id for agent in each],
            "type": [[agent.type] for agent in each],
            "label": [agent.label for agent in each],
            "part_of": [[agent.part_of] if agent.part_of else [] for agent in each],
        },
        schema={
            "id": pl.String,
            "type": pl.List(pl.String),
            "label": pl.String,
            "part_of": pl.List(pl.String),
        },
    )
