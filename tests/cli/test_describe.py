"""`dutybound describe`: files, JSON, the page, errors."""

from __future__ import annotations

import builtins
import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.output_schemas import output_schema
from tests.schema_check import problems

GROUND = "[{market: us, basis: self-test, recorded_by: alice, recorded_on: 2026-01-02}]"
CONFIG = f"""\
dutybound: measures/1
name: Loans of one quarter
decision: {{column: decision, favourable: ["yes"]}}
protected:
  - {{name: sex, column: sex, groups: {{women: [f], men: [m]}}, grounds: {GROUND}}}
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "loans.parquet"
    columns = {
        "applicant": [f"Person {i}" for i in range(40)],
        "sex": ["f"] * 22 + ["m"] * 18,
        "decision": ["yes"] * 33 + ["no"] * 7,
    }
    pq.write_table(pa.table(columns), path)
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["describe", *map(str, words)])


def config(table: Path) -> Path:
    path = table.parent / "measures.yaml"
    path.write_text(CONFIG)
    return path


def test_json_fits_its_schema_and_is_the_same_each_time(table: Path) -> None:
    first = run(table, "--config", config(table), "--json")
    assert 0 == first.exit_code, first.output
    value: dict[str, Any] = json.loads(first.stdout)
    assert [] == list(problems(value, output_schema("dataset-description")))
    assert first.stdout == run(table, "--config", config(table), "--json").stdout
    assert ("Loans of one quarter", 10, 40) == (value["name"], value["k"], value["rows"]["rows"])
    (sex,) = (c for c in value["columns"] if c["name"] == "sex")
    assert [("women", 22), ("men", 18)] == [(g["label"], g["rows"]) for g in sex["groups"]]
    (attribute,) = value["protected"]
    assert ("sex", "self-test") == (attribute["name"], attribute["grounds"][0]["basis"])


def test_k_decides_what_is_told(table: Path) -> None:
    """7 refusals: with 10 counted with the others, with 5 on their own."""
    ten, five = (
        json.loads(run(table, "--k", k, "--json").stdout)["columns"][2]["groups"] for k in (10, 5)
    )
    assert [("yes", 40, ["values of few rows"])] == [
        (g["label"], g["rows"], g["joined"]) for g in ten
    ]
    assert [("yes", 33), ("no", 7)] == [(g["label"], g["rows"]) for g in five]
    assert 2 == run(table, "--k", 2).exit_code


def test_files(table: Path) -> None:
    target, html = table.parent / "description.json", table.parent / "page.html"
    found = run(table, "-o", target, "--html", html)
    assert (0, "") == (found.exit_code, found.stdout)
    assert "dutybound/dataset-description/1" == json.loads(target.read_text())["schema"]
    tags = Tags()
    tags.feed(html.read_text())
    assert {"table", "caption", "svg"} <= tags.seen
    assert "script" not in tags.seen
    assert "Person 7" not in html.read_text() + target.read_text()


class Tags(HTMLParser):
    """The names of all tags."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_terminal(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = run(table, "--config", config(table))
    assert 0 == found.exit_code
    assert "Rows: 40. 3 columns." in found.stdout
    assert "counts only" in found.stdout
    assert "Person" not in found.stdout
    assert "No row stands twice." in found.stdout


def test_equal_rows_can_be_left_out(table: Path) -> None:
    assert [] == json.loads(run(table, "--no-duplicates", "--json").stdout)["duplicates"]


def test_no_table(table: Path) -> None:
    with pytest.raises(BadInput, match="No table is named"):
        CliRunner().invoke(
            cli, ["describe", "--config", str(config(table))], catch_exceptions=False
        )


def test_without_the_extra(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("sqlglot"):
            raise ModuleNotFoundError("No module named 'sqlglot'", name="sqlglot")
        return real(name, *rest)

    for name in [n for n in sys.modules if n.startswith(("dutybound.warehouse", "sqlglot"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(BadInput, match=r"pip install 'dutybound\[warehouse\]'"):
        CliRunner().invoke(cli, ["describe", str(table)], catch_exceptions=False)
