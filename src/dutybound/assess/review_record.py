"""A decision record that waits for a review, and the digest that the review is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from dutybound.errors import BadInput
from dutybound.interchange.strict_json import JsonError, canonical, parse
from dutybound.packs.decision_record import DecisionRecord, ReviewAsked, read_decision_record
from dutybound.packs.reading import read_bytes
from dutybound.packs.shapes import TIME_FORM

MAX_RECORD: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision record that was read. raw: its canonical bytes; sha256: of these."""

    record: DecisionRecord
    asked: ReviewAsked
    raw: bytes

    @property
    def sha256(self) -> str:
        """The digest that a review is bound to."""
        return sha256(self.raw).hexdigest()

    @property
    def file(self) -> str:
        """The name under which a signed review speaks of the record."""
        return f"decision-{self.record.id}.json"

    @property
    def expires_at(self) -> str:
        """When a review no longer counts, as the record spells it."""
        return moment(self.asked.expires_at)


def moment(at: datetime) -> str:
    """A time as records spell it."""
    return at.strftime(TIME_FORM)


def canonical_record(text: bytes, shown: str) -> tuple[DecisionRecord, bytes]:
    """A decision record and its canonical bytes. Raises BadInput with every problem."""
    try:
        value = parse(text, MAX_RECORD)
        raw = canonical(value)
    except JsonError as error:
        raise BadInput.one(shown, f"The decision record is not read: {error}.") from error
    return read_decision_record(value, shown), raw


def read_decided(path: Path) -> Decided:
    """A decision record that waits for a review. Raises BadInput with every problem."""
    shown = str(path)
    record, raw = canonical_record(read_bytes(path, shown, MAX_RECORD), shown)
    if record.review is None:
        raise BadInput.one(
            shown,
            "The record asks for no review. Add `review` with `expires_at` and "
            '`"on_time_out": "deny"` when the decision is recorded.',
        )
    return Decided(record, record.review, raw)
