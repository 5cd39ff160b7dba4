"""Decision records from the journal to the record folder: sealed in signed batches, and checked.

A finished segment becomes a Parquet file and a signed manifest: digest of the file, first and last
id, RFC 6962 root over the records, the manifest before, and how many numbers are missing since
then. The manifest enters the log. Sealing can be stopped anywhere and called again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.adding import Added, Parcel, add_parcels
from dutybound.assess.keys import public_half
from dutybound.assess.opening import Item, open_folder
from dutybound.assess.review_record import canonical_record
from dutybound.assess.signing import SUFFIX, Key, digest_of_file, sign_predicate
from dutybound.errors import BadInput
from dutybound.interchange.dsse import write_envelope
from dutybound.ledger.merkle import root_of
from dutybound.store.durable import make_folder, write_file
from dutybound.store.journal import SEALED, Journal, read_segment, segments
from dutybound.terms.evidence import EvidenceKind, Handling, Rung
from dutybound.terms.trust import Trust
from dutybound.warehouse.record_files import RecordRow, read_records, rows_of, write_records

BATCHES: Final = "decision-records"


@dataclass(frozen=True, slots=True)
class Batch:
    """One sealed batch. first, last: sequence numbers."""

    id: str
    file: str
    rows: int
    first: int
    last: int
    gaps: int
    root: str
    log_index: int | None


@dataclass(frozen=True, slots=True)
class Sealing:
    """For which system and controls, and whose practice: what the manifests say."""

    system: str
    version: str | None
    controls: tuple[str, ...]
    parties: tuple[str, ...]
    at: datetime


def append_records(journal: Journal, texts: Sequence[bytes], shown: str) -> tuple[int, int]:
    """Check records and append them; returns their sequence numbers when they are durable.

    Nothing is written if one is refused. Raises BadInput.
    """
    raws = [canonical_record(t, f"{shown}:{i}")[1] for i, t in enumerate(texts, 1)]
    return journal.append(raws)


def seal(folder: Path, record: Path, asked: Sealing, key: Key, trust: Trust) -> Iterator[Batch]:
    """Seal every finished segment of a journal into a record folder, oldest first.

    folder: of the journal. What was sealed leaves the journal. Raises BadInput.
    """
    holder = trust.keys.get(public_half(key).fingerprint)
    if holder is None:
        text = "It does not name the key that seals. Add its entry."
        raise BadInput.one(trust.file or "trust.yaml", text)
    make_folder(record / BATCHES)
    who = {"author": holder.person, "issuer": holder.organisation}
    work = _Work(folder, record, asked, key, trust, who)
    for path in segments(folder)[:-1]:
        yield _seal_one(work, path)


@dataclass(frozen=True, slots=True)
class _Work:
    folder: Path
    record: Path
    asked: Sealing
    key: Key
    trust: Trust
    who: dict[str, str]


def _seal_one(work: _Work, path: Path) -> Batch:
    asked = work.asked
    rows = rows_of(list(read_segment(path)))
    first, last = rows[0].sequence, rows[-1].sequence
    name = f"records-{asked.system}-{first:015d}"
    before = _last(work.record, work.trust, asked.system)
    index = None
    if before is not None and before.claim.id == name:  # it was stopped after signing
        detail = before.predicate["record_batch"]
    else:
        file = f"{name}.parquet"
        target = work.record / BATCHES / file
        aside = target.with_suffix(".new")
        write_records(aside, rows)
        write_file(target, aside.read_bytes())
        aside.unlink()
        detail = _detail(rows, file, digest_of_file(target), before)
        index = _sign(work, name, detail).index
    write_file(work.folder / SEALED, str(last).encode())
    path.unlink()
    gaps, root = int(detail["gaps"]), str(detail["merkle_root"])
    return Batch(name, f"{name}.parquet", len(rows), first, last, gaps, root, index)


def _detail(
    rows: Sequence[RecordRow], file: str, digest: str, before: Item | None
) -> dict[str, Any]:
    first, last = rows[0], rows[-1]
    end = 0 if before is None else _numbers(before)[1]
    found = {
        "files": [{"name": file, "sha256": digest, "rows": len(rows)}],
        "rows": len(rows),
        "first_id": f"{first.sequence}:{first.id}",
        "last_id": f"{last.sequence}:{last.id}",
        "merkle_root": root_of([r.leaf for r in rows]).hex(),
        "gaps": first.sequence - end - 1,
    }
    return found if before is None else {**found, "previous": before.envelope}


def _sign(work: _Work, name: str, detail: dict[str, Any]) -> Added:
    subject = {f["name"]: f["sha256"] for f in detail["files"]}
    predicate = _predicate(name, work.asked, detail, int(detail["rows"])) | work.who
    sealed = sign_predicate(predicate, subject, work.key, work.asked.at, name)
    parcel = Parcel(f"{name}{SUFFIX}", write_envelope(sealed), work.record / BATCHES)
    (added,) = add_parcels(work.record, [parcel], work.trust)
    return added


def _predicate(name: str, asked: Sealing, detail: dict[str, Any], rows: int) -> dict[str, Any]:
    found = {
        "id": name,
        "kind": str(EvidenceKind.RECORD_BATCH),
        "what": f"{rows:,} decision records of {asked.system}, sealed.",
        "system": asked.system,
        "version": asked.version,
        "controls": list(asked.controls),
        "parties": list(asked.parties) or None,
        "made_on": asked.at.date().isoformat(),
        "rung": Rung.OBSERVED.word,
        "handling": str(Handling.ORDINARY),
        "record_batch": detail,
    }
    return {k: v for k, v in found.items() if v is not None}


def _numbers(item: Item) -> tuple[int, int]:
    """The first and last sequence number of a batch."""
    detail = item.predicate["record_batch"]
    first, last = (int(str(detail[k]).partition(":")[0]) for k in ("first_id", "last_id"))
    return first, last


def batches_of(record: Path, trust: Trust, system: str) -> list[Item]:
    """The manifests of a system whose signatures hold, in the order of their records."""
    items = open_folder(record, trust).items
    mine = [
        i for i in items if i.claim.kind is EvidenceKind.RECORD_BATCH and i.claim.system == system
    ]
    return sorted(mine, key=_numbers)


def _last(record: Path, trust: Trust, system: str) -> Item | None:
    found = batches_of(record, trust, system)
    return found[-1] if found else None


# ---------------------------------------------------------------------- checking
@dataclass(frozen=True, slots=True)
class BatchCheck:
    """What a check of all batches found. faults: what is broken; gaps: numbers that are missing."""

    batches: int
    rows: int
    gaps: int
    faults: tuple[str, ...]


def check_batches(record: Path, trust: Trust, system: str) -> BatchCheck:
    """Check every batch: file, records, root, numbers, and the chain of manifests."""
    faults: list[str] = []
    items = batches_of(record, trust, system)
    rows = gaps = end = 0
    previous: str | None = None
    for item in items:
        detail = item.predicate["record_batch"]
        first, last = _numbers(item)
        if detail.get("previous") != previous:
            faults.append(f"{item.claim.id}: it does not follow the manifest before it")
        if int(detail["gaps"]) != first - end - 1:
            faults.append(f"{item.claim.id}: its numbers do not follow those before it")
        faults += _wrong_in_file(record / BATCHES, item, first, last)
        rows, gaps, end = rows + int(detail["rows"]), gaps + int(detail["gaps"]), last
        previous = item.envelope
    return BatchCheck(len(items), rows, gaps, tuple(faults))


def _wrong_in_file(folder: Path, item: Item, first: int, last: int) -> Iterator[str]:
    detail = item.predicate["record_batch"]
    (file,) = detail["files"]
    path = folder / str(file["name"])
    if not path.is_file() or digest_of_file(path) != file["sha256"]:
        yield f"{path.name}: the file is not the one that was signed"
        return
    rows = list(read_records(path))
    if [r.sequence for r in rows] != list(range(first, last + 1)):
        yield f"{path.name}: its sequence numbers have a gap"
    if any(sha256(b"\x00" + r.record).digest() != r.leaf for r in rows):
        yield f"{path.name}: a record has another hash than it says"
    if root_of([r.leaf for r in rows]).hex() != detail["merkle_root"]:
        yield f"{path.name}: the records have another root than the manifest"
