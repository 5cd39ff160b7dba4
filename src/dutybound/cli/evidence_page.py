"""How evidence is shown, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click

from dutybound.cli.page import heading, plural, rows, title, wrapped
from dutybound.terms.evidence import Checked, Refused, Rung
from dutybound.terms.system import Profile

if TYPE_CHECKING:
    from dutybound.assess.in_log import Standing

COLOURS: Final = {
    "unassessed": "bright_black",
    "asserted": "yellow",
    "documented": "cyan",
    "observed": "blue",
    "tested": "green",
    "independently_verified": "bright_green",
}
LIMITS: Final = (
    "The time of signing is the signer's own word, unless trusted witnesses saw it in a log.",
    "dutybound checks who signed what and when it counts; it does not read the files behind it.",
)


def rung(word: str) -> str:
    """A rung as a coloured word."""
    return click.style(word.replace("_", " "), fg=COLOURS.get(word))


def json_of(
    schema: str,
    checked: Sequence[Checked],
    refused: Sequence[Refused],
    *,
    system: Profile | None,
    as_of: date,
    logged: Mapping[str, Standing],
) -> dict[str, Any]:
    """Checked and refused evidence as JSON values. logged: by the id of the claim."""
    return {
        "schema": schema,
        "system": None if system is None else system.id,
        "version": None if system is None else system.detail.get("version"),
        "as_of": str(as_of),
        "evidence": [piece(c) | {"log": logged[c.claim.id].as_json()} for c in checked],
        "refused": [refusal(r) for r in refused],
        "limits": list(LIMITS),
    }


def piece(found: Checked) -> dict[str, Any]:
    """One piece of checked evidence."""
    claim = found.claim
    return {
        "id": claim.id,
        "kind": str(claim.kind),
        "what": claim.what,
        "system": claim.system,
        "version": claim.version,
        "author": claim.author,
        "issuer": claim.issuer,
        "signer": found.signer,
        "signed_at": None if found.signed_at is None else found.signed_at.isoformat(),
        "made_on": str(claim.made_on),
        "valid_from": str(claim.valid_from),
        "valid_until": None if claim.valid_until is None else str(claim.valid_until),
        "handling": str(claim.handling),
        "claims": claim.rung.word,
        "reaches": {k: v.word for k, v in sorted(found.reaches.items())},
        "partial": {k: v.word for k, v in sorted(found.partial.items())},
        "counts_for": {k: sorted(v) for k, v in sorted((found.whom or {}).items())},
    }


def refusal(found: Refused) -> dict[str, Any]:
    """One refusal."""
    return {
        "claim": found.claim_id,
        "file": found.file,
        "control": found.control,
        "code": found.code,
        "reason": found.reason,
    }


def check_page(value: dict[str, Any]) -> Iterator[str]:
    """What counts, what does not, and why."""
    about = value["system"] or "the whole organisation"
    version = f" {value['version']}" if value["version"] else ""
    yield title(f"Evidence for {about}{version}, as of {value['as_of']}")
    for found in value["evidence"]:
        yield ""
        yield wrapped(f"{click.style(found['id'], bold=True)}  {found['kind']}: {found['what']}")
        yield wrapped(f"signed by {found['signer']} on {found['signed_at'][:10]}", 2)
        yield from _log(found["log"])
        yield from _rungs(found)
        if not found["reaches"] and not found["partial"]:
            yield wrapped("stands on record; raises no rung", 2)
    yield from refused_lines(value["refused"])
    yield ""
    whole = {c for f in value["evidence"] for c in f["reaches"]}
    yield wrapped(
        f"{plural(len(value['evidence']), 'piece')} of evidence "
        f"{'counts' if len(value['evidence']) == 1 else 'count'}, for "
        f"{plural(len(whole), 'control')} as a whole; {plural(len(value['refused']), 'refusal')}."
    )
    for limit in value["limits"]:
        yield wrapped(limit)


def _log(found: dict[str, Any]) -> Iterator[str]:
    """Where it stands in a log; nothing if there is none."""
    match found["state"]:
        case "in_log":
            at = found["recorded_before"]
            time = f"recorded before {at[:19]}Z" if at else "time only claimed"
            yield wrapped(f"in the log {found['origin']} at index {found['index']}, {time}", 2)
        case "awaiting_receipt":
            yield wrapped("awaiting a receipt of the log; time only claimed", 2)
        case "unknown_log" | "receipt_invalid":
            yield wrapped(f"{found['state'].replace('_', ' ')}: {found['reason']}", 2)


def _rungs(found: dict[str, Any]) -> Iterator[str]:
    for word, controls in _by_rung(found["reaches"]):
        yield from rows([(rung(word), " ".join(controls))])
    for word, controls in _by_rung(found["partial"]):
        yield from rows([(f"{rung(word)}, in part", " ".join(controls))])


def _by_rung(reaches: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    for step in sorted(Rung, reverse=True):
        controls = [c for c, word in reaches.items() if word == step.word]
        if controls:
            yield step.word, controls


def refused_lines(refused: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What does not count, or counts for less; the same reason for many controls once."""
    if not refused:
        return
    yield ""
    yield heading("Does not count, or counts for less", colour="yellow")
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for found in refused:
        grouped.setdefault((found["claim"] or found["file"], found["code"]), []).append(found)
    for (name, code), several in grouped.items():
        controls = [r["control"] for r in several if r["control"]]
        for_which = f" [{' '.join(dict.fromkeys(controls))}]" if controls else ""
        reasons = dict.fromkeys(r["reason"] for r in several)
        first, others = next(iter(reasons)), len(reasons) - 1
        more = f" And {plural(others, 'other reason')}, see --json." if others else ""
        yield wrapped(f"{name}  {code}: {first}{more}{for_which}", 2, hang=4)
