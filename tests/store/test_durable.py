"""Files that several write at once, and what a killed process may have left undone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dutybound.store import durable, objects
from dutybound.store.durable import write_file
from dutybound.store.objects import Objects


def test_many_write_one_file(tmp_path: Path) -> None:
    """Each write is whole, none fails, and nothing is left beside the file."""
    path = tmp_path / "file"
    written = [bytes([65 + n]) * (20_000 + n) for n in range(8)]
    seen: set[bytes] = set()
    failed: list[BaseException] = []

    def write(raw: bytes) -> None:
        try:
            for _ in range(20):
                write_file(path, raw, sync=False)
                seen.add(path.read_bytes())
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(raw,)) for raw in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failed
    assert set() == seen - set(written)
    assert [path] == list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    """Also if others could read it and the new file is private."""
    left = tmp_path / f"file{durable.STAGING}"
    left.write_bytes(b"longer than what comes")
    left.chmod(0o644)
    write_file(tmp_path / "file", b"short", private=True)
    assert b"short" == (tmp_path / "file").read_bytes()
    assert 0o600 == (tmp_path / "file").stat().st_mode & 0o777


def test_an_object_that_is_there_already_is_made_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who wrote it may have been killed before its folders were synced."""
    digest = Objects(tmp_path).put(b"evidence")
    synced: list[Path] = []
    monkeypatch.setattr(objects, "sync_folder", synced.append)
    Objects(tmp_path).put(b"evidence")
    top = tmp_path / "sha256"
    assert {top / digest[:2], top, tmp_path, tmp_path.parent} == set(synced)
