"""`documents reviewed`: what the signed reviews of a decision amount to.

A review counts if it speaks of exactly this record, by digest; if it was signed after the decision
and before it expired; and once for each person. Without enough reviews in time the decision is
denied. Silence is no consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dutybound.assess.opening import Item, open_files, open_folder
from dutybound.assess.review_record import Decided, moment
from dutybound.terms.evidence import EvidenceKind, Refused
from dutybound.terms.trust import Trust

KINDS: Final = (EvidenceKind.OVERRIDE, EvidenceKind.REVIEW_OUTCOME)
RELEASED: Final = ("upheld", "overridden")


@dataclass(frozen=True, slots=True)
class Review:
    """A review that counts. decided: the outcome that it stands for; None if it hands on."""

    file: str
    person: str
    organisation: str
    outcome: str
    decided: str | None
    reason: str
    reason_code: str | None
    seconds: int | None
    signed_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "file": self.file,
            "person": self.person,
            "organisation": self.organisation,
            "outcome": self.outcome,
            "decided": self.decided,
            "reason": self.reason,
            "reason_code": self.reason_code,
            "seconds": self.seconds,
            "signed_at": moment(self.signed_at),
        }


@dataclass(frozen=True, slots=True)
class Reviewed:
    """State of a decision at a time.

    state: `upheld` or `overridden` take effect; `open`, `denied`, `disagreed` and `handed_on` do
    not. takes_effect: the outcome that does, or None.
    """

    state: str
    takes_effect: str | None
    needed: int
    at: datetime
    reviews: tuple[Review, ...]
    refused: tuple[Refused, ...]


def reviewed(found: Decided, items: Iterable[Item], at: datetime) -> Reviewed:
    """The state that reviews give a decision at a time. items: whose signatures hold."""
    refused: list[Refused] = []
    latest: dict[tuple[str, str], Review] = {}
    for item in sorted(items, key=lambda i: (i.signed_at, i.file)):
        if item.claim.kind not in KINDS or not _speaks_of(found, item):
            continue
        wrong = _wrong(found, item, at)
        if wrong is not None:
            refused.append(Refused(item.claim.id, item.file, None, *wrong))
            continue
        latest[(item.claim.issuer, item.claim.author)] = _review(item)
    reviews = tuple(latest.values())
    needed = found.asked.reviewers
    state, effect = _state(found, reviews, at)
    return Reviewed(state, effect, needed, at, reviews, tuple(refused))


def _speaks_of(found: Decided, item: Item) -> bool:
    """Whether it is about this record: by its digest, or by its name with another digest."""
    part = item.predicate.get("override") or item.predicate.get("review_outcome") or {}
    named = part.get("of") == found.record.id and item.claim.system == found.record.system
    return named or found.sha256 in item.claim.subject.values()


def _wrong(found: Decided, item: Item, at: datetime) -> tuple[str, str] | None:
    """Why a review does not count, as a code and a reason."""
    record, claim = found.record, item.claim
    if found.sha256 not in claim.subject.values():
        return "subject_changed", "It reviews another record under the same id: the digest differs."
    if (claim.system, claim.version) != (record.system, record.version):
        return "wrong_system", f"It is about {claim.system} {claim.version}."
    override = item.predicate.get("override")
    if override is not None and override["computed"] != record.output.decision:
        return "wrong_output", "It overrides another output than the record holds."
    if item.signed_at > at:
        return "future_dated", f"It was signed at {moment(item.signed_at)}, after {moment(at)}."
    if item.signed_at < record.at:
        return "future_dated", "It was signed before the decision was made."
    if item.signed_at >= found.asked.expires_at:
        return "expired", f"It was signed after the review expired at {found.expires_at}."
    return None


def _review(item: Item) -> Review:
    override = item.predicate.get("override")
    part = override or item.predicate["review_outcome"]
    outcome = "overridden" if override else str(part["outcome"])
    decided = override["decided"] if override else None
    arguments = part.get("arguments", {})
    code, seconds = arguments.get("reason_code"), arguments.get("seconds")
    return Review(
        file=Path(item.file).name,
        person=item.claim.author,
        organisation=item.claim.issuer,
        outcome=outcome,
        decided=decided,
        reason=part["reason"],
        reason_code=code if isinstance(code, str) else None,
        seconds=seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else None,
        signed_at=item.signed_at,
    )


def _state(found: Decided, reviews: Sequence[Review], at: datetime) -> tuple[str, str | None]:
    if any(r.outcome not in RELEASED for r in reviews):
        return "handed_on", None
    if len(reviews) < found.asked.reviewers:
        return ("denied" if at >= found.asked.expires_at else "open"), None
    computed = found.record.output.decision
    decided = {r.decided or computed for r in reviews}
    if len(decided) > 1:
        return "disagreed", None
    (effect,) = decided
    return ("upheld" if all(r.outcome == "upheld" for r in reviews) else "overridden"), effect


def open_reviews(paths: Iterable[Path], trust: Trust) -> tuple[list[Item], list[Refused]]:
    """The statements in files and record folders, and what cannot be one."""
    items: list[Item] = []
    refused: list[Refused] = []
    files = []
    for path in paths:
        if path.is_dir():
            opened = open_folder(path, trust)
            items += opened.items
            refused += (r for r in opened.refused if r.file.endswith(".dsse.json"))
        else:
            files.append(path)
    if files:
        opened = open_files(files, trust)
        items += opened.items
        refused += opened.refused
    return items, refused


def lines(found: Reviewed, record: Decided) -> Iterator[str]:
    """The state in words."""
    says = {
        "upheld": "upheld: the decision takes effect as the system made it.",
        "overridden": f"overridden: what takes effect is `{found.takes_effect}`.",
        "open": f"open until {record.expires_at}: nothing takes effect yet.",
        "denied": f"denied: too few reviews by {record.expires_at}. Nothing takes effect.",
        "disagreed": "the reviewers disagree: nothing takes effect.",
        "handed_on": "handed on by a reviewer: nothing takes effect.",
    }
    yield f"{record.record.id}  {says[found.state]}"
    yield f"  {len(found.reviews)} of {found.needed} reviews"
    for r in found.reviews:
        took = "" if r.seconds is None else f", {r.seconds} seconds"
        yield f"  {r.person}, {r.organisation}: {r.outcome} at {moment(r.signed_at)}{took}"
    for refusal in found.refused:
        yield f"  does not count: {Path(refusal.file).name}  {refusal.code}: {refusal.reason}"
