"""A dossier in a folder: nothing that a person wrote is lost, and what changed is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dutybound.assess.documents_status import status
from dutybound.assess.documents_write import Written, write_dossier
from dutybound.assess.dossier_folder import MANIFEST
from dutybound.errors import BadInput
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.document import Authored, DocumentEntry
from tests.documents.toy import PROFILE, dossier, entry, section
from tests.schema_check import problems

CHANGED = PROFILE.replace("involvement: {can_change: false}", "involvement: {can_change: true}")
TEXT = "{% for u in uses %}A person can change it: {{ u.involvement.can_change }}{% endfor %}\n"
Patch = pytest.MonkeyPatch


def paper() -> DocumentEntry:
    return entry(section(TEXT), section("Fixed.", Authored("Why?", "legal-counsel"), "two"))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


def write(
    work: Path,
    patch: Patch,
    profile: str = PROFILE,
    formats: tuple[str, ...] = ("md",),
    *,
    replace: bool = False,
) -> Written:
    found = dossier(work / "in", paper(), patch, profile=profile, files=written(work))
    return write_dossier(found, work / "out", formats, replace=replace)


def written(work: Path) -> dict[str, Path]:
    """The folder of authored text, if there is one."""
    return {"authored": work / "authored"} if (work / "authored").exists() else {}


def author(work: Path, text: str = "Because.") -> None:
    folder = work / "authored" / "paper"
    folder.mkdir(parents=True, exist_ok=True)
    head = "---\nby: Ann\non: 2026-11-01\n---\n"
    (folder / "two.md").write_text(f"{head}{text}\n", encoding="utf-8")


def test_it_writes_every_format_an_overview_and_a_manifest(work: Path, monkeypatch: Patch) -> None:
    found = write(work, monkeypatch, formats=("md", "html", "docx", "pdf"))
    for path in ("md/paper.md", "html/paper.html", "docx/paper.docx", "pdf/paper.pdf"):
        assert (work / "out" / path).stat().st_size > 100
    assert "Paper" in (work / "out" / "index.html").read_text(encoding="utf-8")
    assert [] == list(problems(dict(found.manifest), output_schema("dossier")))


def test_the_same_records_write_the_same_bytes(work: Path, monkeypatch: Patch) -> None:
    formats = ("md", "html", "docx", "pdf")
    write(work, monkeypatch, formats=formats)
    before = {p.name: p.read_bytes() for p in (work / "out").rglob("*") if p.is_file()}
    write(work, monkeypatch, formats=formats)
    assert before == {p.name: p.read_bytes() for p in (work / "out").rglob("*") if p.is_file()}


def test_a_changed_record_makes_a_redline_that_names_it(work: Path, monkeypatch: Patch) -> None:
    write(work, monkeypatch)
    assert {} == write(work, monkeypatch).changed
    found = write(work, monkeypatch, CHANGED)
    assert ["paper"] == list(found.changed)
    text = (work / "out" / "redline" / "paper.md").read_text(encoding="utf-8")
    assert "can" in text
    assert "−no−" in text
    assert {} == write(work, monkeypatch, CHANGED).changed
    assert not (work / "out" / "redline" / "paper.md").exists()


def test_what_a_person_wrote_survives_a_new_writing(work: Path, monkeypatch: Patch) -> None:
    author(work)
    write(work, monkeypatch)
    write(work, monkeypatch, CHANGED)
    assert "Because." in (work / "out" / "md" / "paper.md").read_text(encoding="utf-8")
    assert "Because." in (work / "authored" / "paper" / "two.md").read_text(encoding="utf-8")


def test_a_file_changed_by_hand_is_not_overwritten(work: Path, monkeypatch: Patch) -> None:
    write(work, monkeypatch)
    path = work / "out" / "md" / "paper.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nmine\n", encoding="utf-8")
    with pytest.raises(BadInput, match="changed by hand"):
        write(work, monkeypatch, CHANGED)
    assert "mine" in path.read_text(encoding="utf-8")
    write(work, monkeypatch, CHANGED, replace=True)
    assert "mine" not in path.read_text(encoding="utf-8")
    assert "mine" in path.with_name("paper.changed.md").read_text(encoding="utf-8")


def test_a_folder_that_holds_something_else_is_refused(work: Path, monkeypatch: Patch) -> None:
    (work / "out").mkdir()
    (work / "out" / MANIFEST).write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="another folder"):
        write(work, monkeypatch)


def test_authored_text_for_no_section_is_refused(work: Path, monkeypatch: Patch) -> None:
    author(work)
    (work / "authored" / "paper" / "two.md").rename(work / "authored" / "paper" / "tow.md")
    with pytest.raises(BadInput, match="No section `tow`"):
        write(work, monkeypatch)


# ---------------------------------------------------------------------- status
def states(work: Path, patch: Patch, profile: str = PROFILE) -> dict[str, str]:
    made = dossier(work / "in", paper(), patch, profile=profile, files=written(work))
    found = status(made, work / "out")
    assert [] == list(problems(found, output_schema("documents-status")))
    return {s["id"]: s["state"] for s in found["documents"][0]["sections"]}


def test_sections_are_complete_open_or_stale(work: Path, monkeypatch: Patch) -> None:
    write(work, monkeypatch)
    assert {"one": "complete", "two": "open"} == states(work, monkeypatch)
    assert {"one": "stale", "two": "open"} == states(work, monkeypatch, CHANGED)
    author(work)
    assert {"one": "complete", "two": "stale"} == states(work, monkeypatch)
    write(work, monkeypatch)
    assert {"one": "complete", "two": "complete"} == states(work, monkeypatch)


def test_a_comment_in_the_profile_makes_nothing_stale(work: Path, monkeypatch: Patch) -> None:
    write(work, monkeypatch)
    assert "stale" not in states(work, monkeypatch, PROFILE + "# a comment\n").values()


def test_it_says_which_record_made_it_stale(work: Path, monkeypatch: Patch) -> None:
    write(work, monkeypatch)
    found = status(dossier(work / "in", paper(), monkeypatch, profile=CHANGED), work / "out")
    (why,) = found["documents"][0]["sections"][0]["because"]
    assert {"record": "fact uses.lend.involvement.can_change", "was": "no", "is": "yes"} == why


def test_the_manifest_is_json_that_a_person_can_read(work: Path, monkeypatch: Patch) -> None:
    write(work, monkeypatch)
    text = (work / "out" / MANIFEST).read_text(encoding="utf-8")
    assert "dutybound/dossier/1" == json.loads(text)["schema"]
    assert text.count("\n") > 20
