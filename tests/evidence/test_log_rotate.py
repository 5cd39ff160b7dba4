"""A change of keys that is stopped anywhere is finished by the next try; witnesses can hold it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutybound.assess import log_rotate
from dutybound.assess.log import Log, init_log, open_log
from dutybound.assess.log_append import publish_log
from dutybound.assess.log_check import check_log
from dutybound.assess.log_rotate import rotate_key
from dutybound.errors import BadInput
from dutybound.ledger.note import read_note, verify_note
from dutybound.store.errors import StoreError
from dutybound.store.history import HISTORY, read_history
from dutybound.store.log_store import Item
from dutybound.store.publisher import Proofs
from dutybound.store.signer import LocalSigner
from dutybound.store.sqlite import SqliteLog

AT = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


class Stop(Exception):
    """The process ends here."""


def stop(*args: object, **more: object) -> None:
    """Instead of a step."""
    raise Stop


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A log with three entries, published."""
    with init_log(tmp_path, "log.example", AT) as log:
        log.store.append([Item(b"entry %d" % i) for i in range(3)])
        publish_log(log)
    return tmp_path


STEPS = [
    (SqliteLog, "append"),
    (Log, "publish"),
    (log_rotate, "write_history"),
    (LocalSigner, "finish_rotation"),
    (log_rotate, "publish_log"),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda s: str(s[1]))
def test_a_stopped_rotation_is_finished(
    record: Path, step: tuple[object, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(step[0], step[1], stop)
        with open_log(record) as log, pytest.raises(Stop):
            rotate_key(log, AT)
    with open_log(record) as log:
        log.store.append([Item(b"between")])
        publish_log(log)
        if step[1] == "publish_log":
            return  # all was done but the receipt, which `publish` wrote
        done = rotate_key(log, LATER)
        history = log.history()
        assert (done.old, done.new) == history.keys
        assert (done.new,) == log.signer.active_keys()
        assert 0 == history.periods[0].first
        assert history.periods[1].first in (4, 5)
        root = [(p.since, p.until) for p in history.sigstore()]
        at = "2026-11-25T13:00:00Z"
        assert [(at, at), (at, None)] == root
        last = history.periods[0].last
        note = {c.size: c.note for c in log.store.checkpoints()}[last or 0]
        signed = {v.key for v in verify_note(read_note(note), history.keys)}
        assert {done.old, done.new} == signed
    with open_log(record) as log:
        # Entries without a name have no envelope to be compared with.
        assert [] == check_log(log).faults


class Waiting:
    """Witnesses that never sign."""

    def cosign(self, note: bytes, proofs: Proofs) -> tuple[bytes, bool]:
        return note, False


def test_a_rotation_waits_for_witnesses(record: Path) -> None:
    with open_log(record) as log:
        log.cosigners = Waiting()
        with pytest.raises(StoreError, match="waits for witnesses"):
            rotate_key(log, AT)
        assert 2 == len(log.signer.active_keys())
        assert 1 == len(log.history().keys)
    with open_log(record) as log:
        rotate_key(log, AT)
        assert 2 == len(log.history().keys)
        assert [] == check_log(log).faults


def test_a_history_in_which_a_key_was_slipped_is_refused(record: Path, tmp_path: Path) -> None:
    with open_log(record) as log:
        rotate_key(log, AT)
    path = record / "public" / HISTORY
    text = path.read_text()
    other = LocalSigner.create(tmp_path / "other", "log.example").active_keys()[0].text
    _, new = read_history(path).keys
    for old, changed in (
        (new.text, other),
        ('"first": 4', '"first": true'),
        ('2026-11-25T13:00:00Z\\"', '2026-11-26T13:00:00Z\\"'),
        ('"rotation"', '"rotated"'),
        ("keys-history/1", "keys-history/2"),
    ):
        assert old in text
        path.write_text(text.replace(old, changed))
        with pytest.raises(StoreError, match="no history"):
            read_history(path)


def test_postgresql_without_its_extra(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "dutybound.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadInput, match="postgres"):
        open_log(record, "postgresql://u:s3cret@nowhere/x")
