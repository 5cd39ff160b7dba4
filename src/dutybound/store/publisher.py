"""Publication of the log as static files, in an order that holds at every moment.

Tiles and entry bundles first, durable; then the signature; then the checkpoint's row; then
cosignatures and their row; then `checkpoint`. Whoever reads `checkpoint` finds everything that it
speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.merkle import Frontier
from dutybound.ledger.note import Signature, add_signatures, read_note
from dutybound.ledger.proofs import consistency_proof, root_from
from dutybound.ledger.tiles import ENTRIES, MAX_LEVEL, WIDTH, Tile, TileHashes, count_at, tiles_of
from dutybound.store.durable import DurableTree
from dutybound.store.errors import StoreError
from dutybound.store.log_store import LogStore, StoredCheckpoint, tile_bytes
from dutybound.store.signer import CheckpointSigner

CHECKPOINT: Final = "checkpoint"
_FILES_AT_ONCE: Final = 256
Proofs = Callable[[int], list[bytes]]


class Cosigners(Protocol):
    """Witnesses of a log."""

    def cosign(self, note: bytes, proofs: Proofs) -> tuple[bytes, bool]:
        """Ask for cosignatures on a checkpoint.

        proofs: gives the consistency proof from an older size to that of the checkpoint. Returns
        the note with the cosignatures, and whether the policy is met. Raises nothing for a witness
        that cannot be reached: then the policy may just not be met.
        """
        ...


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to. waiting: it is signed, but witnesses are missing."""

    checkpoint: bytes
    size: int
    new: int
    waiting: bool = False


def proofs_from(store: LogStore, size: int) -> TileHashes:
    """The hashes of the tree at that size, for inclusion and consistency proofs."""
    return TileHashes(size, lambda tile: tile_bytes(store, tile))


class Publisher:
    """Publishes one log into one folder."""

    def __init__(
        self,
        store: LogStore,
        folder: Path,
        signer: CheckpointSigner,
        cosigners: Cosigners | None = None,
    ) -> None:
        self._store = store
        self._folder = folder
        self._signer = signer
        self._cosigners = cosigners
        self._tree = DurableTree(folder)

    def publish(self) -> Published:
        """Publish every entry that was appended by now.

        After a stop at any point it goes on from the last kept checkpoint, with the same bytes.
        Raises StoreError if the database was set back or changed: then nothing is touched.
        """
        with self._store.publishing():
            self._tree.sweep()
            newest = self._store.checkpoints(newest=True)
            old = newest[0].size if newest else 0
            tree = self._store.tree()
            last = self._check_extends(tree)
            if newest and newest[0].published and old == tree.size == last.size:
                self._show(newest[0].note)
                return Published(newest[0].note, tree.size, 0)
            for part in _parts(tiles_of(tree.size, old), _FILES_AT_ONCE):
                self._tree.write((tile.path, tile_bytes(self._store, tile)) for tile in part)
            self._drop_partial(tree.size, old)
            note = _with_lines_of(self._sign(tree, last), newest)
            shown = self._cosigners is None
            self._store.put_checkpoint(StoredCheckpoint(tree.size, note, published=shown))
            if self._cosigners is not None:
                note, shown = self._cosigned(self._cosigners, note, tree.size)
                self._store.put_checkpoint(StoredCheckpoint(tree.size, note, published=shown))
            if shown:
                self._show(note)
            return Published(note, tree.size, tree.size - old, waiting=not shown)

    def cosign(self, lines: Sequence[Signature] = ()) -> Published:
        """Ask the witnesses for the newest signed checkpoint again, and show it once it may be.

        lines: cosignatures that came another way. What was shown before stays shown. `waiting`
        tells whether witnesses are still missing. Raises StoreError if nothing was signed yet.
        """
        with self._store.publishing():
            newest = self._store.checkpoints(newest=True)
            if not newest:
                raise StoreError("nothing was signed yet; run `dutybound log publish`")
            (held,) = newest
            note, met = add_signatures(read_note(held.note), lines).raw, True
            if self._cosigners is not None:
                note, met = self._cosigned(self._cosigners, note, held.size)
            shown = met or held.published
            if note != held.note or shown != held.published:
                self._store.put_checkpoint(StoredCheckpoint(held.size, note, published=shown))
            if shown:
                self._tree.sweep()
                self._show(note)
            return Published(note, held.size, 0, waiting=not met)

    def _check_extends(self, tree: Frontier) -> Checkpoint:
        """The head that was signed last, which the tree must extend: checked before any file."""
        last = read_body(read_note(self._signer.last()).text)
        if last.size > tree.size:
            raise StoreError(
                f"the log has {tree.size:,} entries, but its signer signed {last.size:,}: the"
                " database was set back. Restore the newer one; nothing was published."
            )
        if root_from(proofs_from(self._store, tree.size), last.size) != last.root:
            raise StoreError(
                f"the first {last.size:,} entries are not those that were signed: the database was"
                " changed. Nothing was published."
            )
        return last

    def _sign(self, tree: Frontier, last: Checkpoint) -> bytes:
        hashes = proofs_from(self._store, tree.size)
        proof = consistency_proof(last.size, tree.size, hashes)
        return self._signer.sign(Checkpoint(last.origin, tree.size, tree.root()).body, proof)

    def _show(self, note: bytes) -> None:
        path = self._folder / CHECKPOINT
        if not path.exists() or path.read_bytes() != note:
            self._tree.write([(CHECKPOINT, note)])
        else:
            self._tree.sync_top()

    def _cosigned(self, cosigners: Cosigners, note: bytes, size: int) -> tuple[bytes, bool]:
        hashes = proofs_from(self._store, size)
        return cosigners.cosign(note, lambda old: consistency_proof(old, size, hashes))

    def _drop_partial(self, size: int, old: int) -> None:
        """Remove partial tiles whose full one is there now."""
        for level in (ENTRIES, *range(MAX_LEVEL + 1)):
            full = count_at(level, size) // WIDTH
            if level > 0 and not count_at(level, size):
                return
            before = count_at(level, old) // WIDTH
            for index in range(before, min(full, before + 1)):
                path = self._folder / Tile(level, index).path
                self._tree.remove(path.with_name(f"{path.name}.p"))


def _parts(tiles: Iterable[Tile], size: int) -> Iterator[list[Tile]]:
    rest = iter(tiles)
    while part := list(islice(rest, size)):
        yield part


def _with_lines_of(note: bytes, newest: list[StoredCheckpoint]) -> bytes:
    """The note, with the cosignatures that the same checkpoint has already."""
    read = read_note(note)
    lines = [s for kept in newest for s in _lines_under(kept.note, read.text)]
    return add_signatures(read, lines).raw


def _lines_under(raw: bytes, text: bytes) -> tuple[Signature, ...]:
    kept = read_note(raw)
    return kept.signatures if kept.text == text else ()
