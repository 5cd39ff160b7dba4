"""`log erase`: an envelope or a file goes, its digest stays, and who erased it is on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.log import Log
from dutybound.assess.log_append import SIGSTORE, publish_log
from dutybound.assess.signing import sign_predicate
from dutybound.errors import BadInput
from dutybound.interchange.dsse import (
    PAYLOAD_TYPE,
    EnvelopeError,
    Signer,
    fingerprint,
    read_envelope,
    write_envelope,
)
from dutybound.ledger.hashedrekord import of_dsse
from dutybound.packs.evidence import read_trust
from dutybound.packs.shapes import TIME_FORM
from dutybound.store.durable import STAGING, make_folder, sync_folder, write_file
from dutybound.store.log_store import Item
from dutybound.terms.evidence import EvidenceKind
from dutybound.terms.trust import TrustedKey

MAX_REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased. index: of its entry, None for a file. record: digest of the statement.

    files: how many files went.
    """

    digest: str
    index: int | None
    record: str
    record_index: int | None
    files: int


def erase(
    log: Log,
    digest: str,
    reason: str,
    key: Signer,
    at: datetime,
    *,
    before_retention: bool = False,
) -> Erased:
    """Erase an envelope or a file by its sha256, after a signed statement about it is logged.

    The entry, its receipts and every proof stay. reason: stands in the statement for good, so it
    names no person. before_retention: also if `log.yaml` says that it is kept longer. Stopped
    anywhere, it is finished when it is called again. Raises BadInput, StoreError.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadInput.one(digest, f"A reason has 1 to {MAX_REASON:,} characters.")
    index = log.store.index_of(bytes.fromhex(digest)) if log.objects.path(digest) else None
    record = erasure_of(log, digest)
    paths = list(_copies(log, digest))
    if record is None:
        if not paths:
            raise BadInput.one(digest, "Nothing with this sha256 lies here.")
        _check_retention(log, digest, index, at, before_retention=before_retention)
        what = "file" if index is None else "envelope"
        record = _log_erasure(log, digest, reason, key, at, what=what)
    for path in paths:
        path.unlink(missing_ok=True)
    # Who began this may have been killed before the folders were synced.
    for folder in {log.objects.path(digest).parent, log.receipts, log.record}:
        if folder.is_dir():
            sync_folder(folder)
    publish_log(log)
    return Erased(digest, index, record, log.store.index_of(bytes.fromhex(record)), len(paths))


def erasure_of(log: Log, digest: str) -> str | None:
    """The digest of the statement about an erasure, if there was one."""
    path = _note_path(log, digest)
    return path.read_text().strip() if path.exists() else None


def _note_path(log: Log, digest: str) -> Path:
    return log.record / "log" / "erased" / digest


def _copies(log: Log, digest: str) -> Iterator[Path]:
    """Every file that holds the bytes, or the payload in them."""
    stored = log.objects.path(digest)
    if stored.exists():
        yield stored
    yield from log.objects.half_written(digest)
    for name in (f"{digest}{SIGSTORE}", f"{digest}{SIGSTORE}{STAGING}"):
        if (log.receipts / name).exists():
            yield log.receipts / name
    for path in sorted(log.record.iterdir()):
        if path.is_file() and sha256(path.read_bytes()).hexdigest() == digest:
            yield path


def _check_retention(
    log: Log, digest: str, index: int | None, at: datetime, *, before_retention: bool
) -> None:
    raw = log.objects.get(digest)
    kept = log.file.retention
    days = kept.subjects_days if index is None else kept.envelopes_days
    since = (
        _changed(next(_copies(log, digest))) if raw is None or index is None else _signed_at(raw)
    )
    if since is None or before_retention or since + timedelta(days=days) <= at:
        return
    until = (since + timedelta(days=days)).date()
    raise BadInput.one(
        digest,
        f"log.yaml keeps it until {until}. If it must go before, add --before-retention; the"
        " statement about the erasure says so.",
    )


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _signed_at(raw: bytes) -> datetime | None:
    """The latest time of signing that an envelope states, wherever its predicate keeps it."""
    try:
        payload = json.loads(read_envelope(raw).payload)
    except (EnvelopeError, ValueError, RecursionError):
        return None
    return max(_times(payload), default=None)


def _times(value: Any) -> Iterator[datetime]:
    if isinstance(value, dict):
        stated = value.get("signed_at")
        if isinstance(stated, str):
            with suppress(ValueError):
                yield datetime.strptime(stated, TIME_FORM).replace(tzinfo=UTC)
        for inner in value.values():
            yield from _times(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _times(inner)


def _log_erasure(
    log: Log, digest: str, reason: str, key: Signer, at: datetime, *, what: str
) -> str:
    """Append the statement about the erasure, and note its digest. Returns that digest."""
    holder = _holder(log, key)
    claim = {
        "id": f"erasure-{digest[:16]}",
        "kind": str(EvidenceKind.ERASURE),
        "what": f"The bytes with the sha256 {digest} were erased.",
        "author": holder.person,
        "issuer": holder.organisation,
        "made_on": str(at.date()),
        "erasure": {"erased": [digest], "what": what, "reason": reason},
    }
    envelope = sign_predicate(claim, {"erased": digest}, key, at, "the erasure")
    raw = write_envelope(envelope)
    name = log.objects.put(raw)
    record = of_dsse(PAYLOAD_TYPE, envelope.payload, envelope.signature, key.public)
    log.store.append([Item(record.entry, bytes.fromhex(name))])
    path = _note_path(log, digest)
    make_folder(path.parent)
    write_file(path, name.encode() + b"\n")
    return name


def _holder(log: Log, key: Signer) -> TrustedKey:
    """Who erases, by the trust file of the record folder."""
    path = log.record / "trust.yaml"
    found = read_trust(path).keys.get(fingerprint(key.public)) if path.exists() else None
    if found is None:
        raise BadInput.one(str(path), "Who erases? The trust file does not name this key.")
    return found
