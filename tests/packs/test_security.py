"""The lists of threats: closed, and no dead id."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dutybound.assess.security import answering
from dutybound.errors import ContentError
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.compile import content_folder
from dutybound.packs.security import read_security, security_problems

COUNTS = {"owasp-llm-2026": 10, "owasp-llm-2025": 10, "owasp-api-2023": 10, "mitre-atlas": 19}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the parts that belong together."""
    for name in ("security", "controls"):
        shutil.copytree(content_folder() / name, tmp_path / name)
    return tmp_path


def problems(folder: Path) -> list[str]:
    return [str(p) for p in security_problems(folder, default_catalogue().controls)]


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first place; gives its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_shipped_lists_are_sound() -> None:
    found = read_security()
    assert COUNTS == {x.id: len(x.entries) for x in found.lists}
    assert {"voluntary_framework"} == {x.nature for x in found.lists}
    assert all(x.not_covered for x in found.lists)
    assert () == security_problems(content_folder(), default_catalogue().controls)


def test_ids_are_those_of_the_lists() -> None:
    lists = {x.id: [e.id for e in x.entries] for x in read_security().lists}
    llm = [f"LLM{n:02d}" for n in range(1, 11)]
    assert llm == lists["owasp-llm-2025"]
    assert llm == lists["owasp-llm-2026"]
    assert [f"API{n}" for n in range(1, 11)] == lists["owasp-api-2023"]


def test_every_entry_is_answered_or_excused() -> None:
    answers = answering(default_catalogue())
    for found in read_security().lists:
        for entry in found.entries:
            assert bool(answers.get((found.id, entry.id))) is (entry.unanswered is None)


def test_a_dead_id_in_a_control_is_named_with_its_place(folder: Path) -> None:
    path = folder / "controls/security.yaml"
    line = edit(path, "owasp-api-2023: [API7, API8]", "owasp-api-2023: [API77, API8]")
    found = problems(folder)
    assert any(
        f"controls/security.yaml:{line}:" in p
        and "Dead id: owasp-api-2023 has no entry `API77`" in p
        for p in found
    )
    assert any("No control answers `API7`" in p for p in found)


def test_a_dead_list_in_a_control_is_named(folder: Path) -> None:
    edit(folder / "controls/security.yaml", "      mitre-atlas:", "      mitre-atlass:")
    found = [p for p in problems(folder) if "no list" in p]
    assert found and all("Did you mean `mitre-atlas`?" in p for p in found)


def test_an_entry_without_a_control_needs_a_reason(folder: Path) -> None:
    path = folder / "security/mitre-atlas.yaml"
    text = "  - {id: AML.T0099, title: New, threat: Something new., look_for: [a sign]}\n"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    assert any("No control answers `AML.T0099`" in p for p in problems(folder))
    edit(path, "entries:\n", "unanswered:\n  - {id: AML.T0099, why: It is new.}\nentries:\n")
    assert [] == problems(folder)


def test_an_excuse_that_is_not_needed_is_refused(folder: Path) -> None:
    path = folder / "security/mitre-atlas.yaml"
    edit(path, "entries:\n", "unanswered:\n  - {id: AML.T0010, why: None.}\nentries:\n")
    assert any("needs no excuse" in p for p in problems(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("owasp-llm-2025.yaml", "effect:", "efect:", "Did you mean `effect`?"),
        ("owasp-llm-2025.yaml", "voluntary_framework", "binding_law", "nature"),
        ("owasp-llm-2025.yaml", "id: LLM02", "id: LLM01", "stands twice"),
        ("owasp-llm-2025.yaml", 'edition: "2025"\n', "", "belong together"),
        ("owasp-llm-2026.yaml", "list: owasp-llm-2026", "list: owasp-llm-2025", "two files"),
        ("mitre-atlas.yaml", "cwe-494", "CWE 494", "is a tag such as"),
        ("view.yaml", "owasp-api-2023, ", "", "is not shown"),
        ("view.yaml", "owasp-api-2023, ", "owasp-api-2019, ", "no list `owasp-api-2019`"),
        ("view.yaml", "  garak:\n", "  grk:\n", "Did you mean `garak`?"),
    ],
)
def test_a_flaw_in_a_file_is_named(folder: Path, file: str, old: str, new: str, says: str) -> None:
    edit(folder / "security" / file, old, new)
    with pytest.raises(ContentError) as caught:
        read_security(folder)
    assert any(says in str(p) and f"security/{file}" in str(p) for p in caught.value.problems)


def test_a_control_that_is_not_there_is_named(folder: Path) -> None:
    edit(folder / "security/view.yaml", "DB-SEC-06", "DB-SEC-66")
    found = problems(folder)
    assert ["There is no control `DB-SEC-66`"] == [
        p.partition(": ")[2].partition(".")[0] for p in found
    ]
