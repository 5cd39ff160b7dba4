"""What both databases promise: contiguous indices, each entry once, nothing lost, one tree."""

from __future__ import annotations

import multiprocessing
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from dutybound.ledger.merkle import EMPTY_ROOT, leaf_hash, root_of
from dutybound.ledger.tiles import ENTRIES, Tile, read_bundle, tile_at
from dutybound.store.errors import StoreError
from dutybound.store.log_store import Item, LogStore, StoredCheckpoint, tile_bytes
from dutybound.store.sqlite import SqliteLog
from tests.store.conftest import Opener


def items(start: int, end: int) -> list[Item]:
    """Entries with these numbers, without names."""
    return [Item(b"entry %d" % i) for i in range(start, end)]


def root(count: int) -> bytes:
    """The root over the first entries."""
    return root_of([leaf_hash(b"entry %d" % i) for i in range(count)])


def test_a_new_log_is_empty(store: LogStore) -> None:
    assert (0, EMPTY_ROOT) == (store.tree().size, store.tree().root())
    assert [] == store.checkpoints()
    assert store.index_of(b"x" * 32) is None


def test_indices_are_contiguous_and_the_tree_is_theirs(store: LogStore) -> None:
    assert [0] == store.append(items(0, 1))
    assert list(range(1, 600)) == store.append(items(1, 600))
    assert (600, root(600)) == (store.tree().size, store.tree().root())
    assert [b"entry 7", b"entry 8"] == store.bodies(7, 9)
    assert leaf_hash(b"entry 599") == store.leaves(599, 600)


def test_nothing_appended_is_nothing(store: LogStore) -> None:
    assert [] == store.append([])
    assert 0 == store.tree().size


def test_the_same_entry_has_the_same_index(store: LogStore) -> None:
    store.append(items(0, 10))
    assert [3, 10, 3, 10] == store.append([*items(3, 4), Item(b"new")] * 2)
    assert 11 == store.tree().size


def test_a_name_finds_its_entry(store: LogStore) -> None:
    names = [sha256(b"%d" % i).digest() for i in range(3)]
    store.append([Item(b"entry %d" % i, name) for i, name in enumerate(names)])
    assert [0, 1, 2] == [store.index_of(name) for name in names]
    assert 2 == store.index_of(leaf_hash(b"entry 2"))
    assert [(names[1], 1), (names[2], 2)] == store.names(1, 3)


def test_two_names_of_one_entry(store: LogStore) -> None:
    store.append([Item(b"one", b"a" * 32)])
    assert [0] == store.append([Item(b"one", b"b" * 32)])
    assert (0, 0) == (store.index_of(b"a" * 32), store.index_of(b"b" * 32))


def test_nodes_and_tiles(store: LogStore) -> None:
    store.append(items(0, 700))
    full = [
        root_of([leaf_hash(b"entry %d" % i) for i in range(n * 256, n * 256 + 256)]) for n in (0, 1)
    ]
    assert b"".join(full) == store.nodes(1, 0, 2)
    assert b"".join(full) == tile_bytes(store, tile_at(1, 0, 700))
    assert store.leaves(512, 700) == tile_bytes(store, Tile(0, 2, 188))
    bundle = read_bundle(tile_bytes(store, Tile(ENTRIES, 2, 188)), 188)
    assert (b"entry 512", b"entry 699") == (bundle[0], bundle[-1])


def test_rows_that_are_not_there_are_an_error(store: LogStore) -> None:
    store.append(items(0, 2))
    for read in (
        lambda: store.bodies(0, 3),
        lambda: store.leaves(2, 3),
        lambda: store.nodes(1, 0, 1),
    ):
        with pytest.raises(StoreError, match="missing"):
            read()


@pytest.mark.parametrize("entry", [b"", b"x" * 65_536])
def test_an_entry_of_a_wrong_size_is_refused_whole(store: LogStore, entry: bytes) -> None:
    with pytest.raises(StoreError, match="65,535"):
        store.append([Item(b"good"), Item(entry)])
    with pytest.raises(StoreError, match="32"):
        store.append([Item(b"good", b"short")])
    assert 0 == store.tree().size
    assert [0] == store.append([Item(b"x" * 65_535)])


def test_everything_is_there_after_opening_again(opener: Opener) -> None:
    first = opener()
    first.append(items(0, 300))
    first.put_checkpoint(StoredCheckpoint(300, b"note", published=True))
    first.close()
    again = opener()
    assert (300, root(300)) == (again.tree().size, again.tree().root())
    assert [StoredCheckpoint(300, b"note", published=True)] == again.checkpoints()
    assert [300] == again.append(items(300, 301))


def test_checkpoints_only_grow(store: LogStore) -> None:
    store.put_checkpoint(StoredCheckpoint(2, b"a", published=True))
    store.put_checkpoint(StoredCheckpoint(5, b"b", published=False))
    store.put_checkpoint(StoredCheckpoint(5, b"b, cosigned", published=True))
    with pytest.raises(StoreError, match="grow"):
        store.put_checkpoint(StoredCheckpoint(4, b"c", published=True))
    assert [(2, b"a"), (5, b"b, cosigned")] == [(c.size, c.note) for c in store.checkpoints()]
    assert [5] == [c.size for c in store.checkpoints(newest=True)]


