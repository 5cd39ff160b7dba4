"""`log timestamp`: name a time-stamp authority, and stamp what has no stamp yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dutybound.assess.log import Log, write_history
from dutybound.assess.log_append import write_receipts
from dutybound.assess.log_stamps import CERTIFICATES, held_stamp, read_pem, stamp
from dutybound.errors import BadInput
from dutybound.packs.log_file import read_log_file
from dutybound.packs.writing import to_yaml
from dutybound.store.durable import write_file
from dutybound.store.receipts import published
from dutybound.store.timestamps import read_authority

_STEP: Final = 1000


@dataclass(frozen=True, slots=True)
class Stamps:
    """How many envelopes were stamped now, have a stamp, and have none."""

    new: int
    stamped: int
    missing: int


def name_authority(log: Log, name: str, url: str, certificates: Path) -> None:
    """Make this the time-stamp authority of a log. certificates: PEM, signer's first, root last.

    Raises BadInput.
    """
    path = log.record / "log" / "log.yaml"
    if log.file.timestamps is not None:
        raise BadInput.one(str(path), "It names an authority already; change it there.")
    pem = read_pem(certificates)
    read_authority(name, url, pem)
    write_file(path.with_name(CERTIFICATES), pem)
    text = path.read_text(encoding="utf-8").rstrip("\n")
    line = to_yaml({"timestamps": {"name": name, "url": url}})
    write_file(path, f"{text}\n{line}".encode())
    log.file = read_log_file(path)
    write_history(log, log.history())


def stamp_all(log: Log) -> Stamps:
    """Stamp every envelope of the log that has none, and write its bundle again."""
    if log.file.timestamps is None:
        raise BadInput.one(
            str(log.record), "The log names no time-stamp authority. Add --url, --name and --chain."
        )
    _, size = published(log.store)
    new = had = missing = 0
    for start in range(0, log.store.tree().size, _STEP):
        named = [(name.hex(), at) for name, at in log.store.names(start, start + _STEP)]
        named = [pair for pair in named if log.objects.get(pair[0]) is not None]
        fresh = set(stamp(log, [name for name, _ in named])) if not log.notes else set()
        held = sum(held_stamp(log, name) is not None for name, _ in named)
        write_receipts(log, [pair for pair in named if pair[0] in fresh and pair[1] < size])
        new, had, missing = new + len(fresh), had + held, missing + len(named) - held
    return Stamps(new, had, missing)
