"""The manifest of a release, which lists what it holds; reading does not trust it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pyoxigraph import NamedNode

from testimonia.errors import InputError, Place
from testimonia.publish.folder.release import PublishedFile, PublishedGraph

__all__ = [
    "MANIFEST",
    "SUMS",
    "Manifest",
    "is_iri",
    "is_path",
    "looks_like_one",
    "read",
    "sums",
    "written",
]

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
FORMAT: Final = "testimonia-release-1"

_LARGEST: Final = 64 << 20
_MOST_PARTS: Final = 2_000_000
_MOST: Final = 2**63
_REASONS: Final = {
    RecursionError: "it is nested too deep",
    MemoryError: "it needs more memory than there is",
}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_PART: Final = r"\.?[A-Za-z0-9_][A-Za-z0-9._+-]*"
_PATH: Final = re.compile(f"{_PART}(?:/{_PART})*")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


@dataclass(frozen=True)
class Manifest:
    """The description of a release and the list of its graphs and files."""

    version: str
    date: datetime.date | None
    title: str
    licence: str
    base: str
    quads: int
    graphs: tuple[PublishedGraph, ...]
    files: tuple[PublishedFile, ...]
    violations: int | None = None
    """Number of violations of the shapes; None if the data were not validated."""


def written(manifest: Manifest) -> bytes:
    """Write a manifest as JSON, one line for each graph and each file."""
    head = {
        "format": FORMAT,
        "version": manifest.version,
        "date": manifest.date.isoformat() if manifest.date else None,
        "title": manifest.title,
        "licence": manifest.licence,
        "base": manifest.base,
        "quads": manifest.quads,
        "violations": manifest.violations,
    }
    graphs = [{"name": g.name, "triples": g.triples, "sha256": g.sha256} for g in manifest.graphs]
    files = [
        {"path": f.path, "bytes": f.bytes, "sha256": f.sha256, "mediaType": f.media_type}
        | ({"compresses": f.compresses} if f.compresses else {})
        for f in manifest.files
    ]
    lines = [f'  "{key}": {_json(value)},\n' for key, value in head.items()]
    text = "{\n" + "".join(lines) + _listed("graphs", graphs) + ",\n" + _listed("files", files)
    return (text + "\n}\n").encode()


def sums(files: Iterable[PublishedFile], manifest: bytes) -> bytes:
    """Write the digests of all files and of the manifest, in the format of sha256sum."""
    digests = {file.path: file.sha256 for file in files} | {MANIFEST: sha256(manifest).hexdigest()}
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def looks_like_one(path: Path) -> bool:
    """Return whether a file begins like the manifest of a release."""
    try:
        with path.open("rb") as stream:
            return f'"format": "{FORMAT}"'.encode() in stream.read(200)
    except OSError:
        return False


def is_path(path: str) -> bool:
    """Return whether a path is allowed in a release: it cannot lead out of the folder."""
    return _PATH.fullmatch(path) is not None


def is_iri(text: str) -> bool:
    """Return whether a text is an absolute IRI."""
    if not _IRI.fullmatch(text):
        return False
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def read(path: Path) -> Manifest:
    """Read a manifest from any source, without trusting it.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        It is too large, is not JSON, lacks something, has something twice, or names a file outside
        the release.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST >> 20} MiB")
        # Each needs far more memory than its two characters.
        if content.count(b"[") + content.count(b"{") > _MOST_PARTS:
            raise ValueError(f"it has more than {_MOST_PARTS:,} lists and objects")
        read = json.loads(content, object_pairs_hook=_once, parse_constant=_refuse)
        return _manifest(read)
    except OSError as error:
        raise InputError(
            f"the manifest cannot be read ({error.strerror or error})", place=Place(path)
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        reason = _REASONS.get(type(error), error)
        raise InputError(
            f"this is not the manifest of a release: {reason}",
            place=Place(path),
            hint="Download the release again.",
        ) from None


def _manifest(value: Any) -> Manifest:
    _check(isinstance(value, dict), "it is not an object")
    _check(value.get("format") == FORMAT, f"its format is not {FORMAT}")
    date = value.get("date")
    _check(date is None or isinstance(date, str), "date is not a string")
    files = tuple(_file(each) for each in _list(value, "files"))
    graphs = tuple(_graph(each) for each in _list(value, "graphs"))
    paths = [file.path for file in files]
    _check(len(set(paths)) == len(paths), "it lists a file twice")
    _check(not {MANIFEST, SUMS} & set(paths), "it lists itself or the digests")
    names = [graph.name for graph in graphs]
    _check(len(set(names)) == len(names), "it lists a graph twice")
    return Manifest(
        version=_text(value, "version"),
        date=None if date is None else datetime.date.fromisoformat(date),
        title=_text(value, "title"),
        licence=_text(value, "licence", _IRI),
        base=_text(value, "base", _IRI),
        quads=_number(value, "quads"),
        # Older releases do not have it.
        violations=None if value.get("violations") is None else _number(value, "violations"),
        graphs=graphs,
        files=files,
    )


def _graph(value: Any) -> PublishedGraph:
    _check(isinstance(value, dict), "a graph is not an object")
    return PublishedGraph(
        _text(value, "name", _IRI), _number(value, "triples"), _text(value, "sha256", _SHA256)
    )


def _file(value: Any) -> PublishedFile:
    _check(isinstance(value, dict), "a file is not an object")
    return PublishedFile(
        path=_path(value, "path"),
        bytes=_number(value, "bytes"),
        sha256=_text(value, "sha256", _SHA256),
        media_type=_text(value, "mediaType", _MEDIA_TYPE),
        compresses=_path(value, "compresses") if "compresses" in value else None,
    )


def _path(value: dict[str, Any], key: str) -> str:
    path = _text(value, key)
    _check(is_path(path), f"{path[:100]!r} is not a path within the release")
    return path


def _text(value: dict[str, Any], key: str, pattern: re.Pattern[str] | None = None) -> str:
    text = value.get(key)
    _check(isinstance(text, str), f"{key} is missing or not a string")
    assert isinstance(text, str)  # noqa: S101
    _check(pattern is None or bool(pattern.fullmatch(text)), f"{key} cannot be {text[:100]!r}")
    return text


def _number(value: dict[str, Any], key: str) -> int:
    number = value.get(key)
    _check(type(number) is int, f"{key} is missing or not an integer")
    assert isinstance(number, int)  # noqa: S101
    _check(0 <= number < _MOST, f"{key} is out of range")
    return number


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    _check(isinstance(found, list), f"{key} is missing or not a list")
    assert isinstance(found, list)  # noqa: S101
    return found


def _check(holds: bool, reason: str) -> None:
    if not holds:
        raise ValueError(reason)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    _check(len(found) == len(pairs), "an object has a key twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


def _listed(key: str, values: list[dict[str, Any]]) -> str:
    lines = ",\n".join("    " + _json(value) for value in values)
    return f'  "{key}": [\n{lines}\n  ]' if values else f'  "{key}": []'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
