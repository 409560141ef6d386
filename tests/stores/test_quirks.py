"""What a store gets wrong, and a question goes round; when one of these fails, the detour can go."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest
from tools.stores import Server

from testimonia import loading
from testimonia.query import results
from testimonia.query.remote import RemoteStore

pytestmark = pytest.mark.slow

COUNTED = "SELECT ?p { ?p a tmn:ResponsibilityProposition ; tmn:about ?event . %s }"


def rows(store: RemoteStore, query: str) -> int:
    found = results.of(store.query(query), lambda _: None)
    assert isinstance(found, results.Results)
    return len(found)


@pytest.mark.parametrize("running", ["virtuoso"], indirect=True)
def test_virtuoso_loses_rows_where_a_path_with_a_star_stands_among_other_patterns(
    server: Server, remote: RemoteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = palmyra.opened()
    path = tmp_path / "palmyra.nq"
    with path.open("wb", 0) as stream:
        dataset.store.dump(stream)
    monkeypatch.setenv("TESTIMONIA_STORE_USER", str(server.endpoint.user))
    monkeypatch.setenv("TESTIMONIA_STORE_PASSWORD", str(server.endpoint.password))
    assert loading.load(path, server.endpoint.base, graph="https://example.org/g").passes
    starred = COUNTED % "?event a/rdfs:subClassOf* tmn:Incident"
    parted = COUNTED % (
        "{ ?event a tmn:Incident } UNION { ?event a/rdfs:subClassOf+ tmn:Incident }"
    )
    right = len(dataset.query(starred))
    assert right == len(dataset.query(parted)) == 4
    assert rows(remote, parted) == right
    assert rows(remote, starred) < right
