"""`dutybound measure TABLE --config FILE`: values worked by hand, verdicts, files, signatures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from dutybound.assess.intake import check_evidence
from dutybound.assess.opening import open_folder
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import read_trust
from dutybound.packs.output_schemas import output_schema
from dutybound.packs.profile import ProfileReader
from dutybound.terms.evidence import Rung
from tests.schema_check import problems

GROUND = "[{market: us, basis: self-test, recorded_by: alice, recorded_on: 2026-01-02}]"
CONFIG = f"""\
dutybound: measures/1
name: worked by hand
score: {{column: score}}
decision: {{column: decision, favourable: ["yes"]}}
label: {{column: paid, positive: [1]}}
features: [{{column: income, kind: number}}, {{column: channel, kind: category}}]
protected:
  - {{name: sex, column: sex, groups: {{women: [f], men: [m]}}, reference: men, grounds: {GROUND}}}
windows:
  reference: {{column: half, values: [1]}}
  current: {{column: half, values: [2]}}
"""


def rows() -> dict[str, list[Any]]:
    """A reference of 1,000 rows and 2,000 current ones, laid out in blocks.

    Current: 1,000 men, 800 of them approved; 1,000 women, 400 approved. Of the men's approved 600
    paid and 200 did not; of their refused 100 would have paid and 100 not. Of the women's approved
    300 paid and 100 not; their refused have no label. 100 more rows have no sex: 50 approved.
    """
    found: list[tuple[Any, ...]] = []
    for sex, decision, paid, count in (
        ("m", "yes", 1, 600), ("m", "yes", 0, 200), ("m", "no", 1, 100), ("m", "no", 0, 100),
        ("f", "yes", 1, 300), ("f", "yes", 0, 100), ("f", "no", None, 600),
        (None, "yes", None, 50), (None, "no", None, 50),
    ):  # fmt: skip
        found += [(2, sex, decision, paid)] * count
    found += [(1, "m", "yes", 1)] * 1000
    columns: dict[str, list[Any]] = {
        k: [f[i] for f in found] for i, k in enumerate(("half", "sex", "decision", "paid"))
    }
    columns["score"] = [0.75 if d == "yes" else 0.25 for d in columns["decision"]]
    # In the reference incomes are 1 and 2 in halves; now three quarters are 2.
    current = [1.0 if i % 4 == 0 else 2.0 for i in range(2100)]
    columns["income"] = current + [1.0 if i % 2 == 0 else 2.0 for i in range(1000)]
    # A tenth of the current rows come through a channel that the reference does not know.
    columns["channel"] = ["kiosk" if i % 10 == 0 else "web" for i in range(2100)] + ["web"] * 1000
    return columns


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table(rows()), path)
    return path


def config(folder: Path, more: str = "") -> Path:
    path = folder / "measures.yaml"
    path.write_text(CONFIG + more)
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["measure", *map(str, words)])


def report(table: Path, more: str = "", *words: object) -> dict[str, Any]:
    found = run(table, "--config", config(table.parent, more), "--json", *words)
    assert 0 == found.exit_code, found.output
    value: dict[str, Any] = json.loads(found.stdout)
    assert [] == list(problems(value, output_schema("measure-report")))
    return value


def line(value: dict[str, Any], measure: str, over: str, group: str | None = None) -> Any:
    (found,) = (
        x
        for x in value["lines"]
        if (x["measure"], x["over"], x["group"]) == (measure, over, group)
        and x["part"] != "segments"
    )
    return found


def test_values_are_those_worked_by_hand(table: Path) -> None:
    value = report(table)
    assert (2100, 1000) == tuple(value["windows"][w]["rows"] for w in ("current", "reference"))
    # 400 of 1,000 women over 800 of 1,000 men; the log-ratio limits are worked in a spreadsheet:
    # ln 0.5 -+ 1.95996 * sqrt(1/400 - 1/1000 + 1/800 - 1/1000) = ln 0.5 -+ 0.081988.
    ratio = line(value, "impact-ratio", "sex", "women")
    assert 0.5 == ratio["value"]
    assert [0.4606, 0.5427] == [round(ratio["interval"][k], 4) for k in ("low", "high")]
    assert ("men", 0.4, 1000) == (ratio["against"], ratio["rate"]["value"], ratio["rows"])
    assert -0.4 == line(value, "statistical-parity", "sex", "women")["value"]
    # Precision is 0.75 for both.
    assert 0.0 == line(value, "predictive-parity", "sex", "women")["value"]
    # Women who paid were all approved: only those have a label. 1 - 600/700.
    assert 0.142857 == round(line(value, "equal-opportunity", "sex", "women")["value"], 6)
    # Mean scores: women 0.4 * 0.75 + 0.6 * 0.25 = 0.45, men 0.65.
    assert -0.2 == round(line(value, "score-gap", "sex", "women")["value"], 9)
    # 1,400 of 2,100 rows have a label; 600 + 300 + 100 of them are decided rightly.
    assert 0.666667 == round(line(value, "label-coverage", "all rows")["value"], 6)
    assert 0.714286 == round(line(value, "accuracy", "all rows")["value"], 6)
    # Positives: 900 at 0.75 and 100 at 0.25; negatives: 300 and 100. Wins 900 * 100, ties 900 *
    # 300 and 100 * 100, of 1,000 * 400 pairs: (90,000 + 140,000) / 400,000.
    assert 0.575 == line(value, "auc", "all rows")["value"]
    # (900 * 0.0625 + 300 * 0.5625 + 100 * 0.5625 + 100 * 0.0625) / 1,400.
    assert 0.205357 == round(line(value, "brier", "all rows")["value"], 6)
    # 900 of 1,200 at 0.75, 100 of 200 at 0.25: the latter is off by 0.25 on a seventh of the rows.
    assert 0.0357 == round(line(value, "calibration", "all rows")["value"], 4)
    assert 0.25 == line(value, "ks-distance", "income")["value"]
    assert 0.1 == line(value, "total-variation", "channel")["value"]
    assert 0.1 == line(value, "new-category-mass", "channel")["value"]
    # 100 decided rows without sex: at worst the 50 refused are women and the 50 selected men:
    # (400 / 1,050) / (850 / 1,050).
    assert 0.470588 == round(line(value, "missing-attribute-bounds", "sex", "women")["value"], 6)
    (out,) = (x for x in value["left_out"] if x["measure"] == "impact-ratio")
    assert 100 == out["unknown_rows"]


def test_nothing_is_judged_but_by_what_was_chosen(table: Path) -> None:
    value = report(table)
    assert {"not_judged", "undefined"} >= {x["verdict"] for x in value["lines"]}
    assert [] == value["controls"]
    chosen = "thresholds: [{measure: impact-ratio, at_least: 0.7, why: ours}]\n"
    judged = [x for x in report(table, chosen)["lines"] if x["threshold"]]
    assert {"impact-ratio"} == {x["measure"] for x in judged}
    assert {"breach": 1, "not_judged": 1} == {
        v: sum(x["verdict"] == v for x in judged) for v in {x["verdict"] for x in judged}
    }
    (breach,) = (x for x in judged if x["verdict"] == "breach")
    assert "outside the threshold you chose" in breach["why"]


def test_the_exit_code_is_only_asked_for(table: Path) -> None:
    words = (table, "--config", config(table.parent, "thresholds: [{measure: impact-ratio, "
             "at_least: 0.7, why: ours}]\n"))  # fmt: skip
    plain = ["measure", *map(str, words)]
    for more, code in (([], 0), (["--fail-on", "breach"], 1)):
        done = CliRunner().invoke(cli, [*plain, *more], standalone_mode=False)
        assert code == done.return_value
    assert run(*words).stdout == run("run", *words).stdout


def test_four_fifths_is_for_employment_only(table: Path) -> None:
    preset = "thresholds: [{measure: impact-ratio, preset: true, why: a first look}]\n"
    found = run(table, "--config", config(table.parent, f"field: credit\n{preset}"))
    assert isinstance(found.exception, BadInput)
    assert "for employment only" in str(found.exception)
    value = report(table, f"field: employment\n{preset}")
    assert 0.8 == line(value, "impact-ratio", "sex", "women")["threshold"]["value"]
    own = "thresholds: [{measure: impact-ratio, at_least: 0.8, why: ours}]\n"
    for field in ("field: credit\n", ""):
        borrowed = run(table, "--config", config(table.parent, f"{field}{own}"))
        assert isinstance(borrowed.exception, BadInput)
        assert "for employment only" in str(borrowed.exception)
    other = own.replace("0.8", "0.85")
    assert (
        0.85
        == line(report(table, f"field: credit\n{other}"), "impact-ratio", "sex", "women")[
            "threshold"
        ]["value"]
    )


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("{measure: impact-ration, at_least: 0.7, why: ours}", "Did you mean `impact-ratio`?"),
        ("{measure: override-rate, at_most: 0.8, why: ours}", "reported from records"),
        ("{measure: auc, at_most: 0.8, preset: true, why: ours}", "has one of"),
        ("{measure: accuracy, preset: true, why: ours}", "0 thresholds on offer"),
    ],
)
def test_a_threshold_that_means_nothing_is_refused(table: Path, chosen: str, said: str) -> None:
    found = run(table, "--config", config(table.parent, f"thresholds: [{chosen}]\n"))
    assert isinstance(found.exception, BadInput)
    assert said in str(found.exception)


def test_a_threshold_that_meets_no_value_is_told(table: Path) -> None:
    chosen = "thresholds: [{measure: auc, at_least: 0.5, over: [nothing], why: ours}]\n"
    assert ["auc"] == [t["measure"] for t in report(table, chosen)["unused_thresholds"]]


def test_a_stored_reference_gives_the_same(table: Path) -> None:
    both = report(table)
    folder = table.parent / "profiles"
    run("profile", table, "--config", config(table.parent), "-o", folder)
    pinned = report(table, "", "--reference", folder / "reference.json")
    assert both["lines"] == pinned["lines"]
    assert both["windows"]["reference"] == pinned["windows"]["reference"]


def test_files_for_continuous_integration(table: Path) -> None:
    chosen = """thresholds:
  - {measure: impact-ratio, at_least: 0.7, why: ours}
  - {measure: recall, at_least: 0.5, why: ours}
  - {measure: accuracy, at_least: 0.71, why: ours}
