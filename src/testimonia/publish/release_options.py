"""The options of a release: what they are, their defaults, and which values are refused."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError
from testimonia.printing import one_line
from testimonia.publish.folder.manifest import is_iri
from testimonia.rdf.files import Source

__all__ = ["BASE", "LICENCE", "TITLE", "ReleaseOptions"]

BASE: Final = "https://w3id.org/testimonia/release/"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
TITLE: Final = "Testimonia: attributed claims about security incidents"

_VERSION: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class ReleaseOptions:
    """Options of a release, checked when they are given.

    Parameters
    ----------
    version
        Version of the release: letters, digits, dots, hyphens, underscores and plus signs.
    date
        Date of issue. Without one, that of the environment variable ``SOURCE_DATE_EPOCH``; where that is
        not set either, the release has no date.
    previous
        Folder of the previous release, to list what has changed since.
    base
        IRI under which releases are published, ending in a slash. With another one than the project's,
        nothing in the release says that the data are the project's.
    title
        Title of the data, on one line.
    licence
        IRI of the licence of the data.
    derived
        Whether a dataset publishes what its rules derive, in graphs of its own.
    policies
        Names or files of the policies whose assessments a dataset publishes; all policies of the library
        when None. They need `derived`.
    shapes
        Whether a dataset validates its data before anything is written.
    allow_violations
        Whether a dataset publishes data that violate the shapes; the manifest then gives the number of
        violations.
    compress
        Whether to add a gzip copy of each large file.
    projections
        Whether to add the claims in RDF 1.2, as nanopublications (decision 10) and as tables.

    Raises
    ------
    InputError
        The version, address, title or licence is not valid, or policies are given without `derived`.
    """

    version: str
    date: datetime.date | None = None
    previous: Path | None = None
    base: str = BASE
    title: str = TITLE
    licence: str = LICENCE
    derived: bool = True
    policies: tuple[Source, ...] | None = None
    shapes: bool = True
    allow_violations: bool = False
    compress: bool = True
    projections: bool = True

    def __post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise InputError(
                f"{one_line(self.version)!r} cannot be the version of a release",
                hint="Give letters, digits, dots and hyphens, such as 1.2.0 or 2026.01.",
            )
        if not is_iri(self.base) or not self.base.endswith("/"):
            raise InputError(
                f"{one_line(self.base)!r} cannot be the address of a release",
                hint="Give an absolute IRI that ends in a slash.",
            )
        if not is_iri(self.licence):
            raise InputError(
                f"{one_line(self.licence)!r} cannot be the licence of a release",
                hint="Give an absolute IRI.",
            )
        if not self.title.strip() or self.title != one_line(self.title):
            raise InputError(
                f"{one_line(self.title)!r} cannot be the title of a release",
                hint="Give words on one line.",
            )
        if self.policies and not self.derived:
            raise InputError(
                "the assessments of a policy depend on derived facts, which are not to be published",
                hint="Publish both, or neither.",
            )

    @classmethod
    def of(cls, **given: Any) -> ReleaseOptions:
        """Make options from keyword arguments, where None stands for the default.

        Parameters
        ----------
        given
            Values of the fields, by name.

        Raises
        ------
        InputError
            A value is not valid.
        TypeError
            There is no such field, or the version is missing.
        """
        return cls(**{name: value for name, value in given.items() if value is not None})
