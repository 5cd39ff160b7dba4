"""What the commands of dutybound make, read by verifiers of others and seen by a real witness."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.outside import tools
from tests.outside.kit import VERIFIERS, Kit
from tests.outside.tsa import Authority, serving
from tests.outside.witness_server import RunningWitness, litewitness

ORIGIN = "log.example.com"


def run(*words: object, code: int = 0) -> str:
    """What a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert code == done.returncode, done.stdout + done.stderr
    return done.stdout


class Record:
    """A record folder with a log, and a person who signs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.own = folder / "record", folder / "own"
        self.folder.mkdir()
        self.vkey = run("log", "init", self.folder, "--origin", ORIGIN).strip()
        self.signer = self.own / "alice.key"
        entry = run(
            *("keys", "new", "-o", self.signer, "--person", "alice"),
            *("--organisation", "bank", "--role", "analyst"),
        )
        head = "dutybound: trust/1\norganisations: [{id: bank, name: Bank, relation: own}]\n"
        (self.folder / "trust.yaml").write_text(head + entry, encoding="utf-8")

    @property
    def public(self) -> Path:
        return self.folder / "public"

    def sign(self, number: int) -> tuple[Path, Path]:
        """A signed test result on a file, and the file."""
        file = self.own / f"result-{number}.csv"
        file.write_text(f"group,rate\na,0.{number}\n", encoding="utf-8")
        claim, envelope = self.own / f"{number}.yaml", self.own / f"{number}.dsse.json"
        claim.write_text(
            f"dutybound: claim/1\nid: test-{number}\nkind: test_result\nwhat: Rates by group\n"
            'controls: [DB-FAI-01]\nsystem: loan-score\nversion: "2.3.0"\nauthor: alice\n'
            f"issuer: bank\nmade_on: 2026-11-01\nrung: tested\nfiles: [{file.name}]\n"
            "test: {method: counted, result: pass}\n",
            encoding="utf-8",
        )
        run("evidence", "sign", claim, "--key", self.signer, "-o", envelope)
        return envelope, file

    def append(self, *envelopes: Path) -> list[dict[str, Any]]:
        """Append envelopes; the receipts as the command tells them."""
        value = json.loads(run("log", "append", self.folder, *envelopes, "--json"))
        found: list[dict[str, Any]] = value["receipts"]
        return found

    def tlogcheck(self, *more: object) -> dict[str, Any]:
        return tools.tlogcheck("-key", self.vkey, "-log", self.public, *more)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return Record(tmp_path_factory.mktemp("product"))


@pytest.fixture(scope="module")
def kit(record: Record, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The second of three envelopes, as an outsider gets it."""
    signed = [record.sign(number) for number in (1, 2, 3)]
    receipts = record.append(*(envelope for envelope, _ in signed))
    made = Kit(tmp_path_factory.mktemp("kit"), ORIGIN)
    shutil.copy(receipts[1]["bundle"], made.bundle)
    shutil.copy(receipts[1]["proof"], made.folder / "receipt")
    shutil.copy(record.public / "trusted_root.json", made.root)
    shutil.copy(signed[1][1], made.artifact)
    bundle = json.loads(made.bundle.read_text(encoding="utf-8"))
    made.predicate_type = json.loads(tools.payload(made.bundle))["predicateType"]
    (entry,) = bundle["verificationMaterial"]["tlogEntries"]
    (made.folder / "entry").write_bytes(base64.b64decode(entry["canonicalizedBody"]))
    run_openssl("pkey", "-in", record.signer, "-pubout", "-out", made.key)
    (log_key,) = (record.folder / "log/signer").glob("*.pem")
    run_openssl("pkey", "-in", log_key, "-pubout", "-out", made.log)
    return made


def run_openssl(*words: object) -> None:
    tools.need("openssl")
    done = tools.run("openssl", *words)
    assert 0 == done.returncode, done.stderr


@pytest.mark.parametrize("name", VERIFIERS)
def test_bundle_of_an_appended_envelope(name: str, kit: Kit) -> None:
    assert "" == VERIFIERS[name](kit)


@pytest.mark.parametrize("name", VERIFIERS)
def test_bundle_with_another_file_is_refused(name: str, kit: Kit, tmp_path: Path) -> None:
    other = Kit(tmp_path, kit.origin, kit.predicate_type)
    shutil.copytree(kit.folder, tmp_path, dirs_exist_ok=True)
    other.artifact.write_bytes(kit.artifact.read_bytes() + b"b,0.9\n")
    assert "" != VERIFIERS[name](other)


def test_public_folder_and_receipt(record: Record, kit: Kit) -> None:
    verdict = record.tlogcheck("-receipt", kit.folder / "receipt", "-entry", kit.folder / "entry")
    assert (True, 3, 1) == (verdict["ok"], verdict["size"], verdict["receipt_index"])
    assert "" == tools.tesserafsck(record.vkey, record.public)


