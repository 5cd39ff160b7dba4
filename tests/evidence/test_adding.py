"""`evidence add`: what enters a record folder, its objects and its log, and what does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from dutybound.assess.adding import add_files
from dutybound.assess.intake import check_evidence
from dutybound.assess.keys import public_half
from dutybound.assess.log import init_log, open_log
from dutybound.assess.opening import open_folder
from dutybound.assess.schema import schema
from dutybound.assess.security import reports_of
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.ledger.tlog_proof import read_receipt
from dutybound.packs.compile import default_content
from dutybound.packs.writing import to_yaml
from dutybound.store.objects import Objects
from dutybound.terms.evidence import EvidenceKind, Handling
from tests.evidence.kinds import claim_of_kind
from tests.evidence.kit import (
    DAY,
    PEOPLE,
    checked,
    key_of,
    predicate,
    profile,
    signed,
    small_catalogue,
    trust_in,
)
from tests.interchange.test_scanners import FINDING, scan

REPORT = b"band,alarms\n18-30,12\n"
DIGEST = sha256(REPORT).hexdigest()
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def run(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli, [*map(str, words), "--json"], catch_exceptions=False)
    assert 0 == done.exit_code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema_rs.validate(schema(found["schema"].split("/")[1], default_content), found)
    return found


def statement(where: Path, name: str = "test-1", **more: Any) -> Path:
    """An envelope with its file beside it."""
    where.mkdir(exist_ok=True)
    (where / "report.csv").write_bytes(REPORT)
    path = where / f"{name}.dsse.json"
    path.write_bytes(signed(predicate(id=name, **more), subject={"report.csv": DIGEST}))
    return path


def trust_file(folder: Path) -> Path:
    """A trust file with everybody but mallory."""
    folder.mkdir(exist_ok=True)
    keys = []
    for person, organisation in PEOPLE.items():
        half = public_half(key_of(person))
        keys.append(
            {
                "fingerprint": half.fingerprint,
                "public_key": half.public_key,
                "person": person,
                "organisation": organisation,
                "role": "tester",
                "valid_from": "2026-01-01",
            }
        )
    organisations = [
        {"id": "acme", "name": "Acme", "relation": "own"},
        {"id": "cloudco", "name": "Cloud", "relation": "vendor"},
        {"id": "outside-lab", "name": "Laboratory", "relation": "independent"},
    ]
    value = {
        "dutybound": "trust/1",
        "organisations": organisations,
        "keys": [k for k in keys if k["person"] != "mallory"],
    }
    path = folder / "trust.yaml"
    path.write_text(to_yaml(value), encoding="utf-8")
    return path


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record folder without a log."""
    return trust_file(tmp_path / "record").parent


@pytest.fixture
def logged(record: Path) -> Path:
    """A record folder with a log."""
    with init_log(record, "acme.example/log", AT):
        return record


