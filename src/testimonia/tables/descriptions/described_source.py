"""Makes a dataset that can be mapped from the description of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.citations import agents_of, cited_addresses, informants
from testimonia.tables.day_bounds import anywhere, anywhere_name
from testimonia.tables.descriptions.accounts import accounts_of
from testimonia.tables.descriptions.agent_names import Names, NameTable, read_names
from testimonia.tables.descriptions.agreeing import slug
from testimonia.tables.descriptions.choices import chosen, is_one_of
from testimonia.tables.descriptions.claimed_figures import figures_of, groups_of, state_of
from testimonia.tables.descriptions.column_names import renamed
from testimonia.tables.descriptions.described_rows import (
    EVENT,
    FIRST,
    KEY,
    LAST,
    RECORD,
    checked_rows,
)
from testimonia.tables.descriptions.description import Description
from testimonia.tables.descriptions.description_reader import read_description
from testimonia.tables.descriptions.named_places import places_of
from testimonia.tables.informants import Known
from testimonia.tables.source import KEY_SEPARATOR, Mapped, Source

__all__ = ["described", "source_of"]

_MARK: Final = "\1"
"""Before the name of a column of the table, while it is mapped."""

ROW_KEY: Final = "row number"
"""The name of the key column of a table whose rows are known by their number."""


def described(description: Path | str | Description, names: Path | None = None) -> Source:
    """Make a dataset from the description of a table.

    Parameters
    ----------
    description
        The description; its file in YAML or TOML; or the name of one that comes with the library, such
        as ``acled``.
    names
        A table (CSV, Parquet or a workbook) with the columns ``name`` and ``id``, and also ``label`` and
        ``type``: which names in the cells mean the same agent.

    Returns
    -------
    Source
        What `testimonia.tables.map_files` and `testimonia.tables.map_on_spark` map.

    Raises
    ------
    InputError
        The description or the table of names is not valid.

    Examples
    --------
    >>> described("acled").title
    'Armed Conflict Location & Event Data'
    """
    if not isinstance(description, Description):
        description = read_description(description)
    return source_of(description, NameTable() if names is None else read_names(names))


def source_of(description: Description, table: NameTable) -> Source:
    """Make a dataset from a description and a table of names.

    Parameters
    ----------
    description
        The description.
    table
        Which names mean the same agent.
    """
    compiler = description.compiler
    compiler = replace(compiler, id=compiler.id or slug(compiler.name))
    description = replace(description, compiler=compiler)
    alone = len(description.key) == 1
    key = description.key[0] if alone else KEY_SEPARATOR.join(description.key) or ROW_KEY
    names = Names(description.name, compiler, table, description.missing)
    mapper = _Mapper(renamed(description, _marked), names, _marked(key))
    own = [Known(compiler.id, compiler.type, compiler.name, "")]
    states = filter(None, (state_of(each, description) for each in description.figures))
    skipped = [is_one_of(column, values) for column, values in description.skip.items()]
    return Source(
        name=description.name,
        title=description.title,
        compiler=compiler.id,
        key_column=key,
        day_column="",
        map=mapper.map,
        shared={"agents": agents_of([*own, *states]), "groups": groups_of(description)},
        mapped=frozenset((*description.columns, key)),
        left_out=description.left_out,
        key_parts=None if alone else description.key,
        needed=description.needed,
        no_record=pl.any_horizontal(skipped) if skipped else None,
    )


def _marked(column: str) -> str:
    return _MARK + column


@dataclass(frozen=True)
class _Mapper:
    description: Description
    names: Names
    key_column: str

    def map(self, batch: pl.DataFrame, document: str) -> Mapped:
        """Map rows of the table to claim tables."""
        # Columns of the table must not be taken for those of claim tables, which may have the same names.
        batch = batch.rename({name: _marked(name) for name in batch.columns if name != ROW})
        rows, rejects, counted = checked_rows(batch, self.description, self.key_column, document)
        figures = figures_of(rows, self.description, self.names, document)
        accounts = accounts_of(rows, self.description, self.names, document)
        records, agents, cited = self._records(rows, document, figures.flags)
        places, place = places_of(rows, self.description)
        for each in (figures.counted, *(claims.counted for _, _, claims in accounts)):
            for what, number in each.items():
                counted[what] = counted.get(what, 0) + number
        tables = {
            "bounds": anywhere(rows.select(first=FIRST, last=LAST)),
            "places": places,
            "agents": _together(
                [
                    *figures.agents,
                    *agents,
                    *(more for _, blamed, claims in accounts for more in (blamed, claims.agents)),
                ]
            ).unique("id", maintain_order=True),
            "groups": _together(figures.groups),
            "events": self._events(rows, place, document),
            "documents": cited,
            "records": records,
            "propositions": _once(
                _together([*figures.propositions, *(each for each, _, _ in accounts)])
            ),
            "claims": _together([*figures.claims, *(claims.claims for _, _, claims in accounts)]),
        }
        return Mapped(
            {name: frame for name, frame in tables.items() if frame.width},
            rejects.with_columns(pl.col("column", "expected").str.replace_all(_MARK, "")),
            {what.replace(_MARK, ""): number for what, number in counted.items() if number},
            str(rows[LAST].max() or ""),
        )

    def _events(self, rows: pl.DataFrame, place: pl.Series, document: str) -> pl.DataFrame:
        rows = rows.with_columns(place.alias("\0place"))
        whole = self._series(rows, document)
        part_of = pl.lit(None, pl.List(pl.String))
        if whole is not None:
            rows = rows.hstack([whole.rename("\0whole")])
            part_of = pl.when(pl.col("\0whole").is_not_null()).then(pl.concat_list("\0whole"))
        title = pl.lit(self.description.title[:200])
        events = rows.select(
            id=EVENT,
            type=pl.lit(["Incident"]),
            label=pl.format("{}, record {}", title, pl.col(KEY).str.slice(0, 150)),
            event_type=pl.concat_list(chosen(self.description.event_type, "violent-act")),
            occurred=anywhere_name(pl.col(FIRST), pl.col(LAST)),
            place="\0place",
            part_of=part_of,
            identifier=pl.when(pl.lit(bool(self.description.key))).then(pl.concat_list(KEY)),
        )
        if whole is None or self.description.part_of is None:
            return events
        larger = rows.filter(pl.col("\0whole").is_not_null()).select(
            id="\0whole",
            type=pl.lit(["Event"]),
            label=pl.format("{} of {}", pl.lit(self.description.part_of.label), title),
            event_type=pl.lit(["violent-act"]),
        )
        return pl.concat([events, larger.unique("id", maintain_order=True)], how="diagonal")

    def _series(self, rows: pl.DataFrame, document: str) -> pl.Series | None:
        """Name the larger event of each row by the first of the keys of its parts; null if alone."""
        series = self.description.part_of
        if series is None:
            return None
        keys = (
            pl.concat_list(pl.col(series.column).str.split(series.separator), pl.col(KEY))
            .list.eval(pl.element().str.strip_chars().replace("", None))
            .list.drop_nulls()
            .list.unique()
        )
        name = pl.format("{}/series/{}", pl.lit(document), keys.list.sort().list.first())
        return rows.select(pl.when(keys.list.len() > 1).then(name)).to_series()

    def _records(
        self, rows: pl.DataFrame, document: str, flags: Iterable[pl.DataFrame]
    ) -> tuple[pl.DataFrame, list[pl.DataFrame], pl.DataFrame]:
        """Make the records, the agents that they name as sources, and the documents that they cite."""
        description = self.description
        sources = description.sources
        listed = [each for each in sources.informants if each.separator or each.json]
        texts = [each for each in sources.informants if not (each.separator or each.json)]
        mentions, agents = self.names.mentions(rows, listed)
        named = mentions.group_by(ROW, maintain_order=True).agg("agent")
        frame = rows.join(named, on=ROW, how="left", maintain_order="left")
        said, more, informed = self._informants(rows, [each.column for each in texts])
        frame = frame.join(said, on=ROW, how="left", maintain_order="left")
        cited, cites = cited_addresses(
            rows, [(each.column, each.separator) for each in sources.addresses]
        )
        frame = frame.join(cites, on=ROW, how="left", maintain_order="left")
        odd = _together(
            [pl.DataFrame(schema={ROW: pl.Int64, "flag": pl.String}), *flags, *informed]
        )
        flagged = odd.unique(maintain_order=True).group_by(ROW, maintain_order=True).agg("flag")
        frame = frame.join(flagged, on=ROW, how="left", maintain_order="left")
        nobody = pl.lit([], pl.List(pl.String))
        records = frame.select(
            id=RECORD,
            document=pl.lit(document),
            key=KEY,
            cites="cites",
            informants=pl.concat_list(pl.col("agent", "read").fill_null(nobody)).list.unique(
                maintain_order=True
            ),
            informants_as_stated="as_stated",
            clarity=chosen(description.clarity),
            place_precision=chosen(description.place_precision),
            time_precision=chosen(description.time_precision),
            flags="flag",
        )
        return records, [agents, more], cited

    def _informants(
        self, rows: pl.DataFrame, columns: list[str]
    ) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
        """Recognise informants in texts; what is not recognised is kept as it is stated."""
        nothing = pl.DataFrame(
            schema={ROW: pl.Int64, "read": pl.List(pl.String), "as_stated": pl.String}
        )
        if not columns:
            return nothing, agents_of(()), []
        text = pl.concat_str(columns, separator="; ", ignore_nulls=True).replace("", None)
        asked = rows.select(ROW, id=KEY, event=EVENT, source_original=text)
        agents, stated = informants(asked)
        found = asked.select(ROW, "id").join(stated, on="id", how="left", maintain_order="left")
        flags = [
            found.filter(column).select(ROW, flag=pl.lit(flag))
            for column, flag in (
                ("partly_read", "informants-partly-read"),
                ("not_read", "informants-not-read"),
            )
        ]
        return found.select(ROW, pl.col("informants").alias("read"), "as_stated"), agents, flags


def _together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put frames with different columns under each other."""
    given = [frame for frame in frames if frame.width]
    return pl.concat(given, how="diagonal_relaxed") if given else pl.DataFrame()


def _once(propositions: pl.DataFrame) -> pl.DataFrame:
    """Make one proposition of those with the same content, with all that they are counted in."""
    if propositions.is_empty() or not propositions["id"].is_duplicated().any():
        return propositions
    lists = [name for name in ("subset_of", "aggregates") if name in propositions.columns]
    gathered: Mapping[str, pl.Expr] = {
        name: pl.col(name).explode().drop_nulls().unique(maintain_order=True) for name in lists
    }
    others = [name for name in propositions.columns if name not in ("id", *lists)]
    return propositions.group_by("id", maintain_order=True).agg(pl.col(others).first(), **gathered)
