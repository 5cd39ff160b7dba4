"""Whether a statement stands in the log of its record folder, and since when at the latest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from dutybound.assess.log import has_log
from dutybound.assess.opening import Item
from dutybound.assess.record_folder import RECEIPTS
from dutybound.interchange.dsse import MAX_ENVELOPE, PAYLOAD_TYPE, Envelope, read_envelope
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.hashedrekord import of_dsse
from dutybound.ledger.keys import NoteKey, read_key
from dutybound.ledger.merkle import leaf_hash
from dutybound.ledger.note import Verified, verify_note
from dutybound.ledger.tlog_proof import MAX_RECEIPT, TlogProof, read_receipt
from dutybound.packs.reading import read_bytes
from dutybound.store.receipts import SUFFIX
from dutybound.terms.trust import Trust


class State(StrEnum):
    """How a statement stands to a log."""

    NO_LOG = "no_log"
    AWAITING = "awaiting_receipt"
    IN_LOG = "in_log"
    UNKNOWN_LOG = "unknown_log"
    INVALID = "receipt_invalid"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a receipt shows.

    recorded_before: it was in the log by then, as enough witnesses that are trusted say; None: the
    time is only claimed. reason: what is wrong, or missing.
    """

    state: State
    index: int | None = None
    origin: str | None = None
    recorded_before: datetime | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The standing as JSON values."""
        at = self.recorded_before
        return {
            "state": str(self.state),
            "index": self.index,
            "origin": self.origin,
            "recorded_before": None if at is None else at.isoformat(),
            "reason": self.reason,
        }


def standings(items: Iterable[Item], folder: Path | None, trust: Trust) -> dict[str, Standing]:
    """Of each statement by the id of its claim. folder: where they lie; None goes by their files.

    The signatures of the statements hold already.
    """
    found = {}
    for item in items:
        path = Path(item.file) if folder is None else folder / item.file
        found[item.claim.id] = standing(path, item, trust)
    return found


def standing(path: Path, item: Item, trust: Trust) -> Standing:
    """What the receipt beside an envelope shows, by the logs and witnesses that are trusted."""
    record = path.parent
    receipt_path = record / RECEIPTS / f"{item.envelope}{SUFFIX}"
    if not receipt_path.is_file():
        return Standing(State.AWAITING if has_log(record) else State.NO_LOG)
    raw = read_bytes(path, str(path), MAX_ENVELOPE)
    if sha256(raw).hexdigest() != item.envelope:
        return Standing(State.INVALID, reason="The envelope changed while it was read.")
    try:
        receipt = read_receipt(read_bytes(receipt_path, str(receipt_path), MAX_RECEIPT))
        return _by_receipt(receipt, read_envelope(raw), item, trust)
    except LedgerError as error:
        return Standing(State.INVALID, reason=f"The receipt does not hold: {error}.")


def _by_receipt(receipt: TlogProof, envelope: Envelope, item: Item, trust: Trust) -> Standing:
    # (1) the entry of exactly this envelope stands at this index of the tree of the checkpoint
    entry = of_dsse(PAYLOAD_TYPE, envelope.payload, envelope.signature, item.key.public).entry
    head = receipt.verify(leaf_hash(entry))
    # (2) a log that the trust file names signed the checkpoint
    logs = [
        read_key(log.key)
        for log in trust.logs
        if log.origin == head.origin and log.revoked_on is None
    ]
    if not logs:
        reason = f"The trust file names no log `{head.origin}` that is not revoked."
        return Standing(State.UNKNOWN_LOG, receipt.index, head.origin, reason=reason)
    witnesses = [read_key(w.key) for w in trust.witnesses]
    signed = verify_note(receipt.note, [*logs, *witnesses])
    if not any(v.key in logs for v in signed):
        reason = f"No key of `{head.origin}` that is trusted signed the checkpoint."
        return Standing(State.UNKNOWN_LOG, receipt.index, head.origin, reason=reason)
    # (3) enough witnesses saw it, at a time that is not before the signing
    at = _seen_by(signed, witnesses, trust.quorum)
    if at is None:
        reason = "Too few trusted witnesses signed the checkpoint: the time is only claimed."
        return Standing(State.IN_LOG, receipt.index, head.origin, reason=reason)
    if at < item.signed_at:
        reason = "It claims to be signed after it was recorded."
        return Standing(State.INVALID, receipt.index, head.origin, reason=reason)
    return Standing(State.IN_LOG, receipt.index, head.origin, at)


def _seen_by(
    signed: Iterable[Verified], witnesses: Iterable[NoteKey], quorum: int
) -> datetime | None:
    """When so many witnesses had signed; None if they are too few."""
    known = set(witnesses)
    times = {v.key: v.time for v in signed if v.key in known and v.time is not None}
    if quorum < 1 or len(times) < quorum:
        return None
    return datetime.fromtimestamp(sorted(times.values())[quorum - 1], UTC)
