"""A journal: numbers without a gap, durable when append returns, torn lines cut off."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.store import journal as module
from dutybound.store.journal import Journal, JournalError, read_segment, segments


def whole(folder: Path) -> list[tuple[int, bytes]]:
    return [row for path in segments(folder) for row in read_segment(path)]


def test_numbers_go_on_over_segments_and_openings(tmp_path: Path) -> None:
    first = Journal(tmp_path, rows=3)
    assert (1, 2) == first.append([b"a", b"b"])
    assert (3, 4) == first.append([b"c", b"d"])
    first.close()
    again = Journal(tmp_path, rows=3)
    assert (5, 5) == again.append([b"e"])
    again.close()
    assert [(1, b"a"), (2, b"b"), (3, b"c"), (4, b"d"), (5, b"e")] == whole(tmp_path)
    assert [1, 5] == [module.first_of(p) for p in segments(tmp_path)]


@pytest.mark.parametrize("tail", [b"deadbeef 3 x", b"0000000", b"00000000 3 x\n", b"\n"])
def test_a_torn_line_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    found = Journal(tmp_path)
    found.append([b"a", b"b"])
    found.close()
    with segments(tmp_path)[-1].open("ab") as file:
        file.write(tail)
    again = Journal(tmp_path)
    assert (3, 3) == again.append([b"c"])
    again.close()
    assert [b"a", b"b", b"c"] == [r for _, r in whole(tmp_path)]


def test_a_changed_record_in_a_finished_segment_is_an_error(tmp_path: Path) -> None:
    found = Journal(tmp_path, rows=2)
    found.append([b"aa", b"bb"])
    found.close()
    path = segments(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b"bb", b"bc"))
    with pytest.raises(JournalError, match="record 2"):
        whole(tmp_path)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    found = Journal(tmp_path)
    with pytest.raises(JournalError, match="Another process"):
        Journal(tmp_path)
    found.close()
    Journal(tmp_path).close()


def test_threads_share_syncs_and_get_their_own_numbers(tmp_path: Path) -> None:
    found = Journal(tmp_path, rows=100)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda i: (found.append([b"%d" % i])[0], b"%d" % i), range(500)))
    found.close()
    assert sorted(given) == whole(tmp_path)
    assert list(range(1, 501)) == sorted(n for n, _ in given)


def test_after_a_failed_write_nothing_more_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Journal(tmp_path)
    found.append([b"a"])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", full)
        with pytest.raises(JournalError, match="No space left"):
            found.append([b"b"])
    with pytest.raises(JournalError, match="Open the journal again"):
        found.append([b"c"])
    found.close()
    again = Journal(tmp_path)
    again.append([b"d"])
    again.close()
    assert b"a" == whole(tmp_path)[0][1]
    assert b"d" == whole(tmp_path)[-1][1]


@pytest.mark.parametrize("record", [b"a\nb", b"x" * 4_000_001])
def test_what_is_no_line_is_refused(tmp_path: Path, record: bytes) -> None:
    found = Journal(tmp_path)
    with pytest.raises(BadInput, match="one line"):
        found.append([record])
    found.close()
    assert [] == whole(tmp_path)
