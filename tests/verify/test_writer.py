"""What the commands of dutybound write is verified; the two share the specifications, not code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dutybound_verify as verifier
from dutybound.packs.writing import to_yaml
from tests.verify.kit import Verdict

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "examples" / "fraud-detection" / "evidence"
NAME = "log.example.com"


def dutybound(*words: object, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def add_log(trust: Path, key: str) -> bytes:
    """The trust file with the log; the auditor copies the key from what `log init` printed."""
    more = to_yaml({"logs": [{"origin": NAME, "key": key, "valid_from": "2026-01-01"}]})
    return trust.read_bytes() + more.encode()


def check(path: Path, trust: bytes, **more: Any) -> Verdict:
    now = datetime.now(UTC)
    return verifier.verify(path, verifier.read_trust(trust), now, **more)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, bytes]:
    """A record folder with a log whose key changed; the auditor's file; an earlier checkpoint."""
    folder = tmp_path_factory.mktemp("writer")
    record = folder / "record"
    shutil.copytree(EVIDENCE, record)
    (record / "self-test-notices.dsse.json").unlink()
    made = json.loads(dutybound("log", "init", record, "--origin", NAME, "--json", cwd=folder))
    trust = add_log(record / "trust.yaml", made["key"]["verifier_key"])
    envelopes = sorted(record.glob("*.dsse.json"))
    dutybound("log", "append", record, *envelopes[:10], cwd=folder)
    earlier = (record / "public/checkpoint").read_bytes()
    dutybound("log", "rotate", record, cwd=folder)
    dutybound("log", "append", record, *envelopes[10:], cwd=folder)
    return record, trust, earlier


def test_a_record_folder_with_a_changed_key(written: tuple[Path, bytes, bytes]) -> None:
    record, trust, earlier = written
    found = check(record, trust, earlier=earlier, require=["trusted"])
    assert ("verified", []) == (found["verdict"], found["problems"])
    count = len(list(record.glob("*.dsse.json")))
    assert ("trusted", count + 1, 10) == (
        found["log"]["signed"],
        found["log"]["entries_checked"],
        found["log"]["rewrite_excluded_up_to"],
    )
    assert set(range(count + 1)) - {10} == {s["log_index"] for s in found["statements"]}


def test_its_bundles_and_its_public_folder(written: tuple[Path, bytes, bytes]) -> None:
    record, trust, earlier = written
    bundles = sorted((record / "receipts").glob("*.sigstore.json"))
    assert bundles
    # A bundle has no history of keys: those by the new key need an entry of their own.
    old = [b for b in bundles if "verified" == check(b, trust)["verdict"]]
    assert 10 == len(old)
    key = json.loads((record / "public/keys.history").read_text())["keys"][1]["key"]
    row = f'  - {{origin: {NAME}, key: "{key}", valid_from: 2026-01-01}}\n'
    assert {"verified"} == {check(b, trust + row.encode())["verdict"] for b in bundles}
    assert "verified" == check(record / "public", trust, earlier=earlier)["verdict"]


def test_envelopes_among_the_objects_alone(
    written: tuple[Path, bytes, bytes], tmp_path: Path
) -> None:
    record, trust, _ = written
    copy = tmp_path / "record"
    shutil.copytree(record, copy, ignore=shutil.ignore_patterns("*.dsse.json", "log"))
    found = check(copy, trust)
    count = len(list(record.glob("*.dsse.json")))
    assert ("verified", count) == (found["verdict"], len(found["statements"]))


def test_a_changed_byte_is_seen(written: tuple[Path, bytes, bytes], tmp_path: Path) -> None:
    record, trust, _ = written
    copy = tmp_path / "record"
    shutil.copytree(record, copy, ignore=shutil.ignore_patterns("log"))
    for name in ("checkpoint", "tile/0/000.p/20", "tile/entries/000.p/20"):
        path = copy / "public" / name
        raw = path.read_bytes()
        path.write_bytes(raw[:90] + bytes([raw[90] ^ 1]) + raw[91:])
        assert "refused" == check(copy, trust)["verdict"]
        path.write_bytes(raw)
    assert "verified" == check(copy, trust)["verdict"]


def test_an_audit_pack(written: tuple[Path, bytes, bytes], tmp_path: Path) -> None:
    """Zip and folder, with the proof from the checkpoint that the auditor kept."""
    record, trust, earlier = written
    (tmp_path / "kept").write_bytes(earlier)
    profile = EVIDENCE.parent / "system.yaml"
    for name in ("pack.zip", "pack"):
        dutybound(
            *("audit-pack", profile, "--evidence", record, "-o", tmp_path / name),
            *("--checkpoint", tmp_path / "kept"),
            cwd=tmp_path,
        )
        found = check(tmp_path / name, trust, earlier=earlier, require=["trusted"])
        assert ("verified", []) == (found["verdict"], found["problems"])
        assert ("fraud-shield", "5.1.0", "trusted", 10) == (
            found["system"],
            found["version"],
            found["log"]["signed"],
            found["log"]["rewrite_excluded_up_to"],
        )
        assert None not in {s["log_index"] for s in found["statements"]}
    inside = next((tmp_path / "pack").glob("statements/*"))
    inside.unlink()
    assert "refused" == check(tmp_path / "pack", trust)["verdict"]
