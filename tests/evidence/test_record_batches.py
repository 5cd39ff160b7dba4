"""Decision records in sealed batches: nothing lost, nothing twice, a change is seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from dutybound.assess import record_batches as module
from dutybound.assess.record_batches import Sealing, append_records, check_batches, seal
from dutybound.assess.record_proof import prove_record
from dutybound.errors import BadInput
from dutybound.ledger.merkle import leaf_hash, root_of
from dutybound.packs.output_schemas import output_schema
from dutybound.store.journal import Journal, segments
from dutybound.warehouse.record_files import read_records, rows_of, write_records
from tests.evidence.kit import key_of, trust_in
from tests.schema_check import problems

SEALING = Sealing("toy", "1.0", ("DB-LOG-01",), ("acme",), datetime(2026, 11, 25, 9, tzinfo=UTC))


def record(i: int) -> bytes:
    return json.dumps(
        {
            "schema": "dutybound/decision-record/1",
            "id": f"d-{i}",
            "at": "2026-11-24T09:14:05Z",
            "system": "toy",
            "version": "1.0",
            "input": {"sha256": f"{i:064x}"},
            "output": {"decision": "reject" if i % 3 else "accept", "score": i / 1000},
        }
    ).encode()


def fill(folder: Path, count: int, rows: int = 10) -> None:
    journal = Journal(folder, rows=rows)
    append_records(journal, [record(i) for i in range(count)], "test")
    journal.roll()
    journal.close()


def sealed(folder: Path) -> list[module.Batch]:
    return list(seal(folder / "journal", folder / "record", SEALING, key_of("alice"), trust_in()))


def check(folder: Path) -> module.BatchCheck:
    return check_batches(folder / "record", trust_in(), "toy")


def test_sealed_records_are_the_bytes_that_were_appended(tmp_path: Path) -> None:
    fill(tmp_path / "journal", 25)
    (batch,) = sealed(tmp_path)
    rows = list(read_records(tmp_path / "record" / module.BATCHES / batch.file))
    assert [json.loads(record(i)) for i in range(25)] == [json.loads(r.record) for r in rows]
    assert list(range(1, 26)) == [r.sequence for r in rows]
    assert batch.root == root_of([leaf_hash(r.record) for r in rows]).hex()
    assert (1, 25, 0, ()) == (check(tmp_path).batches, *_counts(check(tmp_path)))
    assert 1 == len(segments(tmp_path / "journal"))


def _counts(found: module.BatchCheck) -> tuple[int, int, tuple[str, ...]]:
    return found.rows, found.gaps, found.faults


def test_batches_follow_each_other(tmp_path: Path) -> None:
    for _ in range(3):
        fill(tmp_path / "journal", 7)
        sealed(tmp_path)
    assert (3, 21, 0, ()) == (check(tmp_path).batches, *_counts(check(tmp_path)))


def test_sealing_again_after_a_stop_seals_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "journal", 12)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "unlink", stopped)
        sealed(tmp_path)
    sealed(tmp_path)
    assert (1, 12, 0, ()) == (check(tmp_path).batches, *_counts(check(tmp_path)))


def test_a_lost_segment_is_counted_as_missing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", rows=5)
    for i in range(15):
        append_records(journal, [record(i)], "test")
    journal.roll()
    journal.close()
    segments(tmp_path / "journal")[1].unlink()
    assert [0, 5] == [b.gaps for b in sealed(tmp_path)]
    assert 5 == check(tmp_path).gaps


def test_a_changed_record_is_seen(tmp_path: Path) -> None:
    fill(tmp_path / "journal", 5)
    (batch,) = sealed(tmp_path)
    path = tmp_path / "record" / module.BATCHES / batch.file
    rows = list(read_records(path))
    changed = rows_of([(r.sequence, r.record.replace(b"reject", b"accept")) for r in rows])
    write_records(path, changed)
    assert ("is not the one that was signed",) == tuple(f[-30:] for f in check(tmp_path).faults)


def test_a_removed_batch_breaks_the_chain(tmp_path: Path) -> None:
    for _ in range(3):
        fill(tmp_path / "journal", 4)
        sealed(tmp_path)
    second = sorted((tmp_path / "record").glob("records-*.dsse.json"))[1]
    second.unlink()
    assert any("does not follow the manifest" in f for f in check(tmp_path).faults)


def test_a_record_that_is_none_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with pytest.raises(BadInput, match="test:2"):
        append_records(journal, [record(1), b'{"id": "x"}'], "test")
    assert (1, 1) == append_records(journal, [record(1)], "test")
    journal.close()


# ---------------------------------------------------------------------- one record alone
@pytest.mark.parametrize("name", ["d-0", "d-7", "d-12", "8"])
def test_one_record_is_proved_alone(tmp_path: Path, name: str) -> None:
    """BatchCheck by hand: hash the leaf, then its siblings upwards, as RFC 9162, 2.1.3.2 says."""
    fill(tmp_path / "journal", 13)
    sealed(tmp_path)
    found = prove_record(tmp_path / "record", trust_in(), "toy", name)
    assert [] == list(problems(found, output_schema("record-proof")))
    value = json.loads(found["record"])
    assert name in (value["id"], str(found["sequence"]))
    assert not [n for n in range(13) if f'"d-{n}"' in str(found) and f"d-{n}" != value["id"]]
    node, at, last = sha256(b"\0" + found["record"].encode()).digest(), found["index"], 12
    for sibling in map(bytes.fromhex, found["proof"]):
        if at % 2 or at == last:
            node = sha256(b"\1" + sibling + node).digest()
            while not at % 2 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + sibling).digest()
        at, last = at >> 1, last >> 1
    assert found["root"] == node.hex()


def test_a_record_that_is_not_there_has_no_proof(tmp_path: Path) -> None:
    fill(tmp_path / "journal", 3)
    sealed(tmp_path)
    with pytest.raises(BadInput, match="no-such"):
        prove_record(tmp_path / "record", trust_in(), "toy", "no-such")
