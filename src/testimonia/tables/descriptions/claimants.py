"""Makes the claims of a described table: who says what is in a row, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.citations import agents_of
from testimonia.tables.descriptions.agent_names import Names
from testimonia.tables.descriptions.choices import chosen, folded
from testimonia.tables.descriptions.column_names import columns_in
from testimonia.tables.descriptions.described_rows import EVENT, FIGURE, RECORD
from testimonia.tables.descriptions.description import (
    NOTHING,
    Account,
    Conduct,
    Description,
    Figure,
)

__all__ = ["Claimed", "Said", "Saying", "speaks_for_itself"]

_CLAIMANT, _IS_BODY = "\0claimant", "\0is body"
_LONGEST: Final = 300
"""Characters of a cell in a comment."""

_SPEAK_FOR_NOBODY: Final = ("Agent", "Person", "UnnamedSource", "DocumentVoice")


def speaks_for_itself(kind: str) -> bool:
    """Return whether agents of a class are bodies, which speak on their own behalf."""
    return kind not in _SPEAK_FOR_NOBODY


@dataclass(frozen=True)
class Saying:
    """What is claimed by whom: a figure or an account, its name, and its first column."""

    what: Figure | Account | Conduct
    name: str
    column: str


@dataclass(frozen=True)
class Said:
    """Claims, the agents that make them, and how many were not made, by the reason."""

    claims: pl.DataFrame
    agents: pl.DataFrame
    counted: Mapping[str, int]


@dataclass(frozen=True)
class Claimed:
    """Makes claims.

    Parameters
    ----------
    description
        The description of the table.
    names
        Finds agents.
    document
        The name of the document.
    """

    description: Description
    names: Names
    document: str

    def claims(self, frame: pl.DataFrame, said: Saying) -> Said:
        """Make the claims of what rows say.

        Parameters
        ----------
        frame
            Rows with what is claimed in each: ``proposition``, and for a figure ``words``.
        said
            What is claimed.
        """
        frame, agents, counted = self._with_claimants(frame, said)
        what = said.what
        speaker = pl.col(_CLAIMANT)
        alone = what.by is None
        own = pl.lit("") if alone else pl.concat_str([pl.lit("/by/"), speaker])
        name = pl.col(FIGURE) if FIGURE in frame.columns else pl.lit(said.name)
        claims = frame.select(
            id=pl.concat_str([pl.col(EVENT), pl.lit("/"), name, own]),
            claimant=speaker,
            on_behalf_of=pl.when(_IS_BODY).then(speaker),
            stance=chosen(what.stance, "asserts"),
            proposition="proposition",
            stated_in=pl.lit(self.document),
            record=pl.concat_list(RECORD),
            voice=pl.lit("tabulated"),
            channel=chosen(what.channel),
            certainty=chosen(what.certainty),
            basis=chosen(what.basis, "compiled" if alone else None),
            stated_at=pl.lit(f"{self.document}-published"),
            verbatim_quantity="words" if "words" in frame.columns else pl.lit(None, pl.String),
            comment=_remark(said),
        )
        return Said(claims, agents, counted)

    def _with_claimants(
        self, frame: pl.DataFrame, said: Saying
    ) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
        by, compiler = said.what.by, self.description.compiler
        if by is None:
            frame = frame.with_columns(
                pl.lit(compiler.id).alias(_CLAIMANT),
                pl.lit(speaks_for_itself(compiler.type)).alias(_IS_BODY),
            )
            return frame, agents_of(()), {}
        mentions, agents = self.names.mentions(frame, [by])
        unnamed = frame.filter(~pl.col(ROW).is_in(mentions[ROW].implode())).height
        counted = {f"not claimed, since nobody is named: {said.name}": unnamed}
        if by.several == NOTHING:
            alone = mentions.filter(pl.len().over(ROW) == 1)
            several = mentions[ROW].n_unique() - alone.height
            counted[f"not claimed, since several are named: {said.name}"] = several
            mentions = alone
        kind = pl.col("type").list.first()
        speakers = mentions.join(
            agents.select(
                pl.col("id").alias("agent"), (~kind.is_in(_SPEAK_FOR_NOBODY)).alias(_IS_BODY)
            ),
            on="agent",
            maintain_order="left",
        ).rename({"agent": _CLAIMANT})
        return frame.join(speakers, on=ROW, maintain_order="left"), agents, counted


def _remark(said: Saying) -> pl.Expr:
    """Write the comment on claims: what the description says of a value, and cells in a template."""
    parts = []
    if said.what.remarks:
        by_value = {value.strip().lower(): text for value, text in said.what.remarks.items()}
        cells = folded(pl.col(said.column))
        parts.append(cells.replace_strict(by_value, default=None, return_dtype=pl.String))
    if template := said.what.comment:
        columns = columns_in(template)
        cut = [pl.col(name).str.slice(0, _LONGEST).fill_null("not given") for name in columns]
        form = re.sub(r"\{[^{}]+\}", "{}", template)
        given = pl.any_horizontal(
            pl.lit(not columns), *(pl.col(name).is_not_null() for name in columns)
        )
        parts.append(pl.when(given).then(pl.format(form, *cut) if columns else pl.lit(template)))
    if not parts:
        return pl.lit(None, pl.String)
    return pl.concat_str(parts, separator="; ", ignore_nulls=True).replace("", None)
