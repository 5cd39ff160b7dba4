"""The full check: a sound log has no fault, and each change to a file or a row is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutybound.ledger.keys import NoteKey
from dutybound.store.errors import StoreError
from dutybound.store.fsck import Found
from dutybound.store.fsck_public import check_public
from dutybound.store.fsck_store import check_store
from dutybound.store.log_store import Item
from dutybound.store.objects import Objects
from dutybound.store.publisher import Publisher
from dutybound.store.receipts import (
    SUFFIX,
    check_receipts,
    published,
    read_receipts,
    receipts_for,
)
from dutybound.store.signer import LocalSigner
from dutybound.store.sqlite import SqliteLog

SIZES = (3, 255, 700)


class Made:
    """A log with 700 entries, published at three sizes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signer = LocalSigner.create(folder / "signer", "log.example")
        self.store = SqliteLog(folder / "log" / "x.db")
        publisher = Publisher(self.store, self.public, self.signer)
        for size in SIZES:
            old = self.store.tree().size
            self.store.append(
                [Item(b"entry %d" % i, bytes([i % 256, i // 256]) * 16) for i in range(old, size)]
            )
            publisher.publish()
        note, _ = published(self.store)
        (folder / "receipts").mkdir()
        for receipt in receipts_for(self.store, [0, 300, 699], note):
            ((name, _),) = self.store.names(receipt.index, receipt.index + 1)
            (folder / "receipts" / f"{name.hex()}{SUFFIX}").write_bytes(receipt.raw)

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        return self.signer.active_keys()

    def check(self) -> Found:
        """All checks."""
        found = Found()
        read = read_receipts(self.folder / "receipts", found)
        sizes = [receipt.checkpoint.size for _, receipt in read]
        again = check_store(self.store, self.keys, sizes, found)
        check_public(self.public, self.keys, [], found)
        check_receipts(read, self.keys, self.store, again.roots, found)
        return found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    made = Made(tmp_path_factory.mktemp("model"))
    yield made
    made.store.close()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    made = Made(tmp_path)
    yield made
    made.store.close()


def test_a_sound_log(model: Made) -> None:
    found = model.check()
    assert [] == found.faults
    assert (700, 3) == (found.entries, found.receipts)
    # entries and level 0: three each; level 1: one
    assert 2 * 3 + 1 == found.tiles
    assert len(SIZES) + 1 == found.checkpoints


FILES = [
    "checkpoint",
    "tile/0/000",
    "tile/0/002.p/188",
    "tile/1/000.p/2",
    "tile/entries/000",
    "tile/entries/002.p/188",
]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=60,
)
@given(st.sampled_from([*FILES, "receipt"]), st.data())
def test_a_flipped_bit_is_found(model: Made, name: str, data: st.DataObject) -> None:
    path = model.public / name
    if name == "receipt":
        path = sorted((model.folder / "receipts").iterdir())[0]
    before = path.read_bytes()
    raw = bytearray(before)
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    try:
        path.write_bytes(raw)
        assert model.check().faults
    finally:
        path.write_bytes(before)


def into_folder(path: Path) -> None:
    """A folder where the file was."""
    path.unlink()
    path.mkdir()


EDITS: dict[str, Callable[[Path], object]] = {
    "removed": Path.unlink,
    "emptied": lambda p: p.write_bytes(b""),
    "shortened": lambda p: p.write_bytes(p.read_bytes()[:-1]),
    "lengthened": lambda p: p.write_bytes(p.read_bytes() + b"\0"),
    "doubled": lambda p: p.write_bytes(p.read_bytes() * 2),
    "a folder": into_folder,
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", FILES)
def test_an_edited_file_is_found(model: Made, tmp_path: Path, name: str, edit: str) -> None:
    public = tmp_path / "public"
    shutil.copytree(model.public, public)
    EDITS[edit](public / name)
    found = Found()
    check_public(public, model.keys, [], found)
    assert found.faults


def test_swapped_tiles_are_found(model: Made, tmp_path: Path) -> None:
    public = tmp_path / "public"
    shutil.copytree(model.public, public)
    one, other = (public / f"tile/entries/00{i}" for i in (0, 1))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    found = Found()
    check_public(public, model.keys, [], found)
    assert found.faults


@pytest.mark.parametrize(
    "name", ["tile/0/000.p/7", "tile/0/003", "tile/5/000", "tile/x", "tile/0/000.p/300"]
)
def test_a_file_that_does_not_belong_is_found(model: Made, tmp_path: Path, name: str) -> None:
    public = tmp_path / "public"
    shutil.copytree(model.public, public)
    (public / name).parent.mkdir(parents=True, exist_ok=True)
    (public / name).write_bytes(b"x" * 7 * 32)
    found = Found()
    check_public(public, model.keys, [], found)
    assert [name] == [f.where for f in found.faults]


def test_a_full_tile_may_stand_in_for_a_partial_one(model: Made, tmp_path: Path) -> None:
    """A checkpoint over 3 of 700 entries: its partial tiles are gone, the full ones are there."""
    public = tmp_path / "public"
    shutil.copytree(model.public, public)
    (public / "checkpoint").write_bytes(model.store.checkpoints()[0].note)
    found = Found()
    from tests.store.test_publisher import ahead

    check_public(public, model.keys, [], found, beyond=lambda tile: ahead(model.store, tile))
    assert [] == found.faults


def test_a_checkpoint_by_another_key_is_found(model: Made, tmp_path: Path) -> None:
    other = LocalSigner.create(tmp_path / "other", "log.example")
    found = Found()
    check_public(model.public, other.active_keys(), [], found)
    check_store(model.store, other.active_keys(), [], found)
    assert {"no signature of the note is by a known key"} == {f.what for f in found.faults}


ROWS = {
    "a body": "UPDATE entry SET body = x'78' WHERE idx = 300",
    "a leaf hash": "UPDATE entry SET leaf = zeroblob(32) WHERE idx = 300",
    "a missing entry": "DELETE FROM entry WHERE idx = 300",
    "a swap": "UPDATE entry SET body = (SELECT body FROM entry WHERE idx = 5) WHERE idx = 6",
    "the size": "UPDATE tree SET size = 512, edge = substr(edge, 1, 32)",
    "the edge": "UPDATE tree SET edge = zeroblob(length(edge))",
    "a node": "UPDATE node SET hash = zeroblob(32) WHERE idx = 1",
    "a missing node": "DELETE FROM node WHERE idx = 1",
    "a checkpoint": "UPDATE checkpoint SET note = x'78' WHERE size = 255",
    "a checkpoint's size": "UPDATE checkpoint SET size = 256 WHERE size = 255",
    "another name": "UPDATE name SET idx = 301 WHERE idx = 300",
}


@pytest.mark.parametrize("row", ROWS)
def test_a_changed_row_is_found(made: Made, row: str) -> None:
    made.store._writer.execute(ROWS[row])
    assert made.check().faults


def test_a_receipt_of_another_name_is_found(made: Made) -> None:
    one, other, _ = sorted((made.folder / "receipts").iterdir())
    one.write_bytes(other.read_bytes())
    (made.folder / "receipts" / f"no digest{SUFFIX}").write_bytes(other.read_bytes())
    (made.folder / "receipts" / f"{'f' * 64}{SUFFIX}").write_bytes(b"x")
    assert 3 == len(made.check().faults)


def test_objects(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    digest = objects.put(b"hello")
    assert "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" == digest
    assert b"hello" == (tmp_path / "sha256" / "2c" / digest[2:]).read_bytes()
    assert digest == objects.put(b"hello")
    assert b"hello" == objects.get(digest)
    assert [digest] == list(objects.digests())
    objects.path(digest).write_bytes(b"hullo")
    with pytest.raises(StoreError, match="not those"):
        objects.get(digest)
    assert (True, False) == (objects.remove(digest), objects.remove(digest))
    assert objects.get(digest) is None
    bad: Any
    for bad in ("", "../" * 20, digest.upper(), digest + "0"):
        with pytest.raises(StoreError, match="sha256"):
            objects.get(bad)
