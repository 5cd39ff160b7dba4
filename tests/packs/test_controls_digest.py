"""The digest of controls, crosswalks, frameworks, security lists and house policies."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutybound.cli.main import cli
from dutybound.errors import ContentError
from dutybound.packs.catalogue import read_catalogue
from dutybound.packs.catalogue_compile import (
    ANSWERS,
    CATALOGUE,
    POLICIES,
    controls_digest,
    default_controls_sha256,
    write_catalogue,
)
from dutybound.packs.compile import content_folder, default_content

ROOT = Path(__file__).resolve().parents[2]
FRAUD = ROOT / "examples" / "fraud-detection"
CROSSWALK = "crosswalks/controls--soc2.yaml"
VERBS = {
    "gaps": ["gaps", f"{FRAUD}/system.yaml", "--evidence", f"{FRAUD}/evidence"],
    "plan": ["plan", f"{FRAUD}/system.yaml", "--evidence", f"{FRAUD}/evidence"],
    "launch": ["launch", f"{FRAUD}/system.yaml", "--on", "2027-03-01", "--market", "eu"],
    "rmf": ["rmf", f"{FRAUD}/system.yaml"],
    "security": ["security", f"{FRAUD}/system.yaml"],
    "demo": ["demo"],
    "framework list": ["framework", "list"],
    "framework show": ["framework", "show", "soc2"],
    "framework coverage": ["framework", "coverage", "soc2"],
    "framework pairs": ["framework", "pairs", "soc2", "iso-42001"],
    "controls list": ["controls", "list"],
    "controls show": ["controls", "show", "DB-MON-01"],
}
LAWLESS = {"rmf", "framework list", "framework show", "framework coverage", "framework pairs"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what the digest covers."""
    content = content_folder()
    for name in ("controls", "frameworks", "crosswalks", "security"):
        shutil.copytree(content / name, tmp_path / name)
    for name in POLICIES:
        shutil.copyfile(content / name, tmp_path / name)
    return tmp_path


def digest(folder: Path) -> str:
    return controls_digest(folder, read_catalogue(folder, default_content().rules, complete=False))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert 1 <= text.count(old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_same_content_gives_the_same_digest(folder: Path) -> None:
    shipped = default_controls_sha256()
    assert re.fullmatch("[0-9a-f]{64}", shipped)
    assert shipped == digest(folder)
    for name in (CROSSWALK, "plan.yaml"):
        path = folder / name
        path.write_text("# A comment.\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert shipped == digest(folder)


def test_one_reason_of_a_crosswalk_changes_it(folder: Path) -> None:
    line = read_catalogue(folder, default_content().rules, complete=False).crosswalks["soc2"][0]
    word = line.why.split()[0]
    text = (folder / CROSSWALK).read_text(encoding="utf-8")
    at = text.index("why:", text.index(f"source: {line.source}"))
    changed = text[:at] + text[at:].replace(word, f"{word}x", 1)
    (folder / CROSSWALK).write_text(changed, encoding="utf-8")
    after = read_catalogue(folder, default_content().rules, complete=False).crosswalks["soc2"]
    assert line.why.replace(word, f"{word}x", 1) == after[0].why
    assert default_controls_sha256() != digest(folder)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("plan.yaml", "weights:", "more: 1\nweights:"),
        ("launch.yaml", "S: 0.34", "S: 0.35"),
        ("rmf-target.yaml", "why:", "other: 1\nwhy:"),
        ("security/owasp-llm-2025.yaml", "title: ", "title: A "),
        ("controls/monitoring.yaml", "effort: M", "effort: L"),
    ],
)
def test_any_file_that_outputs_rest_on_changes_it(
    folder: Path, name: str, old: str, new: str
) -> None:
    edit(folder / name, old, new)
    assert default_controls_sha256() != digest(folder)


def test_both_compiled_files_name_it(folder: Path, tmp_path: Path) -> None:
    write_catalogue(folder, tmp_path / "compiled", default_content().rules)
    names = (CATALOGUE.name, ANSWERS.name)
    found = [json.loads((tmp_path / "compiled" / n).read_bytes())["controls_sha256"] for n in names]
    assert [default_controls_sha256()] * 2 == found


def test_a_policy_that_is_no_yaml_is_an_error_of_the_content(folder: Path) -> None:
    (folder / "plan.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ContentError, match=r"plan\.yaml"):
        digest(folder)


@pytest.mark.parametrize("verb", VERBS)
def test_outputs_name_it(verb: str) -> None:
    found = CliRunner().invoke(cli, [*VERBS[verb], "--json"], catch_exceptions=False)
    assert 0 == found.exit_code, found.stderr
    content = default_content()
    law = {} if verb in LAWLESS else {"version": content.version, "sha256": content.sha256}
    expected = {**law, "controls_sha256": default_controls_sha256()}
    shown = json.loads(found.stdout)["content"]
    assert expected == {k: v for k, v in shown.items() if k in expected}
    assert ("sha256" in shown) is (verb not in LAWLESS)


@pytest.mark.parametrize("verb", ["gaps", "plan", "launch", "rmf"])
def test_pages_name_it(verb: str, tmp_path: Path) -> None:
    short = f"sha256 {default_controls_sha256()[:12]}"
    found = CliRunner().invoke(cli, VERBS[verb], catch_exceptions=False)
    assert short in " ".join(found.stdout.split())
    if verb != "plan":  # it has no page
        page = tmp_path / "page.html"
        CliRunner().invoke(cli, [*VERBS[verb], "--html", str(page)], catch_exceptions=False)
        assert short in page.read_text(encoding="utf-8")
