"""`measures list` and `measures show`: what is printed, JSON by its schema, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.measures_compile import default_measures

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "src/dutybound/packs/schemas"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def fits(name: str, done: Result) -> bool:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return jsonschema_rs.is_valid(schema, json.loads(done.stdout))


def test_list_is_by_family() -> None:
    done = run("measures", "list", "--control", "db-fai-04")
    assert 0 == done.exit_code
    assert done.stdout.startswith("Fairness over groups (fairness, 5)\n")
    assert "5 measures. Show one with" in done.stdout
    assert fits("measure-list", run("measures", "list", "--json"))


def test_show_says_what_the_threshold_is_worth() -> None:
    text = " ".join(run("measures", "show", "Impact-Ratio").stdout.split())
    assert "supervisory guidance; only for employment" in text
    assert "no place in credit, insurance or housing" in text
    assert "none is taken unless you choose it" in text
    house = " ".join(run("measures", "show", "ks-distance").stdout.split())
    assert "at most 0.05 (internal policy): Five points" in house
    assert "Reported, from decision records." in run("measures", "show", "override-rate").stdout
    assert "none: choose one and say why" in run("measures", "show", "auc").stdout


@pytest.mark.parametrize("name", sorted(default_measures().entries))
def test_each_measure_fits_its_schema(name: str) -> None:
    assert fits("measure-entry", run("measures", "show", name, "--json"))


@pytest.mark.parametrize(
    "words",
    [("measures", "show", "impact-rate"), ("measures", "list", "--family", "drifting")],
)
def test_refusals(words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=r"Did you mean `(impact-ratio|drift)`"):
        run(*words)


def test_explain_names_measures_for_a_duty() -> None:
    profile = str(ROOT / "examples/credit-scoring/system.yaml")
    done = run("explain", profile, "us-fed-ecoa-regb.1002-4-a.no-discrimination")
    text = " ".join(done.stdout.split())
    assert "Measures that can be evidence: selection-rate, impact-ratio," in text
    assert "No metric and no threshold is recorded in this text." in text
