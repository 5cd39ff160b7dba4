"""`log witness`: a log under a policy, and an auditor who is the witness, through the commands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.schema import schema
from tests.outside.plainlog import Signed
from tests.schema_check import problems

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")


def call(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dutybound", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


def run(*words: object, code: int = 0) -> str:
    """What a command prints: stdout, or stderr with code 2."""
    done = call(*words)
    assert code == done.returncode, done.stdout + done.stderr
    return done.stderr if code == 2 else done.stdout


def asked(*words: object, code: int = 0) -> dict[str, Any]:
    """The JSON of a command, in its schema and documented."""
    value: dict[str, Any] = json.loads(run(*words, "--json", code=code))
    name = value["schema"].removeprefix("dutybound/").removesuffix("/1")

    def content() -> Any:
        raise AssertionError

    assert [] == list(problems(value, schema(name, content)))
    section = PAGE.partition(f"## {value['schema']}\n")[2].partition("\n## ")[0]
    assert set() == set(value) - set(re.findall(r"`(\w+)`", section)) - {"schema"}
    return value


def envelope(record: Path, number: int) -> Path:
    """A signed envelope whose key stands in the trust file of the record."""
    own = record.parent / "own"
    key = own / "alice.key"
    if not key.exists():
        made = run(
            *("keys", "new", "-o", key, "--person", "alice"),
            *("--organisation", "bank", "--role", "analyst"),
        )
        head = "dutybound: trust/1\norganisations: [{id: bank, name: Bank, relation: own}]\n"
        (record / "trust.yaml").write_text(head + made, encoding="utf-8")
    claim, path = own / f"{number}.yaml", own / f"{number}.dsse.json"
    claim.write_text(
        f"dutybound: claim/1\nid: note-{number}\nkind: attestation\nwhat: Reviewed\n"
        "controls: [DB-HUM-02]\nvalid_until: 2027-11-01\nauthor: alice\nissuer: bank\n"
        "made_on: 2026-11-01\nrung: asserted\n",
        encoding="utf-8",
    )
    run("evidence", "sign", claim, "--key", key, "-o", path)
    return path


class Setting:
    """A log whose policy wants one witness without an address, and the auditor's machine."""

    def __init__(self, folder: Path) -> None:
        self.record, self.auditor = folder / "record", folder / "auditor"
        self.record.mkdir()
        self.auditor.mkdir()
        self.key = folder / "log.vkey"
        self.key.write_text(run("log", "init", self.record, "--origin", "log.example.com"))
        self.public = self.record / "public"
        self.state = self.auditor / "seen.json"

    def look(self, *more: object, code: int = 0) -> dict[str, Any]:
        return asked(
            "log", "witness", "--check", self.public, "--state", self.state, *more, code=code
        )


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def test_auditor_without_a_server_is_the_witness(setting: Setting, tmp_path: Path) -> None:
    """Policy, waiting checkpoint, the auditor's line, and the checkpoint is shown."""
    sign = ("--sign", setting.auditor / "w.key", "--name", "auditor.example/w1")
    first = call(
        *("log", "witness", "--check", setting.public, "--state", setting.state),
        *("--key", setting.key, *sign),
    )
    assert 0 == first.returncode, first.stderr
    assert "log.example.com: 0 entries, seen for the first time\n\u2014 auditor" in first.stdout
    vkey = first.stderr.strip().split()[-1]
    policy = tmp_path / "policy"
    policy.write_text(f"witness auditor {vkey}\nquorum auditor\n", encoding="utf-8")
    report = asked("log", "witness", setting.record, "--policy", policy)
    assert (True, True) == (report["policy"], report["waiting"])
    assert ["offline"] == [w["state"] for w in report["witnesses"]]

    run("log", "append", setting.record, envelope(setting.record, 1))
    assert "\n0\n" in (setting.public / "checkpoint").read_text(encoding="utf-8")
    assert [] == list((setting.record / "receipts").glob("*.tlog-proof"))
    waiting = tmp_path / "waiting"
    text = run("log", "witness", setting.record, "-o", waiting)
    assert "1 entries: the policy is not met. The checkpoint waits" in text
    seen = setting.look("--checkpoint", waiting, *sign, "-o", tmp_path / "line")
    assert (1, 0) == (seen["size"], seen["before"])
    report = asked("log", "witness", setting.record, "--add", tmp_path / "line")
    assert (False, "cosigned") == (report["waiting"], report["witnesses"][0]["state"])
    assert report["checkpoint"] == (setting.public / "checkpoint").read_text(encoding="utf-8")
    (receipt,) = (setting.record / "receipts").glob("*.tlog-proof")
    assert "\u2014 auditor.example/w1 " in receipt.read_text(encoding="utf-8")
    assert 0 == len(asked("log", "fsck", setting.record)["faults"])


