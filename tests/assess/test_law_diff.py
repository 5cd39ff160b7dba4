"""The difference between two days: which rules, why, and for which systems. Expected by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dutybound.assess.law_diff import LawDiff, law_diff
from dutybound.terms.finding import Outcome
from tests import toy

BEFORE, AFTER = date(2026, 7, 23), date(2026, 7, 24)
NOT_YET, NO = Outcome.NOT_YET, Outcome.DOES_NOT_APPLY
PLACE_FACTS = toy.PROFILE.replace(
    "places: [eu, us-ca]", "places: {eu: {review: {looks: false}}, us-ca: {}}"
)


def diff(folder: Path, axis: str, start: date, end: date, text: str = toy.PROFILE) -> LawDiff:
    law = toy.content(folder)
    file = toy.profile_file(folder, text)
    return law_diff(law, axis=axis, start=start, end=end, files=[file], today=toy.TODAY)


def test_every_changed_rule_and_how(tmp_path: Path) -> None:
    """Art. 6 and the law of the US did not change."""
    found = {c.rule.id: c.kinds for c in diff(tmp_path, "known", BEFORE, AFTER).changes}
    assert {
        "eu-toy.art-1.keep": ("dates",),
        "eu-toy.art-2.tell": ("text",),
        "eu-toy.art-3.new": ("inserted",),
        "eu-toy.art-7.careful": ("through",),
        "eu-toy.art-8.old": ("deleted",),
        "eu-toy.art-9.shield": ("dates",),
        "eu-toy.careful": ("text",),
    } == found


def test_which_part_and_through_what(tmp_path: Path) -> None:
    changes = {c.rule.id: c for c in diff(tmp_path, "known", BEFORE, AFTER).changes}
    assert ("must",) == changes["eu-toy.art-2.tell"].parts
    assert ("eu-toy.careful",) == changes["eu-toy.art-7.careful"].through
    assert ("eu-toy.art-9.shield",) == changes["eu-toy.art-1.keep"].through


@pytest.mark.parametrize("text", [toy.PROFILE, PLACE_FACTS], ids=["batched", "by place"])
def test_what_changed_for_a_system(tmp_path: Path, text: str) -> None:
    """A profile whose facts differ by place cannot be batched; the result is the same."""
    result = diff(tmp_path, "known", BEFORE, AFTER, text)
    ((_, moved),) = result.systems
    found = {m.rule.id: (m.before, m.after) for m in moved}
    assert ((NOT_YET, date(2026, 8, 2)), (NOT_YET, date(2027, 12, 2))) == found["eu-toy.art-1.keep"]
    assert ((NO, None), (NOT_YET, date(2027, 6, 1))) == found["eu-toy.art-3.new"]
    assert "eu-toy.art-6.same" not in found


def test_texts_in_force_change_three_days_after_they_are_published(tmp_path: Path) -> None:
    law, days = "in_force", (date(2026, 7, 24), date(2026, 7, 26), date(2026, 7, 27))
    assert () == diff(tmp_path, law, days[0], days[1]).changes
    assert 7 == len(diff(tmp_path, law, days[1], days[2]).changes)


def test_a_deleted_rule_is_gone_once_the_text_is_in_force(tmp_path: Path) -> None:
    ((_, moved),) = diff(tmp_path, "in_force", BEFORE, date(2026, 7, 27)).systems
    old = next(m for m in moved if m.rule.id == "eu-toy.art-8.old")
    assert (Outcome.APPLIES, Outcome.NO_LONGER) == (old.before[0], old.after[0])


def test_the_same_day_changes_nothing(tmp_path: Path) -> None:
    result = diff(tmp_path, "known", AFTER, AFTER)
    assert ((), ()) == (result.changes, result.systems[0][1])
