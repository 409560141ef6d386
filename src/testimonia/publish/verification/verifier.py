"""Verifies an untrusted release: digests, counts, syntax, canonical hashes, shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place
from testimonia.processes.isolation import IsolatedTask, OutOfTime, ProcessDied
from testimonia.progress import Progress
from testimonia.publish.folder.manifest import MANIFEST, SUMS
from testimonia.publish.pipeline import NQUADS
from testimonia.publish.verification.dump_scanner import Discrepancy
from testimonia.rdf.files import Source

__all__ = ["Discrepancy", "Verification", "verify"]

_EXAMINE: Final = "testimonia.publish.verification.isolated_checks:examine"
_PATIENCE: Final = 10
"""Factor from processor time to wall-clock time, since the machine may be busy."""
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True)
class Verification:
    """The result of verifying a release.

    Attributes
    ----------
    discrepancies
        What was found; none for a valid release.
    files, quads
        How many the manifest lists.
    sha256
        SHA-256 of the manifest, to compare with a published one; empty if there is no manifest.
    violations
        How many violations of its shapes the release has, as its manifest states; they are not
        discrepancies.
    """

    discrepancies: tuple[Discrepancy, ...]
    files: int = 0
    quads: int = 0
    sha256: str = ""
    violations: int = 0

    @property
    def passes(self) -> bool:
        """Whether there are no discrepancies."""
        return not self.discrepancies


def verify(
    folder: Source,
    *,
    shapes: bool = True,
    time_limit: float | None = None,
    memory: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Verify a release folder.

    Nothing in it is trusted: no path may lead out of the folder, links are not followed, and nothing is
    fetched. It is read in a separate process, which is stopped at the limits. A release that passes is
    complete and consistent. To check that it is the release it claims to be, compare the digest of its
    manifest with one published elsewhere.

    Parameters
    ----------
    folder
        The release.
    shapes
        Whether to validate the data against the shapes of the release. Only this needs memory in
        proportion to the data.
    time_limit
        Seconds of processor time for validation (ten times as many of wall-clock time); when left out, a
        minute, and a second for each megabyte of N-Quads.
    memory
        Memory limit in MiB (on Linux); when left out, 2,048, and 16 for each megabyte of N-Quads.
    progress
        Called with what is counted, how many are done, and the total if it is known.

    Raises
    ------
    InputError
        There is no such folder, it holds neither a manifest nor digests, or a limit is not above 0.

    Examples
    --------
    >>> import tempfile, testimonia
    >>> dataset = testimonia.open(packs=["places"])
    >>> ours = {"base": "https://example.org/", "licence": "https://example.org/licence"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = dataset.publish(Path(folder, "release"), derived=False, title="Places", **ours)
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
                "this folder is not a release: it has no manifest",
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
    """Findings so far."""

    time_limit: float
    progress: Progress | None
    discrepancies: list[Discrepancy] = field(default_factory=list)
    files: int = 0
    quads: int = 0
    sha256: str = ""
    violations: int = 0
    running_shapes: bool = False

    def take(self, message: list[Any], process: IsolatedTask) -> None:
        """Process a message of `testimonia.publish.verification.isolated_checks`."""
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
    return Discrepancy("", f"The release could not be read to the end: reading it {error.message}")


def _refuse_limits(time_limit: float | None, memory: int | None) -> None:
    for name, limit in (("time limit", time_limit), ("memory", memory)):
        if limit is not None and not limit > 0:  # also refuses NaN
            raise InputError(f"the {name} cannot be {limit:g}", hint="Give a number above 0.")


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _megabytes(path: Path) -> int:
    return path.stat().st_size // _MEGABYTE if _is_file(path) else 0