class TestFolder:
    def test_the_statement_and_its_file_are_kept_by_content(
        self, tmp_path: Path, record: Path
    ) -> None:
        path = statement(tmp_path / "in")
        (one,) = run("evidence", "add", str(path), "--to", str(record))["added"]
        assert (True, ["report.csv"], [], "no_log") == (
            one["new"], one["kept"], one["missing"], one["log"]
        )  # fmt: skip
        assert sha256(path.read_bytes()).hexdigest() == one["sha256"]
        objects = Objects(record / "objects")
        assert REPORT == objects.get(DIGEST)
        assert path.read_bytes() == objects.get(one["sha256"])
        assert path.read_bytes() == (record / path.name).read_bytes()

    def test_again_changes_nothing(self, tmp_path: Path, record: Path) -> None:
        path = statement(tmp_path / "in")
        run("evidence", "add", str(path), "--to", str(record))
        before = sorted(p.name for p in record.rglob("*"))
        (one,) = run("evidence", "add", str(path), "--to", str(record))["added"]
        assert not one["new"]
        assert before == sorted(p.name for p in record.rglob("*"))

    def test_it_counts_as_before_and_the_folder_is_all_accounted_for(
        self, tmp_path: Path, record: Path
    ) -> None:
        run("evidence", "add", str(statement(tmp_path / "in")), "--to", str(record))
        opened = open_folder(record, trust_in())
        assert (["test-1"], ()) == ([i.claim.id for i in opened.items], opened.refused)

    def test_a_kept_file_that_was_changed_is_found(self, tmp_path: Path, record: Path) -> None:
        run("evidence", "add", str(statement(tmp_path / "in")), "--to", str(record))
        Objects(record / "objects").path(DIGEST).write_bytes(b"band,alarms\n18-30,0\n")
        opened = open_folder(record, trust_in())
        assert ((), ["subject_changed"]) == (opened.items, [r.code for r in opened.refused])

    def test_a_file_that_comes_later(self, tmp_path: Path, record: Path) -> None:
        path = statement(tmp_path / "in")
        (tmp_path / "in" / "report.csv").rename(tmp_path / "renamed.csv")
        (one,) = run("evidence", "add", str(path), "--to", str(record))["added"]
        assert ([], ["report.csv"]) == (one["kept"], one["missing"])
        words = ("evidence", "add", str(tmp_path / "renamed.csv"), "--to", str(record))
        assert [] == run(*words)["added"]
        assert REPORT == Objects(record / "objects").get(DIGEST)

    def test_a_failed_scan_speaks_up_from_among_the_objects(
        self, tmp_path: Path, record: Path
    ) -> None:
        raw = scan(FINDING)
        digest = sha256(raw).hexdigest()
        where = tmp_path / "in"
        where.mkdir()
        (where / "a.scan.json").write_bytes(raw)
        value = signed(predicate(), subject={"a.scan.json": digest})
        (where / "scan.dsse.json").write_bytes(value)
        add_files(record, [where / "scan.dsse.json"], trust_in())
        found = check_evidence(open_folder(record, trust_in()), small_catalogue(), profile(), DAY)
        assert ([], ["test_failed"]) == (found[0], [r.code for r in found[1]])
        assert digest in {r.sha256 for r in reports_of(record)}


REFUSED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nobody's key": (lambda p: signed(predicate(author="mallory")), "unknown_key"),
    "another's name": (lambda p: signed(predicate(author="bob"), by="alice"), "author_mismatch"),
    "a changed byte": (lambda p: p.replace(b"A", b"B", 1), "bad_signature|malformed"),
    "no envelope": (lambda p: b'{"payloadType": 1}', "malformed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_written_if_one_is_refused(tmp_path: Path, record: Path, name: str) -> None:
    change, code = REFUSED[name]
    good = statement(tmp_path / "in")
    bad = tmp_path / "in" / "bad.dsse.json"
    bad.write_bytes(change(good.read_bytes()))
    before = sorted(record.rglob("*"))
    with pytest.raises(BadInput, match=code):
        add_files(record, [good, bad], trust_in())
    assert before == sorted(record.rglob("*"))


def test_files_that_are_refused(tmp_path: Path, record: Path) -> None:
    path = statement(tmp_path / "in")
    loose = tmp_path / "notes.txt"
    loose.write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match="No statement speaks"):
        add_files(record, [path, loose], trust_in())
    (tmp_path / "in" / "report.csv").write_bytes(b"other")
    with pytest.raises(BadInput, match="subject_changed"):
        add_files(record, [path], trust_in())
    assert not (record / "objects").exists()


def test_another_cannot_take_an_id_or_a_name(tmp_path: Path, record: Path) -> None:
    add_files(record, [statement(tmp_path / "a")], trust_in())
    with pytest.raises(BadInput, match="another file of this name"):
        add_files(record, [statement(tmp_path / "b", what="other")], trust_in())
    other = statement(tmp_path / "c", author="bob")
    other = other.rename(other.with_name("bob.dsse.json"))
    with pytest.raises(BadInput, match="id_twice"):
        add_files(record, [other], trust_in())


