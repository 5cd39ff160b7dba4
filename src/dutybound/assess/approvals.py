"""What an approval needs: another person's work, and a yes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dutybound.assess.opening import Item
from dutybound.terms.evidence import EvidenceKind

VERDICTS: Final = (EvidenceKind.APPROVAL, EvidenceKind.REFUSAL)


def objection_to_approval(item: Item, others: Iterable[Item]) -> tuple[str, str] | None:
    """Code and reason why an approval does not count; None if it does.

    others: all evidence that was opened, in which the approved work may be found.
    """
    claim = item.claim
    approval = claim.detail["approval"]
    approver, author = claim.author, str(approval["work_author"])
    if _same(approver, author):
        return "self_approved", f"{approver} approved work of their own."
    for other in others:
        named = other.claim.id == approval["of"]
        shared = set(other.claim.subject.values()) & set(claim.subject.values())
        if other is item or other.claim.kind in VERDICTS or not (named or shared):
            continue
        if _same(approver, other.claim.author):
            return "self_approved", f"{approver} approved {other.claim.id}, work of their own."
        if named and not _same(author, other.claim.author):
            reason = f"{other.claim.id} is the work of {other.claim.author}, not of {author}."
            return "work_author_wrong", reason
    if approval["decision"] == "refused":
        return "approval_refused", f"{approver} refused to approve {approval['of']}."
    return None


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
