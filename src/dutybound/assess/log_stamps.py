"""Time stamps over the signatures of appended envelopes, by the authority that the log names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dutybound.errors import BadInput, DutyboundError
from dutybound.interchange.dsse import EnvelopeError, read_envelope
from dutybound.packs.log_file import LogFile
from dutybound.store.durable import write_file
from dutybound.store.timestamps import TimestampAuthority, ask_stamp, read_authority

if TYPE_CHECKING:
    from dutybound.assess.log import Log

STAMP: Final = ".tsr"
CERTIFICATES: Final = "timestamps.pem"
_MAX_PEM: Final = 1_000_000


def authority_of(record: Path, file: LogFile) -> TimestampAuthority | None:
    """The authority that `log.yaml` names, None if it names none. Raises BadInput."""
    if file.timestamps is None:
        return None
    path = record / "log" / CERTIFICATES
    return read_authority(file.timestamps.name, file.timestamps.url, read_pem(path))


def read_pem(path: Path) -> bytes:
    """A file of certificates. Raises BadInput."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_PEM)
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be read: {error.strerror}.") from error


def stamp(log: Log, names: Iterable[str]) -> list[str]:
    """Ask for a stamp for each envelope that has none yet. names: sha256 of envelopes, in hex.

    Returns the names that have a new one. If the authority does not answer, the rest is left for
    later and `log.notes` says why: evidence is never held up by it. Without an authority nothing
    is asked.
    """
    authority = authority_of(log.record, log.file)
    stamped: list[str] = []
    if authority is None:
        return stamped
    for name in names:
        signature = _signature(log, name)
        if signature is None or held_stamp(log, name) is not None:
            continue
        try:
            write_file(log.receipts / f"{name}{STAMP}", ask_stamp(authority, signature))
        except BadInput:
            raise
        except DutyboundError as error:
            log.notes.append(f"no time stamp: {error}. Ask again: `dutybound log timestamp`.")
            break
        stamped.append(name)
    return stamped


def held_stamp(log: Log, name: str) -> bytes | None:
    """The stamp of an envelope, if there is one."""
    path = log.receipts / f"{name}{STAMP}"
    return path.read_bytes() if path.is_file() else None


def _signature(log: Log, name: str) -> bytes | None:
    raw = log.objects.get(name)
    try:
        return None if raw is None else read_envelope(raw).signature
    except EnvelopeError:
        return None
