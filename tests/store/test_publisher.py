"""Publication: what lies where, in which order, and what a stop at any point leaves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from dutybound.ledger.checkpoint import read_body
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.merkle import leaf_hash, root_of
from dutybound.ledger.note import read_note, verify_note
from dutybound.ledger.proofs import verify_consistency
from dutybound.store import durable
from dutybound.store.errors import StoreError
from dutybound.store.fsck import Found
from dutybound.store.fsck_public import check_public
from dutybound.store.fsck_store import check_store
from dutybound.store.log_store import Item, LogStore
from dutybound.store.publisher import Proofs, Publisher
from dutybound.store.signer import LocalSigner
from tests.store.conftest import Opener


def items(start: int, end: int) -> list[Item]:
    """Entries with these numbers."""
    return [Item(b"entry %d" % i) for i in range(start, end)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def signer(tmp_path: Path) -> LocalSigner:
    return LocalSigner.create(tmp_path / "signer", "log.example")


@pytest.fixture
def publisher(store: LogStore, signer: LocalSigner, tmp_path: Path) -> Publisher:
    return Publisher(store, tmp_path / "public", signer)


def sound(store: LogStore, public: Path, keys: tuple[NoteKey, ...]) -> None:
    """Both checks find nothing."""
    found = Found()
    check_store(store, keys, [], found)
    check_public(public, keys, [], found)
    assert [] == found.faults


def test_the_empty_log_is_published(publisher: Publisher, tmp_path: Path) -> None:
    done = publisher.publish()
    assert (0, 0, False) == (done.size, done.new, done.waiting)
    assert {"checkpoint": done.checkpoint} == files(tmp_path / "public")


def test_files_of_a_log_that_grows(
    store: LogStore, publisher: Publisher, signer: LocalSigner, tmp_path: Path
) -> None:
    """Partial tiles come with a size and go once the full tile is there."""
    public = tmp_path / "public"
    for size, names in (
        (3, {"tile/0/000.p/3", "tile/entries/000.p/3"}),
        (5, {"tile/0/000.p/3", "tile/entries/000.p/3", "tile/0/000.p/5", "tile/entries/000.p/5"}),
        (256, {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"}),
        (
            700,
            {f"tile/{k}/{n}" for k in ("0", "entries") for n in ("000", "001", "002.p/188")}
            | {"tile/1/000.p/1", "tile/1/000.p/2"},
        ),
    ):
        old = store.tree().size
        store.append(items(old, size))
        done = publisher.publish()
        assert (size, size - old) == (done.size, done.new)
        assert names | {"checkpoint"} == set(files(public))
        head = read_body(read_note(done.checkpoint).text)
        assert root_of([leaf_hash(b"entry %d" % i) for i in range(size)]) == head.root
        sound(store, public, signer.active_keys())


def test_nothing_new_changes_nothing(store: LogStore, publisher: Publisher, tmp_path: Path) -> None:
    store.append(items(0, 300))
    first = publisher.publish()
    before = files(tmp_path / "public")
    again = publisher.publish()
    assert (first.checkpoint, 0) == (again.checkpoint, again.new)
    assert before == files(tmp_path / "public")


class Stop(Exception):
    """The process ends here."""


def stopped_at(number: int, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do work, but stop at its n-th sync, rename or removal. Whether it was stopped."""
    calls = count(1)

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            if next(calls) >= number:  # files are synced by several threads: all stop
                raise Stop
            return real(*args, **more)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", counting(os.fsync))
        patch.setattr(Path, "replace", counting(Path.replace))
        patch.setattr(Path, "unlink", counting(Path.unlink))
        patch.setattr(Path, "mkdir", counting(Path.mkdir))
        try:
            work()
        except Stop:
            return True
    return False


