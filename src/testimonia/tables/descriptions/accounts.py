"""Makes the accounts of a described table: who did it, and who acted against whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.descriptions.agent_names import Names
from testimonia.tables.descriptions.choices import where_claimed
from testimonia.tables.descriptions.claimants import Claimed, Said, Saying
from testimonia.tables.descriptions.described_rows import EVENT, KEY
from testimonia.tables.descriptions.description import (
    Account,
    Conduct,
    Description,
    Named,
)

__all__ = ["accounts_of"]

_LONGEST: Final = 150
"""Characters of a part of a gloss, of which the shapes allow 400."""

_Found = tuple[pl.DataFrame, pl.DataFrame, Said]


def accounts_of(
    rows: pl.DataFrame, description: Description, names: Names, document: str
) -> list[_Found]:
    """Make the accounts of rows.

    Parameters
    ----------
    rows
        Rows, as `checked_rows` prepares them.
    description
        The description of their table.
    names
        Finds agents.
    document
        The name of the document.

    Returns
    -------
    list
        For each account in the description: rows of the table ``propositions``, of ``agents``, and the
        claims.
    """
    found = []
    claimed = Claimed(description, names, document)
    for number, account in enumerate(description.responsibility, 1):
        name = account.name or f"perpetrator-{number}"
        frame, agents = _blamed(_here(rows, account), account, names)
        found.append(
            _said(frame, agents, Saying(account, name, account.perpetrators[0].column), claimed)
        )
    for number, conduct in enumerate(description.conduct, 1):
        name = conduct.name or f"conduct-{number}"
        frame, agents = _acted(_here(rows, conduct), conduct, names, name)
        found.append(_said(frame, agents, Saying(conduct, name, conduct.actors[0].column), claimed))
    return found


def _here(rows: pl.DataFrame, account: Account | Conduct) -> pl.DataFrame:
    return where_claimed(rows, account.when, account.unless, account.stance)


def _said(frame: pl.DataFrame, agents: pl.DataFrame, said: Saying, claimed: Claimed) -> _Found:
    claims = claimed.claims(frame, said)
    title = pl.lit(claimed.description.title[:_LONGEST])
    gloss = pl.format("{} ({}, {})", "gloss", title, pl.col(KEY).str.slice(0, 80))
    kept = frame.filter(pl.col("proposition").is_in(claims.claims["proposition"].implode()))
    propositions = kept.with_columns(gloss=gloss).select(
        pl.col("proposition").alias("id"),
        pl.concat_list(EVENT).alias("about"),
        *_columns(frame),
    )
    return propositions, agents, claims


def _columns(frame: pl.DataFrame) -> list[str]:
    names = (
        *("type", "gloss", "perpetrator", "alternative_perpetrator"),
        *("actor", "against", "alongside"),
    )
    return [name for name in names if name in frame.columns]


def _listed(
    rows: pl.DataFrame, named: Sequence[Named], names: Names
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """List the agents that each row names, their identifiers and labels."""
    mentions, agents = names.mentions(rows, named)
    called = mentions.join(
        agents.select(agent="id", called="label"), on="agent", maintain_order="left"
    )
    listed = called.group_by(ROW, maintain_order=True).agg(
        "agent", pl.col("called").str.join(" and ").str.slice(0, _LONGEST)
    )
    return listed, agents


def _blamed(
    rows: pl.DataFrame, account: Account, names: Names
) -> tuple[pl.DataFrame, pl.DataFrame]:
    listed, agents = _listed(rows, account.perpetrators, names)
    frame = rows.join(listed, on=ROW, maintain_order="left")
    one_of = pl.lit(account.alternatives) & (pl.col("agent").list.len() > 1)
    kind = pl.when(one_of).then(pl.lit("one-of")).otherwise(pl.lit("by"))
    frame = frame.with_columns(
        proposition=pl.concat_str(
            [pl.col(EVENT), kind, pl.col("agent").list.join("+")], separator="/"
        ),
        type=pl.lit(["ResponsibilityProposition"]),
        gloss=pl.when(one_of)
        .then(pl.format("One of these did it: {}", "called"))
        .otherwise(pl.format("It was done by {}", "called")),
        perpetrator=pl.when(~one_of).then("agent"),
        alternative_perpetrator=pl.when(one_of).then("agent"),
    )
    return frame, agents


def _acted(
    rows: pl.DataFrame, conduct: Conduct, names: Names, name: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame, found = rows, []
    for column, named in (
        ("actor", conduct.actors),
        ("against", conduct.against),
        ("alongside", conduct.alongside),
    ):
        listed, agents = _listed(rows, named, names)
        found.append(agents)
        listed = listed.rename({"agent": column, "called": f"\0{column}"})
        frame = frame.join(listed, on=ROW, how="left", maintain_order="left")
    frame = frame.filter(pl.col("actor").is_not_null())
    against = pl.format(" against {}", "\0against").fill_null("")
    alongside = pl.format(" alongside {}", "\0alongside").fill_null("")
    frame = frame.with_columns(
        proposition=pl.concat_str([pl.col(EVENT), pl.lit(name)], separator="/"),
        type=pl.lit(["ConductProposition"]),
        gloss=pl.concat_str(
            [pl.col("\0actor"), pl.lit(f" {conduct.gloss}"), against, alongside]
        ).str.slice(0, 2 * _LONGEST),
    )
    return frame, pl.concat(found).unique("id", maintain_order=True)
