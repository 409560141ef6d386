"""The citation of a release is that of the project, with its version, date and address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import releases

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.publish.descriptions import citation as module
from testimonia.publish.descriptions.citation import citation
from testimonia.publish.folder.release import Release

# Keys that the schema of the Citation File Format 1.2.0 knows at the top.
KEYS = {
    "abstract",
    "authors",
    "cff-version",
    "commit",
    "contact",
    "date-released",
    "doi",
    "identifiers",
    "keywords",
    "license",
    "license-url",
    "message",
    "preferred-citation",
    "references",
    "repository",
    "repository-artifact",
    "repository-code",
    "title",
    "type",
    "url",
    "version",
}


def lines(release: Release) -> list[str]:
    ((path, text),) = releases.artefacts(citation, release).items()
    assert path == "CITATION.cff"
    return text.decode().splitlines()


def test_the_fields_of_the_release(release: Release) -> None:
    made = lines(release)
    keys = [line.partition(":")[0] for line in made if re.match(r"[a-z-]+:", line)]
    assert len(keys) == len(set(keys))
    assert set(keys) <= KEYS
    assert {"cff-version", "message", "title", "authors"} <= set(keys)  # those it requires
    for line in (
        "cff-version: 1.2.0",
        "type: dataset",
        'version: "0.2.0"',
        'date-released: "2026-11-30"',
        f'url: "{releases.BASE}"',
    ):
        assert made.count(line) == 1


def test_all_else_is_as_the_project_says(release: Release) -> None:
    own = resources.citation().read_text(encoding="utf-8").splitlines()
    made = lines(release)
    assert [line for line in own if line not in made] == ["type: software", "version: 0.1.0"]


def test_without_a_date_none_is_written(tmp_path: Path) -> None:
    made = lines(releases.make(tmp_path, releases.shipped()[:5], date=None, version="1.0"))
    assert not [line for line in made if line.startswith("date-released")]
    assert 'version: "1.0"' in made


def test_the_data_of_others_are_not_ours_to_cite(tmp_path: Path) -> None:
    theirs = releases.make(tmp_path, releases.shipped()[:5], base="https://a.example/1.0/")
    assert releases.artefacts(citation, theirs) == {}


def test_a_file_without_a_version_is_refused(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = tmp_path / "CITATION.cff"
    faulty.write_text("cff-version: 1.2.0\n", encoding="utf-8")
    monkeypatch.setattr(module.resources, "citation", lambda: faulty)
    with pytest.raises(InputError, match="no version"):
        lines(release)
