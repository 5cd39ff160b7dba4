"""`evidence`: what is printed, the JSON against its schema, exit codes, and the interview."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from dutybound.assess.schema import schema
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import kind_of_file, read_soc2
from dutybound.packs.reading import read_yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/fraud-detection"
FOLDER = EXAMPLE / "evidence"
SYSTEM = ("--system", str(EXAMPLE / "system.yaml"), "--as-of", "2026-11-25")
TRUST = ("--trust", str(FOLDER / "trust.yaml"))
REPORT = str(FOLDER / "soc2-tidewatch-2026.yaml")
VENDOR = str(FOLDER / "soc2-northcloud-2026.yaml")
CLAIM = """\
dutybound: claim/1
id: att
kind: attestation
what: Somebody looks at it every day.
controls: [DB-HUM-02]
author: alice
issuer: acme
made_on: 2026-01-02
valid_until: 2031-01-01
rung: asserted
"""


def run(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(
        cli, ["evidence", *map(str, words)], input=text, catch_exceptions=False
    )


def as_json(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert 0 == done.exit_code
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("check", str(FOLDER / "test-fairness.dsse.json"), *TRUST, *SYSTEM),
        ("check", str(FOLDER / "doc-ai-policy.dsse.json"), *TRUST),
        ("list", str(FOLDER)),
        ("list", str(FOLDER), *TRUST, *SYSTEM),
        ("soc2", REPORT, "--with", VENDOR, *SYSTEM),
        ("soc2", VENDOR),
        ("iso", str(FOLDER / "iso-27001-tidewatch.yaml"), *SYSTEM),
    ],
)
def test_json_follows_its_schema(words: tuple[str, ...]) -> None:
    found = as_json(*words)
    shape = schema(found["schema"].split("/")[1], default_content)
    assert shape["title"] == found["schema"]
    jsonschema_rs.validate(shape, found)
    assert 0 == run(*words).exit_code


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("test-fairness", "claim"),
        ("trust", "trust"),
        ("soc2-tidewatch-2026", "soc2-report"),
        ("iso-27001-tidewatch", "iso-certificate"),
    ],
)
def test_the_examples_fit_the_schemas_for_editors(file: str, name: str) -> None:
    value = read_yaml(FOLDER / f"{file}.yaml").value
    jsonschema_rs.validate(schema(name, default_content), value)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema(name, default_content), {**value, "colour": "blue"})


def test_from_a_key_to_evidence_that_counts(tmp_path: Path) -> None:
    key, trust, claim = tmp_path / "a.key", tmp_path / "trust.yaml", tmp_path / "att.yaml"
    who = ("--person", "alice", "--organisation", "acme", "--role", "lead")
    made = CliRunner().invoke(cli, ["keys", "new", "-o", str(key), *who])
    assert 0 == made.exit_code
    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    secret = [s for s in key.read_text().splitlines() if not s.startswith("-")]
    assert all(s not in made.output for s in secret)
    head = "dutybound: trust/1\norganisations:\n  - {id: acme, name: Acme, relation: own}\n"
    trust.write_text(head + made.stdout, encoding="utf-8")
    claim.write_text(CLAIM, encoding="utf-8")
    output = tmp_path / "att.dsse.json"
    assert 0 == run("sign", str(claim), "--key", str(key), "-o", str(output)).exit_code
    found = as_json("check", str(output), "--trust", str(trust), "--as-of", "2026-12-01")
    later = [r["code"] for r in found["refused"]]
    assert [] == later or ["future_dated"] == later
    before = output.read_bytes()
    with pytest.raises(BadInput, match="already"):
        run("sign", str(claim), "--key", str(key), "-o", str(output))
    assert before == output.read_bytes()
    assert 0 == run("sign", str(claim), "--key", str(key), "-o", str(output), "--force").exit_code
    with pytest.raises(BadInput, match=r"dsse\.json"):
        run("sign", str(claim), "--key", str(key), "-o", str(tmp_path / "att.json"))


def test_fail_on_refused() -> None:
    def code(*files: str) -> int:
        words = ["evidence", "check", *(str(FOLDER / f) for f in files), *TRUST, *SYSTEM]
        done = CliRunner().invoke(cli, [*words, "--fail-on", "refused"], standalone_mode=False)
        found: int = done.return_value
        return found

    assert 0 == code("test-fairness.dsse.json")
    assert 0 == code("soc2-tidewatch-2026.dsse.json")
    assert 1 == code("test-fairness.dsse.json", "test-fairness-5.0.0.dsse.json")
    assert 1 == code("test-fairness.yaml")


def test_self_tests_are_listed_only_when_they_are_asked_for() -> None:
    for more in ((), TRUST + SYSTEM):
        quiet = run("list", str(FOLDER), *more).output
        assert "refusal notices" not in quiet
        assert "self_test and is not" in " ".join(quiet.split())
        loud = run("list", str(FOLDER), *more, "--include", "self_test").output
        assert "refusal notices" in " ".join(loud.split())


def test_without_trust_it_says_that_nothing_was_checked() -> None:
    found = as_json("list", str(FOLDER))
    assert "not_checked" == found["signatures"]
    assert "Signatures were not checked" in run("list", str(FOLDER)).output


def test_soc2_says_what_it_proves_and_what_not_and_why() -> None:
    text = " ".join(run("soc2", REPORT, "--with", VENDOR, *SYSTEM).output.split())
    for words in (
        "there is only the bridge letter",
        "asserted then observed",
        "5 of 114 controls as a whole",
        "Exception (medium) in CC7.2",
        "CUEC-2 has no owner here",
        "Not among the criteria in scope. [PI1.1",
        "Do the samples include it?",
        "It is no conformity assessment",
        "Frameworks, by this report alone",
        "GOVERN-6.2 (DB-SEC-06 asserted then observed)",
        "Art. 50(2) Mark generated content: 2 Dec 2026, unassessed DB-DOC-07: SOC 2 does not test",
        "What to do first (5 of",
    ):
        assert words in text


def test_without_a_system_there_are_no_duties_and_no_plan() -> None:
    found = as_json("soc2", REPORT, "--as-of", "2026-09-15")
    assert (None, None) == (found["gaps"], found["plan"])
    names = {f["id"] for f in found["frameworks"]}
    assert {"nist-ai-rmf", "iso-42001", "eu-ai-act", "nist-ai-600-1"} == names


ANSWERS = """\
id: soc2-acme
recorded: {by: alice, organisation: acme}
report_of: {organisation: acme, relation: own}
auditor: Larkfield CPA LLP
type: 2
period: {from: 2025-10-01, to: 2026-09-30}
issued_on: 2026-10-20
opinion: {kind: unqualified}
categories: [security, availability]
criteria:
  - {id: CC6.1, controls: [{id: AC-1, test: Tried to log in, result: no_exception}]}