@pytest.mark.parametrize("sizes", [(3, 5), (200, 300), (250, 1030)])
def test_a_stop_anywhere_is_made_good(
    opener: Opener, tmp_path: Path, sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each stop the old checkpoint or the new one holds, and the next run ends the same."""
    store = opener()
    old, new = sizes
    signer = LocalSigner.create(tmp_path / "signer", "log.example")
    public = tmp_path / "public"
    store.append(items(0, old))
    Publisher(store, public, signer).publish()
    store.append(items(old, new))
    number, stopped = 0, True
    while stopped:
        number += 1
        stopped = stopped_at(number, Publisher(store, public, signer).publish, monkeypatch)
        raw = (public / "checkpoint").read_bytes()
        assert read_body(read_note(raw).text).size in sizes
        found = Found()
        check_public(
            public, signer.active_keys(), [], found, beyond=lambda tile: ahead(store, tile)
        )
        assert [] == found.faults, number
    assert number > 10
    clean = tmp_path / "clean"
    Publisher(store, clean, signer).publish()
    assert new == Publisher(store, public, signer).publish().size
    sound(store, public, signer.active_keys())
    assert [] == list((public / ".new").iterdir())


def ahead(store: LogStore, tile: object) -> bytes | None:
    """A tile that was published before its checkpoint."""
    from dutybound.ledger.tiles import Tile
    from dutybound.store.log_store import tile_bytes

    assert isinstance(tile, Tile)
    try:
        return tile_bytes(store, tile)
    except StoreError:
        return None


def test_a_new_publisher_goes_on(store: LogStore, signer: LocalSigner, tmp_path: Path) -> None:
    for size in (10, 300):
        store.append(items(store.tree().size, size))
        Publisher(store, tmp_path / "public", signer).publish()
    sound(store, tmp_path / "public", signer.active_keys())


def test_a_database_set_back_is_refused(tmp_path: Path, signer: LocalSigner) -> None:
    """An older copy of the database, with or without other entries since: nothing is touched."""
    from dutybound.store.sqlite import SqliteLog

    def opened() -> SqliteLog:
        return SqliteLog(tmp_path / "db" / "x.db")

    public = tmp_path / "public"
    store = opened()
    store.append(items(0, 10))
    Publisher(store, public, signer).publish()
    store.close()
    shutil.copytree(tmp_path / "db", tmp_path / "backup")
    store = opened()
    store.append(items(10, 20))
    Publisher(store, public, signer).publish()
    store.close()
    shutil.rmtree(tmp_path / "db")
    shutil.copytree(tmp_path / "backup", tmp_path / "db")
    before = files(public)
    store = opened()
    for more in (0, 5, 300):
        store.append(items(100, 100 + more))
        with pytest.raises(StoreError, match="set back|changed"):
            Publisher(store, public, signer).publish()
        assert before == files(public)
    store.close()


class Witnesses:
    """Witnesses that cosign once they are let."""

    def __init__(self) -> None:
        self.met = False
        self.asked: list[int] = []

    def cosign(self, note: bytes, proofs: Proofs) -> tuple[bytes, bool]:
        """Checks that a proof from each size is given."""
        head = read_body(read_note(note).text)
        self.asked.append(head.size)
        leaves = [leaf_hash(b"entry %d" % i) for i in range(head.size)]
        for old in range(head.size + 1):
            verify_consistency(old, head.size, proofs(old), root_of(leaves[:old]), head.root)
        return note, self.met


def test_a_checkpoint_waits_for_witnesses(
    store: LogStore, signer: LocalSigner, tmp_path: Path
) -> None:
    witnesses = Witnesses()
    publisher = Publisher(store, tmp_path / "public", signer, witnesses)
    store.append(items(0, 3))
    assert publisher.publish().waiting
    assert not (tmp_path / "public" / "checkpoint").exists()
    store.append(items(3, 5))
    assert publisher.publish().waiting
    witnesses.met = True
    done = publisher.publish()
    assert (5, False) == (done.size, done.waiting)
    assert [3, 5, 5] == witnesses.asked
    assert done.checkpoint == (tmp_path / "public" / "checkpoint").read_bytes()
    assert [(3, False), (5, True)] == [(c.size, c.published) for c in store.checkpoints()]
    sound(store, tmp_path / "public", signer.active_keys())


def test_every_folder_is_synced_up_to_the_top(
    store: LogStore, signer: LocalSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each renamed file's folder, each new folder's parent, and all above, before the signature."""
    synced: list[str] = []
    real = durable.sync_folder

    def noting(folder: Path) -> None:
        synced.append(folder.name)
        real(folder)

    public = tmp_path / "public"
    store.append(items(0, 3))
    monkeypatch.setattr(durable, "sync_folder", noting)
    Publisher(store, public, signer).publish()
    signed = synced.index("signer")
    assert {"000.p", "0", "entries", "tile", "public"} <= set(synced[:signed])
    assert "public" in synced[signed:]


def test_what_another_process_showed_is_made_durable(
    store: LogStore, signer: LocalSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been killed between the checkpoint's renaming and the sync of the folder."""
    public = tmp_path / "public"
    mine = Publisher(store, public, signer)
    mine.publish()
    store.append(items(0, 3))
    Publisher(store, public, signer).publish()
    synced: list[Path] = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    mine.publish()
    assert [public] == synced


def test_receipts_of_every_entry_verify(
    store: LogStore, publisher: Publisher, signer: LocalSigner
) -> None:
    from dutybound.store.receipts import published, receipts_for

    with pytest.raises(StoreError, match="published"):
        published(store)
    store.append(items(0, 600))
    publisher.publish()
    note, size = published(store)
    assert 600 == size
    for index, receipt in enumerate(receipts_for(store, range(600), note)):
        receipt.verify(leaf_hash(b"entry %d" % index))
        verify_note(receipt.note, signer.active_keys())
    store.append(items(600, 601))
    with pytest.raises(StoreError, match="not under"):
        receipts_for(store, [600], note)
