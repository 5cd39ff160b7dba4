"""A blocker names the other parties that lack the evidence which it waits for."""

from __future__ import annotations

from typing import Any

import pytest

from dutybound.assess.launch_first_html import _blocker as first_row
from dutybound.assess.launch_first_html import also_lacking
from dutybound.assess.launch_html import _blocker as full_row
from dutybound.cli.launch_page import _blocker as text_lines


def row(party: str | None, *lacking_for: list[str]) -> dict[str, Any]:
    """A blocker that waits for one control per list of parties."""
    missing = [
        {"what": f"Record {i}", "control": f"DB-TST-0{i}", "lacking_for": found}
        for i, found in enumerate(lacking_for)
    ]
    names = {"id": "act.art-1", "pinpoint": "Art. 1", "title": "Do", "kind": "duty"}
    when = {"party": party, "since": "2026-01-01", "why": "past its day"}
    return {**names, **when, "missing": missing, "owners": [{"role": "tester", "people": []}]}


@pytest.mark.parametrize(
    ("party", "lacking_for", "expected"),
    [
        ("a", [["a"], ["a"]], ""),
        ("a", [], ""),
        ("a", [["a", "c", "b"]], "also lacking for b, c"),
        ("a", [["a", "b"], ["a"]], "also lacking in part for b"),
        ("a", [["a", "b"], ["a", "b", "c"]], "also lacking for b, and in part for c"),
        (None, [["a", "b"], ["a"]], "lacking for a, and in part for b"),
    ],
)
def test_parties_that_lack_it_too(
    party: str | None, lacking_for: list[list[str]], expected: str
) -> None:
    assert expected == also_lacking(row(party, *lacking_for))


def test_every_page_says_it() -> None:
    blocker = row("a", ["a", "b"], ["a"])
    text = " ".join(" ".join(text_lines("eu", blocker)).split())
    said = "Record 0; Record 1; also lacking in part for b"
    assert f"missing: {said}; owner: tester" in text
    assert said == first_row("eu", blocker)[4]
    full = "Record 0 (DB-TST-00); Record 1 (DB-TST-01); also lacking in part for b"
    assert full == full_row("eu", blocker)[5]
    assert "Record 0" == first_row("eu", row("a", ["a"]))[4]
