"""`keys.history`: each key of the log, with the tree sizes and the times at which it signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import NoteKey, read_key
from dutybound.ledger.sigstore import LogKeyPeriod
from dutybound.store.errors import StoreError

HISTORY: Final = "keys.history"
SCHEMA: Final = "dutybound/keys-history/1"
_MAX: Final = 1_000_000
_KEYS: Final = {"key", "first_size", "last_size", "since", "until"}


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """A key, the first and the last tree size that it signed, since and until when (RFC 3339)."""

    key: NoteKey
    first_size: int
    since: str
    last_size: int | None = None
    until: str | None = None

    @property
    def sigstore(self) -> LogKeyPeriod:
        """The same for `trusted_root.json`."""
        return LogKeyPeriod(self.key, self.since, self.until)


def write_history(periods: list[KeyPeriod]) -> bytes:
    """The file, oldest key first."""
    keys = [
        {
            "key": p.key.text,
            "first_size": p.first_size,
            "last_size": p.last_size,
            "since": p.since,
            "until": p.until,
        }
        for p in periods
    ]
    return (
        json.dumps({"schema": SCHEMA, "keys": keys}, indent=2, ensure_ascii=False).encode() + b"\n"
    )


def read_history(path: Path) -> list[KeyPeriod]:
    """The keys of a log, oldest first. Raises StoreError."""
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(_MAX))
        if set(value) != {"schema", "keys"} or value["schema"] != SCHEMA or not value["keys"]:
            raise ValueError
        return [_period(one) for one in value["keys"]]
    except OSError as error:
        raise StoreError(f"{path}: it cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, LedgerError) as error:
        raise StoreError(f"{path}: this is no history of the log's keys") from error


def _period(one: dict[str, Any]) -> KeyPeriod:
    last, until = one["last_size"], one["until"]
    if set(one) != _KEYS or type(one["first_size"]) is not int:
        raise ValueError
    if not (last is None or type(last) is int) or not isinstance(until, str | None):
        raise ValueError
    return KeyPeriod(read_key(one["key"]), one["first_size"], str(one["since"]), last, until)
