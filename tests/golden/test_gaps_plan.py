"""Gaps, plan and profile of the fraud-detection example, as they are printed, and as pages."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from dutybound.cli import evidence_options, gaps, plan, rmf
from dutybound.packs.output_schemas import output_schema
from tests.golden.test_text import DAY, ROOT, compare
from tests.schema_check import problems

FRAUD = "examples/fraud-detection"
WORDS = [f"{FRAUD}/system.yaml", "--evidence", f"{FRAUD}/evidence", "--as-of", DAY.isoformat()]
COMMANDS: dict[str, click.Command] = {
    "gaps": gaps.command,
    "plan": plan.command,
    "rmf": rmf.command,
}
SCHEMAS = {"gaps": "gaps", "plan": "plan", "rmf": "rmf-profile"}


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs in the root of the checkout, at 80 columns, on a fixed day."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    for module in (evidence_options, rmf):
        monkeypatch.setattr(module, "today", lambda: DAY)


def call(name: str, *words: str, color: bool = False) -> Result:
    return CliRunner().invoke(COMMANDS[name], words, color=color, standalone_mode=False)


def run(name: str, *words: str, color: bool = False) -> str:
    found = call(name, *words, color=color)
    assert found.exception is None, found.exception
    return found.stdout


def run_json(name: str, *words: str) -> Any:
    return json.loads(run(name, *words, "--json"))


def refusal(name: str, *words: str) -> str:
    found = call(name, *words)
    assert found.exception is not None
    return str(found.exception)


@pytest.mark.parametrize("name", COMMANDS)
def test_text(name: str, update_golden: bool) -> None:
    text = run(name, *WORDS)
    assert [] == [line for line in text.splitlines() if len(line) > 80]
    assert "compliant" not in text
    compare(f"{name}-fraud-detection", text, update_golden)


@pytest.mark.parametrize("name", COMMANDS)
def test_colour_changes_no_word(name: str) -> None:
    plain, coloured = run(name, *WORDS), run(name, *WORDS, color=True)
    assert coloured != plain
    assert click.unstyle(coloured).split() == plain.split()


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("example", ["credit-scoring", "cv-screening", "support-chatbot"])
def test_every_example_fits_the_columns_and_the_schema(name: str, example: str) -> None:
    words = [f"examples/{example}/system.yaml", "--as-of", DAY.isoformat()]
    assert [] == [line for line in run(name, *words).splitlines() if len(line) > 80]
    assert [] == list(problems(run_json(name, *words), output_schema(SCHEMAS[name])))


@pytest.mark.parametrize("name", COMMANDS)
def test_json_fits_the_schema_and_is_the_same_each_time(name: str) -> None:
    found = run(name, *WORDS, "--json")
    assert [] == list(problems(json.loads(found), output_schema(SCHEMAS[name])))
    assert found == run(name, *WORDS, "--json")


# ---------------------------------------------------------------- pages
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


def _named(tmp_path: Path, name: str) -> str:
    """A profile beside the organisation file, with another name for the system."""
    text = (ROOT / FRAUD / "system.yaml").read_text(encoding="utf-8")
    assert "Fraud shield" in text
    (tmp_path / "organisation.yaml").write_bytes((ROOT / FRAUD / "organisation.yaml").read_bytes())
    path = tmp_path / "system.yaml"
    path.write_text(text.replace("Fraud shield", f'"{name}"', 1), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["gaps", "rmf"])
def test_a_page_is_self_contained_and_escaped(name: str, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    profile = _named(tmp_path, "<script>alert(1)</script>")
    assert "" == run(name, profile, *WORDS[1:], "--html", str(out))
    page = out.read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(page)
    assert [] == tags.open
    assert not tags.seen & {"script", "link", "img", "iframe"}
    assert "&lt;script&gt;alert(1)" in page
    assert "http" not in page.replace("http-equiv", "")


def test_green_on_the_page_is_only_what_stands_at_the_rung_it_needs(tmp_path: Path) -> None:
    """Without evidence no cell is green; every control reads unassessed."""
    out = tmp_path / "page.html"
    run("gaps", f"{FRAUD}/system.yaml", "--as-of", DAY.isoformat(), "--html", str(out))
    page = out.read_text(encoding="utf-8")
    assert 'class="met' not in page
    assert 'class="unassessed' in page


@pytest.mark.parametrize("name", ["gaps", "rmf"])
def test_a_page_that_cannot_be_written_is_bad_input(name: str, tmp_path: Path) -> None:
    assert "cannot be written" in refusal(name, *WORDS, "--html", str(tmp_path / "no" / "x.html"))


# ---------------------------------------------------------------- gaps
def test_frameworks_are_chosen_by_name() -> None:
    found = run_json("gaps", *WORDS, "--framework", "soc2, nist-ai-rmf")["frameworks"]
    assert ["soc2", "nist-ai-rmf"] == [f["id"] for f in found]
    assert [61, 72] == [len(f["elements"]) for f in found]
    for framework in found:
        assert len(framework["elements"]) == sum(framework["counts"].values())
        assert all(e["held"] for e in framework["elements"] if e["state"] == "full")
        assert framework["effect"]
    assert "Did you mean `soc2`?" in refusal("gaps", *WORDS, "--framework", "soc")


def test_states_of_duties_follow_from_those_of_their_controls() -> None:
    found = run_json("gaps", *WORDS)
    states = {(c["id"], p["party"]): p["state"] for c in found["controls"] for p in c["parties"]}
    for duty in found["duties"]:
        own = [states[c, duty["party"]] for c in duty["controls"]]
        assert own.count("met") == duty["controls_met"]
        if duty["state"] == "met":
            assert {"met"} == set(own)
        if duty["state"] == "unassessed":
            assert {"unassessed"} == set(own)


def test_controls_of_the_example() -> None:
    """By hand from the evidence folder: a passed test, a record that was expired, SOC 2's scope."""
    controls = {c["id"]: c for c in run_json("gaps", *WORDS)["controls"]}
    shown = {k: (c["state"], c["reached"], c["part"]) for k, c in controls.items()}
    # The tests are there; nothing records what was done about what they found.
    assert ("partial", "documented", "tested") == shown["DB-FAI-01"]
    assert ["test-fairness-5.0.0: wrong_version"] == controls["DB-FAI-01"]["refused"]
    # The reviews of Tidewatch say nothing on those of its clients, who owe the duty.
    assert ("unassessed", "unassessed", None) == shown["DB-HUM-06"]
    assert ["client-uk", "client-us"] == controls["DB-HUM-06"]["lacking_for"]
    # Tidewatch keeps a risk register and no threat scenarios; the others have nothing of their own.
    own = {p["party"]: p["state"] for p in controls["DB-RSK-05"]["parties"]}
    assert ("partial", "unassessed") == (own["tidewatch"], own["client-uk"])
    # The literacy attestation expired; the bridge letter is management's word, and on a part only.
    assert ("partial", "unassessed", "asserted") == shown["DB-LIT-01"]
    assert "att-literacy-2025: expired" in controls["DB-LIT-01"]["refused"]
    # SOC 2 does not test notices to people.
    assert ("unassessed", "unassessed", None) == shown["DB-EXP-05"]