class TestLog:
    def test_it_gets_an_index_and_a_receipt(self, tmp_path: Path, logged: Path) -> None:
        paths = [statement(tmp_path / "in", n) for n in ("one", "two")]
        found = run("evidence", "add", *map(str, paths), "--to", str(logged))["added"]
        assert [(0, "in_log"), (1, "in_log")] == [(o["index"], o["log"]) for o in found]
        for one in found:
            raw = (logged / "receipts" / f"{one['sha256']}.tlog-proof").read_bytes()
            assert one["index"] == read_receipt(raw).index

    def test_again_gives_the_same_index(self, tmp_path: Path, logged: Path) -> None:
        path = statement(tmp_path / "in")
        for _ in range(2):
            (one,) = run("evidence", "add", str(path), "--to", str(logged))["added"]
            assert 0 == one["index"]

    @pytest.mark.parametrize("mark", ["self_test", "counsel"])
    def test_marked_work_stays_out_unless_it_is_named(
        self, tmp_path: Path, logged: Path, mark: str
    ) -> None:
        paths = [statement(tmp_path / "in", "open"), statement(tmp_path / "in", "m", handling=mark)]
        words = ("evidence", "add", *map(str, paths), "--to", str(logged))
        found = run(*words)["added"]
        assert [("in_log", 0), ("kept_out", None)] == [(o["log"], o["index"]) for o in found]
        assert size_of(logged) == 1
        other = "counsel" if mark == "self_test" else "self_test"
        assert "kept_out" == run(*words, "--include", other)["added"][1]["log"]
        assert "in_log" == run(*words, "--include", mark)["added"][1]["log"]
        assert size_of(logged) == 2


def size_of(record: Path) -> int:
    with open_log(record) as log:
        return log.store.tree().size


class TestShow:
    def test_by_file_and_by_digest(self, tmp_path: Path, record: Path) -> None:
        path = statement(tmp_path / "in")
        add_files(record, [path], trust_in())
        by_file = run("evidence", "show", str(path), "--trust", str(record / "trust.yaml"))
        assert {
            "checked": True,
            "holds": True,
            "person": "alice",
            "code": None,
            "reason": None,
        } == (by_file["signature"])
        assert "PASSED" == by_file["others_read"]["result"]
        assert [{"name": "report.csv", "sha256": DIGEST}] == by_file["subject"]
        found = run("evidence", "show", by_file["sha256"][:8], "--in", str(record))
        assert by_file["claim"] == found["claim"]
        assert found["signature"]["checked"] is False

    def test_a_signature_that_does_not_hold_is_named(self, tmp_path: Path, record: Path) -> None:
        path = statement(tmp_path / "in")
        path.write_bytes(signed(predicate(author="mallory")))
        found = run("evidence", "show", str(path), "--trust", str(record / "trust.yaml"))
        assert (False, "unknown_key") == (found["signature"]["holds"], found["signature"]["code"])

    def test_no_such_digest(self, record: Path) -> None:
        with pytest.raises(BadInput, match="No statement"):
            run("evidence", "show", "deadbeef", "--in", str(record))

    def test_its_page(self, tmp_path: Path) -> None:
        path = statement(tmp_path / "in")
        text = CliRunner().invoke(cli, ["evidence", "show", str(path)]).output
        for words in ("test-result/v0.1", "nobody is trusted", '"method": "hold-out"', "PASSED"):
            assert words in text


def test_what_raises_no_rung_can_be_added_and_is_listed(tmp_path: Path, record: Path) -> None:
    for kind in EvidenceKind:
        path = tmp_path / f"{kind}.dsse.json"
        path.write_bytes(signed(claim_of_kind(kind)))
        add_files(record, [path], trust_in())
    opened = open_folder(record, trust_in())
    assert set(EvidenceKind) == {i.claim.kind for i in opened.items}
    assert () == opened.refused
    assert checked(signed(claim_of_kind(EvidenceKind.STOP))).checked[0].claim.handling is (
        Handling.ORDINARY
    )
