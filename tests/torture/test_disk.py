"""The model of the disk, worked by hand: what a power cut may leave, and what it may not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.torture.disk import STYLES, File, Folder, PowerCut, Truncate, Write
from tests.torture.reader import Broken, Tree, leaf, node, read_head, roots_at
from tests.torture.trace import Machine, Said, Synced, calls, kind, same

TOP = Path("/top")


def left(folder: Folder, style: str, at: Path) -> dict[str, bytes]:
    """The files after a power cut."""
    at.mkdir()
    PowerCut(random.Random(1), style).build(folder, at)
    return {p.relative_to(at).as_posix(): p.read_bytes() for p in at.rglob("*") if p.is_file()}


def written() -> Folder:
    """`kept` is synced, then written to again; `new` has never been, nor has the folder since."""
    folder, kept, new = Folder(), File(0o600), File(0o644)
    folder.set("kept", kept)
    kept.do(Write(0, b"first"))
    kept.sync()
    folder.sync()
    kept.do(Write(5, b" and second"))
    folder.set("new", new)
    new.do(Write(0, b"bytes"))
    return folder


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("nothing", {"kept": b"first"}),
        ("everything", {"kept": b"first and second", "new": b"bytes"}),
        ("names", {"kept": b"first", "new": b""}),
        ("data", {"kept": b"first and second"}),
        ("lengths", {"kept": b"first" + bytes(11), "new": bytes(5)}),
    ],
)
def test_what_is_left(style: str, expected: dict[str, bytes], tmp_path: Path) -> None:
    assert expected == left(written(), style, tmp_path / "disk")


@pytest.mark.parametrize("style", STYLES)
def test_what_was_synced_is_there_in_each_style(style: str, tmp_path: Path) -> None:
    found = left(written(), style, tmp_path / "disk")
    assert found["kept"].startswith(b"first")
    assert 0o600 == (tmp_path / "disk" / "kept").stat().st_mode & 0o777


def test_a_write_is_torn_at_sectors() -> None:
    """Each sector is old or new, and both happen."""
    file = File(0o644)
    file.do(Write(0, b"o" * 2048))
    file.sync()
    file.do(Write(0, b"n" * 2048))
    whole = {b"o" * 512, b"n" * 512}
    seen = set()
    for seed in range(40):
        raw = PowerCut(random.Random(seed), "sectors").data(file)
        seen |= {raw}
        assert whole >= {raw[i : i + 512] for i in range(0, 2048, 512)}
    assert len(seen) > 8


def test_a_truncation_that_was_not_synced_may_be_undone() -> None:
    file = File(0o644)
    file.do(Write(0, b"abc"))
    file.sync()
    file.do(Truncate(1))
    assert (b"abc", b"a") == tuple(
        PowerCut(random.Random(1), style).data(file) for style in ("nothing", "everything")
    )


LINES = r"""
12 openat(AT_FDCWD, "\x2f\x74\x6f\x70\x2f\x61", O_WRONLY|O_CREAT|O_CLOEXEC, 0600) = 5
12 write(5, "\x68\x69", 2) = 2
12 write(9, "\x73\x20\x68\x65\x72\x65\x0a", 7) = 7
12 fsync(5)                          = 0
12 write(5, "\x21\x21", 2) = 1
12 fsync(5)                          = -1 EIO (Input/output error) (INJECTED)
12 rename("\x2f\x74\x6f\x70\x2f\x61", "\x2f\x74\x6f\x70\x2f\x62") = 0
12 write(9, "\x69\x0a", 2) = 2
12 unlink("\x2f\x74\x6f\x70\x2f\x62" <unfinished ...>) = ?
12 +++ killed by SIGKILL +++
""".splitlines()


def test_from_lines_of_strace_to_a_disk(tmp_path: Path) -> None:
    """A failed and a killed call change nothing; of a short write only a part is there."""
    machine = Machine(TOP)
    events = [machine.do(call, 9) for call in calls(LINES)]
    assert [
        "open a", "write a", None, Synced("here: a"), "write a", "rename a b", Said("i\n")
    ] == events  # fmt: skip
    (name,) = machine.root.names
    file = machine.root.names[name]
    assert isinstance(file, File)
    assert ("b", b"hi!", b"hi", 0o600) == (name, bytes(file.now), file.durable, file.mode)
    assert {} == machine.root.durable
    (tmp_path / "b").write_bytes(b"hi!")
    assert [] == same(machine.root, tmp_path)
    (tmp_path / "b").write_bytes(b"hi")
    assert 1 == len(same(machine.root, tmp_path))


def test_a_sync_can_be_left_out() -> None:
    machine = Machine(TOP, lambda site: site == "here: a")
    for call in calls(LINES):
        machine.do(call, 9)
    file = machine.root.names["b"]
    assert isinstance(file, File)
    assert b"" == file.durable


def test_kinds_of_paths() -> None:
    assert "objects/sha256/HH/DIGEST" == kind("objects/sha256/0a/" + "b" * 62)
    assert "tile/N/x001/N.p/N" == kind("tile/0/x001/234.p/5")


def test_the_tree_of_the_reader() -> None:
    """RFC 6962, section 2.1: five leaves make ((ab)(cd))e."""
    a, b, c, d, e = (leaf(x) for x in (b"a", b"b", b"c", b"d", b"e"))
    whole = node(node(node(a, b), node(c, d)), e)
    assert {3: node(node(a, b), c), 5: whole} == roots_at([b"a", b"b", b"c", b"d", b"e"], [3, 5, 6])
    assert "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" == Tree().root().hex()


def test_the_reader_refuses_what_nobody_signed() -> None:
    with pytest.raises(Broken, match="no known key"):
        read_head(b"log.example\n0\nAAAA\n\n\xe2\x80\x94 other AAAAAA==\n", [])