def test_evidence_that_expired_meets_nothing() -> None:
    """Ten years on, all of it is too old."""
    words = [*WORDS[:3], "--as-of", "2036-11-25"]
    found = run_json("gaps", *words)
    assert 0 == found["controls_with_valid_evidence"]
    assert {"open", "unassessed"} == {c["state"] for c in found["controls"]}


@pytest.mark.parametrize(
    ("period", "until"),
    [("P24M", "2028-11-25"), ("P2Y", "2028-11-25"), ("P90D", "2027-02-23"), ("P2W", "2026-12-09")],
)
def test_horizon(period: str, until: str) -> None:
    assert until == run_json("gaps", *WORDS, "--horizon", period)["until"]


@pytest.mark.parametrize("period", ["P", "24M", "P-1D", "P1H", ""])
def test_a_period_that_is_none_is_refused(period: str) -> None:
    assert "is not a period" in refusal("gaps", *WORDS, "--horizon", period)


# ---------------------------------------------------------------- plan
def test_a_plan_closes_what_is_a_gap_and_waits_in_order() -> None:
    gap = run_json("gaps", *WORDS)
    found = run_json("plan", *WORDS)
    open_duties = {
        d["key"]
        for d in gap["duties"]
        if d["state"] not in ("met", "shielded", "no control") and d["controls"]
    }
    assert open_duties == {c["key"] for a in found["actions"] for c in a["closes"]}
    place = {a["control"]: a["place"] for a in found["actions"]}
    for action in found["actions"]:
        assert all(place[w] < action["place"] for w in action["after"])
        assert action["from"] != action["reaches"] or action["evidence"] or action["part"]


