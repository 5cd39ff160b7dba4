"""The commands of docs/how-to/verify-without-dutybound.md, run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dutybound.store.timestamps import ask_stamp, read_authority, sigstore_form
from tests.outside import tools
from tests.outside.plainlog import PEM, Log, NoteKey, Signed, b64, sha256, trusted_root
from tests.outside.tsa import Authority, serving

PAGE = tools.ROOT / "docs/how-to/verify-without-dutybound.md"
BLOCKS = [
    re.sub(r"^  ", "", block, flags=re.M) if indent else block
    for indent, block in re.findall(
        r"^( *)```sh\n(.*?)^ *```", PAGE.read_text("utf-8"), re.M | re.S
    )
]
NEEDS = {"cosign": "cosign", "node": "node", "tlogcheck": "go"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked audit pack in the form of decision 0011, with all that the page speaks of."""
    pytest.importorskip("rfc3161_client", reason="the extra `timestamps` is not installed")
    tools.need("openssl")
    top = tmp_path_factory.mktemp("pack")
    signed, witness = Signed(), NoteKey("witness.example/1", kind=4)
    log = Log([*(b"entry %d" % i for i in range(300)), signed.entry, b"last"])
    for name in ("receipts", "log", "keys", "subjects", "tools", "tsa"):
        (top / name).mkdir()
    authority = Authority(top / "tsa")
    with serving(authority) as url:
        known = read_authority("Example Time", url, authority.chain)
        stamp = ask_stamp(known, signed.signature)
    bundle = signed.bundle(log, 300)
    fingerprint = sha256(signed.der).hex()
    bundle["verificationMaterial"]["publicKey"]["hint"] = fingerprint
    bundle["verificationMaterial"]["timestampVerificationData"] = {
        "rfc3161Timestamps": [{"signedTimestamp": b64(stamp)}]
    }
    root = trusted_root(log.key) | {"timestampAuthorities": [sigstore_form(known)]}
    name = "0" * 64
    log.publish(top / "public", witness)
    texts = {
        f"receipts/{name}.sigstore.json": json.dumps(bundle),
        f"receipts/{name}.tlog-proof": log.receipt(300, witness),
        "log/checkpoint": log.checkpoint(None, witness),
        "log/log.vkey": log.key.vkey + "\n",
        "log/trusted_root.json": json.dumps(root),
        "log/log.pem": log.key.secret.public_key().public_bytes(*PEM).decode(),
        f"keys/{fingerprint}.pem": signed.secret.public_key().public_bytes(*PEM).decode(),
        f"subjects/{sha256(signed.artifact).hex()}": signed.artifact.decode(),
        "saved-checkpoint": log.checkpoint(17),
        "witness.vkey": witness.vkey + "\n",
        "tsa.pem": authority.root.read_text(encoding="utf-8"),
    }
    for path, text in texts.items():
        (top / path).write_text(text, encoding="utf-8")
    for program in tools.AUDITOR.iterdir():
        shutil.copy(program, top / "tools")
    shutil.copy(tools.AUDITOR / "verify-bundle.mjs", top)
    if (tools.folder() / "node/node_modules").is_dir():
        (top / "node_modules").symlink_to((tools.folder() / "node/node_modules").resolve())
    return top


def run(block: str, pack: Path) -> subprocess.CompletedProcess[str]:
    """A block, after the one that names the files."""
    for word, tool in NEEDS.items():
        if re.search(rf"^{word} ", block, re.M):
            tools.need(tool)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", BLOCKS[0] + block],
        cwd=pack,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={
            **os.environ,
            "PATH": f"{(tools.folder() / 'bin').resolve()}:{os.environ['PATH']}",
            "HOME": str(pack),
        },
    )


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_command_of_the_page_succeeds(number: int, pack: Path) -> None:
    done = run(BLOCKS[number], pack)
    assert 0 == done.returncode, done.stdout + done.stderr


def test_every_way_is_on_the_page() -> None:
    page = "".join(BLOCKS)
    ways = ("verify-openssl.sh", "cosign verify-blob", "node verify-bundle.mjs", "-receipt", "-log")
    assert [] == [way for way in ways if way not in page]


def test_what_the_commands_say(pack: Path) -> None:
    """The words that the page promises."""
    said = {
        "verify-openssl.sh": "OK\n",
        "cosign verify": "Verified OK",
        "node verify": '"ok":true',
        "tlogcheck": '"ok":true',
        "-quorum 1": '"witnesses":["witness.example/1"]',
        "-older": '"consistent_from":[17]',
        "--timestamps 1": '"times":["20',
        "openssl dgst -sha256 -verify": "Verified OK",
        "openssl pkeyutl": "Signature Verified Successfully",
    }
    for command, word in said.items():
        block = next(b for b in BLOCKS if command in b)
        done = run(block, pack)
        assert word in done.stdout + done.stderr, command


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_command_fails_on_a_changed_pack(number: int, pack: Path, tmp_path: Path) -> None:
    """Another statement under the old signature, and another root under the old checkpoint."""
    if "verif" not in BLOCKS[number] and "tlogcheck" not in BLOCKS[number]:
        return  # it only shows something
    changed = tmp_path / "pack"
    shutil.copytree(pack, changed, symlinks=True)
    (path,) = (changed / "receipts").glob("*.sigstore.json")
    bundle = json.loads(path.read_text(encoding="utf-8"))
    payload = json.loads(Signed().payload)
    payload["predicate"]["result"] = "WARNED"
    payload["subject"][0]["digest"]["sha256"] = next((changed / "subjects").iterdir()).name
    bundle["dsseEnvelope"]["payload"] = b64(json.dumps(payload).encode())
    path.write_text(json.dumps(bundle), encoding="utf-8")
    for name in ("log/checkpoint", "public/checkpoint"):
        text = (changed / name).read_text(encoding="utf-8")
        (changed / name).write_text(text.replace("\n302\n", "\n301\n", 1), encoding="utf-8")
    (receipt,) = (changed / "receipts").glob("*.tlog-proof")
    text = receipt.read_text(encoding="utf-8")
    receipt.write_text(text.replace("\nindex 300\n", "\nindex 299\n"), encoding="utf-8")
    assert 0 != run(BLOCKS[number], changed).returncode


@pytest.mark.parametrize("program", sorted(p.name for p in tools.AUDITOR.iterdir()))
def test_length_that_the_page_states(program: str) -> None:
    lines = (tools.AUDITOR / program).read_text(encoding="utf-8").count("\n")
    assert 60 <= lines <= 410
