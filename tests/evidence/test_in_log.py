"""What `evidence check` says about the log: in it, awaiting a receipt, or no receipt at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutybound.assess.adding import add_files
from dutybound.assess.in_log import Standing, State, standings
from dutybound.assess.log import init_log, open_log
from dutybound.assess.log_append import append_envelopes
from dutybound.assess.opening import open_folder
from dutybound.cli.main import cli
from dutybound.ledger.keys import KeyType, NoteSigner, ed25519_signer
from dutybound.ledger.note import Signature, add_signatures
from dutybound.ledger.tlog_proof import read_receipt
from dutybound.terms.trust import Trust, TrustedLog, TrustedWitness
from tests.evidence.kit import predicate, signed, trust_in
from tests.evidence.test_adding import AT, statement, trust_file

ORIGIN = "acme.example/log"
SIGNED = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record folder with a log and one statement in it."""
    folder = trust_file(tmp_path / "record").parent
    with init_log(folder, ORIGIN, AT):
        pass
    add_files(folder, [statement(tmp_path / "in")], trust_in())
    return folder


def log_key(record: Path) -> str:
    with open_log(record) as log:
        return log.current_key().text


def trusting(
    record: Path, witnesses: Sequence[NoteSigner] = (), need: int = 0, **more: Any
) -> Trust:
    fields = {"origin": ORIGIN, "key": log_key(record), "valid_from": date(2026, 1, 1), **more}
    seen = tuple(TrustedWitness(w.key.name, "auditor", w.key.text) for w in witnesses)
    return replace(trust_in(), logs=(TrustedLog(**fields),), witnesses=seen, quorum=need)


def found(record: Path, trust: Trust) -> Standing:
    opened = open_folder(record, trust)
    return standings(opened.items, record, trust)["test-1"]


def witness(name: str) -> NoteSigner:
    private = Ed25519PrivateKey.from_private_bytes(name[:1].encode() * 32)
    return ed25519_signer(f"{name}.example", private, KeyType.COSIGNATURE)


def receipt_of(record: Path) -> Path:
    (path,) = (record / "receipts").glob("*.tlog-proof")
    return path


def cosign(record: Path, signer: NoteSigner, at: datetime) -> None:
    """Put the cosignature of a witness into the receipt."""
    path = receipt_of(record)
    receipt = read_receipt(path.read_bytes())
    time = int(at.timestamp())
    value = signer.sign(receipt.note.text, time)
    more = Signature(signer.key.name, signer.key.id, value)
    path.write_bytes(replace(receipt, note=add_signatures(receipt.note, [more])).raw)


def test_in_the_log_with_the_time_only_claimed(record: Path) -> None:
    standing = found(record, trusting(record))
    assert (State.IN_LOG, 0, ORIGIN, None) == (
        standing.state, standing.index, standing.origin, standing.recorded_before
    )  # fmt: skip
    assert standing.reason is not None and "only claimed" in standing.reason


def test_enough_witnesses_make_the_time_known(record: Path) -> None:
    """Two of three: the later of the two first times."""
    cast = [witness(n) for n in ("anna", "boris", "clara")]
    times = [datetime(2026, 11, d, 12, tzinfo=UTC) for d in (20, 25, 22)]
    for one, time in zip(cast, times, strict=True):
        cosign(record, one, time)
    assert times[2] == found(record, trusting(record, cast, 2)).recorded_before
    assert times[1] == found(record, trusting(record, cast, 3)).recorded_before
    assert None is found(record, trusting(record, cast[:1], 2)).recorded_before
    assert None is found(record, trusting(record, cast, 0)).recorded_before


def test_what_was_recorded_before_it_was_signed_is_a_lie(record: Path) -> None:
    one = witness("anna")
    cosign(record, one, datetime(2026, 11, 3, 8, 59, tzinfo=UTC))
    assert State.INVALID is found(record, trusting(record, [one], 1)).state


def test_no_log_that_is_trusted(record: Path) -> None:
    for trust in (
        trust_in(),
        trusting(record, origin="other.example/log"),
        trusting(record, revoked_on=date(2026, 11, 20)),
    ):
        assert State.UNKNOWN_LOG is found(record, trust).state
    other = ed25519_signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"o" * 32)).key.text
    assert State.INVALID is found(record, trusting(record, key=other)).state


def test_a_receipt_of_another_statement(record: Path, tmp_path: Path) -> None:
    add_files(record, [statement(tmp_path / "in", "test-2")], trust_in())
    trust = trusting(record)
    first, second = sorted((record / "receipts").glob("*.tlog-proof"))
    raw = first.read_bytes(), second.read_bytes()
    first.write_bytes(raw[1])
    second.write_bytes(raw[0])
    opened = open_folder(record, trust)
    assert {State.INVALID} == {s.state for s in standings(opened.items, record, trust).values()}


def test_a_changed_receipt_is_never_a_proof(record: Path) -> None:
    path, trust = receipt_of(record), trusting(record)
    whole = path.read_bytes()
    assert State.IN_LOG is found(record, trust).state
    for at in range(len(whole)):
        raw = bytearray(whole)
        raw[at] ^= 1
        path.write_bytes(bytes(raw))
        assert found(record, trust).state is not State.IN_LOG


def test_what_waits_for_a_checkpoint(record: Path) -> None:
    raw = signed(predicate(id="test-9"))
    (record / "test-9.dsse.json").write_bytes(raw)
    append_envelopes(record, [raw], keys=keys(), publish=False)
    trust = trusting(record)
    opened = open_folder(record, trust)
    assert Standing(State.AWAITING) == standings(opened.items, record, trust)["test-9"]


def test_a_folder_without_a_log(tmp_path: Path) -> None:
    path = statement(tmp_path / "in")
    opened = open_folder(path.parent, trust_in())
    assert Standing(State.NO_LOG) == standings(opened.items, path.parent, trust_in())["test-1"]


def test_check_and_list_say_it(record: Path) -> None:
    policy = predicate(
        id="policy", kind="document", test=None, system=None, version=None, rung="documented",
        controls=["DB-GOV-01"],
    )  # fmt: skip
    envelope = record / "policy.dsse.json"
    envelope.write_bytes(signed(policy))
    append_envelopes(record, [envelope.read_bytes()], keys=keys())
    trust = record / "trust.yaml"
    entry = f"logs:\n  - {{origin: {ORIGIN}, key: '{log_key(record)}', valid_from: 2026-01-01}}\n"
    trust.write_text(trust.read_text() + entry, encoding="utf-8")
    for asked in (["check", str(envelope)], ["list", str(record)]):
        words = ["evidence", *asked, "--trust", str(trust), "--as-of", "2026-11-25"]
        value = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
        (piece,) = value["evidence"]
        assert ("in_log", 1, ORIGIN, None) == (
            piece["log"]["state"], piece["log"]["index"], piece["log"]["origin"],
            piece["log"]["recorded_before"],
        )  # fmt: skip
        text = CliRunner().invoke(cli, words).output
        assert f"in the log {ORIGIN} at index 1, time only claimed" in " ".join(text.split())


def keys() -> dict[str, bytes]:
    return {name: key.public for name, key in trust_in().keys.items()}