def test_a_weight_of_zero_takes_the_part_out() -> None:
    only = [w for p in ("legal", "date", "people", "duties") for w in ("--weight", f"{p}=0")]
    for action in run_json("plan", *WORDS, *only)["actions"]:
        assert abs(action["score"] - action["parts"]["penalty"]) < 0.001


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ("penality=2", "Did you mean `penalty`?"),
        ("date=-1", "lies between"),
        ("date=nan", "lies between"),
        ("date=101", "lies between"),
        ("date", "is not written as"),
    ],
)
def test_a_weight_that_is_none_is_refused(weight: str, says: str) -> None:
    assert says in refusal("plan", *WORDS, "--weight", weight)


def test_a_policy_of_your_own(tmp_path: Path) -> None:
    """Twice the lead time moves the earliest day of what waits for nothing."""
    shipped = (ROOT / "content" / "plan.yaml").read_text(encoding="utf-8")
    path = tmp_path / "plan.yaml"
    path.write_text(shipped.replace("S: 30, M: 90, L: 180", "S: 60, M: 180, L: 360"))
    usual = {a["control"]: a for a in run_json("plan", *WORDS)["actions"]}
    found = run_json("plan", *WORDS, "--policy", str(path))
    assert str(path) == found["policy"]
    assert {"S": 60, "M": 180, "L": 360} == found["lead_days"]
    for action in found["actions"]:
        assert action["earliest"] > usual[action["control"]]["earliest"]
    assert "Policy:" in run("plan", *WORDS, "--policy", str(path))
    path.write_text(shipped.replace("sure: 0.7", "sure: 7"))
    assert "plan.yaml:" in refusal("plan", *WORDS, "--policy", str(path))


# ---------------------------------------------------------------- rmf
def test_an_organisation_stands_where_its_weakest_system_stands() -> None:
    words = ["--evidence", f"{FRAUD}/evidence", "--as-of", DAY.isoformat()]
    found = run_json("rmf", "examples", *words)
    assert 7 == found["organisation"]["systems"] == len(found["systems"])
    order = output_schema("rmf-profile")["properties"]["systems"]["items"]["properties"][
        "subcategories"
    ]["items"]["properties"]["part"]["enum"]
    for i, line in enumerate(found["organisation"]["subcategories"]):
        own = [order.index(s["subcategories"][i]["current"]) for s in found["systems"]]
        assert min(own) == order.index(line["current"])
    text = run("rmf", "examples", *words)
    assert "THE ORGANISATION: ITS WEAKEST SYSTEM" in text
    assert [] == [line for line in text.splitlines() if len(line) > 80]


def test_a_target_of_your_own(tmp_path: Path) -> None:
    path = tmp_path / "target.yaml"
    path.write_text(
        "dutybound: rmf-target/1\nframework: nist-ai-rmf\nname: Ours\nwhy: We say so.\n"
        "rungs: {GOVERN: asserted, MAP-1: tested}\n"
        "left_out: [{id: MAP-1.4, why: Decided elsewhere.}]\n"
    )
    found = run_json("rmf", *WORDS, "--target", str(path))
    aims = {x["id"]: x["target"] for x in found["systems"][0]["subcategories"]}
    assert ("asserted", "tested", None, None) == tuple(
        aims[x] for x in ("GOVERN-1.1", "MAP-1.1", "MAP-1.4", "MANAGE-1.1")
    )
    assert "Decided elsewhere." in run("rmf", *WORDS, "--target", str(path), "--all")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rungs: {GOVERM: asserted}", "target.yaml:5:9: nist-ai-rmf has no element `GOVERM`"),
        ("rungs: {GOVERN: green}", "target.yaml:5:"),
        ("rungs: {GOVERN: asserted}\nleft_out: [{id: MAP-9.9, why: x}]", "target.yaml:6:"),
        ("rung: {GOVERN: asserted}", "Did you mean `rungs`?"),
    ],
)
def test_a_target_that_is_wrong_is_refused_with_its_place(
    line: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "target.yaml"
    head = "dutybound: rmf-target/1\nframework: nist-ai-rmf\nname: Ours\nwhy: x\n"
    path.write_text(head + line + "\n")
    assert says in refusal("rmf", *WORDS, "--target", str(path))


def test_a_folder_without_a_profile_is_refused(tmp_path: Path) -> None:
    assert "holds no profile" in refusal("rmf", str(tmp_path))
