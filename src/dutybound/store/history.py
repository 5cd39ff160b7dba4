"""`keys.history`: each key of the log, the first and the last tree size that it signed.

A key after the first carries the record in which the key before it names it, with its signature.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dutybound.ledger.encoding import LedgerError, decode, encode
from dutybound.ledger.keys import NoteKey, read_key
from dutybound.ledger.sigstore import LogKeyPeriod
from dutybound.store.errors import StoreError
from dutybound.store.signer import Rotation

HISTORY: Final = "keys.history"
SCHEMA: Final = "dutybound/keys-history/1"
_MAX: Final = 1_000_000
_TOP: Final = {"schema", "since", "keys"}


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """A key and the tree sizes that it signed; last: None while it signs.

    rotation: the record by which the key before it named it; None for the first key.
    """

    key: NoteKey
    first: int
    last: int | None = None
    rotation: Rotation | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The keys of a log, oldest first. since: when the log began, as RFC 3339 in UTC."""

    since: str
    periods: tuple[KeyPeriod, ...]

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """Every key that the log ever had."""
        return tuple(p.key for p in self.periods)

    @property
    def raw(self) -> bytes:
        """The file."""
        value = {"schema": SCHEMA, "since": self.since, "keys": [_row(p) for p in self.periods]}
        return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"

    def sigstore(self) -> list[LogKeyPeriod]:
        """The keys and since and until when they signed, for `trusted_root.json`."""
        changes = [p.rotation for p in self.periods if p.rotation is not None]
        began = [self.since, *(str(json.loads(c.record)["at"]) for c in changes)]
        ends = [*began[1:], None]
        return [
            LogKeyPeriod(p.key, since, until)
            for p, since, until in zip(self.periods, began, ends, strict=True)
        ]


def _row(period: KeyPeriod) -> dict[str, Any]:
    row: dict[str, Any] = {"key": period.key.text, "first": period.first, "last": period.last}
    if period.rotation is not None:
        row["rotation"] = {
            "record": period.rotation.record.decode(),
            "signature": encode(period.rotation.signature),
        }
    return row


def read_history(path: Path) -> History:
    """The keys of a log. Each must be named by the key before it. Raises StoreError."""
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(_MAX))
        if set(value) != _TOP or value["schema"] != SCHEMA or not value["keys"]:
            raise ValueError
        periods: list[KeyPeriod] = []
        for row in value["keys"]:
            periods.append(_period(row, periods[-1].key if periods else None))
        return History(str(value["since"]), tuple(periods))
    except OSError as error:
        raise StoreError(f"{path}: it cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, LedgerError, InvalidSignature) as error:
        raise StoreError(f"{path}: this is no history of the log's keys") from error


def _period(row: dict[str, Any], before: NoteKey | None) -> KeyPeriod:
    key, first, last = read_key(row["key"]), row["first"], row["last"]
    if type(first) is not int or not (last is None or type(last) is int):
        raise ValueError
    if before is None:
        return KeyPeriod(key, first, last)
    record = row["rotation"]["record"].encode()
    named = json.loads(record)
    if (named["old"], named["new"]) != (before.text, key.text):
        raise ValueError
    signature = decode(row["rotation"]["signature"], "the signature of a rotation")
    Ed25519PublicKey.from_public_bytes(before.public).verify(signature, record)
    return KeyPeriod(key, first, last, Rotation(record, signature, before, key))
