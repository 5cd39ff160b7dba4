"""What goes into an audit pack, what stays out, and that the same record gives the same bytes."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.packs.output_schemas import output_schema
from tests.audit_pack.kit import EXAMPLE, SELF_TEST, invoke, ordinary, pack, record
from tests.schema_check import problems


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A record folder with a log, and the pack of it as a folder."""
    folder = tmp_path_factory.mktemp("audit")
    where = record(folder)
    pack(where, folder / "pack")
    return where, folder / "pack"


def test_manifest_names_every_file_with_its_digest(made: tuple[Path, Path]) -> None:
    where, packed = made
    manifest = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))
    assert [] == list(problems(manifest, output_schema("audit-pack")))
    there = {p.relative_to(packed).as_posix() for p in packed.rglob("*") if p.is_file()}
    assert there - {"manifest.json"} == {f["path"] for f in manifest["files"]}
    for row in manifest["files"]:
        raw = (packed / row["path"]).read_bytes()
        assert (row["sha256"], row["size"]) == (sha256(raw).hexdigest(), len(raw))


def test_each_statement_has_its_receipt_key_and_files(made: tuple[Path, Path]) -> None:
    _, packed = made
    manifest = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["log"]
    assert 10 < len(manifest["statements"])
    for one in manifest["statements"]:
        assert (packed / f"statements/{one['sha256']}.dsse.json").exists()
        assert (packed / f"receipts/{one['sha256']}.tlog-proof").exists()
        assert (packed / f"receipts/{one['sha256']}.sigstore.json").exists()
        assert (packed / f"keys/{one['key']}.pem").exists()
    for path in (packed / "subjects").iterdir():
        assert path.name == sha256(path.read_bytes()).hexdigest()


def test_no_private_key_and_no_database_goes_in(made: tuple[Path, Path]) -> None:
    where, packed = made
    assert (where / "log").is_dir()
    names = [p.relative_to(packed).as_posix() for p in packed.rglob("*")]
    assert not [n for n in names if "signer" in n or n.endswith(".db")]
    assert not [n for n in packed.rglob("*") if n.is_file() and b"PRIVATE KEY" in n.read_bytes()]


def test_other_versions_stay_out_unless_asked_for(made: tuple[Path, Path], tmp_path: Path) -> None:
    where, packed = made
    manifest = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))
    assert "5.1.0" == manifest["version"]
    (left,) = [x for x in manifest["left_out"] if x["code"] == "other_version"]
    assert "test-fairness-5.0.0" == left["id"]
    every = pack(where, tmp_path / "all", "--every-version")
    assert every["version"] is None
    assert "test-fairness-5.0.0" in {s["id"] for s in every["statements"]}


@pytest.mark.parametrize("log", [True, False])
def test_a_self_test_stays_out_without_a_trace(tmp_path: Path, log: bool) -> None:
    where = record(tmp_path, log=log)
    manifest = pack(where, tmp_path / "pack")
    assert "1 piece left out as self_test" in invoke(where, tmp_path / "again").stderr
    raw = (EXAMPLE / "evidence" / SELF_TEST).read_bytes()
    digest = sha256(raw).hexdigest()
    for path in (tmp_path / "pack").rglob("*"):
        assert digest not in path.name
        if path.is_file() and path.name != "VERIFY.md":
            assert b"self-test-notices" not in path.read_bytes(), path
            assert path.name != "manifest.json" or b"self_test" not in path.read_bytes()
    assert "handling" not in {x["code"] for x in manifest["left_out"]}


def test_a_self_test_goes_in_when_it_is_asked_for(tmp_path: Path) -> None:
    where = record(tmp_path, log=False)
    found = pack(where, tmp_path / "pack", "--include", "self_test")
    assert "self-test-notices" in {s["id"] for s in found["statements"]}


def test_same_record_gives_the_same_bytes(made: tuple[Path, Path], tmp_path: Path) -> None:
    where, packed = made
    pack(where, tmp_path / "one.zip")
    pack(where, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        for name in archive.namelist():
            assert (packed / name).read_bytes() == archive.read(name)


def test_erased_and_changed_files_are_named_and_not_packed(tmp_path: Path) -> None:
    where = record(tmp_path, log=False)
    (where / "failover-2026-09.csv").unlink()
    (where / "ai-policy-3.md").write_text("Another policy.\n", encoding="utf-8")
    manifest = pack(where, tmp_path / "pack")
    absent = {a["name"] for a in manifest["absent_subjects"]}
    assert {"failover-2026-09.csv", "ai-policy-3.md"} <= absent
    for one in manifest["absent_subjects"]:
        assert not (tmp_path / "pack/subjects" / one["sha256"]).exists()


def test_the_log_must_extend_the_checkpoint_of_the_auditor(tmp_path: Path) -> None:
    from dutybound.assess.log import init_log
    from dutybound.assess.log_append import append_envelopes
    from tests.audit_pack.kit import AT, ORIGIN

    where = record(tmp_path, log=False)
    init_log(where, ORIGIN, AT).store.close()
    raws = ordinary(where)
    append_envelopes(where, raws[:5])
    kept = tmp_path / "kept"
    kept.write_bytes((where / "public/checkpoint").read_bytes())
    append_envelopes(where, raws[5:])
    pack(where, tmp_path / "pack", "--checkpoint", str(kept))
    assert kept.read_bytes() == (tmp_path / "pack/log/checkpoints/5").read_bytes()
    assert (tmp_path / f"pack/log/consistency/5-{len(raws)}").read_text(encoding="utf-8")
    kept.write_text("log.other.example\n5\n" + kept.read_text().partition("\n5\n")[2])
    with pytest.raises(BadInput, match="does not extend the checkpoint"):
        invoke(where, tmp_path / "again", "--checkpoint", str(kept))
    assert not (tmp_path / "again").exists()


def test_nothing_is_overwritten(made: tuple[Path, Path], tmp_path: Path) -> None:
    where, _ = made
    output = tmp_path / "pack.zip"
    output.write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="exists already"):
        invoke(where, output)
    assert "mine" == output.read_text(encoding="utf-8")


def test_a_record_about_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "record").mkdir()
    trust = EXAMPLE / "evidence" / "trust.yaml"
    with pytest.raises(BadInput, match="No signed statement here is about"):
        invoke(tmp_path / "record", tmp_path / "pack", "--trust", str(trust))


def test_documents_go_in_and_links_do_not(made: tuple[Path, Path], tmp_path: Path) -> None:
    where, _ = made
    documents = tmp_path / "documents"
    (documents / "annex").mkdir(parents=True)
    (documents / "annex/card.md").write_text("A card.\n", encoding="utf-8")
    pack(where, tmp_path / "pack", "--documents", str(documents))
    assert "A card.\n" == (tmp_path / "pack/documents/annex/card.md").read_text(encoding="utf-8")
    (documents / "link.md").symlink_to(documents / "annex/card.md")
    with pytest.raises(BadInput, match="link"):
        invoke(where, tmp_path / "more", "--documents", str(documents))
