"""Changes to `trust.yaml`: a key comes, a key goes. The file is replaced in one step."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dutybound.assess.keys import PublicHalf
from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.evidence import read_trust
from dutybound.packs.reading import read_yaml
from dutybound.packs.writing import replace_file, to_yaml
from dutybound.terms.trust import Revocation

Entry = dict[str, Any]


def entry_of(
    half: PublicHalf,
    person: str,
    organisation: str,
    role: str,
    valid_from: date,
    valid_until: date | None,
) -> Entry:
    """The entry of a key in a trust file."""
    return {
        "fingerprint": half.fingerprint,
        "public_key": half.public_key,
        "person": person,
        "organisation": organisation,
        "role": role,
        "valid_from": str(valid_from),
        "valid_until": None if valid_until is None else str(valid_until),
    }


def as_written(entry: Entry) -> Entry:
    """An entry as a trust file has it: what it does not state is left out, not `null`."""
    return {k: v for k, v in entry.items() if v is not None}


def find_entry(trust: Path, fingerprint: str) -> Entry | None:
    """The entry of a key in a trust file; None if it has none."""
    read_trust(trust)
    entries = read_yaml(trust).value.get("keys") or []
    return next((e for e in entries if e["fingerprint"] == fingerprint), None)


def add_entry(trust: Path, entry: Entry) -> None:
    """Add a key to a trust file. Raises BadInput, and then leaves the file as it was."""
    found = read_trust(trust)
    if entry["organisation"] not in found.organisations:
        hint = did_you_mean(entry["organisation"], found.organisations)
        message = f"`{entry['organisation']}` is not among its `organisations`; add it first.{hint}"
        raise BadInput.one(str(trust), message)
    value = dict(read_yaml(trust).value)
    _write(trust, {**value, "keys": [*(value.get("keys") or []), entry]})


def check_rotation(trust: Path, old: str, day: date) -> Entry:
    """The entry of a key that may be replaced on a day. Raises BadInput if it may not."""
    entry = find_entry(trust, old)
    if entry is None:
        raise BadInput.one(str(trust), f"It does not name the key {old[:16]}....")
    if entry.get("revoked_on") is not None:
        raise BadInput.one(str(trust), f"The key was revoked on {entry['revoked_on']} already.")
    if day < date.fromisoformat(str(entry["valid_from"])):
        raise BadInput.one(str(trust), f"The old key is valid only from {entry['valid_from']}.")
    return entry


def rotate_entry(
    trust: Path,
    old: str,
    half: PublicHalf,
    day: date,
    valid_until: date | None,
    *,
    compromised: bool = False,
) -> dict[str, Entry]:
    """Put a new key in the place of an old one; gives both entries.

    A retired key counts for what it signed up to the day; a compromised one for nothing.
    """
    entry = check_rotation(trust, old, day)
    why = Revocation.COMPROMISED if compromised else Revocation.RETIRED
    last = day if compromised else day + timedelta(days=1)
    gone = {**entry, "revoked_on": str(last), "revoked_because": str(why)}
    new = entry_of(half, entry["person"], entry["organisation"], entry["role"], day, valid_until)
    value = dict(read_yaml(trust).value)
    keys = [gone if e["fingerprint"] == old else e for e in value["keys"]]
    _write(trust, {**value, "keys": [*keys, new]})
    return {"old": gone, "new": new}


def _write(trust: Path, value: Entry) -> None:
    """Replace the file, with the comments at its head, if the new one reads."""
    head = []
    for line in trust.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        head.append(line)
    plain = {**value, "keys": [as_written(e) for e in value["keys"]]}
    text = "\n".join([*head, to_yaml(plain)])
    replace_file(trust, text.encode(), check=read_trust)
