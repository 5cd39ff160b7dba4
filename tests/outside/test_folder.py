"""Go's sumdb/tlog, through `tlogcheck.go`, on a public folder, a receipt, and hostile inputs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.outside import tools
from tests.outside.plainlog import Log, NoteKey, b64, consistency, path, root, sha256


@pytest.fixture(scope="module")
def log() -> Log:
    """70,000 entries: three levels of tiles, and partial tiles on each."""
    return Log([b"entry %d" % i for i in range(70_000)])


@pytest.fixture(scope="module")
def public(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log.publish(tmp_path_factory.mktemp("log") / "public", NoteKey("w.example", kind=4))


def test_sound_log_of_70000_entries(log: Log, public: Path, tmp_path: Path) -> None:
    """273 full tiles and a partial one on level 0, one and one on level 1, one on level 2."""
    older = []
    for size in (3, 903, 70_000):
        file = tmp_path / str(size)
        file.write_text(log.checkpoint(size), encoding="utf-8")
        older += ["-older", file]
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", public, *older)
    expected = {
        "ok": True,
        "origin": "log.example",
        "size": 70_000,
        "root": b64(root(log.leaves)),
        "tiles_compared": 274 + 2 + 1,
        "entries_hashed": 70_000,
        "inclusion_proofs": 1000,
        "consistent_from": [3, 903, 70_000],
        "witnesses": [],
    }
    assert expected == verdict


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512])
def test_sizes_at_the_edge_of_a_tile(size: int, tmp_path: Path) -> None:
    log = Log([b"%d" % i for i in range(size)])
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", log.publish(tmp_path))
    assert (True, size) == (verdict["ok"], verdict["inclusion_proofs"])


def test_tessera_finds_the_same_log_sound(log: Log, public: Path) -> None:
    assert "" == tools.tesserafsck(log.key.vkey, public)


def first(folder: Path, pattern: str) -> Path:
    return sorted(p for p in folder.glob(pattern) if p.is_file())[0]


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0")


def empty(file: Path) -> None:
    file.write_bytes(b"")


def swap_entries(file: Path) -> None:
    """Two entries of the same length change places."""
    data = file.read_bytes()
    file.write_bytes(data.replace(b"5", b"x").replace(b"6", b"5").replace(b"x", b"6"))


@pytest.mark.parametrize("edit", [flip, cut, longer, empty, Path.unlink])
@pytest.mark.parametrize(
    "pattern",
    ["checkpoint", "tile/0/000", "tile/0/001.p/*", "tile/1/000.p/*", "tile/entries/000"],
)
def test_each_edit_of_a_file_is_seen(
    edit: Callable[[Path], None], pattern: str, tmp_path: Path
) -> None:
    log = Log([b"entry %d" % i for i in range(300)])
    edit(first(log.publish(tmp_path), pattern))
    assert not tools.tlogcheck("-key", log.key.vkey, "-log", tmp_path)["ok"]


@pytest.mark.parametrize("edit", [flip, cut, longer, empty, Path.unlink])
@pytest.mark.parametrize(
    "pattern",
    ["checkpoint", "tile/0/000", "tile/0/001.p/*", "tile/1/000.p/*", "tile/entries/000"],
)
def test_tessera_sees_each_edit_too(
    edit: Callable[[Path], None], pattern: str, tmp_path: Path
) -> None:
    """But for bytes behind a partial tile: it takes a full tile in its stead, so they may be."""
    log = Log([b"entry %d" % i for i in range(300)])
    edit(first(log.publish(tmp_path), pattern))
    allowed = edit is longer and ".p/" in pattern
    assert allowed == (tools.tesserafsck(log.key.vkey, tmp_path) == "")


def test_swapped_entries_are_seen(tmp_path: Path) -> None:
    log = Log([b"entry %d" % i for i in range(8)])
    swap_entries(first(log.publish(tmp_path), "tile/entries/*/*"))
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", tmp_path)
    assert "the entries do not give the root of the checkpoint" == verdict["error"]


def test_rewritten_log_is_seen_with_an_earlier_checkpoint_only(tmp_path: Path) -> None:
    """The holder of the key can sign a second history. Without a memory nobody can tell."""
    log = Log([b"entry %d" % i for i in range(40)])
    (tmp_path / "older").write_text(log.checkpoint(20), encoding="utf-8")
    fork = Log([b"entry 0", b"another past", *log.entries[2:], b"more"], log.key)
    public = fork.publish(tmp_path / "public")
    assert tools.tlogcheck("-key", log.key.vkey, "-log", public)["ok"]
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", public, "-older", tmp_path / "older")
    assert "is not a beginning of this log" in verdict["error"]


def test_shorter_log_is_seen_with_a_later_checkpoint(tmp_path: Path) -> None:
    log = Log([b"entry %d" % i for i in range(40)])
    (tmp_path / "older").write_text(log.checkpoint(), encoding="utf-8")
    public = Log(log.entries[:30], log.key).publish(tmp_path / "public")
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", public, "-older", tmp_path / "older")
    assert "the log had 40 entries and now has 30" in verdict["error"]


def test_quorum_of_witnesses(tmp_path: Path) -> None:
    """Two of three cosigned; the third line is by a stranger who uses a witness's name."""
    witnesses = [NoteKey(f"w{i}.example", kind=4) for i in range(3)]
    log = Log([b"a", b"b"])
    stranger = NoteKey("w2.example", kind=4)
    public = log.publish(tmp_path, witnesses[0], witnesses[1], stranger)
    keys = [part for w in witnesses for part in ("-witness", w.vkey)]
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", public, *keys, "-quorum", 2)
    assert (True, ["w0.example", "w1.example"]) == (verdict["ok"], verdict["witnesses"])
    verdict = tools.tlogcheck("-key", log.key.vkey, "-log", public, *keys, "-quorum", 3)
    assert (False, "checkpoint: 2 of 3 witnesses cosigned") == (verdict["ok"], verdict["error"])


