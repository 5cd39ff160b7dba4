"""`log append` and `log publish`: envelopes become entries, entries get receipts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.log import Log, open_log
from dutybound.assess.log_stamps import held_stamp, stamp
from dutybound.errors import BadInput
from dutybound.interchange.dsse import (
    PAYLOAD_TYPE,
    Envelope,
    EnvelopeError,
    SignatureError,
    read_envelope,
    verify,
)
from dutybound.ledger.hashedrekord import of_dsse
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.sigstore import SignedPayload, bundle
from dutybound.ledger.tlog_proof import TlogProof
from dutybound.packs.evidence import read_trust
from dutybound.store.durable import at_once, sync_file, sync_folder, write_file
from dutybound.store.log_store import Item
from dutybound.store.publisher import Published
from dutybound.store.receipts import SUFFIX, published, receipts_for
from dutybound.terms.evidence import Handling

SIGSTORE: Final = ".sigstore.json"
ORDINARY: Final = frozenset({Handling.ORDINARY})
_THROUGH: Final = ".through"
_STEP: Final = 1000
_FEW: Final = 16


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of an envelope.

    digest: sha256 of its bytes. index: in the log, durable. size: of the published checkpoint that
    covers it, None while it waits for one. proof, bundle: the receipts, once it is covered.
    """

    digest: str
    index: int
    size: int | None
    proof: Path | None = None
    bundle: Path | None = None


def append_envelopes(
    folder: Path,
    envelopes: Iterable[bytes],
    *,
    store: str | None = None,
    keys: Mapping[str, bytes] | None = None,
    handling: frozenset[Handling] = ORDINARY,
    publish: bool = True,
) -> list[Receipt]:
    """Open the log of a record folder, append signed envelopes, and give their receipts.

    store: see `open_log`; the rest: see `append_to`.
    """
    with open_log(folder, store) as log:
        return append_to(log, envelopes, keys=keys, handling=handling, publish=publish)


def append_to(
    log: Log,
    envelopes: Iterable[bytes],
    *,
    keys: Mapping[str, bytes] | None = None,
    handling: frozenset[Handling] = ORDINARY,
    publish: bool = True,
) -> list[Receipt]:
    """Append signed envelopes to the log, and give their receipts.

    envelopes: the bytes of DSSE envelopes. keys: public keys in DER by fingerprint; None takes
    those of `trust.yaml` in the record folder. handling: marks that may enter the log. The same
    envelope again gives the same index. publish: False leaves it to a later `publish_log`.

    Nothing is appended if one envelope is refused. Raises BadInput, StoreError.
    """
    known = _keys_of(log) if keys is None else keys
    raws = list(envelopes)
    items = [_item(raw, known, handling) for raw in raws]
    log.objects.put_all(raws)
    indices = log.store.append(items)
    names = [item.name.hex() for item in items if item.name is not None]
    stamp(log, names)
    if publish and publish_log(log).waiting is False:
        return [_receipt(log, name, index) for name, index in zip(names, indices, strict=True)]
    return [Receipt(n, i, None) for n, i in zip(names, indices, strict=True)]


def _receipt(log: Log, name: str, index: int) -> Receipt:
    _, size = published(log.store)
    proof = log.receipts / f"{name}{SUFFIX}"
    if not proof.exists():
        write_receipts(log, [(name, index)])
    sigstore = log.receipts / f"{name}{SIGSTORE}"
    return Receipt(name, index, size, proof, sigstore if sigstore.exists() else None)


def _keys_of(log: Log) -> Mapping[str, bytes]:
    path = log.record / "trust.yaml"
    if not path.exists():
        raise BadInput.one(
            str(path), "There is no trust file: the log takes envelopes by known keys alone."
        )
    return {print_: key.public for print_, key in read_trust(path).keys.items()}


def _item(raw: bytes, keys: Mapping[str, bytes], handling: frozenset[Handling]) -> Item:
    digest = sha256(raw)
    where = f"envelope {digest.hexdigest()[:16]}"
    try:
        envelope = read_envelope(raw)
        public = keys.get(envelope.keyid)
        if public is None:
            raise BadInput.one(where, f"No key {envelope.keyid[:16]}... is known here.")
        verify(envelope, public)
    except (EnvelopeError, SignatureError) as error:
        raise BadInput.one(where, str(error)) from error
    marks = frozenset(_marks(_payload(envelope, where))) - handling
    if marks:
        raise BadInput.one(where, f"It is marked {min(marks)} and does not enter the log.")
    record = of_dsse(PAYLOAD_TYPE, envelope.payload, envelope.signature, public)
    return Item(record.entry, digest.digest())


def _payload(envelope: Envelope, where: str) -> Any:
    try:
        return json.loads(envelope.payload)
    except (ValueError, RecursionError) as error:
        raise BadInput.one(where, "Its payload is not JSON.") from error


def _marks(value: Any) -> Iterator[Handling]:
    """Every mark in a payload, wherever its predicate keeps it."""
    if isinstance(value, dict):
        mark = value.get("handling")
        if isinstance(mark, str) and mark in set(Handling):
            yield Handling(mark)
        for inner in value.values():
            yield from _marks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _marks(inner)


# ---------------------------------------------------------------------- publishing
def publish_log(log: Log) -> Published:
    """Publish what was appended, and write the receipts that became possible."""
    done = log.publish()
    if not done.waiting:
        _write_new_receipts(log, done.size)
    return done


def _write_new_receipts(log: Log, size: int) -> None:
    """Receipts from where the last run came to. They can be made again at any time."""
    marker = log.receipts / _THROUGH
    done = _through(marker)
    if done >= size:
        return
    for start in range(done, size, _STEP):
        named = log.store.names(start, min(start + _STEP, size))
        write_receipts(log, [(name.hex(), index) for name, index in named])
    write_file(marker, str(size).encode(), sync=False)


def _through(marker: Path) -> int:
    """How far receipts were written. A power cut may leave the file empty: it is not synced."""
    try:
        return int(marker.read_bytes())
    except (FileNotFoundError, ValueError):
        return 0


def write_receipts(log: Log, named: Sequence[tuple[str, int]]) -> None:
    """Write the receipts of entries under the newest published checkpoint."""
    if not named:
        return
    note, _ = published(log.store)
    receipts = receipts_for(log.store, [index for _, index in named], note)
    key = log.current_key()
    for (name, _), receipt in zip(named, receipts, strict=True):
        write_file(log.receipts / f"{name}{SUFFIX}", receipt.raw, sync=False)
        made = sigstore_bundle(log, name, receipt, key)
        if made is not None:
            write_file(log.receipts / f"{name}{SIGSTORE}", made, sync=False)
    paths = [log.receipts / f"{n}{suffix}" for n, _ in named for suffix in (SUFFIX, SIGSTORE)]
    if len(named) <= _FEW:
        at_once(sync_file, [path for path in paths if path.exists()])
        sync_folder(log.receipts)
    else:
        os.sync()


def sigstore_bundle(log: Log, name: str, receipt: TlogProof, log_key: NoteKey) -> bytes | None:
    """The Sigstore bundle of an envelope; None if it was erased or is no envelope."""
    raw = log.objects.get(name)
    try:
        envelope = None if raw is None else read_envelope(raw)
    except EnvelopeError:
        return None
    if envelope is None:
        return None
    signed = SignedPayload(PAYLOAD_TYPE, envelope.payload, envelope.signature, envelope.keyid)
    (entry,) = log.store.bodies(receipt.index, receipt.index + 1)
    held = held_stamp(log, name)
    return bundle(signed, entry, receipt, log_key, () if held is None else (held,))
