"""The commands of VERIFY.md, run as they stand in an audit pack; a changed pack is refused."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.audit_pack.kit import pack, record
from tests.outside.tools import need

WAYS = {"openssl": "Way 2", "go": "Way 3", "node": "Way 4", "cosign": "Way 5"}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of a record with a log."""
    folder = tmp_path_factory.mktemp("audit")
    pack(record(folder), folder / "pack")
    return folder / "pack"


def commands(folder: Path, way: str) -> str:
    """The shell lines under the heading of a way."""
    text = (folder / "VERIFY.md").read_text(encoding="utf-8").partition(f"## {way}:")[2]
    (block, *_) = re.findall(r"```sh\n(.*?)```", text.partition("\n## ")[0], re.S)
    return str(block)


def run(folder: Path, tool: str, lines: str) -> subprocess.CompletedProcess[str]:
    """Run shell lines in a pack, with the tool of the outside at hand."""
    found = need(tool)
    path = [found / "bin", found / "go-venv/bin"]
    if tool == "node":
        (folder / "tools/node_modules").symlink_to(found / "node/node_modules")
    env = {
        **os.environ,
        "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
        "HOME": str(found),
        **{"GO111MODULE": "off", "GOPATH": str(found / "gopath"), "GOFLAGS": ""},
        **{"GOCACHE": str(found / "go-cache"), "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"},
    }
    return subprocess.run(
        ["sh", "-eu", "-c", lines],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("tool", WAYS)
def test_commands_hold_as_they_stand(packed: Path, tmp_path: Path, tool: str) -> None:
    folder = shutil.copytree(packed, tmp_path / "pack")
    done = run(folder, tool, commands(folder, WAYS[tool]))
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("tool", WAYS)
def test_a_changed_receipt_is_refused(packed: Path, tmp_path: Path, tool: str) -> None:
    """The first hash of every inclusion proof is changed, in both forms of the receipt."""
    folder = shutil.copytree(packed, tmp_path / "pack")
    lines = commands(folder, WAYS[tool])
    for path in (folder / "receipts").iterdir():
        text = path.read_text(encoding="utf-8")
        form = r'("hashes": \[\s*")(.)' if path.suffix == ".json" else r"(index \d+\n)(.)"
        changed = re.sub(form, lambda m: m[1] + ("A" if m[2] != "A" else "B"), text, count=1)
        assert text != changed
        path.write_text(changed, encoding="utf-8")
    assert 0 != run(folder, tool, lines).returncode


def test_the_verifier_in_the_pack_needs_nothing_of_dutybound(packed: Path, tmp_path: Path) -> None:
    import sys

    folder = shutil.copytree(packed, tmp_path / "pack")
    lines = commands(folder, "Way 1").replace("python3 ", f"{sys.executable} -I ")
    (tmp_path / "trust.yaml").unlink(missing_ok=True)
    refused = run_here(folder, lines)
    assert 2 == refused.returncode, "CHANGE-ME is no relation"
    trust = folder / "trust-to-complete.yaml"
    text = trust.read_text(encoding="utf-8").replace("CHANGE-ME", "own")
    (tmp_path / "trust.yaml").write_text(text, encoding="utf-8")
    done = run_here(folder, lines.splitlines()[-1])
    assert 0 == done.returncode, done.stdout + done.stderr
    assert done.stdout.startswith("VERIFIED")


def run_here(folder: Path, lines: str) -> subprocess.CompletedProcess[str]:
    """Run shell lines in a pack."""
    return subprocess.run(
        ["sh", "-eu", "-c", lines],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