"""
    junit, sarif = table.parent / "a.xml", table.parent / "a.sarif"
    report(table, chosen, "--junit", junit, "--sarif", sarif)
    cases = {
        c.attrib["name"]: [e.tag for e in c] for c in ElementTree.parse(junit).iter("testcase")
    }
    assert {
        "impact-ratio / sex / women": ["failure"],
        "recall / all rows": [],
        "accuracy / all rows": ["skipped"],
    } == cases
    (found,) = json.loads(sarif.read_text())["runs"]
    assert [("accuracy", "warning"), ("impact-ratio", "error")] == sorted(
        (r["ruleId"], r["level"]) for r in found["results"]
    )


def test_the_same_table_gives_the_same_bytes(table: Path) -> None:
    words = (table, "--config", config(table.parent), "--json")
    assert run(*words).stdout == run(*words).stdout


def test_the_terminal_says_worst_first_and_what_was_not_judged(table: Path) -> None:
    chosen = """thresholds:
  - {measure: impact-ratio, at_least: 0.7, why: ours}
  - {measure: accuracy, at_least: 0.5, why: ours}
"""
    said = run(table, "--config", config(table.parent, chosen)).stdout
    order = ["worst first", "outside (1)", "inside (1)", "Rows left", "Not judged", "Limits"]
    assert sorted(said.index(x) for x in order) == [said.index(x) for x in order]
    assert "finding" in said


# ---------------------------------------------------------------------- evidence
SYSTEM = Path(__file__).resolve().parents[2] / "examples/credit-scoring/system.yaml"
HEAD = "dutybound: trust/1\norganisations:\n  - {id: acme, name: Acme, relation: own}\n"
INSIDE = "thresholds: [{measure: accuracy, at_least: 0.6, why: ours}]\n"
OUTSIDE = "thresholds: [{measure: accuracy, at_least: 0.9, why: ours}]\n"


def signed(table: Path, chosen: str, *more: str) -> tuple[Path, Result]:
    record = table.parent / "record"
    record.mkdir()
    (record / "trust.yaml").write_text(HEAD)
    key = str(table.parent / "alice.key")
    who = ("--person", "alice", "--organisation", "acme", "--role", "lead")
    words = ["keys", "new", "-o", key, *who, "--trust", str(record / "trust.yaml")]
    assert 0 == CliRunner().invoke(cli, words, catch_exceptions=False).exit_code
    path = config(table.parent, chosen)
    return record, run(
        table, "--config", path, "--system", SYSTEM, "--sign", key, "--to", record, "--json", *more
    )


def gaps(record: Path) -> dict[str, Any]:
    day = datetime.now(UTC).date().isoformat()
    words = ["gaps", str(SYSTEM), "--evidence", str(record), "--as-of", day, "--json"]
    found: dict[str, Any] = json.loads(
        CliRunner().invoke(cli, words, catch_exceptions=False).stdout
    )
    return found


def reached(record: Path) -> tuple[dict[str, Rung], list[str]]:
    """The rungs that the statements of a folder reach by control, and why others do not count."""
    today = datetime.now(UTC).date()
    opened = open_folder(record, read_trust(record / "trust.yaml"))
    system = ProfileReader(default_content()).read(SYSTEM, today=today)
    checked, refused = check_evidence(opened, default_catalogue(), system, today, today=today)
    return {k: v for c in checked for k, v in c.reaches.items()}, [r.reason for r in refused]


def test_a_run_inside_the_thresholds_is_a_test_that_counts(table: Path) -> None:
    record, done = signed(table, INSIDE)
    assert 0 == done.exit_code, done.output
    (control,) = json.loads(done.stdout)["controls"]
    assert ("DB-ROB-03", "no_breach") == (control["id"], control["verdict"])
    assert ["accuracy"] == control["judged"]
    assert "recall" in control["not_judged"]
    assert {"DB-ROB-03": Rung.TESTED} == reached(record)[0]
    (found,) = (c for c in gaps(record)["controls"] if c["id"] == "DB-ROB-03")
    # A test is a part: the control asks for two documents beside it.
    assert ("partial", "tested") == (found["state"], found["part"])
    assert ["document", "document"] == [need["kind"] for need in found["missing"]]
    assert 1 == len(found["evidence"])


def test_a_run_outside_a_threshold_raises_nothing(table: Path) -> None:
    record, done = signed(table, OUTSIDE)
    assert 0 == done.exit_code, done.output
    rungs, why = reached(record)
    assert {} == rungs
    assert ["The result of the test is: fail."] == why
    assert 0 == gaps(record)["controls_with_valid_evidence"]


@pytest.mark.parametrize("party", ["bank-eu", "all"])
def test_it_is_signed_for_the_controls_that_were_named(table: Path, party: str) -> None:
    both = INSIDE.replace("]", ", {measure: label-coverage, at_least: 0.1, why: ours}]")
    named = ("--control", "DB-MON-01", "--party", party)
    record, done = signed(table, both, *named)
    assert 0 == done.exit_code, done.output
    assert {"DB-MON-01": Rung.TESTED} == reached(record)[0]


def test_what_an_organisation_does_needs_its_name(table: Path) -> None:
    both = INSIDE.replace("]", ", {measure: label-coverage, at_least: 0.1, why: ours}]")
    record, _ = signed(table, both, "--control", "DB-MON-01")
    rungs, (why,) = reached(record)
    assert {} == rungs
    assert "`parties`" in why


def test_a_control_that_asks_for_nothing_judged_is_refused(table: Path) -> None:
    _, done = signed(table, INSIDE, "--control", "DB-MON-01")
    assert isinstance(done.exception, BadInput)
    assert "Judged: DB-ROB-03." in str(done.exception)


def test_a_run_without_thresholds_is_no_test(table: Path) -> None:
    record, done = signed(table, "")
    assert 0 == done.exit_code, done.output
    assert ({}, []) == reached(record)


def test_signing_needs_the_system(table: Path) -> None:
    found = run(table, "--config", config(table.parent), "--sign", "no.key")
    assert isinstance(found.exception, BadInput)
    assert "--system" in str(found.exception)
