"""The interview: which questions, when it stops, what it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.interview import Ids, Interview, ask_of, full_paths, unattended
from dutybound.errors import BadInput
from dutybound.packs.reading import parse_yaml
from dutybound.packs.writing import to_yaml
from dutybound.rules.program import Program
from tests import toy

GIVEN: dict[str, Any] = {
    "system.artefact": "ai",
    "parties.bank.acts": ["uses"],
    "uses.main.places": ["eu"],
    "uses.main.purposes": ["score"],
    "uses.main.persons": ["people"],
    "data.data.kinds": ["personal"],
}


def interview(folder: Path, given: dict[str, Any], **more: Any) -> Interview:
    law = toy.content(folder)
    program = Program(law, toy.TODAY)
    return Interview(law, program, Ids.of(given), given, as_of=toy.TODAY, **more)


def test_the_core_comes_first_then_what_settles_most(tmp_path: Path) -> None:
    """Art. 1 waits for the event, Art. 2 to 4 for talk and review, Art. 5 for the risk."""
    one = interview(tmp_path, GIVEN)
    asked = []
    while (question := one.next()) is not None:
        asked.append(question.paths)
        one.answer(question, GIVEN)
    assert [(path,) for path in GIVEN] == asked[:6]
    together = {
        "uses.main.talks", "uses.main.review.looks", "uses.main.review.can_change",
        "uses.main.risky",
    }  # fmt: skip
    assert together == set(asked[6])
    assert [("events",)] == asked[7:]


def test_nothing_is_asked_that_cannot_settle_anything(tmp_path: Path) -> None:
    given = {**GIVEN, "parties.bank.acts": ["sells"]}
    one = interview(tmp_path, given)
    result = unattended(one, given)
    assert 7 == one.count
    assert [("events",)] == [q.paths for q in result.open]


def test_answers_that_were_not_needed_are_named_and_kept(tmp_path: Path) -> None:
    given = {**GIVEN, "parties.bank.acts": ["sells"], "uses.main.talks": True}
    result = unattended(interview(tmp_path, given), given)
    assert ("uses.main.talks",) == result.not_needed
    assert result.interview.document()["uses"][0]["talks"] is True


def test_sets_are_closed_unless_said_otherwise(tmp_path: Path) -> None:
    given = {**GIVEN, "uses.main.purposes_complete": False}
    document = unattended(interview(tmp_path, given), given).interview.document()
    assert document["uses"][0]["purposes_complete"] is False
    assert document["parties"][0]["acts_complete"] is True


def test_answers_that_do_not_fit_are_not_kept(tmp_path: Path) -> None:
    one = interview(tmp_path, GIVEN)
    question = one.next()
    assert question is not None
    with pytest.raises(BadInput, match="no value"):
        one.put(question, {question.paths[0]: "stone"})
    assert {} == one.answers
    assert question == one.next()


def test_an_answer_makes_the_profile_that_is_written(tmp_path: Path) -> None:
    given = {**GIVEN, "system.id": "toy", "uses.main.review.looks": True}
    one = interview(tmp_path, given)
    unattended(one, given)
    text = to_yaml(one.document())
    assert one.document() == parse_yaml(text, "x").value
    assert "    review:\n      looks: true\n" in text


def test_markets_narrow_the_questions(tmp_path: Path) -> None:
    given = {**GIVEN, "uses.main.places": ["eu", "us-ca"]}
    one = interview(tmp_path, given, markets=("us",))
    unattended(one, given)
    assert ["uses.main.talks"] == list(one.asked)[6:]


def test_questions_have_words(tmp_path: Path) -> None:
    one = interview(tmp_path, GIVEN)
    question = one.next()
    assert question is not None
    assert ("What is it?",) == ask_of(question)


def test_short_paths_stand_for_the_only_thing(tmp_path: Path) -> None:
    law = toy.content(tmp_path)
    raw = {"use.talks": True, "party.acts": ["uses"], "parties.bank.staff": 3, "events": []}
    assert {
        "uses.main.talks": True,
        "parties.bank.acts": ["uses"],
        "parties.bank.staff": 3,
        "events": [],
    } == full_paths(law, raw, "a.yaml")


def test_unknown_paths_are_refused_with_their_line(tmp_path: Path) -> None:
    law = toy.content(tmp_path)
    document = parse_yaml("use.talks: true\nuse.tals: true\n", "a.yaml")
    with pytest.raises(BadInput, match=r"a.yaml:2:1: Unknown fact `use.tals`"):
        full_paths(law, document.value, "a.yaml", document)
    with pytest.raises(BadInput, match="mapping"):
        full_paths(law, [], "a.yaml")
