"""Conflicts between regimes: the shipped ones rest on live rules, and dead ids are refused."""

from __future__ import annotations

import pytest

from dutybound.errors import ContentError
from dutybound.packs.compile import default_content
from dutybound.packs.conflicts import read_conflicts
from dutybound.packs.launch_policy import read_launch_policy

WANTED = {
    "reasons-and-explanation",
    "retention",
    "demographic-data",
    "human-review",
    "notices-and-clocks",
    "incident-clocks",
    "tipping-off",
}
TEXT = """\
dutybound: conflicts/1
conflicts:
  - id: x
    title: X
    question: Which?
    sides:
      - {name: One, asks: this, rules: [law.a]}
      - {name: Two, asks: that, rules: [law.b]}
    differs: the clock
    design: the shorter one
"""


def refused(text: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        read_conflicts({"law.a", "law.b"}, text=text)
    return [str(p) for p in caught.value.problems]


def test_the_shipped_conflicts_name_rules_that_exist() -> None:
    found = read_conflicts(default_content().rules)
    assert WANTED == {c.id for c in found}
    for conflict in found:
        markets = {r.partition("-")[0] for side in conflict.sides for r in side.rules}
        assert len(markets) >= 2, conflict.id


def test_a_sound_file_is_read() -> None:
    assert ["x"] == [c.id for c in read_conflicts({"law.a", "law.b"}, text=TEXT)]


def test_a_dead_rule_is_refused_where_it_stands() -> None:
    problems = refused(TEXT.replace("[law.b]", "[law.bb]"))
    assert ["conflicts.yaml:8:41: There is no rule `law.bb`. Did you mean `law.b`?"] == problems


def test_a_rule_twice_an_id_twice_and_an_unknown_key_are_refused() -> None:
    assert "stands twice" in refused(TEXT.replace("[law.b]", "[law.b, law.b]"))[0]
    twice = TEXT + TEXT.partition("conflicts:\n")[2]
    assert "`x` stands twice" in refused(twice)[0]
    assert "Unknown key `cause`" in refused(TEXT + "    cause: none\n")[0]


def test_the_options_name_facts_that_exist() -> None:
    content = default_content()
    found = read_launch_policy(content.facts)
    assert {"person-decides", "without-profiling"} <= {d.id for d in found.designs}
    with pytest.raises(ContentError, match=r"There is no fact `use\.evaluates_personal_aspects`"):
        facts = {k: v for k, v in content.facts.items() if k != "use.evaluates_personal_aspects"}
        read_launch_policy(facts)
    assert ["S", "M", "M", "L"] == [found.cost.band(x) for x in (0, 0.35, 0.8, 1)]
