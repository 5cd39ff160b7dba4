"""`law list` and `law show`: what stands in the content, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.assess.law_list import law_list
from dutybound.assess.law_show import law_show
from dutybound.assess.wording import wording
from dutybound.errors import BadInput
from dutybound.terms.law import Condition
from tests import toy


def test_list_of_one_market(tmp_path: Path) -> None:
    found = law_list(toy.content(tmp_path), ["us"])
    assert ["us-toy"] == [a["id"] for a in found["instruments"]]
    assert {"duty": 1, "term": 1} == found["instruments"][0]["rules"]


def test_list_of_rules_names_the_versions(tmp_path: Path) -> None:
    rules = law_list(toy.content(tmp_path), act_id="eu-toy")["rules"]
    by_id = {r["id"]: r for r in rules}
    assert ["made", "amended"] == by_id["eu-toy.art-2.tell"]["versions"]
    assert "amended" == by_id["eu-toy.art-8.old"]["deleted_by"]


def test_show_gives_the_dates_of_each_text(tmp_path: Path) -> None:
    """The date is read as it was known when the text was published."""
    rule = law_show(toy.content(tmp_path), "eu-toy.art-1.keep")["rule"]
    assert [{"date": "2026-08-02"}] == rule["texts"][0]["effective"]
    assert {"transition": ["eu-toy.art-9.shield"]} == rule["touched_by"]


def test_show_gives_exceptions_and_what_changed(tmp_path: Path) -> None:
    first, second = law_show(toy.content(tmp_path), "eu-toy.art-2.tell")["rule"]["texts"]
    assert ("Tell people.", "Tell people clearly.") == (first["must"], second["must"])
    assert "amended" == first["ended_by"]
    assert ["use.review.looks"] == second["exceptions"][0]["when"]


def test_show_gives_an_instrument(tmp_path: Path) -> None:
    act = law_show(toy.content(tmp_path), "eu-toy")["instrument"]
    assert {"made": "2026-08-02", "amended": "2027-12-02"} == act["dates"]["d-a"]["values"]
    assert 7 == act["rules"]["duty"]


def test_unknown_names_get_a_hint(tmp_path: Path) -> None:
    law = toy.content(tmp_path)
    with pytest.raises(BadInput, match="Did you mean `eu-toy`"):
        law_show(law, "eu-toi")
    with pytest.raises(BadInput, match="It holds eu-toy.art-1.keep"):
        law_show(law, "eu-toy.art-1")
    with pytest.raises(BadInput, match="Did you mean `us-toy`"):
        law_list(law, act_id="us-toi")


YES: Condition = ("yes", "use", "on")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("all", [YES, ("not", YES)]), ["all of", "  use.on", "  not", "    use.on"]),
        (("atleast", 2, [YES, YES]), ["at least 2 of", "  use.on", "  use.on"]),
        (("some", "data", ("has", "data", "kinds", ["a", "b"])),
         ["some data", "  data.kinds has a or b"]),
        (("mark", {"grade": "C"}, YES), ["use.on [grade C]"]),
        (("mark", {}, YES), ["use.on"]),
        (("num", "party", "staff", [("gte", 250)]), ["party.staff >= 250"]),
        (("date", "model", "released", "2025-08-02", None), ["model.released before 2025-08-02"]),
        (("event", "sold", None, "d-a", True), ["event sold from d-a by the party itself"]),
        (("within", "place", "eu"), ["place within eu"]),
        (("within", ("party", "seat"), "eu"), ["party.seat within eu"]),
        (("reading", "law.u1"), ["the answer to law.u1"]),
        (("term", "law.x"), ["law.x"]),
        (("always",), ["always"]),
    ],
)  # fmt: skip
def test_conditions_in_words(condition: Condition, expected: list[str]) -> None:
    assert expected == ["  " * depth + words for depth, words in wording(condition)]
