"""Every statement of an audit pack, by each verifier of others; VERIFY.md has a test of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.audit_pack.kit import pack, record
from tests.outside import tools
from tests.outside.kit import VERIFIERS, Kit


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    pack(record(folder), folder / "pack")
    return folder / "pack"


@pytest.mark.parametrize("name", VERIFIERS)
def test_every_statement_of_the_pack(name: str, packed: Path, tmp_path: Path) -> None:
    """Each with the file that it speaks of first, where that is in the pack."""
    origin = (packed / "log/checkpoint").read_text(encoding="utf-8").split("\n")[0]
    manifest = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))
    checked = 0
    for one in manifest["statements"]:
        bundle = packed / f"receipts/{one['sha256']}.sigstore.json"
        statement = json.loads(tools.payload(bundle))
        digest = statement["subject"][0]["digest"]["sha256"]
        if not (packed / "subjects" / digest).exists():
            continue
        kit = Kit(tmp_path, origin, statement["predicateType"])
        shutil.copy(bundle, kit.bundle)
        shutil.copy(packed / f"keys/{one['key']}.pem", kit.key)
        shutil.copy(packed / "log/log.pem", kit.log)
        shutil.copy(packed / "log/trusted_root.json", kit.root)
        shutil.copy(packed / "subjects" / digest, kit.artifact)
        assert "" == VERIFIERS[name](kit), one["id"]
        checked += 1
    assert 10 <= checked
