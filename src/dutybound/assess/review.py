"""`documents review`: one page on which a person reviews a decision and signs what came of it.

The page needs no server and no network. It signs the sha256 of the decision record in its canonical
spelling: the action that was reviewed, and no other.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from dutybound import __version__
from dutybound.assess.html import text
from dutybound.assess.review_decision import decision, explanation, procedure
from dutybound.assess.review_form import by_hand, form, limits
from dutybound.assess.review_procedure import Procedure
from dutybound.assess.review_record import Decided
from dutybound.assess.review_shown import digest_of_text
from dutybound.interchange.predicates import type_of
from dutybound.packs.texts import plain
from dutybound.terms.evidence import EvidenceKind
from dutybound.terms.trust import Trust

KINDS: Final = (EvidenceKind.OVERRIDE, EvidenceKind.REVIEW_OUTCOME)
OBSERVED: Final = "observed"


@dataclass(frozen=True, slots=True)
class ReviewFor:
    """Whom the page is for and what it goes by.

    controls: those that the signed review is a record for. trust: the page takes keys of this
    file only. reviewer, organisation: filled in, "" to leave them open.
    """

    procedure: Procedure | None = None
    controls: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    trust: Trust | None = None
    reviewer: str = ""
    organisation: str = ""


def review_page(found: Decided, wanted: ReviewFor) -> str:
    """The page, whole. The same inputs give the same bytes."""
    record = found.record
    title = f"Review of decision {record.id}, {record.system} {record.version}"
    seen = "\n".join(
        (
            *decision(found),
            *explanation(record.explanation),
            *procedure(wanted.procedure),
        )
    )
    base = _base(wanted)
    parts = (
        f'<div id="shown">\n{seen}\n</div>',
        '<section aria-label="Your review" class="noprint">',
        *form(found, wanted.reviewer, wanted.organisation),
        "</section>",
        *by_hand(found, base),
        *limits(),
    )
    data = {
        "record": found.raw.decode(),
        "sha256": found.sha256,
        "shown": digest_of_text(seen),
        "file": found.file,
        "base": base,
        "types": {str(k): type_of(k) for k in KINDS},
        "trusted": None if wanted.trust is None else list(_trusted(wanted.trust)),
    }
    return _page(title, parts, data)


def _base(wanted: ReviewFor) -> dict[str, Any]:
    """The keys of the claim that are the same whatever is decided."""
    basis: dict[str, Any] = {"tool": f"dutybound {__version__}, review page"}
    if wanted.procedure is not None:
        basis["policies"] = [{"name": wanted.procedure.name, "sha256": wanted.procedure.sha256}]
    found: dict[str, Any] = {"basis": basis}
    if wanted.controls:
        found |= {"controls": list(wanted.controls), "rung": OBSERVED}
    if wanted.parties:
        found["parties"] = list(wanted.parties)
    return found


def _trusted(trust: Trust) -> Iterator[dict[str, Any]]:
    for key in trust.keys.values():
        if key.revoked_on is None:
            until = key.valid_until
            yield {
                "fingerprint": key.fingerprint,
                "person": key.person,
                "organisation": key.organisation,
                "valid_from": key.valid_from.isoformat(),
                "valid_until": None if until is None else until.isoformat(),
            }


# ---------------------------------------------------------------------- the frame
CONTENTS: Final = (
    ("decision", "The decision"),
    ("input", "What it was decided from"),
    ("why", "Why"),
    ("procedure", "The oversight procedure"),
    ("review", "Your review"),
    ("by-hand", "Without this form"),
)


def _hash(source: str) -> str:
    """A source as a content security policy names it."""
    return f"'sha256-{base64.b64encode(sha256(source.encode()).digest()).decode()}'"


def _policy(style: str, script: str) -> str:
    parts = (
        "default-src 'none'",
        f"script-src {_hash(script)}",
        f"style-src {_hash(style)}",
        "connect-src 'none'",
        "img-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(parts)


def in_script(value: Any) -> str:
    """JSON that can stand in a script element: no character of it ends or begins anything."""
    found = json.dumps(value, sort_keys=True)  # ASCII only
    for c in "<>&":
        found = found.replace(c, f"\\u{ord(c):04x}")
    return found


def _page(title: str, parts: tuple[str, ...], data: dict[str, Any]) -> str:
    style, script = plain("review.css"), plain("review.js")
    links = "".join(f'<li><a href="#{a}">{text(w)}</a></li>' for a, w in CONTENTS)
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(_policy(style, script))}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#review">To your review</a>\n<main>\n'
        f'<h1>{text(title)}</h1>\n<nav aria-label="On this page" class="noprint"><ul>{links}</ul>'
        f'</nav>\n{body}\n</main>\n<script type="application/json" id="review-data">'
        f"{in_script(data)}</script>\n<script>{script}</script>\n</body>\n</html>\n"
    )
