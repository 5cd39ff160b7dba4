"""Tiles: coordinates and paths of the C2SP text, contents, and hashes read from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.merkle import Frontier, leaf_hash, root_of
from dutybound.ledger.proofs import inclusion_proof, root_from, verify_inclusion
from dutybound.ledger.tiles import (
    ENTRIES,
    MAX_ENTRY,
    Tile,
    TileHashes,
    parse_path,
    read_bundle,
    read_tile,
    tile_at,
    tiles_of,
    write_bundle,
)


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/x001/x234/067", Tile(0, 1_234_067)),
        ("tile/0/000", Tile(0, 0)),
        ("tile/1/999.p/1", Tile(1, 999, 1)),
        ("tile/2/x001/000.p/255", Tile(2, 1000, 255)),
        ("tile/entries/x001/234.p/67", Tile(ENTRIES, 1234, 67)),
        ("tile/63/000", Tile(63, 0)),
    ],
)
def test_paths(path: str, tile: Tile) -> None:
    assert path == tile.path
    assert tile == parse_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/-1/000",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(LedgerError):
        parse_path(path)


@given(st.integers(0, 10**12), st.integers(1, 256), st.integers(-1, 63))
def test_path_there_and_back(index: int, width: int, level: int) -> None:
    assert Tile(level, index, width) == parse_path(Tile(level, index, width).path)


def test_tiles_of_the_example_with_70_000() -> None:
    """C2SP: 273 full and one of 112 at level 0, one full and one of 17, one of width 1."""
    tiles = list(tiles_of(70_000))
    at = {level: [t for t in tiles if t.level == level] for level in (ENTRIES, 0, 1, 2, 3)}
    assert [256] * 273 + [112] == [t.width for t in at[0]]
    assert [256] * 273 + [112] == [t.width for t in at[ENTRIES]]
    assert [256, 17] == [t.width for t in at[1]]
    assert [1] == [t.width for t in at[2]]
    assert [] == at[3]


def test_tiles_of_256() -> None:
    assert ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"] == [t.path for t in tiles_of(256)]


@given(st.integers(0, 70_000), st.integers(0, 2_000))
def test_new_tiles_are_those_that_the_old_tree_lacks(old: int, more: int) -> None:
    before = set(tiles_of(old))
    assert [t for t in tiles_of(old + more) if t not in before] == list(tiles_of(old + more, old))


def test_no_tile_behind_the_end() -> None:
    for level, index, size in ((0, 1, 256), (1, 0, 255), (0, 0, 0), (0, -1, 300)):
        with pytest.raises(LedgerError):
            tile_at(level, index, size)


def test_bundle_worked_by_hand() -> None:
    assert b"\x00\x01a\x00\x00\x00\x03bcd" == write_bundle([b"a", b"", b"bcd"])
    assert [b"a", b"", b"bcd"] == read_bundle(b"\x00\x01a\x00\x00\x00\x03bcd", 3)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundle_there_and_back(entries: list[bytes]) -> None:
    assert entries == read_bundle(write_bundle(entries), len(entries))


@pytest.mark.parametrize(
    ("raw", "width"),
    [(b"\x00\x01", 1), (b"\x00", 1), (b"", 1), (b"\x00\x01a\x00", 1), (b"\x00\x01a", 2)],
)
def test_bundle_of_another_length_is_refused(raw: bytes, width: int) -> None:
    with pytest.raises(LedgerError):
        read_bundle(raw, width)


def test_longest_entry() -> None:
    assert MAX_ENTRY + 2 == len(write_bundle([b"x" * MAX_ENTRY]))
    with pytest.raises(LedgerError, match="65,535"):
        write_bundle([b"x" * (MAX_ENTRY + 1)])
    with pytest.raises(LedgerError):
        write_bundle([])
    with pytest.raises(LedgerError):
        write_bundle([b""] * 257)


@pytest.mark.parametrize("length", [0, 31, 33, 64, 65])
def test_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(LedgerError):
        read_tile(b"x" * length, 1)


SIZE = 66_000
LEAVES = [leaf_hash(i.to_bytes(3, "big")) for i in range(SIZE)]


def published(size: int) -> dict[Tile, bytes]:
    """Every tile of the tree, from the definition."""
    levels = [LEAVES[:size]]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        full = range(len(below) // 256)
        levels.append([root_of(below[i * 256 : i * 256 + 256]) for i in full])
    return {
        t: b"".join(levels[t.level][t.index * 256 :][: t.width])
        for t in tiles_of(size)
        if t.level != ENTRIES
    }


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, SIZE])
def test_root_and_proofs_from_tiles(size: int) -> None:
    tiles = published(size)
    hashes = TileHashes(size, tiles.__getitem__)
    frontier = Frontier()
    frontier.extend(LEAVES[:size])
    assert frontier.root() == root_from(hashes, size)
    for index in {0, size // 2, size - 1}:
        proof = inclusion_proof(index, size, hashes)
        verify_inclusion(index, size, LEAVES[index], proof, frontier.root())


def test_full_tile_stands_in_for_a_partial_one() -> None:
    full = b"".join(LEAVES[:256])
    assert root_of(LEAVES[:200]) == root_from(TileHashes(200, lambda _: full), 200)


def test_subtree_that_is_not_complete_is_refused() -> None:
    hashes = TileHashes(5, lambda t: b"".join(LEAVES[: t.width]))
    with pytest.raises(LedgerError):
        hashes(3, 0)
    with pytest.raises(LedgerError):
        hashes(0, 5)
