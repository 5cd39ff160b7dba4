"""`dutybound measure`: propose, profile, merge."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.output_schemas import output_schema
from tests.schema_check import problems
from tests.warehouse.kit import ROWS, write

CONFIG = """\
dutybound: measures/1
name: small
time: {column: at}
decision: {column: decision, favourable: ["yes"]}
features: [{column: income, kind: number}]
protected:
  - name: sex
    column: sex
    grounds: [{market: us, basis: self-test, recorded_by: alice, recorded_on: 2026-01-02}]
candidates: [{column: age, why: its name}]
windows:
  reference: {from: 2026-03-01, until: 2026-04-01}
  current: {from: 2026-04-01, until: 2026-05-01}
"""


def fits(found: Result, name: str) -> bool:
    """Whether what was printed fits its schema."""
    return [] == list(problems(json.loads(found.stdout), output_schema(name)))


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["measure", *map(str, words)])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    write(tmp_path / "table.parquet", ROWS)
    (tmp_path / "measures.yaml").write_text(CONFIG)
    return tmp_path / "table.parquet"


def test_init(table: Path) -> None:
    target = table.parent / "proposed.yaml"
    found = run("init", table, "-o", target)
    assert 0 == found.exit_code
    assert "parquet: table.parquet\n" in target.read_text()
    assert "Check every line" in found.stdout
    again = run("init", table, "-o", target)
    assert isinstance(again.exception, BadInput)
    forced = run("init", table, "-o", target, "--force", "--json")
    assert str(target) == json.loads(forced.stdout)["file"]
    assert fits(forced, "measure-init")


def test_profile_and_a_pinned_reference(table: Path) -> None:
    folder = table.parent
    found = run("profile", table, "--config", folder / "measures.yaml", "-o", folder / "out")
    assert 0 == found.exit_code
    digest = hashlib.sha256((folder / "out/reference.json").read_bytes()).hexdigest()
    assert f"reference sha256: {digest}" in found.stdout
    assert "1 rows are in no window." in found.stdout
    assert "nobody has confirmed were not counted: `age`" in found.stderr
    old = "reference: {from: 2026-03-01, until: 2026-04-01}"
    pinned = CONFIG.replace(old, f"reference: {{profile: out/reference.json, sha256: {digest}}}")
    (folder / "pinned.yaml").write_text(pinned)
    again = run(
        "profile", table, "--config", folder / "pinned.yaml", "-o", folder / "two", "--json"
    )
    assert 0 == again.exit_code
    for name in ("reference.json", "current.json"):
        assert (folder / "out" / name).read_bytes() == (folder / "two" / name).read_bytes()
    assert fits(again, "measure-profile")
    assert [4, 5] == [p["rows"] for p in json.loads(again.stdout)["profiles"]]


def test_merge(table: Path) -> None:
    folder = table.parent
    run("profile", table, "--config", folder / "measures.yaml", "-o", folder / "out")
    current = folder / "out/current.json"
    found = run("merge", current, current, "-o", folder / "both.json", "--json")
    assert 10 == json.loads(found.stdout)["rows"]
    assert fits(found, "measure-merge")
    assert "10 rows" in run("merge", current, current, "-o", folder / "both.json").stdout


def test_no_table_is_named(table: Path) -> None:
    found = run("profile", "--config", table.parent / "measures.yaml", "-o", table.parent / "out")
    assert isinstance(found.exception, BadInput)
    assert "No table is named" in str(found.exception)


def test_parts_that_do_not_fit(table: Path) -> None:
    folder = table.parent
    run("profile", table, "--config", folder / "measures.yaml", "-o", folder / "out")
    other = CONFIG.replace("{column: income, kind: number}", "{column: age, kind: number}")
    (folder / "other.yaml").write_text(other)
    run("profile", table, "--config", folder / "other.yaml", "-o", folder / "two")
    found = run("merge", folder / "out/current.json", folder / "two/current.json", "-o",
                folder / "x.json")  # fmt: skip
    assert isinstance(found.exception, BadInput)
    assert "counted in different ways" in str(found.exception)
