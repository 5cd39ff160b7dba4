"""--sign: the statement is over the exact bytes that were computed, and says what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutybound import __version__
from dutybound.assess.intake import check_evidence
from dutybound.assess.log import init_log
from dutybound.assess.opening import open_folder
from dutybound.cli.main import cli
from dutybound.cli.sign_output import Sealing, sign_output
from dutybound.errors import BadInput
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.evidence import read_trust
from dutybound.terms.evidence import Checked

ROOT = Path(__file__).resolve().parents[2]
FRAUD = str(ROOT / "examples/fraud-detection/system.yaml")
EVIDENCE = ("--evidence", str(ROOT / "examples/fraud-detection/evidence"))
DAY = ("--as-of", "2026-11-25")
COMMANDS = {
    "assess": ("assess", FRAUD, *DAY),
    "gaps": ("gaps", FRAUD, *EVIDENCE, *DAY),
    "plan": ("plan", FRAUD, *EVIDENCE, *DAY),
    "launch": ("launch", FRAUD, *EVIDENCE, "--on", "2026-12-15"),
    "security": ("security", FRAUD, *EVIDENCE, *DAY),
}
HEAD = "dutybound: trust/1\norganisations:\n  - {id: acme, name: Acme, relation: own}\n"


@pytest.fixture
def key(tmp_path: Path) -> str:
    """A key whose holder the trust file of `record` names."""
    (tmp_path / "record").mkdir()
    trust = tmp_path / "record" / "trust.yaml"
    trust.write_text(HEAD, encoding="utf-8")
    path = str(tmp_path / "keys" / "alice.key")
    who = ("--person", "alice", "--organisation", "acme", "--role", "lead")
    words = ["keys", "new", "-o", path, *who, "--trust", str(trust)]
    assert 0 == CliRunner().invoke(cli, words, catch_exceptions=False).exit_code
    return path


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert 0 == done.exit_code, done.output
    return done.stdout


def signed_by(record: Path) -> list[Checked]:
    trust = read_trust(record / "trust.yaml")
    opened = open_folder(record, trust)
    assert () == opened.refused
    today = datetime.now(UTC).date()
    about = profile_of()
    checked, refused = check_evidence(opened, default_catalogue(), about, today, today=today)
    assert [] == refused
    return checked


def profile_of() -> Any:
    from dutybound.packs.compile import default_content
    from dutybound.packs.profile import ProfileReader

    return ProfileReader(default_content()).read(Path(FRAUD))


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_printed_is_what_is_signed(command: str, tmp_path: Path, key: str) -> None:
    record = tmp_path / "record"
    printed = run(*COMMANDS[command], "--json", "--sign", key, "--to", str(record))
    (one,) = signed_by(record)
    ((file, digest),) = one.claim.subject.items()
    assert sha256(printed.encode()).hexdigest() == digest
    assert printed.encode() == (record / file).read_bytes()
    value = json.loads(printed)
    assert (value["system"], "alice", {}) == (one.claim.system, one.signer, one.reaches)
    basis, computed = one.claim.detail["basis"], one.claim.detail["computed_result"]
    assert {k: value["content"][k] for k in ("version", "sha256")} == basis["content"]
    assert value["profile_sha256"] == basis["profile_sha256"]
    assert (value.get("as_of") or value["launch_on"]) == basis["as_of"]
    assert value.get("known_on") == basis.get("known_on")
    assert f"dutybound {__version__}" == basis["tool"]
    assert (command, value["schema"]) == (computed["command"], computed["format"])
    assert computed["verdict"]


def test_the_verdict_is_under_the_signature(tmp_path: Path, key: str) -> None:
    """Counted here from the JSON in another way than the code does."""
    record = tmp_path / "record"
    for command in ("assess", "gaps", "launch"):
        run(*COMMANDS[command], "--sign", key, "--to", str(record))
    verdicts = {
        c.claim.detail["computed_result"]["command"]: c.claim.detail["computed_result"]["verdict"]
        for c in signed_by(record)
    }
    values = {p.name.split("-")[0]: json.loads(p.read_text()) for p in record.glob("*d-20*.json")
              if not p.name.endswith(".dsse.json")}  # fmt: skip
    outcomes = [f["outcome"] for f in values["assess"]["findings"]]
    assert outcomes.count("applies") == verdicts["assess"]["applies"]
    assert values["gaps"]["counts"].items() <= verdicts["gaps"].items()
    assert len(values["gaps"]["prohibited"]) == verdicts["gaps"]["prohibited"]
    assert {m["market"]: m["recommendation"] for m in values["launch"]["markets"]} == (
        verdicts["launch"]
    )


def test_a_changed_result_no_longer_counts(tmp_path: Path, key: str) -> None:
    record = tmp_path / "record"
    run(*COMMANDS["gaps"], "--sign", key, "--to", str(record))
    (file,) = signed_by(record)[0].claim.subject
    (record / file).write_text((record / file).read_text().replace("open", "met"))
    opened = open_folder(record, read_trust(record / "trust.yaml"))
    assert () == opened.items
    assert ["subject_changed", "not_evidence"] == [r.code for r in opened.refused]


def test_it_enters_the_log_of_the_folder(tmp_path: Path, key: str) -> None:
    record = tmp_path / "record"
    with init_log(record, "acme.example/log", datetime(2026, 11, 25, tzinfo=UTC)):
        pass
    run(*COMMANDS["assess"], "--sign", key, "--to", str(record))
    assert 1 == len(list((record / "receipts").glob("*.tlog-proof")))


def test_a_result_of_no_system_and_no_day(tmp_path: Path, key: str) -> None:
    """For commands to come: only `schema` is needed, and the verdict is given."""
    record = tmp_path / "record"
    value = {"schema": "dutybound/other/1", "rows": 3}
    sign_output("other", value, Sealing(key, record), None, {"rows": 3})
    (one,) = signed_by(record)
    assert (None, {"rows": 3}) == (
        one.claim.system, one.claim.detail["computed_result"]["verdict"]
    )  # fmt: skip


def test_what_cannot_be_signed(tmp_path: Path, key: str) -> None:
    words = COMMANDS["assess"]
    with pytest.raises(BadInput, match="--sign KEY"):
        run(*words, "--to", str(tmp_path / "record"))
    with pytest.raises(BadInput, match="No trust.yaml names"):
        run(*words, "--sign", key, "--to", str(tmp_path / "elsewhere"))
    other = str(tmp_path / "keys" / "bob.key")
    run("keys", "new", "-o", other, "--person", "b", "--organisation", "acme", "--role", "x")
    with pytest.raises(BadInput, match="does not name the key"):
        run(*words, "--sign", other, "--to", str(tmp_path / "record"))
    assert [] == [p for p in (tmp_path / "record").iterdir() if p.name != "trust.yaml"]
