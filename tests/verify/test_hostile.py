"""Inputs that want to do harm: bombs, links, paths that lead out, deep nesting, odd archives."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

import dutybound_verify as verifier
from tests.verify.forge import NOW, Files, Forge, compact, seal, write, zipped
from tests.verify.kit import Verdict, judged, verdict_on


def codes(found: Verdict) -> set[str]:
    return {p["code"] for p in found["problems"]}


def odd_zip(target: Path, *rows: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in rows:
            archive.writestr(name, raw)
    return target


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../../x", "a//x", "./x", "c:x", "a\\..\\x", "a\x01b"]
)
def test_names_that_lead_out(name: str, tmp_path: Path) -> None:
    path = odd_zip(tmp_path / "p.zip", ("manifest.json", b"{}"), (name, b""))
    assert {"path"} == codes(verdict_on(path, Forge()))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["manifest.json", "MANIFEST.json"])
def test_names_that_stand_twice(second: str, tmp_path: Path) -> None:
    path = odd_zip(tmp_path / "p.zip", ("manifest.json", b"{}"), (second, b"{ }"))
    assert {"twice"} == codes(verdict_on(path, Forge()))


def test_links(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("statements/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = odd_zip(tmp_path / "p.zip", ("manifest.json", b"{}"), (link, b"/etc/passwd"))
    assert {"link"} == codes(verdict_on(path, Forge()))
    write(Forge().pack(), tmp_path / "folder")
    (tmp_path / "folder" / "documents").symlink_to("/etc")
    assert {"link"} == codes(verdict_on(tmp_path / "folder", Forge()))


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    write(Forge().folder(), tmp_path)
    os.mkfifo(tmp_path / "x.dsse.json")
    assert {"link"} == codes(verdict_on(tmp_path, Forge()))


def test_bombs(tmp_path: Path) -> None:
    """Ten million zeros in ten kilobytes; many files; a large sum."""
    path = odd_zip(tmp_path / "p.zip", ("manifest.json", b"{}"), ("zeros", bytes(10_000_000)))
    assert path.stat().st_size < 20_000
    assert {"bomb"} == codes(verdict_on(path, Forge()))


def test_limits_on_number_and_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forge = Forge()
    path = zipped(forge.pack(), tmp_path / "p.zip")
    write(forge.pack(), tmp_path / "folder")
    with monkeypatch.context() as patch:
        patch.setattr(verifier, "MAX_FILES", 5)
        assert {"too_many"} == codes(verdict_on(path, forge))
        assert {"too_many"} == codes(verdict_on(tmp_path / "folder", forge))
    monkeypatch.setattr(verifier, "MAX_TOTAL", 1000)
    assert {"too_large"} == codes(verdict_on(path, forge))


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The directory of the archive says less than what is packed."""
    raw = bytearray(zipped(Forge().pack(), tmp_path / "p.zip").read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    size = int.from_bytes(raw[at + 24 : at + 28], "little")
    raw[at + 24 : at + 28] = (size // 2).to_bytes(4, "little")
    (tmp_path / "p.zip").write_bytes(raw)
    assert "refused" == verdict_on(tmp_path / "p.zip", Forge())["verdict"]


def test_a_large_envelope_is_not_parsed(tmp_path: Path) -> None:
    forge = Forge()
    files = {**forge.folder(), "big.dsse.json": b" " * (verifier.MEDIUM + 1)}
    assert {"too_large"} == codes(judged(files, forge, tmp_path))


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 50 + b"]" * 50,
        b"9" * 10_000,
        b"NaN",
        b'"\xff"',
        b'{"a":1,"a":1}',
        b"\xef\xbb\xbf{}",
        b"",
        b'{"a":1} {}',
        b'{"\\ud800":1}',
        b'["\\udfff"]',
    ],
)
def test_json_that_is_refused(raw: bytes) -> None:
    with pytest.raises(verifier.Refused):
        verifier.parse_json(raw)


def test_shapes_of_the_manifest(tmp_path: Path) -> None:
    """Any JSON in the place of the manifest is refused, never a crash."""
    forge = Forge()
    whole: Files = forge.pack()
    values = [1, [], {}, {"files": 1}, {"files": [1]}, {"files": [{"path": 1}]}, "x", None]
    values += [{"files": [{"path": ["a"], "sha256": 1, "size": 1}]}]
    values += [{"files": [{"path": "a", "sha256": "b", "size": 1}] * 2}]
    for i, value in enumerate(values):
        files = {**whole, "manifest.json": compact(value)}
        assert {"manifest", "form"} & codes(judged(files, forge, tmp_path / str(i)))


def test_nothing_to_verify(tmp_path: Path) -> None:
    forge = Forge()
    (tmp_path / "empty").mkdir()
    assert {"nothing"} == codes(verdict_on(tmp_path / "empty", forge))
    assert {"unreadable"} == codes(verdict_on(tmp_path / "none", forge))
    assert {"nothing"} == codes(judged(seal({"a": b"b"}), forge, tmp_path / "pack"))
    files = {n: r for n, r in forge.pack().items() if n != "manifest.json"}
    assert {"manifest"} == codes(judged(files, forge, tmp_path / "stripped"))


def test_the_writers_keys_are_not_opened(tmp_path: Path) -> None:
    """In a record folder log/ belongs to the writer; what lies there is none of our business."""
    forge = Forge()
    write(forge.folder(), tmp_path)
    (tmp_path / "log" / "signer").symlink_to("/etc")
    assert set() == codes(verdict_on(tmp_path, forge))


def test_broken_archives(tmp_path: Path) -> None:
    """Cut or garbled at any place: refused, or read as it was."""
    forge = Forge(count=1, steps=[(1, NOW)])
    forge.signed[0] = Forge(count=1, alice=forge.alice).signed[0]
    raw = zipped(forge.pack(), tmp_path / "p.zip").read_bytes()
    path = tmp_path / "q.zip"
    for at in range(0, len(raw), max(1, len(raw) // 150)):
        path.write_bytes(raw[:at])
        assert "refused" == verdict_on(path, forge)["verdict"]
        path.write_bytes(raw[:at] + b"\xff" + raw[at + 1 :])
        assert verdict_on(path, forge)["verdict"] in ("refused", "verified")
    assert io.BytesIO(raw).read(2) == b"PK"


def test_a_size_that_no_folder_could_hold(tmp_path: Path) -> None:
    """A checkpoint that nobody trusts may state any size; nothing is counted up to it."""
    forge = Forge()
    huge = 2**62
    files = {**forge.folder(), "public/checkpoint": forge.note(huge, NOW, root=bytes(32))}
    found = judged(files, forge, tmp_path, forge.trust(logs=None))
    assert {"tile", "not_linked"} == codes(found)


def test_a_long_history_of_keys(tmp_path: Path) -> None:
    forge = Forge()
    forge.history = [{"key": forge.log[0].vkey, "first": 0, "last": None}] * 101
    assert {"history"} == codes(judged(forge.pack(), forge, tmp_path))
