"""The options of a release, and that library and command line offer the same ones."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

import testimonia
from testimonia.cli.publish import publish as command
from testimonia.errors import InputError
from testimonia.publish import ReleaseOptions, publish

NAMES = {field.name for field in fields(ReleaseOptions)}


def test_a_dataset_takes_each_option_with_the_same_default() -> None:
    taken = dict(inspect.signature(testimonia.Dataset.publish).parameters)
    for name in ("self", "output", "progress"):
        del taken[name]
    assert taken.keys() == NAMES
    defaults = {name: each.default for name, each in taken.items()}
    assert ReleaseOptions.of(**defaults | {"version": "1"}) == ReleaseOptions(version="1")


def test_the_command_takes_each_option() -> None:
    taken = inspect.signature(command).parameters.keys()
    assert taken - {"output", "data", "data_base", "policy", "site", "sources"} == NAMES


def test_none_stands_for_the_default() -> None:
    given = ReleaseOptions.of(version="1", title=None, licence="https://example.org/licence")
    assert given == ReleaseOptions(version="1", licence="https://example.org/licence")
    with pytest.raises(TypeError, match="version"):
        ReleaseOptions.of(version=None)
    with pytest.raises(TypeError, match="compressed"):
        ReleaseOptions.of(version="1", compressed=False)


def test_no_policies_is_not_the_default() -> None:
    assert ReleaseOptions.of(version="1", derived=False, policies=()).policies == ()
    with pytest.raises(InputError, match="depend on derived facts"):
        ReleaseOptions(version="1", derived=False, policies=("evidence-grade",))


def test_options_by_name_replace_those_given(tmp_path: Path) -> None:
    quads = list(parse(b"<x:a> <x:b> <x:c> .", RdfFormat.TURTLE))
    options = ReleaseOptions(version="1", projections=False, compress=False)
    made = publish(quads, tmp_path / "release", options, version="2")
    assert made.manifest.version == "2"
    paths = {file.path for file in made.manifest.files}
    assert not any(path.startswith("projections/") or path.endswith(".gz") for path in paths)
    with pytest.raises(InputError, match="cannot be the version"):
        publish(quads, tmp_path / "other", options, version="../1")
    assert not (tmp_path / "other").exists()