def test_threads_share_transactions(store: LogStore) -> None:
    """16 threads, each appends its own and what all append; every index is given once."""
    given: dict[bytes, set[int]] = {}
    lock = threading.Lock()

    def work(number: int) -> None:
        for i in range(20):
            mine = [Item(b"%d of %d" % (i, number)), Item(b"%d of all" % i)]
            indices = store.append(mine)
            with lock:
                for item, index in zip(mine, indices, strict=True):
                    given.setdefault(item.entry, set()).add(index)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {1} == {len(indices) for indices in given.values()}
    assert list(range(16 * 20 + 20)) == sorted(min(indices) for indices in given.values())
    assert [b for (i,) in given.values() for b in store.bodies(i, i + 1)] == list(given)


def write_many(path: Path, number: int) -> None:
    """A process that appends."""
    log = SqliteLog(path)
    for i in range(40):
        log.append([Item(b"%d of process %d" % (i, number))])
    log.close()


def test_one_thread_publishes_at_a_time(store: LogStore) -> None:
    order: list[str] = []

    def second() -> None:
        with store.publishing():
            order.append("second")

    with store.publishing():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.2)
        order.append("first")
    thread.join()
    assert ["first", "second"] == order


def test_processes_queue_before_one_file(tmp_path: Path) -> None:
    path = tmp_path / "sequencer.db"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_many, args=(path, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
        assert 0 == process.exitcode
    log = SqliteLog(path)
    bodies = log.bodies(0, 160)
    expected = {b"%d of process %d" % (i, n) for i in range(40) for n in range(4)}
    assert (160, expected) == (log.tree().size, set(bodies))
    assert root_of([leaf_hash(b) for b in bodies]) == log.tree().root()
    log.close()


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "x.db")
    log._writer.execute("PRAGMA user_version=99")
    log.close()
    with pytest.raises(StoreError, match="99"):
        SqliteLog(tmp_path / "x.db")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="not a database"):
        SqliteLog(tmp_path / "x.db")


def test_a_failed_commit_is_not_acknowledged(tmp_path: Path) -> None:
    """The disk is full: every caller gets an error, and nothing is half written."""
    log = SqliteLog(tmp_path / "x.db")
    log.append(items(0, 10))
    (pages,) = log._writer.execute("PRAGMA page_count").fetchone()
    log._writer.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="full"):
        log.append([Item(b"x" * 60_000)])
    log._writer.execute("PRAGMA max_page_count=1000000")
    assert (10, root(10)) == (log.tree().size, log.tree().root())
    assert [10] == log.append(items(10, 11))
    log.close()


def test_postgres_never_shows_the_password(postgres: str) -> None:
    from dutybound.store.postgres import PostgresLog

    log = PostgresLog(postgres, "shown")
    assert "PostgresLog(schema='shown')" == repr(log)
    log.close()
    for dsn in (
        "postgresql://u:s3cret@",
        "postgresql://u:s3cret@h/x?s3cret=1",
        "host=/nowhere password=s3cret",
    ):
        with pytest.raises(StoreError) as caught:
            PostgresLog(dsn)
        assert "s3cret" not in str(caught.value)


def test_postgres_without_fsync_is_refused(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    from dutybound.store.postgres import PostgresLog

    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
        try:
            wait_for(postgres, "off")
            with pytest.raises(StoreError, match="fsync"):
                PostgresLog(postgres, "unsafe")
        finally:
            admin.execute("ALTER SYSTEM RESET fsync")
            admin.execute("SELECT pg_reload_conf()")
            wait_for(postgres, "on")


def wait_for(dsn: str, value: str) -> None:
    """Until new connections see the setting."""
    import time

    import psycopg

    for _ in range(100):
        with psycopg.connect(dsn) as connection:
            if connection.execute("SHOW fsync").fetchone() == (value,):
                return
        time.sleep(0.05)
    pytest.fail("the setting did not change")


def test_an_interrupted_caller_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """One writes, one is interrupted while it waits, and one behind it still gets its turn."""
    from dutybound.store.batch import GroupCommit, Waiting

    begun, go_on = threading.Event(), threading.Event()
    taken: list[int] = []

    def commit(waiting: list[Waiting]) -> None:
        begun.set()
        assert go_on.wait(10)
        taken.append(len(waiting))
        for one in waiting:
            one.indices[:] = [0] * len(one.items)

    group = GroupCommit(commit)
    first = threading.Thread(target=group.append, args=([Item(b"1")], [b"1"]))
    first.start()
    assert begun.wait(10)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            group.append([Item(b"2")], [b"2"])
    last = threading.Thread(target=group.append, args=([Item(b"3")], [b"3"]))
    last.start()
    go_on.set()
    first.join(10)
    last.join(10)
    assert not first.is_alive()
    assert not last.is_alive()
    assert [1, 1] == taken


def interrupt(event: threading.Event) -> bool:
    """Control-C while waiting."""
    raise KeyboardInterrupt
