"""Finds the verifiers of others, which `tests/outside/setup.sh` installs, and runs them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AUDITOR = ROOT / "src/dutybound/auditor"
REQUIRED = ("go", "node", "openssl")


def folder() -> Path:
    """Where the tools are: $DUTYBOUND_OUTSIDE, or .outside in the repository."""
    return Path(os.environ.get("DUTYBOUND_OUTSIDE") or ROOT / ".outside")


def need(tool: str) -> Path:
    """The folder of the tools, if `tool` was installed there.

    Otherwise the test is skipped with the reason. In CI a required tool must not be missing: then
    the test fails.
    """
    found = folder()
    if (found / "done" / tool).exists():
        return found
    reason = found / "missing" / tool
    why = (
        reason.read_text(encoding="utf-8").strip()
        if reason.exists()
        else "not installed; run: tests/outside/setup.sh .outside"
    )
    if tool in REQUIRED and os.environ.get("CI"):
        pytest.fail(f"{tool}: {why}")
    pytest.skip(f"{tool}: {why}")


def run(*command: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the outside, for a minute at most."""
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(folder()), "LC_ALL": "C.UTF-8", **env},
    )


def tlogcheck(*arguments: object) -> dict[str, Any]:
    """The verdict of Go's sumdb/tlog on a public folder or a receipt."""
    done = run(need("go") / "bin/tlogcheck", *arguments)
    assert done.returncode in (0, 1), done.stderr
    verdict: dict[str, Any] = json.loads(done.stdout)
    assert verdict["ok"] == (done.returncode == 0)
    return verdict


def payload(bundle: Path) -> bytes:
    """The statement in a bundle."""
    value = json.loads(bundle.read_text(encoding="utf-8"))
    return base64.b64decode(value["dsseEnvelope"]["payload"], validate=True)


def tesserafsck(vkey: str, public: Path) -> str:
    """Empty if Tessera's fsck finds a public folder sound, else its reason.

    On an empty entry bundle it panics: that counts as a reason.
    """
    done = run(need("tessera") / "bin/tesserafsck", vkey, public)
    if done.returncode == 0:
        assert "OK\n" == done.stdout
        return ""
    return done.stdout or done.stderr


def node(bundle: Path, root: Path, key: Path, *more: object) -> dict[str, Any]:
    """The verdict of @sigstore/verify on a bundle."""
    found = need("node")
    # A program finds its libraries beside itself or above.
    program = found / "node" / "verify-bundle.mjs"
    text = (AUDITOR / program.name).read_bytes()
    if not program.exists() or program.read_bytes() != text:
        fresh = program.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(text)
        fresh.replace(program)
    done = run(found / "bin/node", program, bundle, root, key, *more)
    assert done.returncode in (0, 1), done.stderr
    verdict: dict[str, Any] = json.loads(done.stdout)
    assert verdict["ok"] == (done.returncode == 0)
    return verdict


def openssl(
    bundle: Path, key: Path, log: Path, origin: str, *more: object, **env: str
) -> subprocess.CompletedProcess[str]:
    """What openssl and jq say of a bundle."""
    need("openssl")
    done = run("sh", AUDITOR / "verify-openssl.sh", bundle, key, log, origin, *more, **env)
    assert done.returncode in (0, 1), done.stderr
    return done


def cosign(
    bundle: Path, root: Path, key: Path, predicate_type: str, artifact: Path, *more: object
) -> subprocess.CompletedProcess[str]:
    """What cosign says of a bundle."""
    return run(
        need("cosign") / "bin/cosign",
        "verify-blob-attestation",
        *("--key", key, "--bundle", bundle, "--trusted-root", root, "--type", predicate_type),
        *more,
        artifact,
    )
