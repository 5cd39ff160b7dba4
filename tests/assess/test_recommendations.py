"""The four recommendations, each on a shipped example, and what takes a good one away.

`manual-search` is a small system with two binding duties and signed evidence for the four controls
that answer them. Its evidence ages: the same folder gives another recommendation on a later day.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutybound.cli import launch

ROOT = Path(__file__).resolve().parents[2]
SEARCH = ROOT / "examples" / "manual-search"
LAUNCH_DAY = "2027-01-11"
CARRYING = ("rec-literacy", "rec-archive-access", "test-reproduction", "test-safe-failure")
BESIDE = (
    ("doc-literacy",),
    ("doc-records",),
    ("doc-tracing", "rec-traces"),
    ("doc-safety-case",),
)
PIECES = (*CARRYING, *(name for names in BESIDE for name in names))
FREE, CONDITIONAL, UNDETERMINED, BLOCKED = (
    "no_blocker_found",
    "conditional",
    "undetermined",
    "blocked",
)


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which the dossier is asked for."""
    monkeypatch.setattr(launch, "today", lambda: date(2026, 11, 25))


def dossier(folder: Path, on: str = LAUNCH_DAY, market: str = "eu") -> dict[str, Any]:
    """The dossier of the example in a folder."""
    words = [str(folder / "system.yaml"), "--market", market, "--on", on, "--json"]
    if (folder / "evidence").is_dir():
        words += ["--evidence", str(folder / "evidence")]
    found = CliRunner().invoke(launch.command, words, catch_exceptions=False)
    assert 0 == found.exit_code
    plain: dict[str, Any] = json.loads(found.stdout)
    return plain


def recommended(folder: Path, on: str = LAUNCH_DAY, market: str = "eu") -> str:
    """The recommendation for one market."""
    return str(dossier(folder, on, market)["markets"][0]["recommendation"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The example in a folder of its own."""
    return Path(shutil.copytree(SEARCH, tmp_path / "manual-search"))


def without(folder: Path, *names: str) -> Path:
    """The example with some signed pieces taken away."""
    for name in names:
        (folder / "evidence" / f"{name}.dsse.json").unlink()
    return folder


def test_with_all_evidence_nothing_stands_against_the_launch() -> None:
    found = dossier(SEARCH)["markets"][0]
    assert FREE == found["recommendation"]
    assert [] == found["blockers"] == found["open"] == found["conditions"]
    assert ["eu-ai-act.art-4.1.literacy", "eu-pld.art-5.liability"] == sorted(found["floor"])


def test_without_evidence_it_is_blocked(copy: Path) -> None:
    shutil.rmtree(copy / "evidence")
    assert BLOCKED == recommended(copy)


@pytest.mark.parametrize("name", PIECES)
def test_any_piece_less_takes_it_away(name: str, copy: Path) -> None:
    """What is left for that control is less than it asks for, and more than a word."""
    assert CONDITIONAL == recommended(without(copy, name))


@pytest.mark.parametrize(("carrying", "beside"), [*zip(CARRYING, BESIDE, strict=True)])
def test_a_control_with_nothing_left_blocks(
    carrying: str, beside: tuple[str, ...], copy: Path
) -> None:
    assert BLOCKED == recommended(without(copy, carrying, *beside))


@pytest.mark.parametrize("name", CARRYING)
def test_one_changed_byte_takes_it_away(name: str, copy: Path) -> None:
    path = copy / "evidence" / f"{name}.dsse.json"
    envelope = json.loads(path.read_text(encoding="utf-8"))
    sig = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = sig[:20] + ("A" if sig[20] != "A" else "B") + sig[21:]
    path.write_text(json.dumps(envelope, separators=(",", ":")), encoding="utf-8")
    assert recommended(copy) != FREE


def test_without_the_trust_file_nothing_counts(copy: Path) -> None:
    (copy / "evidence" / "trust.yaml").unlink()
    assert BLOCKED == recommended(copy)


def test_another_version_is_another_system(copy: Path) -> None:
    path = copy / "system.yaml"
    text = path.read_text(encoding="utf-8")
    assert "version: 1.2.0" in text
    path.write_text(text.replace("version: 1.2.0", "version: 1.3.0"), encoding="utf-8")
    assert BLOCKED == recommended(copy)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2027-05-09", FREE),  # 180 days after the archive test of 10 November
        ("2027-05-10", CONDITIONAL),
        ("2027-10-02", CONDITIONAL),  # 365 days after the document of 2 October
        ("2027-10-03", BLOCKED),  # now nothing counts for the archive
    ],
)
def test_evidence_ages(on: str, expected: str) -> None:
    assert expected == recommended(SEARCH, on)


@pytest.mark.parametrize("market", ["us", "uk"])
def test_a_market_that_the_profile_does_not_name_is_not_free(market: str) -> None:
    assert UNDETERMINED == recommended(SEARCH, market=market)


@pytest.mark.parametrize(
    ("fact", "opens"),
    [
        ("purposes_complete", "eu-ai-act.art-5.1.e.face-scraping"),
        ("personal_data", "eu-gdpr.art-35.1.dpia"),
        ("interacts_with_people", "eu-ai-act.art-50.1.tell-people"),
        ("general_purpose", "eu-ai-act.art-53.1.b.downstream-information"),
    ],
)
def test_a_fact_that_is_not_known_takes_it_away(fact: str, opens: str, copy: Path) -> None:
    path = copy / "system.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    left = [line for line in lines if not line.strip().startswith(f"{fact}: ")]
    assert 1 == len(lines) - len(left)
    path.write_text("".join(left), encoding="utf-8")
    found = dossier(copy)["markets"][0]
    assert UNDETERMINED == found["recommendation"]
    assert opens in {row["id"] for row in found["open"]}
