"""Each step of the verifier has a tampered fixture that only it catches.

The step is taken out, and the fixture passes: so nothing else caught it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import dutybound_verify as verifier
from tests.verify.forge import (
    MONDAY,
    NOW,
    TUESDAY,
    Files,
    Forge,
    NoteSigner,
    Signed,
    compact,
    payload,
    seal,
    sign,
    tree,
    write,
)
from tests.verify.kit import steps_that_refuse, verdict_on


@dataclass
class Tampered:
    """A fixture, and how the one step that catches it is taken out."""

    path: Path
    forge: Forge
    without: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)
    trust: bytes | None = None


def nothing(*_: Any) -> None:
    """A step that was taken out."""


def packed(files: Files, root: Path) -> Path:
    return write(seal(files), root)


def bad_files(root: Path) -> Tampered:
    """A name that leads out of the pack."""
    forge, target = Forge(), root / "pack.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, raw in seal({**forge.pack(), "../outside": b"harm"}).items():
            archive.writestr(name, raw)

    def lenient(archive: zipfile.ZipFile) -> verifier.Files:
        sizes = {m.filename: m.file_size for m in archive.infolist()}
        return verifier.Files("audit_pack", sizes, archive.open, archive.close)

    return Tampered(target, forge, {"zipped": lenient})


def bad_manifest(root: Path) -> Tampered:
    """A file that the manifest does not list."""
    forge = Forge()
    path = write({**forge.pack(), "documents/policy.md": b"slipped in"}, root)
    return Tampered(
        path, forge, {"step_02_manifest": lambda f: json.loads(f.read("manifest.json", 10**6))}
    )


def bad_witnesses(root: Path) -> Tampered:
    """One of two witnesses signed the newest checkpoint; the auditor asks for both."""
    forge = Forge()
    trust = forge.trust()
    both, forge.witnesses = forge.witnesses, forge.witnesses[:1]
    path = packed(forge.pack(), root)
    forge.witnesses = both
    return Tampered(path, forge, {"step_03_witnesses": nothing}, trust=trust)


def bad_keys(root: Path) -> Tampered:
    """A key signs after keys.history says that it ended."""
    forge = Forge()
    forge.history = [{"key": forge.log[0].vkey, "first": 0, "last": 3}]
    return Tampered(
        packed(forge.pack(), root),
        forge,
        {"step_04_keys": lambda case, history: case.trust.logs},
    )


def bad_checkpoint(root: Path) -> Tampered:
    """The log was signed again with another key of the same name."""
    forge = Forge()
    trust = forge.trust()
    forge.log = [NoteSigner(forge.log[0].name)]
    forge.history = []
    return Tampered(packed(forge.pack(), root), forge, {"step_05_checkpoint": nothing}, trust=trust)


def bad_tiles(root: Path) -> Tampered:
    """One bit of an entry that no statement speaks of."""
    forge = Forge(filler=[b"erased 1", b"erased 2"])
    files = forge.folder()
    name = "public/tile/entries/000.p/7"
    files[name] = files[name][:-1] + b"3"
    root_at = {size: tree(forge.entries[:size]) for size in (0, 7)}
    return Tampered(write(files, root), forge, {"step_06_tiles": lambda *_: root_at})


def bad_consistency(root: Path) -> Tampered:
    """Rolled back: the auditor kept a later checkpoint."""
    forge = Forge()
    later = forge.note(5, TUESDAY)
    forge.steps = [(2, MONDAY), (3, MONDAY)]
    forge.signed, kept = forge.signed[:3], forge.signed
    path = packed(forge.pack(), root)
    forge.signed = kept
    return Tampered(path, forge, {"step_07_consistency": nothing}, {"earlier": later})


def twice_keyed(forge: Forge) -> None:
    """The last statement gets an envelope in which a key stands twice."""
    one = forge.signed[-1]

    class Twice(Signed):
        @property
        def raw(self) -> bytes:
            return b'{"payload":"AAAA",' + super().raw[1:]

    forge.signed[-1] = Twice(one.payload, one.signature, one.person)


def bad_envelope(root: Path) -> Tampered:
    """A key stands twice: one reader would see another payload."""
    forge = Forge()
    twice_keyed(forge)
    return Tampered(packed(forge.pack(), root), forge, {"once": dict})


def bad_base64(root: Path) -> Tampered:
    """Base64 with bits that do not count, so that two spellings give one payload."""
    forge = Forge()
    one = forge.signed[-1]
    forge.signed[-1] = sign(one.payload + b" " * (-(len(one.payload) + 1) % 3), one.person)
    one = forge.signed[-1]
    assert one.raw.count(b'=","payloadType"')
    at = one.raw.index(b'=","payloadType"')
    at -= one.raw[at - 1 : at] == b"="
    raw = one.raw[: at - 1] + bytes([one.raw[at - 1] + 1]) + one.raw[at:]

    class Spelled(Signed):
        @property
        def raw(self) -> bytes:
            return raw

    forge.signed[-1] = Spelled(one.payload, one.signature, one.person)
    files = forge.pack()
    del files[f"receipts/{forge.signed[-1].digest}.sigstore.json"]
    return Tampered(packed(files, root), forge, {"same_spelling": lambda raw, text: True})


def bad_signature(root: Path) -> Tampered:
    """A signature over another payload, recorded like that in the log."""
    forge = Forge()
    other = payload(9, {"results.csv": forge.subject})
    forge.signed[-1] = Signed(other, forge.signed[-1].signature, forge.alice)

    def believe(piece: verifier.Piece, keys: dict[str, bytes]) -> None:
        piece.public = keys[piece.keyid]

    return Tampered(packed(forge.pack(), root), forge, {"step_09_signature": believe})


def bad_statement(root: Path) -> Tampered:
    """Signed and recorded, but no in-toto statement of version 1."""
    forge = Forge()
    value = json.loads(forge.signed[-1].payload) | {"_type": "https://in-toto.io/Statement/v0.1"}
    forge.signed[-1] = sign(compact(value), forge.alice)

    def lenient(piece: verifier.Piece) -> None:
        piece.statement = json.loads(piece.payload)

    return Tampered(packed(forge.pack(), root), forge, {"step_10_statement": lenient})


def bad_subjects(root: Path) -> Tampered:
    """The results were changed, and the manifest with them."""
    forge = Forge()
    files = forge.pack()
    name = next(n for n in files if n.startswith("subjects/"))
    return Tampered(
        packed({**files, name: b"better results\n"}, root), forge, {"step_11_subjects": nothing}
    )


def bad_entry(root: Path) -> Tampered:
    """A bundle that shows the log entry of another statement."""
    forge = Forge()
    bundle = forge.bundle(0)
    row = bundle["verificationMaterial"]["tlogEntries"][0]
    other = forge.bundle(1)["verificationMaterial"]["tlogEntries"][0]
    row["canonicalizedBody"] = other["canonicalizedBody"]
    name = f"receipts/{forge.signed[0].digest}.sigstore.json"
    files = {**forge.pack(), name: compact(bundle)}
    return Tampered(packed(files, root), forge, {"step_12_entry": nothing})


def bad_inclusion(root: Path) -> Tampered:
    """The receipt of another statement."""
    forge = Forge()
    files = forge.pack()
    names = [f"receipts/{one.digest}.tlog-proof" for one in forge.signed[:2]]
    files[names[0]] = files[names[1]]
    del files[f"receipts/{forge.signed[0].digest}.sigstore.json"]
    return Tampered(packed(files, root), forge, {"step_13_inclusion": nothing})


def bad_time(root: Path) -> Tampered:
    """It says that it was signed a day after the witnesses saw it in the log."""
    forge = Forge()
    subject = {"results.csv": forge.subject}
    forge.signed[0] = sign(payload(0, subject, signed_at="2026-11-04T10:00:00Z"), forge.alice)
    return Tampered(packed(forge.pack(), root), forge, {"step_14_time": nothing})


def bad_system(root: Path) -> Tampered:
    """Signed and recorded, but about another system than the pack."""
    forge = Forge()
    subject = {"results.csv": forge.subject}
    forge.signed[0] = sign(payload(0, subject, system="fraud-shield"), forge.alice)
    return Tampered(packed(forge.pack(), root), forge, {"step_15_system": nothing})


CASES: dict[str, Callable[[Path], Tampered]] = {
    "files": bad_files,
    "manifest": bad_manifest,
    "witnesses": bad_witnesses,
    "keys": bad_keys,
    "checkpoint": bad_checkpoint,
    "tiles": bad_tiles,
    "consistency": bad_consistency,
    "envelope": bad_envelope,
    "signature": bad_signature,
    "statement": bad_statement,
    "subjects": bad_subjects,
    "entry": bad_entry,
    "inclusion": bad_inclusion,
    "time": bad_time,
    "system": bad_system,
}


def test_every_step_has_a_fixture() -> None:
    assert list(verifier.STEPS) == list(CASES)


@pytest.mark.parametrize(
    ("step", "make"), [*CASES.items(), ("envelope", bad_base64)], ids=[*CASES, "base64"]
)
def test_only_this_step_catches_it(
    step: str, make: Callable[[Path], Tampered], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make(tmp_path / "input" if step != "files" else tmp_path)
    found = verdict_on(case.path, case.forge, case.trust, **case.more)
    assert ("refused", [step]) == (found["verdict"], steps_that_refuse(found))
    for name, replacement in case.without.items():
        monkeypatch.setattr(verifier, name, replacement)
    found = verdict_on(case.path, case.forge, case.trust, at=NOW, **case.more)
    assert ("verified", []) == (found["verdict"], found["problems"])


def test_untampered_passes_every_step(tmp_path: Path) -> None:
    forge = Forge()
    found = verdict_on(write(forge.pack(), tmp_path / "pack"), forge)
    states = {s["name"]: s["state"] for s in found["steps"]}
    assert "not_applicable" == states.pop("tiles")
    assert {"passed"} == set(states.values())
    found = verdict_on(write(forge.folder(), tmp_path / "folder"), forge)
    states = {s["name"]: s["state"] for s in found["steps"]}
    assert "not_applicable" == states.pop("manifest")
    assert {"passed"} == set(states.values())
