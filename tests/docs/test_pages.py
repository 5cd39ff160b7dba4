"""Links lead somewhere, and the files shown in pages are valid."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dutybound.assess.lint import lint
from dutybound.assess.signing import sign_file
from dutybound.interchange.dsse import new_key
from dutybound.packs.cases import read_cases
from dutybound.packs.compile import content_folder, default_content
from dutybound.packs.content import read_content
from dutybound.packs.profile import ProfileReader

ROOT = Path(__file__).resolve().parent.parent.parent
OUTSIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "changelog.d/README.md")
PAGES = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")) + list(OUTSIDE)
DASH = "\N{EM DASH}"


def text_of(path: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as sites that show Markdown make them."""
    heads = re.findall(r"^#+ (.*)$", text_of(path), re.M)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in plain}


def blocks(name: str, language: str = "yaml") -> list[str]:
    """The fenced blocks of a page."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert [] == broken


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_em_dash(name: str) -> None:
    assert DASH not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [p for p in PAGES if p.startswith("docs/")])
def test_page_can_be_reached_from_the_start(name: str) -> None:
    """Every page is linked from docs/README.md or from the list of decisions."""
    lists = [ROOT / "docs/README.md", ROOT / "docs/explanation/decisions/README.md"]
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in lists
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
    assert {ROOT / name} <= {*linked, ROOT / "docs/README.md"}


def test_profile_and_organisation_file_of_the_guide_are_valid(tmp_path: Path) -> None:
    profile, organisation = blocks("how-to/write-a-profile.md")
    (tmp_path / "organisation.yaml").write_text(organisation, encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    path = tmp_path / "profiles/system.yaml"
    path.write_text(profile, encoding="utf-8")
    read = ProfileReader(default_content()).read(path, today=date(2026, 11, 25))
    assert ["bank-eu", "vendor"] == [p.id for p in read.parties]


def test_own_rules_of_the_guide_are_sound(tmp_path: Path) -> None:
    act, rules, cases = blocks("how-to/own-rules.md")
    folder = tmp_path / "law/own/example-ai-policy"
    (folder / "cases").mkdir(parents=True)
    (folder / "act.yaml").write_text(act, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "cases/rules.yaml").write_text(cases, encoding="utf-8")
    content = read_content(content_folder(), [tmp_path])
    found = read_cases(tmp_path, content)
    report = lint(content, found, today=date(2026, 11, 25))
    assert (3, ()) == (report.cases, report.failures)


@pytest.mark.parametrize(
    "text",
    [
        b
        for page in ("how-to/sign-evidence.md", "reference/evidence.md")
        for b in blocks(page)
        if b.startswith("dutybound: claim/1")
    ],
    ids=lambda text: text.splitlines()[1],
)
def test_claims_in_pages_can_be_signed(text: str, tmp_path: Path) -> None:
    claim = tmp_path / "claim.yaml"
    claim.write_text(text, encoding="utf-8")
    for name in (
        "fairness-2.0.1.csv",
        "test-plan.yaml",
        "decision-4711.json",
        "fairness-5.1.0.csv",
    ):
        (tmp_path / name).write_text("x", encoding="utf-8")
    at = datetime(2026, 11, 25, tzinfo=UTC)
    assert sign_file(claim, new_key(), at).startswith(b'{"payload"')
