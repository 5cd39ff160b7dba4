"""`log rotate`: a new key for the log, named by the old one in an entry of the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from dutybound.assess.log import Log, moment, write_history
from dutybound.assess.log_append import publish_log
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.note import read_note
from dutybound.store.errors import StoreError
from dutybound.store.history import History, KeyPeriod
from dutybound.store.log_store import Item
from dutybound.store.signer import Rotation


@dataclass(frozen=True, slots=True)
class Rotated:
    """A change of keys. index: of its entry; size: of the checkpoint that both keys signed."""

    old: NoteKey
    new: NoteKey
    index: int
    size: int


def rotate_key(log: Log, at: datetime) -> Rotated:
    """Make a new key, log that the old one names it, let both sign, then drop the old one.

    Stopped anywhere, it is finished when it is called again. Raises StoreError, also if the
    checkpoint still waits for witnesses.
    """
    rotation = log.signer.begin_rotation(moment(at))
    name = sha256(rotation.record).digest()
    log.objects.put(rotation.record)
    (index,) = log.store.append([Item(rotation.entry, name)])
    done = log.publish()
    if done.waiting:
        raise StoreError(
            "the checkpoint with both keys waits for witnesses; run `dutybound log rotate` again"
        )
    history = log.history()
    if history.keys[-1] == rotation.old:
        write_history(log, _after(log, history, rotation, done.size))
    log.signer.finish_rotation()
    publish_log(log)
    return Rotated(rotation.old, rotation.new, index, done.size)


def _after(log: Log, history: History, rotation: Rotation, size: int) -> History:
    """The history with the new key. It signed from the first checkpoint that has its line."""
    line = (rotation.new.name, rotation.new.id)
    signed = [
        c.size
        for c in log.store.checkpoints()
        if line in {(s.name, s.id) for s in read_note(c.note).signatures}
    ]
    closed = replace(history.periods[-1], last=size)
    new = KeyPeriod(rotation.new, min(signed), None, rotation)
    return History(history.since, (*history.periods[:-1], closed, new))
