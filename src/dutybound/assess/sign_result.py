"""Signs what a command computed: a statement over the exact bytes of its JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.adding import Added, Parcel, add_parcels
from dutybound.assess.keys import public_half
from dutybound.assess.signing import SUFFIX, Key, sign_predicate
from dutybound.errors import BadInput
from dutybound.interchange.dsse import write_envelope
from dutybound.store.durable import make_folder, write_file
from dutybound.terms.evidence import ALL_PARTIES, EvidenceKind, Handling, Rung
from dutybound.terms.trust import Trust

Json = Mapping[str, Any]
Verdict = dict[str, int | float | str | bool]
_ODD: Final = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class TestOf:
    """A result as a test. controls: for which it speaks. part: the `test` of a claim.

    parties: whose practice it shows, for controls on what an organisation does.
    """

    __test__ = False

    controls: tuple[str, ...]
    part: Json
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What was computed. value: its JSON. raw: the bytes that are printed. version: of the system.

    verdict: the sum of it, signed beside the digest; None takes what `summary` makes of the value.
    test: what it says as a test; then the statement is a test result and can raise a rung.
    """

    command: str
    value: Json
    raw: bytes
    version: str | None
    tool: str
    verdict: Verdict | None = None
    test: TestOf | None = None


def sign_result(folder: Path, result: Result, key: Key, trust: Trust, at: datetime) -> Added:
    """Write the JSON and its signed statement into a folder; into its log too, if it has one.

    trust: names the person who holds the key. at: the time of signing. Raises BadInput.
    """
    half = public_half(key)
    holder = trust.keys.get(half.fingerprint)
    if holder is None:
        where = trust.file or str(folder / "trust.yaml")
        text = f"It does not name the key {half.fingerprint[:16]}...; who signs? Add its entry."
        raise BadInput.one(where, text)
    digest = sha256(result.raw).hexdigest()
    name = _name(result, digest)
    predicate = _predicate(result, name, at)
    predicate |= {"author": holder.person, "issuer": holder.organisation}
    file, sealed = f"{name}.json", f"{name}{SUFFIX}"
    if (folder / sealed).exists():
        raise BadInput.one(str(folder / sealed), "This result was signed already.")
    envelope = write_envelope(sign_predicate(predicate, {file: digest}, key, at, file))
    make_folder(folder)
    write_file(folder / file, result.raw)
    (added,) = add_parcels(folder, [Parcel(sealed, envelope, folder)], trust)
    return added


def _name(result: Result, digest: str) -> str:
    system = _ODD.sub("-", str(result.value.get("system") or ""))[:LONGEST]
    parts = (result.command, system, _day(result.value), digest[:8])
    return "-".join(str(p) for p in parts if p)


def _day(value: Json) -> str | None:
    """The day that was judged; None if the format has none."""
    found = value.get("as_of") or value.get("launch_on")
    return None if found is None else str(found)


def _predicate(result: Result, name: str, at: datetime) -> dict[str, Any]:
    value = result.value
    content, system = value.get("content"), value.get("system")
    about = "" if system is None else f" for {system}"
    day = "" if _day(value) is None else f", as of {_day(value)}"
    basis = {
        "content": content and {"version": content["version"], "sha256": content["sha256"]},
        "profile_sha256": value.get("profile_sha256"),
        "as_of": _day(value),
        "known_on": value.get("known_on"),
        "tool": result.tool,
    }
    verdict = summary(value) if result.verdict is None else result.verdict
    found = {
        "id": name,
        "kind": str(EvidenceKind.COMPUTED_RESULT),
        "what": f"Output of dutybound {result.command}{about}{day}.",
        "system": system,
        "version": None if system is None else result.version,
        "made_on": str(at.date()),
        "handling": str(Handling.ORDINARY),
        "basis": {k: v for k, v in basis.items() if v is not None},
        "computed_result": {
            "command": result.command,
            "format": value["schema"],
            "verdict": verdict,
        },
    }
    if result.test is not None:
        found |= _as_test(result.test, result.tool)
    return {k: v for k, v in found.items() if v is not None}


def _as_test(test: TestOf, tool: str) -> dict[str, Any]:
    return {
        "kind": str(EvidenceKind.TEST_RESULT),
        "controls": list(test.controls),
        "rung": Rung.TESTED.word,
        "parties": "all" if test.parties == ALL_PARTIES else list(test.parties) or None,
        "computed_result": None,
        "test": {**test.part, "tool": tool},
    }


# ---------------------------------------------------------------------- in a few numbers
def summary(value: Json) -> Verdict:
    """The verdict of a command's JSON in a few numbers; empty for formats that have none here."""
    found = _SUMMARIES.get(str(value["schema"]).split("/")[1])
    return {} if found is None else found(value)


def _assessment(value: Json) -> Verdict:
    counts: Verdict = dict(sorted(Counter(f["outcome"] for f in value["findings"]).items()))
    banned = [f for f in value["findings"] if f["kind"] == "prohibition"]
    return {**counts, "prohibitions": sum(f["outcome"] == "applies" for f in banned)}


def _gaps(value: Json) -> Verdict:
    return {
        **value["counts"],
        "prohibited": len(value["prohibited"]),
        "undetermined_prohibitions": len(value["undetermined_prohibitions"]),
        "controls_asked_for": value["controls_asked_for"],
        "controls_with_valid_evidence": value["controls_with_valid_evidence"],
    }


def _plan(value: Json) -> Verdict:
    actions = value["actions"]
    return {
        "actions": len(actions),
        "overdue": sum(bool(a["overdue"]) for a in actions),
        "prohibited": len(value["prohibited"]),
    }


def _launch(value: Json) -> Verdict:
    return {m["market"]: m["recommendation"] for m in value["markets"]}


def _security(value: Json) -> Verdict:
    return {f"open_{k}": v for k, v in value["open_findings"].items()}


_SUMMARIES: Final[Mapping[str, Callable[[Json], Verdict]]] = {
    "assessment": _assessment,
    "gaps": _gaps,
    "plan": _plan,
    "launch": _launch,
    "security": _security,
}
