"""Strings: ``sh:minLength``, ``sh:maxLength``, ``sh:pattern``, ``sh:languageIn``, ``sh:uniqueLang``.

Source: SHACL, section 4.4 (string-based constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import Literal

from testimonia.shacl.components.component import (
    NO_VALUE,
    CoreConstraint,
    ParameterValue,
    ValueNodes,
    core,
    tested_once,
)
from testimonia.shacl.faults import NotEvaluated
from testimonia.shacl.names import XSD, sh
from testimonia.shacl.shapes_graph import IllFormed
from testimonia.shacl.values.literals import language, lexical_form
from testimonia.shacl.values.patterns import FLAGS, BadPattern, compiled
from testimonia.shacl.work_limits import Crashed, Failed, TimeIsUp

__all__ = ["PARAMETERS", "LanguageIn", "Length", "Pattern", "UniqueLang"]


@dataclass(frozen=True, eq=False)
class Length(CoreConstraint):
    """``sh:minLength`` or ``sh:maxLength``."""

    length: int
    lower: bool

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Length]:
        yield cls(at.component, at.integer(), lower=at.parameter == sh("minLength"))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        def fits(text: pl.Expr) -> pl.Expr:
            length = lexical_form(text).str.len_chars()
            return length >= self.length if self.lower else length <= self.length

        return at.unless(fits)

    def default_message(self) -> str:
        return f"The value has {'fewer' if self.lower else 'more'} than {self.length} characters"

    def plan_step(self) -> str:
        return tested_once(f"at {'least' if self.lower else 'most'} {self.length} characters")


@dataclass(frozen=True, eq=False)
class Pattern(CoreConstraint):
    """``sh:pattern`` with ``sh:flags``."""

    pattern: str
    flags: str

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Pattern]:
        value = at.value
        flags = at.graph.string(at.node, sh("flags")) or ""
        if unknown := set(flags) - FLAGS:
            raise IllFormed(at.node, f"sh:flags has the unknown flag {min(unknown)!r}")
        if not isinstance(value, Literal) or value.datatype.value != XSD + "string":
            raise IllFormed(at.node, f"sh:pattern must be a string, not {value}")
        try:
            compiled(value.value, flags)
        except BadPattern as fault:
            reason = f"{value} is not a regular expression: {fault}"
            raise IllFormed(at.node, reason) from fault
        yield cls(at.component, value.value, flags)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        texts = at.graph.texts(at.different()).with_columns(lexical=lexical_form(pl.col("text")))
        pattern = compiled(self.pattern, self.flags)
        try:
            fits = pattern.matches(texts["lexical"], seconds=at.seconds)
        except (TimeIsUp, Crashed, Failed) as fault:
            reason = (
                f"matching {self.pattern!r} took longer than {at.seconds:g} seconds"
                if isinstance(fault, TimeIsUp)
                else f"{self.pattern!r} could not be matched: {fault}"
            )
            raise NotEvaluated(reason) from fault
        return at.among(texts.filter(~fits.fill_null(False))["node"])

    def default_message(self) -> str:
        return f"The value does not match the pattern {self.pattern}"

    def plan_step(self) -> str:
        return tested_once(f"matches {self.pattern!r}")


@dataclass(frozen=True, eq=False)
class LanguageIn(CoreConstraint):
    """``sh:languageIn``."""

    ranges: tuple[str, ...]

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[LanguageIn]:
        members = at.members()
        if not all(isinstance(each, Literal) for each in members):
            raise IllFormed(at.node, "sh:languageIn must be a list of strings")
        ranges = tuple(each.value.lower() for each in members if isinstance(each, Literal))
        yield cls(at.component, ranges)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        def matched(text: pl.Expr) -> pl.Expr:
            tag = language(text)
            return pl.any_horizontal(
                pl.lit(False),
                *(
                    tag.is_not_null()
                    if each == "*"
                    else (tag == each) | tag.str.starts_with(each + "-")
                    for each in self.ranges
                ),
            )

        return at.unless(matched)

    def default_message(self) -> str:
        return f"The language of the value is not one of {', '.join(self.ranges)}"

    def plan_step(self) -> str:
        return tested_once(f"language among {', '.join(self.ranges)}")


@dataclass(frozen=True, eq=False)
class UniqueLang(CoreConstraint):
    """``sh:uniqueLang true``."""

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[UniqueLang]:
        if at.true():
            yield cls(at.component)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        tagged = at.graph.texts(at.different()).select(value="node", tag=language(pl.col("text")))
        used = at.pairs.join(tagged.drop_nulls("tag"), on="value").group_by("focus", "tag").len()
        return used.filter(pl.col("len") > 1).select("focus", NO_VALUE)

    def default_message(self) -> str:
        return "Several values have the same language"

    def plan_step(self) -> str:
        return "count values by focus node and language; keep more than one"


PARAMETERS = (
    core("minLength", Length.read),
    core("maxLength", Length.read),
    core("pattern", Pattern.read, repeatable=True),
    core("languageIn", LanguageIn.read),
    core("uniqueLang", UniqueLang.read, in_node_shapes=False),
)
