"""Every file of a folder of evidence is accounted for."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dutybound.assess.intake import read_evidence
from dutybound.assess.opening import open_files, open_folder
from dutybound.assess.signing import sign_file
from dutybound.errors import BadInput
from dutybound.interchange.dsse import fingerprint
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.evidence import read_trust
from dutybound.terms.trust import Trust
from tests.evidence.kit import DAY, key_of, small_catalogue, trust_in
from tests.evidence.sign_example import CASTS
from tests.evidence.test_signing import CLAIM, folder_with

EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud-detection"
CREDIT = EXAMPLE.parent / "credit-scoring"
TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 3, 9, tzinfo=UTC)


def folder(tmp_path: Path) -> Path:
    path = folder_with(tmp_path, CLAIM.replace("DB-GOV-01", "DB-HUM-01"))
    (tmp_path / "policy.dsse.json").write_bytes(sign_file(path, key_of("alice"), AT))
    return tmp_path


def codes(where: Path, trust: Trust | None = None) -> dict[str, str]:
    checked, refused = read_evidence(where, trust or trust_in(), small_catalogue(), None, DAY)
    return {**{c.claim.id: "counts" for c in checked}, **{r.file: r.code for r in refused}}


def test_a_claim_its_source_and_its_file(tmp_path: Path) -> None:
    assert {"policy": "counts"} == codes(folder(tmp_path))


def test_a_changed_file(tmp_path: Path) -> None:
    where = folder(tmp_path)
    (where / "policy.md").write_text("Be bad.\n", encoding="utf-8")
    found = codes(where)
    assert "subject_changed" == found["policy.dsse.json"]
    assert "policy" not in found


def test_a_file_that_is_not_there_is_no_harm(tmp_path: Path) -> None:
    where = folder(tmp_path)
    (where / "policy.md").unlink()
    (where / "policy.yaml").unlink()
    assert {"policy": "counts"} == codes(where)


def test_an_edited_source(tmp_path: Path) -> None:
    where = folder(tmp_path)
    text = (where / "policy.yaml").read_text(encoding="utf-8")
    (where / "policy.yaml").write_text(text.replace("The policy.", "A policy."), encoding="utf-8")
    assert {"policy": "counts", "policy.yaml": "source_changed"} == codes(where)


def test_what_is_no_evidence(tmp_path: Path) -> None:
    where = folder(tmp_path)
    (where / "notes.txt").write_text("x", encoding="utf-8")
    (where / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    (where / "broken.yaml").write_text("a: [\n", encoding="utf-8")
    (where / "more").mkdir()
    unsigned = CLAIM.replace("id: policy", "id: draft")
    (where / "draft.yaml").write_text(unsigned, encoding="utf-8")
    (where / "odd.json").write_text('{"payloadType": 1}', encoding="utf-8")
    (where / "data.json").write_text("{}", encoding="utf-8")
    expected = {
        "policy": "counts",
        "notes.txt": "not_evidence",
        "other.yaml": "not_evidence",
        "broken.yaml": "malformed",
        "more": "not_evidence",
        "draft.yaml": "unsigned",
        "odd.json": "malformed",
        "data.json": "not_evidence",
    }
    assert expected == codes(where)


def test_nobody_is_trusted_without_a_trust_file(tmp_path: Path) -> None:
    where = folder(tmp_path)
    _, refused = read_evidence(where, None, small_catalogue(), None, DAY)
    assert ["unknown_key"] == [r.code for r in refused if r.file.endswith(".json")]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        open_folder(tmp_path / "none", trust_in())


def test_single_files(tmp_path: Path) -> None:
    where = folder(tmp_path)
    opened = open_files([where / "policy.dsse.json", where / "policy.yaml"], trust_in())
    assert ["policy"] == [i.claim.id for i in opened.items]
    assert ["unsigned"] == [r.code for r in opened.refused]
    (where / "policy.md").write_text("Be bad.\n", encoding="utf-8")
    opened = open_files([where / "policy.dsse.json"], trust_in())
    assert ["subject_changed"] == [r.code for r in opened.refused]


class TestExample:
    """The evidence of `examples/fraud-detection`, signed by `sign_example`."""

    def test_what_counts(self) -> None:
        trust = read_trust(EXAMPLE / "evidence" / "trust.yaml")
        opened = open_folder(EXAMPLE / "evidence", trust)
        assert 20 == len(opened.items)
        assert () == opened.refused

    def test_what_does_not(self) -> None:
        from dutybound.packs.compile import default_content
        from dutybound.packs.profile import ProfileReader

        system = ProfileReader(default_content()).read(EXAMPLE / "system.yaml")
        trust = read_trust(EXAMPLE / "evidence" / "trust.yaml")
        checked, refused = read_evidence(
            EXAMPLE / "evidence",
            trust,
            default_catalogue(),
            system,
            date(2026, 11, 25),
            name_marked=True,
        )
        whole = {r.claim_id: r.code for r in refused if r.control is None}
        assert {
            "att-literacy-2025": "expired",
            "self-test-notices": "handling",
            "soc2-northcloud-2026": "bridged",
            "soc2-tidewatch-2026": "bridged",
            "test-fairness-5.0.0": "wrong_version",
            "test-stop-switch": "test_failed",
        } == whole
        best = {c.claim.id: max(c.reaches.values()).word for c in checked if c.reaches}
        assert "independently_verified" == best["test-red-team"]
        assert "tested" == best["test-fairness"]
        assert "asserted" == best["soc2-tidewatch-2026"]
        assert "iso-27001-tidewatch" not in best

    def test_no_private_key_lies_there(self) -> None:
        for path in EXAMPLE.rglob("*"):
            if path.is_file():
                assert b"PRIVATE KEY" not in path.read_bytes()

    def test_a_byte_changed_in_any_envelope_is_found(self, tmp_path: Path) -> None:
        shutil.copytree(EXAMPLE / "evidence", tmp_path / "evidence")
        trust = read_trust(tmp_path / "evidence" / "trust.yaml")
        for path in sorted((tmp_path / "evidence").glob("*.dsse.json")):
            raw = bytearray(path.read_bytes())
            at = raw.index(b'"payload":"') + len(b'"payload":"') + 40
            raw[at] = ord("A") if raw[at] != ord("A") else ord("B")
            path.write_bytes(bytes(raw))
        opened = open_folder(tmp_path / "evidence", trust)
        assert () == opened.items
        found = {r.code for r in opened.refused if r.file.endswith(".dsse.json")}
        assert found <= {"bad_signature", "malformed"}


@pytest.mark.parametrize(
    ("day", "report"),
    [(date(2026, 11, 25), "bridged"), (date(2027, 3, 1), "lapsed")],
)
def test_credit_scoring_refuses_what_does_not_count(day: date, report: str) -> None:
    """Of 22 signed pieces. The age of the data register is counted for its one control."""
    from dutybound.packs.compile import default_content
    from dutybound.packs.profile import ProfileReader

    folder = CREDIT / "evidence"
    trust = read_trust(folder / "trust.yaml")
    opened = open_folder(folder, trust)
    assert 22 == len(opened.items)
    assert () == opened.refused
    system = ProfileReader(default_content()).read(CREDIT / "system.yaml", today=TODAY)
    checked, refused = read_evidence(folder, trust, default_catalogue(), system, day, today=TODAY)
    assert {
        "app-release": "self_approved",
        "att-minors": "expired",
        "soc2-alderstack-2026": report,
        "test-fairness-2.2.0": "wrong_version",
        "test-reasons": "test_failed",
    } == {r.claim_id: r.code for r in refused if r.control is None}
    stale = {r.claim_id: r.control for r in refused if r.code == "stale"}
    assert {"rec-data-register": "DB-DAT-01"} == stale
    best = {c.claim.id: max(c.reaches.values()).word for c in checked if c.reaches}
    assert "independently_verified" == best["test-validation"]
    assert "asserted" == best["att-overseers"]
    assert not best.keys() & {"app-release", "test-reasons", "rec-data-register"}


@pytest.mark.parametrize("name", sorted(CASTS))
def test_every_example_keeps_its_source_and_no_private_key(name: str) -> None:
    """Each envelope has its source beside it, unchanged, and nothing else lies there."""
    folder = EXAMPLE.parent / name / "evidence"
    opened = open_folder(folder, read_trust(folder / "trust.yaml"))
    assert opened.items
    assert () == opened.refused
    people = {person for person, _, _ in CASTS[name].people}
    assert {item.key.person for item in opened.items} <= people
    for path in folder.iterdir():
        assert b"PRIVATE KEY" not in path.read_bytes()


def test_fingerprints_are_of_the_key() -> None:
    for name, key in trust_in().keys.items():
        assert name == fingerprint(key.public)
