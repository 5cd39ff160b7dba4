"""A document is issued by a person who may, when nothing is open; and the issue is evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutybound.assess.documents import Dossier
from dutybound.assess.documents_issue import IssuedDocument, Issuing, issue
from dutybound.assess.documents_status import status
from dutybound.assess.documents_write import write_dossier
from dutybound.assess.opening import open_folder
from dutybound.errors import BadInput
from dutybound.terms.document import Authored, DocumentEntry, IssueRule
from tests.documents.toy import PROFILE, dossier, entry, section
from tests.evidence.kit import PEOPLE, key_of, trust_in

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
OWN = [p for p in PEOPLE if p != "mallory"]
BOSS, CLERK = OWN[0], OWN[1]
GOVERNANCE = f"""\
dutybound: governance/1
organisation: Toys
people:
  - {{id: {BOSS}, name: Boss Name}}
  - {{id: {CLERK}, name: Clerk Name}}
roles:
  - {{id: chief, title: Chief, held_by: [{BOSS}], controls: [compliance-officer]}}
  - {{id: clerk, title: Clerk, held_by: [{CLERK}], deputies: [{BOSS}]}}
decisions:
  - {{decision: launch, role: chief}}
"""
TEXT = "{% for u in uses %}A person can change it: {{ u.involvement.can_change }}{% endfor %}\n"
OPENED = "It is for: {{ field('purpose.intended') }}\n"
Patch = pytest.MonkeyPatch
Make = Callable[..., Dossier]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: Patch) -> Make:
    (tmp_path / "in").mkdir()
    (tmp_path / "governance.yaml").write_text(GOVERNANCE, encoding="utf-8")

    def made(paper: DocumentEntry, records: str | None = None, profile: str = PROFILE) -> Dossier:
        files = {"governance": tmp_path / "governance.yaml"}
        if (tmp_path / "authored").exists():
            files["authored"] = tmp_path / "authored"
        found = dossier(tmp_path / "in", paper, monkeypatch, records, profile, files)
        write_dossier(found, tmp_path / "out", ("md",))
        return found

    return made


def do(folder: Path, found: Dossier, by: str = BOSS, key: str | None = None) -> IssuedDocument:
    asked = Issuing("paper", by, AT)
    return issue(found, folder / "out", folder / "record", asked, key_of(key or by), trust_in())


def refused(folder: Path, found: Dossier, **more: str) -> str:
    with pytest.raises(BadInput) as error:
        do(folder, found, **more)
    assert not (folder / "out" / "issued").exists()
    assert not (folder / "record").exists()
    return str(error.value)


def test_it_is_stamped_signed_and_verifies(tmp_path: Path, make: Make) -> None:
    done = do(tmp_path, make(entry(section(TEXT))))
    folder = tmp_path / "out" / done.folder
    assert {"md", "html", "docx", "pdf"} == {Path(n).suffix[1:] for n in done.files}
    text = (folder / "paper-1.md").read_text(encoding="utf-8")
    assert "Boss Name" in text
    assert done.sha256 in text
    (item,) = open_folder(tmp_path / "record", trust_in()).items
    assert done.files == item.claim.subject
    assert ("document", BOSS) == (str(item.claim.kind), item.claim.author)


def test_the_next_issue_is_the_next_version(tmp_path: Path, make: Make) -> None:
    found = make(entry(section(TEXT)))
    assert 1 == do(tmp_path, found).version
    assert 2 == do(tmp_path, found).version


def test_it_is_stale_when_a_record_changes(tmp_path: Path, make: Make) -> None:
    paper = entry(section(TEXT))
    do(tmp_path, make(paper))
    changed = PROFILE.replace("involvement: {can_change: false}", "involvement: {can_change: true}")
    found = status(make(paper, profile=changed), tmp_path / "out")
    assert ["one"] == found["documents"][0]["issued"]["stale_sections"]
    assert found["documents"][0]["issued"]["stale"]


def test_an_open_question_refuses_it_and_is_named(tmp_path: Path, make: Make) -> None:
    said = refused(tmp_path, make(entry(section(OPENED))))
    assert "What is it for?" in said
    assert "purpose.intended" in said


def test_one_who_does_not_hold_the_role_is_refused(tmp_path: Path, make: Make) -> None:
    assert "Boss Name may issue it" in refused(tmp_path, make(entry(section(TEXT))), by=CLERK)


def test_the_key_of_another_is_refused(tmp_path: Path, make: Make) -> None:
    assert f"belongs to {CLERK}" in refused(tmp_path, make(entry(section(TEXT))), key=CLERK)
    assert "belongs to nobody" in refused(tmp_path, make(entry(section(TEXT))), key="mallory")


def test_an_author_does_not_issue_what_they_wrote(tmp_path: Path, make: Make) -> None:
    folder = tmp_path / "authored" / "paper"
    folder.mkdir(parents=True)
    text = "---\nby: Boss Name\non: 2026-11-01\n---\nIt is good.\n"
    (folder / "one.md").write_text(text, encoding="utf-8")
    paper = entry(section(None, Authored("Why?", "legal-counsel")))
    assert "another person issues it" in refused(tmp_path, make(paper))


RULE = IssueRule("First the assessment.", ("purpose.intended",), (), "risk.signatory")


@pytest.mark.parametrize(
    ("records", "says"),
    [
        (None, "First the assessment"),
        ("  purpose.intended: {nothing: not needed}\n", "First the assessment"),
        ("  risk.signatory: {value: Boss Name}\n", "What is it for?"),
        ("  purpose.intended: {value: x}\n  risk.signatory: {value: Ada}\n", "signed by Ada"),
    ],
)
def test_what_must_come_first_refuses_it(
    tmp_path: Path, make: Make, records: str | None, says: str
) -> None:
    assert says in refused(tmp_path, make(entry(section(TEXT), before_issue=RULE), records))


def test_with_all_that_must_come_first_it_is_issued(tmp_path: Path, make: Make) -> None:
    records = "  purpose.intended: {value: x}\n  risk.signatory: {value: Boss Name}\n"
    assert 1 == do(tmp_path, make(entry(section(TEXT), before_issue=RULE), records)).version


def test_a_control_without_evidence_refuses_it(tmp_path: Path, make: Make) -> None:
    rule = IssueRule("First the policy.", (), ("DB-GOV-01",), None)
    said = refused(tmp_path, make(entry(section(TEXT), before_issue=rule)))
    assert "Not all evidence is there for DB-GOV-01" in said
