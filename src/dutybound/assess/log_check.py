"""`log fsck`: the whole log again, from its entries, with what hangs on it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from dutybound.assess.log import Log
from dutybound.assess.log_erase import erasure_of
from dutybound.interchange.dsse import PAYLOAD_TYPE, EnvelopeError, fingerprint, read_envelope
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.hashedrekord import of_dsse, read_entry
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.tiles import Tile
from dutybound.store.errors import StoreError
from dutybound.store.fsck import Found, Recomputed, check_root, verified_head
from dutybound.store.fsck_public import check_public
from dutybound.store.fsck_store import check_store
from dutybound.store.log_store import tile_bytes
from dutybound.store.receipts import check_receipts, read_receipts

_STEP: Final = 1000


def check_log(log: Log) -> Found:
    """Check database, public folder, signer, receipts and objects. Raises StoreError."""
    found = Found()
    keys = log.history().keys
    receipts = read_receipts(log.receipts, found)
    last = verified_head(log.signer.last(), keys_of_signer(log), "signer", found)
    sizes = [receipt.checkpoint.size for _, receipt in receipts]
    again = check_store(log.store, keys, [*sizes, *([] if last is None else [last.size])], found)
    if last is not None:
        check_root(last, again.roots, "signer, last signed checkpoint", found)
    check_public(log.public, keys, [], found, beyond=lambda tile: _ahead(log, tile))
    check_receipts(receipts, keys, log.store, again.roots, found)
    _check_keys(log, found)
    _check_objects(log, again, found)
    return found


def keys_of_signer(log: Log) -> set[NoteKey]:
    """The keys that the signer has now, and those that the log's history names."""
    return {*log.signer.active_keys(), *log.history().keys}


def _ahead(log: Log, tile: Tile) -> bytes | None:
    """A tile that lies there before its checkpoint, after a stop."""
    try:
        return tile_bytes(log.store, tile)
    except (StoreError, LedgerError):
        return None


def _check_keys(log: Log, found: Found) -> None:
    active = log.signer.active_keys()
    if log.current_key() not in active:
        found.fault("public/keys.history", "the signer has none of the keys that it names last")
    if len(active) > 1:
        found.fault("signer", "a change of keys was begun; run `dutybound log rotate` again")


def _check_objects(log: Log, again: Recomputed, found: Found) -> None:
    """Each named object is there and belongs to its entry, or was erased on record."""
    for start in range(0, again.frontier.size, _STEP):
        for name, index in log.store.names(start, start + _STEP):
            try:
                _check_object(log, name.hex(), index, found)
            except (StoreError, LedgerError) as error:
                found.fault(f"entry {index}", str(error))
    for digest in log.objects.digests():
        try:
            log.objects.get(digest)
        except StoreError as error:
            found.fault("objects", str(error))


def _check_object(log: Log, digest: str, index: int, found: Found) -> None:
    raw = log.objects.get(digest)
    if raw is None:
        erased = erasure_of(log, digest)
        if erased is None:
            found.fault(f"objects, {digest}", "it is gone, and no erasure is on record")
        elif log.store.index_of(bytes.fromhex(erased)) is None:
            found.fault(f"objects, {digest}", "its erasure is not in the log")
        return
    (body,) = log.store.bodies(index, index + 1)
    entry = read_entry(body)
    try:
        envelope = read_envelope(raw)
    except EnvelopeError:
        _check_record(raw, entry.digest, digest, found)
        return
    made = of_dsse(PAYLOAD_TYPE, envelope.payload, envelope.signature, entry.public_der)
    if made != entry or envelope.keyid != fingerprint(entry.public_der):
        found.fault(f"objects, {digest}", f"entry {index} is not that of this envelope")


def _check_record(raw: bytes, expected: bytes, digest: str, found: Found) -> None:
    """A record that is no envelope: that of a change of keys."""
    try:
        json.loads(raw)
    except ValueError:
        found.fault(f"objects, {digest}", "it is neither an envelope nor a record")
    if sha256(raw).digest() != expected:
        found.fault(f"objects, {digest}", "its entry is that of another record")