def test_receipt(tmp_path: Path) -> None:
    log = Log([b"entry %d" % i for i in range(100)])
    receipt, entry = tmp_path / "r", tmp_path / "e"
    receipt.write_text(log.receipt(42), encoding="utf-8")
    entry.write_bytes(b"entry 42")
    arguments = ("-key", log.key.vkey, "-receipt", receipt, "-entry", entry)
    verdict = tools.tlogcheck(*arguments)
    assert (True, 42, 100) == (verdict["ok"], verdict["receipt_index"], verdict["size"])
    entry.write_bytes(b"entry 43")
    assert not tools.tlogcheck(*arguments)["ok"]
    entry.write_bytes(b"entry 42")
    receipt.write_text(log.receipt(42).replace("index 42", "index 042"), encoding="utf-8")
    assert not tools.tlogcheck(*arguments)["ok"]


def verdicts(*questions: dict[str, Any]) -> list[tuple[bool, bool]]:
    """(accept, library) for each question, in one process."""
    done = subprocess.run(
        [tools.need("go") / "bin/verdicts"],
        input="".join(json.dumps(q) + "\n" for q in questions),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [q.get("id") for q in questions] == [a["id"] for a in answers]
    return [(a["accept"], a["library"]) for a in answers]


def test_verdicts_on_notes_and_checkpoints() -> None:
    log = Log([b"a", b"b", b"c"])
    sound = log.checkpoint()
    extended = log.text() + "extension\n"
    question = {"id": 7, "kind": "checkpoint", "keys": [log.key.vkey], "origin": "log.example"}
    sent = {
        "sound": sound,
        "other size": sound.replace("\n3\n", "\n4\n"),
        "extension": f"{extended}\n{log.key.line(extended)}",
        "no blank line": sound.replace("\n\n", "\n"),
    }
    got = verdicts(*({**question, "note": b64(text.encode())} for text in sent.values()))
    assert [(True, True), (False, False), (False, True), (False, False)] == got
    assert [(False, True)] == verdicts(
        {**question, "origin": "other.example", "note": b64(sound.encode())}
    )
    as_note = {"kind": "note", "keys": [log.key.vkey], "note": b64(sound.encode())}
    assert [(True, True), (False, False), (False, False)] == verdicts(
        as_note, {**as_note, "keys": [NoteKey("log.example").vkey]}, {**as_note, "note": "?"}
    )


def test_verdicts_on_proofs() -> None:
    log = Log([b"%d" % i for i in range(11)])
    inclusion: dict[str, Any] = {
        "id": "i",
        "kind": "inclusion",
        "entry": b64(b"6"),
        "index": 6,
        "size": 11,
        "root": b64(root(log.leaves)),
        "proof": [b64(h) for h in path(6, log.leaves)],
    }
    extension: dict[str, Any] = {
        "id": "c",
        "kind": "consistency",
        "old_size": 6,
        "old_root": b64(root(log.leaves[:6])),
        "size": 11,
        "root": b64(root(log.leaves)),
        "proof": [b64(h) for h in consistency(6, log.leaves)],
    }
    yes, no = (True, True), (False, False)
    assert [yes, yes] == verdicts(inclusion, extension)
    by_leaf = {k: v for k, v in inclusion.items() if k != "entry"}
    assert [yes] == verdicts({**by_leaf, "leaf": b64(sha256(b"\x006"))})
    wrong = [
        {**inclusion, "index": 5},
        {**inclusion, "index": -1},
        {**inclusion, "index": 2**64},
        {**inclusion, "size": 17},
        {**inclusion, "entry": b64(b"7")},
        {**inclusion, "proof": inclusion["proof"][:-1]},
        {**inclusion, "root": "\n" + str(inclusion["root"])},
        {**extension, "old_size": 7},
        {**extension, "old_size": 0},
        {**extension, "size": 5},
        {**extension, "proof": [*extension["proof"], b64(bytes(32))]},
        {"id": None, "kind": "something"},
    ]
    assert [no] * len(wrong) == verdicts(*wrong)
