"""Envelopes become entries with receipts that hold; what is refused enters nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutybound.assess.log import Place, has_log, init_log, open_log
from dutybound.assess.log_append import append_envelopes, append_to, publish_log
from dutybound.errors import BadInput
from dutybound.interchange.dsse import (
    fingerprint,
    new_key,
    pre_authentication,
    public_der,
    sign,
    write_envelope,
)
from dutybound.ledger.hashedrekord import read_entry
from dutybound.ledger.merkle import leaf_hash
from dutybound.ledger.note import verify_note
from dutybound.ledger.tlog_proof import read_receipt
from dutybound.terms.evidence import Handling

AT = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
KEY = new_key()
DER = public_der(KEY)
KEYS = {fingerprint(DER): DER}


def envelope(number: int, **more: object) -> bytes:
    """A signed envelope."""
    return write_envelope(sign(json.dumps({"number": number, **more}).encode(), KEY))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record folder with an empty log."""
    init_log(tmp_path, "log.example", AT).store.close()
    return tmp_path


def test_a_new_log(record: Path) -> None:
    assert has_log(record)
    with open_log(record) as log:
        history = log.history()
    (period,) = history.periods
    assert ("log.example", 0, None) == (period.key.name, period.first, period.last)
    assert "2026-11-25T13:00:00Z" == history.since
    assert (record / "public" / "checkpoint").read_bytes().startswith(b"log.example\n0\n")
    root = json.loads((record / "public" / "trusted_root.json").read_text())
    assert ["https://log.example"] == [t["baseUrl"] for t in root["tlogs"]]
    with pytest.raises(BadInput, match="already"):
        init_log(record, "log.example", AT)


def test_making_a_log_goes_on_after_a_stop(record: Path) -> None:
    """The process ended before `log.yaml` had its name; all else was done."""
    (record / "log" / "log.yaml").rename(record / "log" / "log.yaml.draft")
    checkpoint = (record / "public" / "checkpoint").read_bytes()
    init_log(record, "log.example", AT).store.close()
    assert has_log(record)
    assert checkpoint == (record / "public" / "checkpoint").read_bytes()


def test_the_database_of_another_log_is_refused(record: Path, tmp_path: Path) -> None:
    database = Place(store=str(record / "log" / "sequencer.db"))
    other = tmp_path / "other"
    for _ in range(2):
        with pytest.raises(BadInput, match="holds a log already"):
            init_log(other, "log.example", AT, database)
        assert not has_log(other)


def test_a_lost_mark_of_receipts_costs_nothing(record: Path) -> None:
    """A power cut may leave it empty, or with zeros: it is not synced."""
    for number, left in enumerate((b"", b"\0\0", b"\xff")):
        (record / "receipts" / ".through").write_bytes(left)
        (receipt,) = append_envelopes(record, [envelope(number)], keys=KEYS)
        assert receipt.proof is not None
        read_receipt(receipt.proof.read_bytes())
        assert f"{number + 1}" == (record / "receipts" / ".through").read_text()


def test_no_log_here(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="log init"):
        open_log(tmp_path)


@pytest.mark.parametrize(
    "origin", ["", "https://log.example", "log example", "log+example", "x" * 300]
)
def test_other_origins_are_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(BadInput):
        init_log(tmp_path, origin, AT)
    assert not has_log(tmp_path)


def test_receipts_hold(record: Path) -> None:
    raws = [envelope(i) for i in range(3)]
    receipts = append_envelopes(record, raws, keys=KEYS)
    assert [(0, 3), (1, 3), (2, 3)] == [(r.index, r.size) for r in receipts]
    with open_log(record) as log:
        for raw, receipt in zip(raws, receipts, strict=True):
            assert receipt.proof is not None
            proof = read_receipt(receipt.proof.read_bytes())
            (entry,) = log.store.bodies(receipt.index, receipt.index + 1)
            assert 3 == proof.verify(leaf_hash(entry)).size
            verify_note(proof.note, [log.current_key()])
            assert raw == log.objects.get(receipt.digest)
            assert DER == read_entry(entry).public_der


