"""Goal E11: a log that was set back to an older backup is refused, with what others kept."""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import dutybound_verify as verifier
from dutybound.store.log_store import Item
from dutybound.store.publisher import Proofs, Publisher
from dutybound.store.signer import LocalSigner
from dutybound.store.sqlite import SqliteLog
from tests.torture.campaign import Figures, goal
from tests.verify.forge import NOW, ORIGIN, TUESDAY, Forge, NoteSigner


@dataclass
class Witness:
    """Signs what extends the last head that it saw, and nothing else (C2SP tlog-witness)."""

    key: NoteSigner = field(default_factory=lambda: NoteSigner("w.example", 4))
    last: verifier.Head | None = None
    refused: int = 0

    def cosign(self, note: bytes, proofs: Proofs) -> tuple[bytes, bool]:
        head = verifier.read_head(note, "")
        try:
            if self.last is not None:
                verifier.need(self.last.size <= head.size, "rollback", "")
                between = proofs(self.last.size) if 0 < self.last.size < head.size else []
                verifier.check_consistency(self.last, head, between)
        except verifier.Refused:
            self.refused += 1
            return note, False
        self.last = head
        return note + self.key.line(head.body, TUESDAY), True


@dataclass
class Record:
    """A log of the real writer in a folder: database, signer and public files."""

    folder: Path
    witness: Witness | None

    def publish(self, entries: list[bytes], start: bool = False) -> str:
        """Append and publish. Returns the key of the log."""
        place = self.folder / "signer"
        signer = LocalSigner.create(place, ORIGIN) if start else LocalSigner(place)
        store = SqliteLog(self.folder / "sequencer.db")
        try:
            if entries:
                store.append([Item(entry) for entry in entries])
            Publisher(store, self.folder / "public", signer, self.witness).publish()
        finally:
            store.close()
        return signer.active_keys()[0].text

    @property
    def checkpoint(self) -> bytes:
        return (self.folder / "public" / "checkpoint").read_bytes()


def verdict(record: Record, trust: verifier.Trust, earlier: bytes | None = None) -> set[str]:
    found = verifier.verify(record.folder / "public", trust, NOW, earlier)
    return {p["code"] for p in found["problems"]}


def once(rng: random.Random, folder: Path, figures: dict[str, int]) -> None:
    """Grow, back up, grow, set back, go on: with the whole backup, signer and public folder too."""
    witness = Witness()
    record = Record(folder / "now", witness)
    record.folder.mkdir()
    old, lost, new = (rng.randint(1, 300), rng.randint(1, 300), rng.randint(0, 600))
    key = record.publish([b"old %d" % i for i in range(old)], start=True)
    shutil.copytree(record.folder, folder / "backup")
    record.publish([b"lost %d" % i for i in range(lost)])
    kept = record.checkpoint
    log = [{"origin": ORIGIN, "key": key, "valid_from": "2026-01-01"}]
    seen = [{"name": "w", "organisation": "w", "key": witness.key.vkey}]
    plain = verifier.read_trust(Forge().trust(logs=log, witnesses=None))
    strict = verifier.read_trust(Forge().trust(logs=log, witnesses={"need": 1, "keys": seen}))
    figures["whole_log_verified"] += not verdict(record, strict, kept)
    # (1) the operator sets everything back, writes something else, and asks no witness
    fresh = [b"new %d" % i for i in range(new)]
    shutil.copytree(folder / "backup", folder / "alone")
    alone = Record(folder / "alone", None)
    alone.publish(fresh)
    figures["accepted_without_either"] += not verdict(alone, plain)
    figures["refused_by_earlier_checkpoint"] += bool(
        verdict(alone, plain, kept) & {"rollback", "fork", "tile"}
    )
    # (2) the auditor has no checkpoint, but asks for a witness, who remembers
    if fresh:
        figures["continued"] += 1
        figures["refused_for_want_of_witness"] += verdict(alone, strict) == {"quorum"}
    # (3) the operator asks the witness, who refuses; the old checkpoint stays on show
    asked = Record(folder / "backup", witness)
    before = witness.refused
    asked.publish(fresh)
    figures["refused_by_witness"] += not fresh or witness.refused == before + 1
    assert witness.last is not None
    figures["refused_by_checkpoint_of_witness"] += bool(
        verdict(asked, strict, witness_note(witness, record))
    )


def witness_note(witness: Witness, record: Record) -> bytes:
    """The checkpoint that the witness saw last, which anyone can ask it for."""
    found = record.checkpoint
    assert witness.last is not None
    assert witness.last.body in found
    return found


def backups(rng: random.Random, share: float) -> Figures:
    """100 logs of the real writer, each set back to a backup."""
    wanted = max(1, int(100 * share))
    names = (
        "whole_log_verified",
        "accepted_without_either",
        "refused_by_earlier_checkpoint",
        "continued",
        "refused_for_want_of_witness",
        "refused_by_witness",
        "refused_by_checkpoint_of_witness",
    )
    figures = dict.fromkeys(names, 0)
    for _ in range(wanted):
        with tempfile.TemporaryDirectory(prefix="backups-") as name:
            once(rng, Path(name), figures)
    shown: Figures = {"tries": wanted, **figures}
    every = ("refused_by_earlier_checkpoint", "refused_by_witness", "whole_log_verified",
             "refused_by_checkpoint_of_witness", "accepted_without_either")  # fmt: skip
    met = all(figures[n] == wanted for n in every)
    met = met and figures["continued"] == figures["refused_for_want_of_witness"]
    goal(met, "a log that was set back was accepted", shown)
    return shown
