"""`log`: from init to rotation and erasure, through the commands; JSON in its schema."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.schema import schema
from tests.schema_check import problems

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
CLAIM = """\
dutybound: claim/1
id: note-1
kind: attestation
what: The model was reviewed
controls: [DB-HUM-02]
valid_until: 2027-11-01
author: alice
issuer: bank
made_on: 2026-11-01
rung: asserted
"""


def run(*words: object, code: int = 0) -> str:
    """What a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert code == done.returncode, done.stderr
    return done.stdout if code == 0 else done.stderr


def asked(*words: object) -> dict[str, Any]:
    """The JSON of a command, in its schema and documented."""
    value: dict[str, Any] = json.loads(run(*words, "--json"))
    name = value["schema"].removeprefix("dutybound/").removesuffix("/1")

    def content() -> Any:
        raise AssertionError

    assert [] == list(problems(value, schema(name, content)))
    section = PAGE.partition(f"## {value['schema']}\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", section)) | {"schema"}
    assert set() == set(value) - named
    return value


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, a trust file, and two signed envelopes."""
    folder = tmp_path_factory.mktemp("signed")
    entry = run(
        *("keys", "new", "-o", folder / "alice.key", "--person", "alice"),
        *("--organisation", "bank", "--role", "analyst"),
    )
    trust = "dutybound: trust/1\norganisations: [{id: bank, name: Bank, relation: own}]\n"
    (folder / "trust.yaml").write_text(trust + entry)
    for number in (1, 2):
        claim = folder / f"{number}.yaml"
        claim.write_text(CLAIM.replace("note-1", f"note-{number}"))
        run(
            *("evidence", "sign", claim, "--key", folder / "alice.key"),
            *("-o", folder / f"{number}.dsse.json"),
        )
    return folder


@pytest.fixture
def record(tmp_path: Path, signed: Path) -> Path:
    """A record folder with an empty log."""
    record = tmp_path / "record"
    record.mkdir()
    (record / "trust.yaml").write_bytes((signed / "trust.yaml").read_bytes())
    assert "log.example" == asked("log", "init", record, "--origin", "log.example")["origin"]
    return record


def test_from_an_envelope_to_a_receipt(record: Path, signed: Path) -> None:
    made = asked("log", "append", record, signed / "1.dsse.json", signed / "2.dsse.json")
    first, second = made["receipts"]
    assert [(0, "in_log", 2), (1, "in_log", 2)] == [
        (r["index"], r["state"], r["size"]) for r in (first, second)
    ]
    text = run("log", "proof", record, first["sha256"])
    assert Path(first["proof"]).read_text() == text
    assert text == run("log", "proof", record, 0)
    assert Path(first["bundle"]).read_text() == run("log", "proof", record, 0, "--sigstore")
    proof = asked("log", "proof", record, 1)
    assert (1, 2, None) == (proof["index"], proof["size"], proof["sha256"])
    sibling = asked("log", "proof", record, 0)["leaf_hash"]
    assert [sibling] == proof["hashes"]
    assert "no such entry" in run("log", "proof", record, 2, code=2)
    assert "no such entry" in run("log", "proof", record, "f" * 64, code=2)
    assert "no such entry" in run("log", "proof", record, "x", code=2)


def test_publish_checkpoint_and_check(record: Path, signed: Path) -> None:
    (waiting,) = asked("log", "append", record, signed / "1.dsse.json", "--no-publish")["receipts"]
    assert ("awaiting_receipt", None) == (waiting["state"], waiting["size"])
    assert "publish" in run("log", "proof", record, 0, code=2)
    done = asked("log", "publish", record)
    assert (1, 1, False) == (done["size"], done["new"], done["waiting"])
    assert done["checkpoint"] == run("log", "checkpoint", record)
    assert (record / "public/checkpoint").read_text() == done["checkpoint"]
    asked("log", "append", record, signed / "2.dsse.json")
    shown = asked("log", "checkpoint", record, "--since", 1)
    assert (2, 1, 1) == (shown["size"], shown["since"], len(shown["consistency"]))
    assert shown["consistency"] == run("log", "checkpoint", record, "--since", 1).split()
    assert done["checkpoint"] == run("log", "checkpoint", record, "--size", 1)
    assert "published" in run("log", "checkpoint", record, "--size", 7, code=2)
    sound = asked("log", "fsck", record)
    assert (2, 2, []) == (sound["entries"], sound["receipts"], sound["faults"])


def test_a_fault_is_shown_and_can_fail(record: Path, signed: Path) -> None:
    run("log", "append", record, signed / "1.dsse.json")
    tile = record / "public/tile/0/000.p/1"
    tile.write_bytes(b"x" * 32)
    assert "tile/0/000.p/1: it is not what the entries come to" in run("log", "fsck", record)
    assert "" == run("log", "fsck", record, "--fail-on", "fault", code=1)
    (fault,) = asked("log", "fsck", record)["faults"]
    assert "tile/0/000.p/1" == fault["where"]


def test_rotation(record: Path, signed: Path) -> None:
    run("log", "append", record, signed / "1.dsse.json")
    done = asked("log", "rotate", record)
    assert (1, 2) == (done["index"], done["size"])
    again = asked("log", "rotate", record)
    assert done["new"] == again["old"]
    run("log", "append", record, signed / "2.dsse.json")
    history = json.loads((record / "public/keys.history").read_text())["keys"]
    assert [(0, 2), (2, 3), (3, None)] == [(k["first"], k["last"]) for k in history]
    assert [
        done["old"]["verifier_key"],
        done["new"]["verifier_key"],
        again["new"]["verifier_key"],
    ] == [k["key"] for k in history]
    ids = [s["id"] for s in asked("log", "checkpoint", record, "--size", 2)["signatures"]]
    assert {done["old"]["id"], done["new"]["id"]} == set(ids)
    assert [again["new"]["id"]] == [
        s["id"] for s in asked("log", "checkpoint", record)["signatures"]
    ]
    assert 3 == len(json.loads((record / "public/trusted_root.json").read_text())["tlogs"])
    assert 1 == len(list((record / "log/signer").glob("*.pem")))
    assert [] == asked("log", "fsck", record)["faults"]


def test_erasure(record: Path, signed: Path) -> None:
    (receipt,) = asked("log", "append", record, signed / "1.dsse.json")["receipts"]
    (record / "copy.dsse.json").write_bytes((signed / "1.dsse.json").read_bytes())
    digest = receipt["sha256"]
    words = ("log", "erase", record, digest, "--reason", "a request", "--key", signed / "alice.key")
    assert "--before-retention" in run(*words, code=2)
    assert (record / "copy.dsse.json").exists()
    done = asked(*words, "--before-retention")
    assert (0, 1, 3) == (done["index"], done["statement_index"], done["files"])
    words_of = ("evidence", "show", done["statement"], "--in", record)
    about = asked(*words_of, "--trust", record / "trust.yaml")
    assert "urn:dutybound:predicate:erasure:1" == about["predicate_type"]
    assert {"erased": [digest], "what": "envelope", "reason": "a request"} == (
        about["claim"]["erasure"]
    )
    assert about["signature"]["holds"]
    assert not (record / "copy.dsse.json").exists()
    assert not Path(receipt["bundle"]).exists()
    assert Path(receipt["proof"]).exists()
    assert "erased" in run("log", "proof", record, digest, "--sigstore", code=2)
    assert digest == asked("log", "proof", record, digest)["sha256"]
    assert [] == asked("log", "fsck", record)["faults"]
    assert (done["statement"], 0) == (
        (again := asked(*words))["statement"],
        again["files"],
    )
    (record / "log/erased" / digest).unlink()
    assert ["it is gone, and no erasure is on record"] == [
        f["what"] for f in asked("log", "fsck", record)["faults"]
    ]


def test_erasure_takes_what_killed_processes_left(record: Path, signed: Path) -> None:
    """A file that was not renamed yet holds the same bytes."""
    (receipt,) = asked("log", "append", record, signed / "1.dsse.json")["receipts"]
    digest = receipt["sha256"]
    stored = record / "objects" / "sha256" / digest[:2] / digest[2:]
    left = [
        stored.with_name(f".{stored.name}-1-2.new"),
        Path(receipt["bundle"]).with_name(f"{digest}.sigstore.json.new"),
    ]
    for path in left:
        path.write_bytes(b"half")
    run(
        *("log", "erase", record, digest, "--reason", "a request", "--before-retention"),
        *("--key", signed / "alice.key"),
    )
    assert [] == [path for path in [stored, *left] if path.exists()]


def test_bad_input(record: Path, signed: Path) -> None:
    alice = ("--key", signed / "alice.key")
    for words in (
        ("log", "append", record, signed / "none.json"),
        ("log", "append", record, signed / "trust.yaml"),
        ("log", "append", signed, signed / "1.dsse.json"),
        ("log", "publish", signed),
        ("log", "init", record, "--origin", "log.example"),
        ("log", "erase", record, "f" * 64, "--reason", "x", *alice),
        ("log", "erase", record, "../x", "--reason", "x", *alice),
        ("log", "erase", record, "f" * 64, "--reason", " ", *alice),
        ("log", "signer", signed, "--socket", record / "s"),
    ):
        run(*words, code=2)


def test_a_signer_in_a_process_of_its_own(tmp_path: Path, signed: Path) -> None:
    record, socket = tmp_path / "record", tmp_path / "s"
    record.mkdir()
    (record / "trust.yaml").write_bytes((signed / "trust.yaml").read_bytes())
    words = ["log", "signer", str(tmp_path / "signer"), "--socket", str(socket)]
    with subprocess.Popen(
        [sys.executable, "-m", "dutybound", *words, "--new", "log.example"],
        stderr=subprocess.PIPE,
        text=True,
    ) as signer:
        assert signer.stderr is not None
        assert f"listening: {socket}\n" == signer.stderr.readline()
        try:
            run("log", "init", record, "--origin", "log.example", "--signer-socket", socket)
            run("log", "append", record, signed / "1.dsse.json")
            asked("log", "rotate", record)
            assert [] == asked("log", "fsck", record)["faults"]
            assert not list(record.rglob("*.pem"))
        finally:
            os.kill(signer.pid, signal.SIGTERM)
        assert 0 == signer.wait(20)
    assert "does not answer" in run("log", "publish", record, code=2)


@pytest.mark.parametrize(("origin", "told"), [("log.example", False), ("log.example/a", True)])
def test_init_tells_which_names_cosign_does_not_read(
    tmp_path: Path, origin: str, told: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", "log", "init", str(tmp_path), "--origin", origin],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told == ("cosign" in done.stderr)
