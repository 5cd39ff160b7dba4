"""The launch dossier of two examples, as it is printed, and as a page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutybound.assess.launch_html import launch_page
from dutybound.cli import launch
from dutybound.packs.output_schemas import output_schema
from tests.golden.test_text import DAY, ROOT, compare
from tests.schema_check import problems

CREDIT = "examples/credit-scoring"
FRAUD = "examples/fraud-detection"
SEARCH = "examples/manual-search"
ON = ["--on", "2027-03-01"]
CASES = {
    "launch-credit-scoring": [
        f"{CREDIT}/system.yaml",
        *("--market", "eu,us,uk", *ON, "--evidence", f"{CREDIT}/evidence"),
        *("--governance", f"{CREDIT}/governance.yaml", "--decision", f"{CREDIT}/decision.yaml"),
    ],
    "launch-fraud-detection": [
        f"{FRAUD}/system.yaml",
        *("--on", "2026-12-15", "--evidence", f"{FRAUD}/evidence"),
    ],
    "launch-manual-search": [
        f"{SEARCH}/system.yaml",
        *("--market", "eu", "--on", "2027-01-11", "--evidence", f"{SEARCH}/evidence"),
        *("--governance", f"{SEARCH}/governance.yaml", "--decision", f"{SEARCH}/decision.yaml"),
    ],
}
FIRST_PAGE = [
    "DECISION REQUESTED",
    "RECOMMENDATION",
    "BLOCKERS",
    "EVIDENCE",
    "WHAT SOC 2 PROVES",
    "CONFLICTS BETWEEN REGIMES",
    "OPTIONS",
    "DISSENT",
    "EXCEPTIONS",
    "LIMITS",
]


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs in the root of the checkout, at 80 columns, on a fixed day."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(launch, "today", lambda: DAY)


def run(words: list[str]) -> str:
    found = CliRunner().invoke(launch.command, words, catch_exceptions=False)
    assert (0, "") == (found.exit_code, found.stderr)
    return found.stdout


def as_json(words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run([*words, "--json"]))
    return found


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, update_golden: bool) -> None:
    text = run(CASES[name])
    lines = text.splitlines()
    assert [] == [line for line in lines if len(line) > 80]
    heads = [h for line in lines for h in FIRST_PAGE if line.startswith(h)]
    assert FIRST_PAGE == heads
    assert "compliant" not in text
    compare(name, text, update_golden)


@pytest.mark.parametrize("name", CASES)
def test_json_fits_the_schema_and_the_page_is_self_contained(name: str) -> None:
    found = as_json(CASES[name])
    assert [] == list(problems(found, output_schema("launch")))
    found["name"] = "<script>alert(1)</script>"
    page = launch_page(found)
    tags = _Tags()
    tags.feed(page)
    assert [] == tags.open
    assert not tags.seen & {"script", "link", "img", "iframe"}
    assert "http" not in re.sub(r"http-equiv", "", page)
    for market in found["markets"]:
        for blocker in market["blockers"]:
            assert blocker["id"] in page


class _Tags(HTMLParser):
    """Tags that were opened and not closed, and all names seen."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_tool_never_decides_and_blockers_say_what_is_missing_and_whose_it_is() -> None:
    words = CASES["launch-credit-scoring"][:-2]
    found = as_json(words)
    for market in found["markets"]:
        field = market["decision"]
        assert [None] * 5 == [field[k] for k in ("decision", "by", "role", "on", "reason")]
        assert market["blockers"]
        for blocker in market["blockers"]:
            assert blocker["party"] and blocker["since"] <= "2027-03-01"
            assert blocker["owners"]
            assert blocker["missing"]


def test_options_of_credit_scoring() -> None:
    found = as_json(CASES["launch-credit-scoring"])
    options = {o["id"]: o for o in found["options"]}
    assert "request" == found["options"][0]["id"]
    assert {"uk-first", "eu-first", "person-decides", "without-us"} <= set(options)
    assert "Without profiling" in found["options_without_effect"]
    assert {"eu": None, "us": None, "uk": "blocked"} == options["uk-first"]["recommendations"]
    # A person who decides ends UK Article 22C, which speaks of decisions without one.
    saved = options["person-decides"]["duties"]["saved"]
    assert {r for r in saved if r.startswith("uk-gdpr-adm.art-22c-2")}
    # Colorado's review is owed whatever a person does before.
    floor = {m["market"]: set(m["floor"]) for m in found["markets"]}
    assert all(floor.values())
    assert "us-fed-ecoa-regb.1002-9-b-2.specific-reasons" in floor["us"]
    assert ["eu-first"] == [d["option"] for d in options["eu-first"]["dissent"]]
    for option in options.values():
        for market, rules in floor.items():
            if market in option["markets"]:
                assert rules <= set(option["duties"]["kept"])


def test_shields_exceptions_and_conflicts_of_credit_scoring() -> None:
    found = as_json(CASES["launch-credit-scoring"])
    eu = found["markets"][0]
    assert eu["shielded"]
    assert all(s["ends_when"] for d in eu["shielded"] for s in d["shielded_by"])
    assert ["eu/shield/Art. 111(2)"] == [c["id"] for c in eu["conditions"] if "/shield/" in c["id"]]
    standing = {e["id"]: e["standing"] for e in found["exceptions"]}
    assert {"ex-colorado-letter": "refused", "ex-ca-cyber-audit": "in force"} == standing
    shown = {c["id"]: c for c in found["conflicts"]}
    assert {"reasons-and-explanation", "retention", "demographic-data"} <= set(shown)
    assert "tipping-off" not in shown  # no report of suspicion is in play
    clocks = [c for s in shown["retention"]["sides"] for r in s["rules"] for c in r["clocks"]]
    assert (25, "months") in {(c["amount"], c["unit"]) for c in clocks}


def test_soc_2_of_fraud_detection() -> None:
    """The bridge letter carries to 30 December: on the 15th a report is management's word."""
    soc2 = as_json(CASES["launch-fraud-detection"])["soc2"]
    assert {"soc2-tidewatch-2026", "soc2-northcloud-2026"} == {
        r["evidence"] for r in soc2["reports"]
    }
    own = [r for r in soc2["proves"] if r["evidence"] == "soc2-tidewatch-2026"]
    assert own
    assert {"unassessed", "asserted"} >= {r["on_the_day"] for r in own}
    assert "observed" in {r["in_period"] for r in own}
    assert soc2["does_not"]
    assert soc2["not_tested_by_soc2"]


def test_fail_on_and_bad_decisions(tmp_path: Path) -> None:
    words = [f"{CREDIT}/system.yaml", *ON]
    for stop, code in (("blocked", 1), ("undetermined", 0)):
        found = CliRunner().invoke(
            launch.command, [*words, "--fail-on", stop], standalone_mode=False
        )
        assert code == found.return_value
    path = tmp_path / "decision.yaml"
    text = Path(f"{CREDIT}/decision.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("decision: postpone", "decision: go_with_conditions"))
    table = ["--governance", f"{CREDIT}/governance.yaml"]
    found = CliRunner().invoke(launch.command, [*words, *table, "--decision", str(path)])
    assert found.exception is not None
    assert "cannot be accepted away" in str(found.exception)
    alone = CliRunner().invoke(launch.command, [*words, "--decision", str(path)])
    assert "Name the file" in str(alone.exception)
