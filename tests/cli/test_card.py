"""`dutybound card`: files, JSON, errors."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.output_schemas import output_schema
from dutybound.packs.profile import ProfileReader
from tests.schema_check import problems

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/credit-scoring"
SYSTEM = EXAMPLE / "system.yaml"
CARD = """\
---
license: mit
tags: [own]
---

# Score

## Direct Use

To rank.
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["card", *map(str, words)], catch_exceptions=False)


def take(folder: Path, *more: object) -> Result:
    (folder / "README.md").write_text(CARD)
    return run(
        "import", folder / "README.md", "--system", SYSTEM, "--by", "Alice", "--on", "2026-11-20",
        "-o", folder / "records.yaml", *more,
    )  # fmt: skip


def fits(value: dict[str, Any], name: str) -> None:
    assert [] == list(problems(value, output_schema(name)))


def test_there_and_back(tmp_path: Path) -> None:
    extra, facts = tmp_path / "extra.json", tmp_path / "facts.yaml"
    found = take(tmp_path, "--extra", extra, "--facts", facts, "--json")
    assert 0 == found.exit_code, found.output
    value = json.loads(found.stdout)
    fits(value, "card-import")
    fits(json.loads(extra.read_text()), "card-extra")
    assert sha256(CARD.encode()).hexdigest() == value["sha256"]
    assert [{"field": "purpose.intended", "place": "section Direct Use", "value": "To rank."}] == (
        value["answers"]
    )
    assert ["metadata tags"] == value["kept"]
    target = tmp_path / "new.md"
    words = ("--records", tmp_path / "records.yaml", "--extra", extra, "--json")
    done = run("export", SYSTEM, "--format", "hf", "-o", target, *words)
    assert 0 == done.exit_code, done.output
    fits(json.loads(done.stdout), "card-export")
    assert CARD == target.read_text()


def test_the_facts_fit_into_a_profile(tmp_path: Path) -> None:
    """The piece replaces what the profile says of the model, and is read as stated."""
    facts = tmp_path / "facts.yaml"
    assert 0 == take(tmp_path, "--facts", facts).exit_code
    piece = facts.read_text().partition("models:\n")[2]
    profile = SYSTEM.read_text().replace(
        "    licence: proprietary\n    supplier: own", "    supplier: own"
    )
    profile = profile.replace("  - id: scorecard\n", piece, 1)
    (tmp_path / "system.yaml").write_text(profile)
    (tmp_path / "organisation.yaml").write_text((EXAMPLE / "organisation.yaml").read_text())
    found = ProfileReader(default_content()).read(tmp_path / "system.yaml")
    assert "free_open" == found.models[0].facts["licence"]


def test_terminal(tmp_path: Path) -> None:
    found = take(tmp_path)
    assert "Answers (1)" in found.stdout
    assert "model.licence  free_open  metadata license: mit" in found.stdout


def test_a_bill_from_the_profile(tmp_path: Path) -> None:
    target = tmp_path / "m.cdx.json"
    assert 0 == run("export", SYSTEM, "--format", "cyclonedx", "-o", target).exit_code
    component = json.loads(target.read_text())["metadata"]["component"]
    assert ("machine-learning-model", "Loan approval score") == (
        component["type"], component["name"],
    )  # fmt: skip


def test_records_in_a_folder(tmp_path: Path) -> None:
    assert 0 == take(tmp_path).exit_code
    folder, target = tmp_path / "records", tmp_path / "m.cdx.json"
    folder.mkdir()
    (tmp_path / "records.yaml").rename(folder / "card.yaml")
    words = ("--records", folder, "-o", target)
    assert 0 == run("export", SYSTEM, "--format", "cyclonedx", *words).exit_code
    component = json.loads(target.read_text())["metadata"]["component"]
    assert ["To rank."] == component["modelCard"]["considerations"]["useCases"]


def test_files_that_exist_are_kept(tmp_path: Path) -> None:
    assert 0 == take(tmp_path).exit_code
    with pytest.raises(BadInput, match="--force"):
        take(tmp_path)
    assert 0 == take(tmp_path, "--force").exit_code


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"Give a README\.md, or a CycloneDX file"):
        run("import", tmp_path / "no", "--system", SYSTEM, "--by", "A", "-o", tmp_path / "r")
    with pytest.raises(BadInput, match="Only a CycloneDX bill"):
        take(tmp_path, "--model", "x")
    extra = tmp_path / "extra.json"
    assert 0 == take(tmp_path, "--extra", extra).exit_code
    with pytest.raises(BadInput, match="not `cyclonedx`"):
        run("export", SYSTEM, "--format", "cyclonedx", "-o", tmp_path / "x", "--extra", extra)