def test_log_goes_on_over_a_full_tile(tmp_path: Path) -> None:
    """Every size up to 300 in steps: each older checkpoint is a beginning of the last one."""
    from dutybound.assess.log import open_log
    from dutybound.store.log_store import Item

    record = Record(tmp_path)
    older: list[object] = []
    for size in (1, 2, 255, 256, 257, 300):
        with open_log(record.folder) as log:
            start = log.store.tree().size
            log.store.append([Item(b"entry %d" % i) for i in range(start, size)])
            log.publish()
        kept = tmp_path / f"checkpoint-{size}"
        shutil.copy(record.public / "checkpoint", kept)
        older += ["-older", kept]
        assert record.tlogcheck(*older)["ok"]
        assert "" == tools.tesserafsck(record.vkey, record.public)
    assert [1, 2, 255, 256, 257, 300] == record.tlogcheck(*older)["consistent_from"]


def test_key_change(tmp_path: Path) -> None:
    """The checkpoint of the change is signed by both keys; later ones by the new key alone."""
    record = Record(tmp_path)
    record.append(record.sign(1)[0])
    old, new = record.vkey, run("log", "rotate", record.folder).strip().split()[-1]
    both = record.public / "checkpoint"
    for key in (old, new):
        assert tools.tlogcheck("-key", key, "-log", record.public)["ok"]
    shutil.copy(both, tmp_path / "older")
    record.append(record.sign(2)[0])
    assert not tools.tlogcheck("-key", old, "-log", record.public)["ok"]
    record.vkey = new
    assert record.tlogcheck("-older", tmp_path / "older")["ok"]


def test_time_stamps(tmp_path: Path) -> None:
    """One envelope before there is an authority, one while it answers, one while it does not."""
    pytest.importorskip("rfc3161_client", reason="the extra `timestamps` is not installed")
    tools.need("openssl")
    (tmp_path / "tsa").mkdir()
    authority = Authority(tmp_path / "tsa")
    chain = tmp_path / "chain.pem"
    chain.write_bytes(authority.chain)
    record = Record(tmp_path)
    signed = [record.sign(number) for number in (1, 2, 3)]
    record.append(signed[0][0])
    with serving(authority) as url:
        words = ("log", "timestamp", record.folder, "--url", url, "--name", "T", "--chain", chain)
        assert "1 stamped, 1 of them now; 0 without\n" == run(*words)
        record.append(signed[1][0])
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", "log", "append", record.folder, signed[2][0]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "no time stamp: " in done.stderr
    found = json.loads(run("log", "timestamp", record.folder, "--json"))
    assert (0, 2, 1) == (found["new"], found["stamped"], found["missing"])
    assert 0 == len(json.loads(run("log", "fsck", record.folder, "--json"))["faults"])
    key, log_key = tmp_path / "alice.pem", tmp_path / "log.pem"
    run_openssl("pkey", "-in", record.signer, "-pubout", "-out", key)
    (private,) = (record.folder / "log/signer").glob("*.pem")
    run_openssl("pkey", "-in", private, "-pubout", "-out", log_key)
    root = record.public / "trusted_root.json"
    for number, (_, file) in enumerate(signed, 1):
        (bundle,) = (
            b
            for b in (record.folder / "receipts").glob("*.sigstore.json")
            if f'"test-{number}"'.encode() in tools.payload(b)
        )
        stamped = number < 3
        said = tools.node(bundle, root, key, file, "--timestamps", "1")
        assert stamped == said["ok"], said
        kind = json.loads(tools.payload(bundle))["predicateType"]
        cosign = tools.cosign(bundle, root, key, kind, file, "--use-signed-timestamps")
        assert stamped == (0 == cosign.returncode), cosign.stderr
        shell = tools.openssl(bundle, key, log_key, ORIGIN, file, TSA=str(authority.root))
        assert stamped == (0 == shell.returncode), shell.stderr


@pytest.fixture
def witness() -> Iterator[RunningWitness]:
    with tempfile.TemporaryDirectory() as folder, litewitness(Path(folder)) as running:
        yield running


def test_real_witness_under_a_policy(witness: RunningWitness, tmp_path: Path) -> None:
    """It cosigns; after a restored backup, signed with the right key, it refuses, and says why."""
    record = Record(tmp_path)
    witness.knows(ORIGIN, record.vkey)
    policy = tmp_path / "policy"
    policy.write_text(f"witness w1 {witness.key.text} {witness.url}\nquorum w1\n", "utf-8")
    said = run("log", "witness", record.folder, "--policy", policy)
    assert "w1  cosigned at 20" in said
    record.append(record.sign(1)[0])
    shutil.copytree(record.folder, tmp_path / "backup")
    record.append(record.sign(2)[0])
    quorum = ("-witness", witness.key.text, "-quorum", 1)
    verdict = record.tlogcheck(*quorum)
    assert (True, 2, ["witness.example/w1"]) == (
        *(verdict[k] for k in ("ok", "size", "witnesses")),
    )

    shutil.rmtree(record.folder)
    shutil.copytree(tmp_path / "backup", record.folder)
    (receipt,) = record.append(record.sign(3)[0])
    assert ("awaiting_receipt", 1) == (receipt["state"], receipt["index"])
    assert 1 == record.tlogcheck(*quorum)["size"]
    said = run("log", "witness", record.folder)
    assert "w1  contradicts: the checkpoint does not extend what it has seen" in said
    assert "the policy is not met" in said
    record.append(record.sign(4)[0])
    said = run("log", "witness", record.folder)
    assert "w1  contradicts: the checkpoint does not extend what it has seen" in said