def test_the_entry_states_the_digest_of_the_signed_bytes(record: Path) -> None:
    from hashlib import sha256

    raw = envelope(1)
    append_envelopes(record, [raw], keys=KEYS)
    payload = json.dumps({"number": 1}).encode()
    with open_log(record) as log:
        (entry,) = log.store.bodies(0, 1)
    assert sha256(pre_authentication(payload)).digest() == read_entry(entry).digest


def test_the_same_envelope_again_has_the_same_index(record: Path) -> None:
    append_envelopes(record, [envelope(1)], keys=KEYS)
    first = append_envelopes(record, [raw := envelope(2)], keys=KEYS)
    again = append_envelopes(record, [raw, raw], keys=KEYS)
    assert [*first, *first] == again


def test_a_bundle_has_the_envelope_and_the_entry(record: Path) -> None:
    (receipt,) = append_envelopes(record, [envelope(1)], keys=KEYS)
    assert receipt.bundle is not None
    value = json.loads(receipt.bundle.read_text())
    assert fingerprint(DER) == value["verificationMaterial"]["publicKey"]["hint"]
    assert "0" == value["verificationMaterial"]["tlogEntries"][0]["logIndex"]


def test_without_publication_a_receipt_waits(record: Path) -> None:
    raw = envelope(1)
    (waiting,) = append_envelopes(record, [raw], keys=KEYS, publish=False)
    assert (0, None, None) == (waiting.index, waiting.size, waiting.proof)
    with open_log(record) as log:
        assert (1, 1) == (publish_log(log).size, publish_log(log).size)
        assert read_receipt((log.receipts / f"{waiting.digest}.tlog-proof").read_bytes())
        (receipt,) = append_to(log, [raw], keys=KEYS)
        assert (waiting.digest, 1) == (receipt.digest, receipt.size)


def test_many_receipts_at_once(record: Path) -> None:
    receipts = append_envelopes(record, [envelope(i) for i in range(40)], keys=KEYS)
    assert list(range(40)) == [r.index for r in receipts]
    assert 40 == len(list((record / "receipts").glob("*.tlog-proof")))


@pytest.mark.parametrize("mark", [Handling.SELF_TEST, Handling.COUNSEL])
def test_privileged_work_does_not_enter(record: Path, mark: Handling) -> None:
    marked = envelope(1, inner={"handling": str(mark)})
    with pytest.raises(BadInput, match=str(mark)):
        append_envelopes(record, [envelope(0), marked], keys=KEYS)
    assert not (record / "objects").exists()
    (receipt,) = append_envelopes(record, [marked], keys=KEYS, handling=frozenset(Handling))
    assert 0 == receipt.index


def test_bad_envelopes_enter_nothing(record: Path) -> None:
    good = envelope(1)
    other = write_envelope(sign(b"{}", new_key()))
    tampered = good.replace(
        json.loads(good)["payload"].encode(), json.loads(envelope(2))["payload"].encode()
    )
    for bad, why in (
        (b"{}", "DSSE"),
        (other, "No key"),
        (tampered, "does not belong"),
        (write_envelope(sign(b"no json", KEY)), "JSON"),
    ):
        with pytest.raises(BadInput, match=why):
            append_envelopes(record, [good, bad], keys=KEYS)
    with open_log(record) as log:
        assert 0 == log.store.tree().size


def test_keys_come_from_the_trust_file(record: Path) -> None:
    with pytest.raises(BadInput, match="trust file"):
        append_envelopes(record, [envelope(1)])


def test_a_connection_string_is_not_written_down(tmp_path: Path) -> None:
    """Even if nothing answers there."""
    from dutybound.store.errors import StoreError

    with pytest.raises(StoreError):
        init_log(tmp_path, "log.example", AT, Place(store="postgresql://u:s3cret@/x?host=/none"))
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"s3cret" not in path.read_bytes()
