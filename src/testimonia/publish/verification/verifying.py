"""Checks a release that may be by anyone: digests, counts, parse, canonical hashes, shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place
from testimonia.processes.isolation import IsolatedTask, OutOfTime, ProcessDied
from testimonia.progress import Progress
from testimonia.publish.folder.manifest import MANIFEST, SUMS
from testimonia.publish.pipeline import NQUADS
from testimonia.publish.verification.scanning import Discrepancy
from testimonia.rdf.files import Source

__all__ = ["Discrepancy", "Verification", "verify"]

_EXAMINE: Final = "testimonia.publish.verification.examining:examine"
_PATIENCE: Final = 10
"""How much longer the clock may run than the processor: others may use the machine as well."""
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True)
class Verification:
    """What a check of a release has found.

    Attributes
    ----------
    discrepancies
        What is not as it should be; none for a sound release.
    files, quads
        How many the manifest lists.
    sha256
        The digest of the manifest, to compare with one that is known from elsewhere; empty where
        there is no manifest.
    violations
        How many violations of its shapes the release has and its manifest states, so that they are
        no discrepancies.
    """

    discrepancies: tuple[Discrepancy, ...]
    files: int = 0
    quads: int = 0
    sha256: str = ""
    violations: int = 0

    @property
    def passes(self) -> bool:
        """Whether the release is sound."""
        return not self.discrepancies


def verify(
    folder: Source,
    *,
    shapes: bool = True,
    time_limit: float | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Check a release folder.

    Nothing in it is taken on trust: no path is followed out of the folder, no link is followed at
    all, and nothing is fetched. It is read in a process of its own, which is stopped at the limits.
    The check tells whether the folder is whole and agrees with itself. Whether it is the release it
    claims to be, only the digest of its manifest can tell, compared with one from elsewhere.

    Parameters
    ----------
    folder
        The release.
    shapes
        Whether to validate the data against the shapes that the release holds. This needs memory in
        proportion to the data, and all else does not.
    time_limit
        Seconds of processor time that the shapes may take (ten times as many by the clock); a minute,
        and a second for each megabyte of N-Quads, when
        left out.
    memory
        MiB that the check may take (on Linux); 2,048, and 16 for each megabyte of N-Quads, when left
        out.
    progress
        Is told what is counted, how many are done, and of how many if that is known.

    Raises
    ------
    InputError
        There is no such folder, it holds neither a manifest nor digests, or a limit is not above 0.

    Examples
    --------
    >>> import tempfile, testimonia
    >>> with tempfile.TemporaryDirectory() as room:
    ...     made = testimonia.open().publish(Path(room, "release"), derived=False)
    ...     verify(made.folder, shapes=False).passes
    True
    """
    root = Path(folder)
    _refuse_limits(time_limit, memory)
    if not root.is_dir():
        raise InputError("there is no such folder", place=Place(root), hint="Check the spelling.")
    if not _is_file(root / MANIFEST):
        if not _is_file(root / SUMS):
            raise InputError(
                "this folder is no release: it has no manifest",
                place=Place(root),
                hint=f"Give the folder that holds {MANIFEST}.",
            )
        return Verification((Discrepancy(MANIFEST, "is missing"),))
    size = _megabytes(root / NQUADS)
    found = _Found(time_limit or 60.0 + size, progress)
    request = {"root": str(root), "shapes": shapes, "time_limit": found.time_limit}
    with IsolatedTask(_EXAMINE, request, memory=memory or 2_048 + 16 * size) as process:
        try:
            for message in process:
                found.take(message, process)
        except ProcessDied as error:
            found.discrepancies.append(_cut_short(error, found))
    return Verification(
        tuple(found.discrepancies), found.files, found.quads, found.sha256, found.violations
    )


@dataclass
class _Found:
    """What has been found so far."""

    time_limit: float
    progress: Progress | None
    discrepancies: list[Discrepancy] = field(default_factory=list)
    files: int = 0
    quads: int = 0
    sha256: str = ""
    violations: int = 0
    running_shapes: bool = False

    def take(self, message: list[Any], process: IsolatedTask) -> None:
        """Take a message of `testimonia.publish.verification.examining`."""
        match message:
            case ["discrepancy", path, text]:
                self.discrepancies.append(Discrepancy(path, text))
            case ["manifest", files, quads, sha256]:
                self.files, self.quads, self.sha256 = files, quads, sha256
            case ["violations", number]:
                self.violations = number
            case ["shapes"]:
                self.running_shapes = True
                process.limit(self.time_limit * _PATIENCE)
            case ["progress", what, done, of] if self.progress:
                self.progress(what, done, of)


def _cut_short(error: ProcessDied, found: _Found) -> Discrepancy:
    if found.running_shapes and isinstance(error, OutOfTime):
        limit = f"{found.time_limit:g} seconds"
        return Discrepancy(
            "shapes",
            f"could not be checked: checking them took longer than {limit}, and was stopped",
        )
    if found.running_shapes:
        return Discrepancy("shapes", f"could not be checked: checking them {error.message}")
    return Discrepancy("", f"The release could not be read to its end: reading it {error.message}")


def _refuse_limits(time_limit: float | None, memory: int | None) -> None:
    for name, limit in (("time limit", time_limit), ("memory", memory)):
        if limit is not None and not limit > 0:  # not a number is not above 0 either
            raise InputError(f"the {name} cannot be {limit:g}", hint="Give a number above 0.")


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _megabytes(path: Path) -> int:
    return path.stat().st_size // _MEGABYTE if _is_file(path) else 0
