"""Finds the agents that cells name: by a table of the user, among known bodies, or by the name itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.suggestions import did_you_mean, nearest
from testimonia.tables.batch_reader import ROW, batches
from testimonia.tables.citations import agents_of
from testimonia.tables.descriptions.description import Agent, Named
from testimonia.tables.informants import Known, known
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.rows import segment
from testimonia.tables.schema import by_name

__all__ = ["NameTable", "Names", "odd_json", "read_names"]

_NEEDED: Final = ("name", "id")
_MENTIONS: Final = {ROW: pl.Int64(), "agent": pl.String()}


@dataclass(frozen=True)
class NameTable:
    """A table of the user that says which names mean the same agent.

    Parameters
    ----------
    agents
        Agents by folded name.
    """

    agents: Mapping[str, Known] = field(default_factory=dict)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def read_names(path: Path) -> NameTable:
    """Read a table of names: the columns ``name`` and ``id``, and also ``label`` and ``type``.

    Parameters
    ----------
    path
        CSV, Parquet or a workbook. Several names may have one id; the first label and type of an id hold
        for all of its names.

    Raises
    ------
    TableError
        A column or value is missing, a class is not one of agents, or a name has two ids.
    """
    agents: dict[str, Known] = {}
    by_id: dict[str, Known] = {}
    for batch in batches(path, Manner(key_column="name")):
        missing = [name for name in _NEEDED if name not in batch.columns]
        if missing:
            raise TableError(
                f"this table of names has no column {', '.join(missing)}",
                place=Place(path),
                hint="Its columns are name and id, and may be label and type.",
            )
        for row in batch.iter_rows(named=True):
            cells = {key: str(value or "").strip() for key, value in row.items()}
            if not any(value for key, value in cells.items() if key != ROW):
                continue
            _add(cells, agents, by_id, path)
    return NameTable(agents)


def _add(
    cells: Mapping[str, str], agents: dict[str, Known], by_id: dict[str, Known], path: Path
) -> None:
    where = f"row {cells[ROW]} of this table of names"
    name, named = cells["name"], cells["id"]
    if not name or not named:
        raise TableError(f"{where} has no {'name' if not name else 'id'}", place=Place(path))
    kind = cells.get("type", "")
    classes = by_name("agents").types
    if kind and kind not in classes:
        raise TableError(
            f"{where} has the type {kind!r:.80}, which is not a class of agents",
            place=Place(path),
            hint=did_you_mean(nearest(kind, classes)) or f"There are: {', '.join(classes)}.",
        )
    agent = by_id.setdefault(named, Known(named, kind, cells.get("label", "") or name, ""))
    if agents.setdefault(_folded(name), agent) is not agent:
        raise TableError(
            f"{where} gives {name!r:.80} the id {named!r:.80}, and an earlier row another",
            place=Place(path),
            hint="A name means one agent: keep one of the two rows.",
        )


@dataclass(frozen=True)
class Names:
    """Finds the agents that cells of a table name.

    Parameters
    ----------
    prefix
        What the names of agents begin with: the name of the table.
    compiler
        The compiler of the table, which may be named in cells too.
    table
        Names that the user reconciles.
    missing
        Names that stand for nobody known.
    """

    prefix: str
    compiler: Agent
    table: NameTable
    missing: tuple[str, ...] = ()

    def mentions(
        self, rows: pl.DataFrame, named: Iterable[Named]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Find the agents that rows name.

        Parameters
        ----------
        rows
            Rows, numbered in the column `ROW`; empty cells are null.
        named
            The columns with names.

        Returns
        -------
        tuple
            For each row and agent that it names a row with `ROW` and ``agent``, in order, each once;
            and the agents, as rows of the table ``agents``.
        """
        mentions, agents = [pl.DataFrame(schema=_MENTIONS)], [agents_of(())]
        for each in named:
            found, more = self._of_column(rows, each)
            mentions.append(found)
            agents.append(more)
        return (
            pl.concat(mentions).unique(maintain_order=True),
            pl.concat(agents).unique("id", maintain_order=True),
        )

    def _of_column(self, rows: pl.DataFrame, named: Named) -> tuple[pl.DataFrame, pl.DataFrame]:
        cells = pl.lit(named.always) if named.always else pl.col(named.column)
        texts = rows.select(ROW, text=cells).drop_nulls("text")
        distinct = texts["text"].unique(maintain_order=True)
        listed = [
            [self._known(name, named) for name in self._names_in(text, named)] for text in distinct
        ]
        ids = pl.DataFrame(
            {"text": distinct, "agent": [[agent.id for agent in each] for each in listed]},
            schema={"text": pl.String, "agent": pl.List(pl.String)},
        )
        mentions = texts.join(ids, on="text", maintain_order="left").select(ROW, "agent")
        return mentions.explode("agent").drop_nulls(), agents_of(
            agent for each in listed for agent in each
        )

    def _names_in(self, text: str, named: Named) -> list[str]:
        if named.json:
            pieces = _of_json(text, named.json) or []
        else:
            pieces = text.split(named.separator) if named.separator else [text]
        unknown = {_folded(each) for each in (*named.missing, *self.missing)}
        names = [" ".join(piece.split()) for piece in pieces]
        return [name for name in dict.fromkeys(names) if name and _folded(name) not in unknown]

    def _known(self, name: str, named: Named) -> Known:
        kind = next(
            (
                kind
                for begin, kind in named.types.items()
                if name.casefold().startswith(begin.casefold())
            ),
            named.type,
        )
        if (agent := self.table.agents.get(_folded(name))) is not None:
            return agent if agent.type else replace(agent, type=kind)
        if _folded(name) == _folded(self.compiler.name):
            return Known(self.compiler.id, self.compiler.type, self.compiler.name, "")
        if (body := known(name)) is not None:
            return body
        return Known(f"{self.prefix}/{segment(name)}", kind, name, "")


def _of_json(text: str, key: str) -> list[str] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    names = [each.get(key) if isinstance(each, dict) else each for each in found]
    return [str(name) for name in names] if all(isinstance(name, str) for name in names) else None


def odd_json(values: pl.Series, key: str) -> list[str]:
    """List the cells that should be JSON lists of objects with a name, and are not."""
    return [text for text in values.unique().drop_nulls() if _of_json(text, key) is None]
