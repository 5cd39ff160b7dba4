"""`evidence show`: one signed statement, whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.opening import Item, envelopes_in, open_envelope
from dutybound.assess.record_folder import OBJECTS
from dutybound.assess.statements import Malformed, read_claim_in
from dutybound.errors import BadInput
from dutybound.interchange.dsse import MAX_ENVELOPE, EnvelopeError, read_envelope
from dutybound.interchange.predicates import EXTENSION
from dutybound.packs.reading import read_bytes
from dutybound.store.objects import Objects
from dutybound.terms.trust import Trust

_DIGEST: Final = re.compile(r"[0-9a-f]{8,64}\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """An envelope: where it lies, and its bytes."""

    path: Path
    raw: bytes

    @property
    def digest(self) -> str:
        """sha256 of the bytes, under which a log and its receipts know it."""
        return sha256(self.raw).hexdigest()


def find_envelope(text: str, folder: Path) -> Found:
    """An envelope by its path, or by the beginning of its digest in a record folder."""
    path = Path(text)
    if path.exists() or not _DIGEST.match(text):
        return Found(path, read_bytes(path, text, MAX_ENVELOPE))
    found = {}
    for name, raw in envelopes_in(folder):
        found[sha256(raw).hexdigest()] = Found(folder / name, raw)
    objects = Objects(folder / OBJECTS)
    for digest in objects.digests():
        raw_object = objects.get(digest) if digest.startswith(text) else None
        if raw_object is not None:
            found.setdefault(digest, Found(objects.path(digest), raw_object))
    chosen = [f for d, f in found.items() if d.startswith(text)]
    if len(chosen) != 1:
        what = "No statement" if not chosen else f"{len(chosen)} statements"
        raise BadInput.one(text, f"{what} of this digest in {folder}.")
    return chosen[0]


def shown(found: Found, trust: Trust | None) -> dict[str, Any]:
    """A statement as JSON values. trust: whose signature counts; None checks no signature."""
    name = str(found.path)
    try:
        envelope = read_envelope(found.raw)
        statement, body, _ = read_claim_in(envelope.payload, name)
    except (EnvelopeError, Malformed) as error:
        raise BadInput.one(name, str(error)) from error
    whole = statement.predicate
    others = {} if whole is body else {k: v for k, v in whole.items() if k != EXTENSION}
    return {
        "schema": "dutybound/evidence-shown/1",
        "file": name,
        "sha256": found.digest,
        "payload_sha256": envelope.digest,
        "predicate_type": statement.predicate_type,
        "key": envelope.keyid,
        "signature": _signature(found, trust),
        "subject": [{"name": n, "sha256": d} for n, d in statement.subject.items()],
        "claim": body,
        "others_read": others,
    }


def _signature(found: Found, trust: Trust | None) -> dict[str, Any]:
    if trust is None:
        return {"checked": False, "holds": None, "person": None, "code": None, "reason": None}
    item = open_envelope(found.raw, str(found.path), trust)
    if isinstance(item, Item):
        return {
            "checked": True,
            "holds": True,
            "person": item.key.person,
            "code": None,
            "reason": None,
        }
    return {
        "checked": True,
        "holds": False,
        "person": None,
        "code": item.code,
        "reason": item.reason,
    }
