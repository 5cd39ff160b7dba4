"""The line of time of a system. Expected days are those of the toy law."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dutybound.assess.assess import assess
from dutybound.assess.timeline import Timeline, quarter_of, quarters_between, timeline
from dutybound.cli.timeline import BAR, bar
from tests import toy


def line(folder: Path, as_of: date = toy.TODAY, text: str = toy.PROFILE) -> Timeline:
    law = toy.content(folder)
    stated = toy.profile(law, folder, text)
    return timeline(assess(law, stated, today=toy.TODAY, as_of=as_of))


def test_days_in_order_with_formal_days_and_events(tmp_path: Path) -> None:
    entries = [e for e in line(tmp_path).entries if e.day > toy.TODAY]
    assert [
        (date(2027, 3, 1), "event", None),
        (date(2027, 6, 1), "begins", "eu-toy.art-3.new"),
        (date(2027, 12, 2), "begins", "eu-toy.art-1.keep"),
    ] == [(e.day, e.what, e.values.get("id")) for e in entries]
    assert "2026-08-02" == entries[-1].values["formal_from"]
    assert ["yes"] == [t["holds"] for t in entries[-1].values["transitions"]]


def test_what_ended_is_shown(tmp_path: Path) -> None:
    ends = [e for e in line(tmp_path).entries if e.what == "ends"]
    assert [(date(2026, 7, 27), "eu-toy.art-8.old")] == [(e.day, e.values["id"]) for e in ends]


def test_the_text_that_follows_is_found(tmp_path: Path) -> None:
    """Judged before the amendment, Art. 2 has two texts, one after the other."""
    found = [
        (e.day, e.what)
        for e in line(tmp_path, date(2026, 7, 25)).entries
        if e.values.get("id") == "eu-toy.art-2.tell"
    ]
    assert [
        (date(2025, 2, 2), "begins"),
        (date(2026, 7, 27), "begins"),
        (date(2026, 7, 27), "ends"),
    ] == sorted(found)


def test_quarters_count_each_duty_once(tmp_path: Path) -> None:
    assert [
        ("now", {"eu": 4, "us": 1}),
        ("2027 Q2", {"eu": 1}),
        ("2027 Q4", {"eu": 1}),
    ] == [(q["quarter"], q["markets"]) for q in line(tmp_path).quarters]


def test_a_shield_is_listed_with_its_end(tmp_path: Path) -> None:
    """After the day the shield holds, since the system was first used before it."""
    (shielded,) = line(tmp_path, date(2027, 12, 2)).shielded
    assert "eu-toy.art-1.keep" == shielded["id"]
    assert "The design changes." == shielded["transitions"][0]["ends_when"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2027, 1, 1), "2027 Q1"), (date(2027, 3, 31), "2027 Q1"), (date(2027, 12, 2), "2027 Q4")],
)
def test_quarter(day: date, expected: str) -> None:
    assert expected == quarter_of(day)


def test_quarters_between() -> None:
    expected = ["2027 Q3", "2027 Q4", "2028 Q1"]
    assert expected == list(quarters_between("2027 Q3", "2028 Q1"))


def test_bars_are_in_proportion_and_never_invisible() -> None:
    assert "█" * BAR == bar(10, 10)
    assert "█" * (BAR // 2) == bar(5, 10)
    assert "▏" == bar(1, 100_000)
    assert "" == bar(0, 10)