def test_restored_backup_is_refused_by_the_auditor(setting: Setting, tmp_path: Path) -> None:
    """The whole record, signer and all, is set back and goes on: only the memory can tell."""
    run("log", "append", setting.record, envelope(setting.record, 1))
    shutil.copytree(setting.record, tmp_path / "backup")
    run("log", "append", setting.record, envelope(setting.record, 2))
    setting.look("--key", setting.key)
    newest = (setting.public / "checkpoint").read_text(encoding="utf-8")
    shutil.rmtree(setting.record)
    shutil.copytree(tmp_path / "backup", setting.record)
    verdict = setting.look(code=1)
    assert "the log went back: it had 2 entries and shows 1" == verdict["reason"]
    run("log", "append", setting.record, envelope(setting.record, 3))
    assert 0 == len(asked("log", "fsck", setting.record)["faults"])
    verdict = setting.look(code=1)
    assert (False, True) == (verdict["accepted"], verdict["contradiction"])
    assert "the log shows another history of the same 2 entries" == verdict["reason"]
    run("log", "append", setting.record, envelope(setting.record, 4))
    assert "REFUSED: the 3 entries do not extend the 2 that were seen" in run(
        *("log", "witness", "--check", setting.public, "--state", setting.state), code=1
    )
    kept = json.loads(setting.state.read_text(encoding="utf-8"))["logs"]["log.example.com"]
    assert (newest, 3) == (kept["checkpoint"], len(kept["contradictions"]))


def test_log_without_a_policy_says_what_that_means(setting: Setting) -> None:
    text = run("log", "witness", setting.record)
    assert "no policy on witnesses. A rewritten log would not be seen." in text


def test_line_that_does_not_fit_is_refused(setting: Setting, tmp_path: Path) -> None:
    line = tmp_path / "line"
    line.write_bytes(Signed().signature)
    problem = run("log", "witness", setting.record, "--add", line, code=2)
    assert "no line by a witness of the policy" in problem


def test_policy_of_another_log_is_refused(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = run("log", "init", tmp_path / "other", "--origin", "other.example.com").strip()
    policy = tmp_path / "policy"
    policy.write_text(f"log {other}\nquorum none\n", encoding="utf-8")
    problem = run("log", "witness", setting.record, "--policy", policy, code=2)
    assert "It names logs, but not this one: log.example.com+" in problem
    policy.write_text("quorum w\n", encoding="utf-8")
    problem = run("log", "witness", setting.record, "--policy", policy, code=2)
    assert "line 1 of the policy: no line above names `w`" in problem
    assert not (setting.public / "witness-policy").exists()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "Name the record folder"),
        (("--state", "x"), "--state needs --check"),
        (("--check", "x"), "--check needs --state"),
        (("--check", "x", "--state", "y", "--sign", "z"), "--sign and --name go together"),
        (("record", "--check", "x"), "DIR does not go with --check"),
        (("--check", "x", "--state", "y", "--add", "z"), "--add does not go with --check"),
        (("--check", "x", "--state", "y", "--key", "z"), "z: It cannot be read"),
        (("--check", "x", "--state", "y", "--key", "a+b"), "It is no verifier key of a log"),
        (("--check", "x", "--state", "y"), "checkpoint: it cannot be read"),
    ],
)
def test_bad_calls(
    words: tuple[str, ...], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problem in run("log", "witness", *words, code=2)
