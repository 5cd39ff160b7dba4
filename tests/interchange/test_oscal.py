"""OSCAL documents: valid by NIST's schemas, the same bytes each time, read by another library."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from dutybound.assess.catalogue import catalogue
from dutybound.assess.oscal import OURS, dump, framework_documents, load_catalog
from dutybound.errors import BadInput
from dutybound.interchange import oscal
from dutybound.interchange.oscal_catalog import read_catalog
from dutybound.packs.compile import default_content

SCHEMAS = Path(__file__).parent.parent / "oscal" / "schemas"
AT = datetime(2026, 11, 25, tzinfo=UTC)
Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def documents() -> Documents:
    return framework_documents(catalogue(), default_content())


def errors(document: dict[str, Any], kind: str) -> list[str]:
    schema = json.loads((SCHEMAS / f"oscal_{kind}_schema.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    return [e.message for e in validator.iter_errors(document)]


def test_every_catalog_is_valid(documents: Documents) -> None:
    for name, document in documents.items():
        kind = "mapping" if name == "crosswalks.json" else "catalog"
        assert [] == errors(document, kind), name


def test_same_values_same_bytes(documents: Documents) -> None:
    again = framework_documents(catalogue(), default_content())
    assert {n: dump(d) for n, d in documents.items()} == {n: dump(d) for n, d in again.items()}


def test_a_broken_document_is_not_valid(documents: Documents) -> None:
    broken = json.loads(dump(documents[OURS]))
    del broken["catalog"]["metadata"]["title"]
    assert errors(broken, "catalog")


def test_a_catalog_goes_out_and_comes_back(documents: Documents, tmp_path: Path) -> None:
    for name, framework in catalogue().frameworks.items():
        path = tmp_path / f"{name}.json"
        path.write_text(dump(documents[f"{name}.json"]), encoding="utf-8")
        read = load_catalog(path)
        controls = [i for i in read.items if i.level == "control"]
        assert list(framework.elements) == [i.id for i in controls]
        assert [e.title for e in framework.elements.values()] == [i.title for i in controls]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("4.1", "c-4.1"), ("Art17(1)(m)", "Art17.1.m"), ("CC7.2", "CC7.2"), ("A.6.2.4", "A.6.2.4")],
)
def test_ids_that_oscal_accepts(name: str, expected: str) -> None:
    assert expected == oscal.token(name)


def test_an_unknown_relationship_is_refused() -> None:
    line = oscal.Line("A", "B", "related", "semantic", "why", 3)
    with pytest.raises(oscal.OscalError, match="no relationship"):
        oscal.mapping(oscal.metadata("t", "1", AT), OURS, {"x.json": [line]}, "d")


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(oscal.OscalError, match="zone"):
        oscal.metadata("t", "1", datetime(2026, 11, 25))


def test_system_documents_are_valid() -> None:
    head = oscal.metadata("t", "1", AT)
    finding = oscal.Finding("DB-GOV-01", "title", "says", False, (("state", "open"),), ("ev-1",))
    todo = oscal.Todo("DB-GOV-01", "title", "says", (("due", "2027-01-01"),))
    requirement = oscal.Requirement("DB-GOV-01", "says", (("state", "open"),))
    component = oscal.component(head, "s", "S", "says", OURS, [requirement])
    assert [] == errors(oscal.results(head, "s", AT, [finding], "says"), "assessment-results")
    assert [] == errors(oscal.results(head, "s", AT, [], "says"), "assessment-results")
    assert [] == errors(oscal.poam(head, "s", [todo]), "poam")
    assert [] == errors(oscal.poam(head, "s", []), "poam")
    assert [] == errors(component, "component")


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"catalog": {}},
        {"catalog": {"metadata": {}, "controls": [{"id": "a"}]}},
        {"catalog": {"metadata": {}, "controls": [{"id": "a", "title": "t"}] * 2}},
    ],
)
def test_what_is_no_catalog(document: object) -> None:
    with pytest.raises(oscal.OscalError):
        read_catalog(document)


def test_a_catalog_cannot_bomb(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(BadInput, match="no OSCAL catalog"):
        load_catalog(path)


def test_trestle_reads_what_we_write(documents: Documents, tmp_path: Path) -> None:
    """compliance-trestle, which knows nothing of us, loads a catalog and the mappings."""
    for name in (OURS, "iso-42001.json", "crosswalks.json"):
        (tmp_path / name).write_text(dump(documents[name]), encoding="utf-8")
    program = (
        "import sys, pathlib\n"
        "from trestle.oscal.catalog import Catalog\n"
        "from trestle.oscal.mapping import MappingCollection\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        f"ours = Catalog.oscal_read(folder / {OURS!r})\n"
        "iso = Catalog.oscal_read(folder / 'iso-42001.json')\n"
        "maps = MappingCollection.oscal_read(folder / 'crosswalks.json')\n"
        "print(len(ours.groups), len(iso.groups[0].controls), len(maps.mappings))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr[-800:]
    groups = len({c.domain for c in catalogue().controls.values()})
    elements = len(catalogue().frameworks["iso-42001"].elements)
    mapped = sum(bool(lines) for lines in catalogue().crosswalks.values())
    assert f"{groups} {elements} {mapped}" == done.stdout.strip()