boundary: {system: The platform, ai_feature: inside, systems: [loan-score]}
"""


def test_a_summary_from_answers(tmp_path: Path) -> None:
    answers, output = tmp_path / "answers.yaml", tmp_path / "soc2-report.yaml"
    answers.write_text(ANSWERS, encoding="utf-8")
    done = run("soc2", "--from", str(answers), "-o", str(output), "--as-of", "2026-09-30")
    assert 0 == done.exit_code
    report = read_soc2(kind_of_file(output)[0])
    assert 36 == len(report.criteria)
    assert "AC-1" == report.criteria[0].controls[0].id
    with pytest.raises(BadInput, match="already"):
        run("soc2", "--from", str(answers), "-o", str(output))


def test_answers_that_are_missing_are_asked_for(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(ANSWERS.replace("issued_on: 2026-10-20\n", ""), encoding="utf-8")
    with pytest.raises(BadInput, match="`issued_on` is missing: Day on which the auditor signed"):
        run("soc2", "--from", str(answers), "-o", str(tmp_path / "soc2-report.yaml"))
    assert not (tmp_path / "soc2-report.yaml").exists()


def test_a_summary_from_an_interview(tmp_path: Path) -> None:
    output = tmp_path / "soc2-report.yaml"
    lines = [
        "soc2-acme", "alice", "acme", "acme", "mine", "own", "", "II", "2025-10-01", "2026-09-30",
        "2026-10-20", "unqualified", "availability", "The platform", "inside", "loan-score", "",
        "y",  # list controls
        "y", "CA-1", "Capacity is planned", "Read 12 reports", "no_exception", "n",
        "n", "n",  # A1.2, A1.3
        "y", "A1.1", "CA-1", "One report was late.", "low", "", "n",  # exceptions
        "y", "Cloud", "hosting", "carve_out", "whole", "A1.2", "", "n",  # subservice
        "n",  # user controls
        "n",  # subservice controls
        "y", "2026-10-25", "2026-12-15", "CISO", "no",  # bridge letter
        "n",  # file
    ]  # fmt: skip
    done = run("soc2", "-o", str(output), "--as-of", "2026-11-23", text="\n".join(lines) + "\n")
    assert 0 == done.exit_code, done.output
    assert "Please answer with own, vendor." in done.output
    report = read_soc2(kind_of_file(output)[0])
    assert ["A1.1", "A1.2", "A1.3"] == [c.id for c in report.criteria]
    assert "low" == report.exceptions[0].severity
    assert "whole" == report.subservice[0].relies
    assert report.bridge_letter is not None
    assert report.bridge_letter.material_changes is False
    assert report.auditor is None


@pytest.mark.parametrize("words", [(), (REPORT, "-o", "x.yaml")])
def test_soc2_reads_or_writes(words: tuple[str, ...]) -> None:
    assert 2 == CliRunner().invoke(cli, ["evidence", "soc2", *words]).exit_code
