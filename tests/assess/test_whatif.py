"""What would go and come. Expected by hand from the toy law."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.assess.edits import Edit, PlainReader, parse_edit
from dutybound.assess.whatif import WhatIf, whatif
from dutybound.errors import BadInput
from dutybound.packs.profile import ProfileReader
from tests import toy


def ready(folder: Path, text: str = toy.PROFILE) -> WhatIf:
    law = toy.content(folder)
    file = toy.profile_file(folder, text)
    reader = ProfileReader(law)
    return whatif(
        law,
        reader,
        reader.read(file),
        PlainReader(law).read(file),
        as_of=toy.TODAY,
        known_on=toy.TODAY,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uses.a.on=true", Edit("uses.a.on", "=", True)),
        ("uses.a.on = no", Edit("uses.a.on", "=", "no")),
        ("uses.x.places+=us-co", Edit("uses.x.places", "+=", "us-co")),
        ("uses.x.places-=[eu, uk]", Edit("uses.x.places", "-=", ["eu", "uk"])),
        ("party.a-b=1", Edit("party.a-b", "=", 1)),
    ],
)
def test_edits_are_parsed(text: str, expected: Edit) -> None:
    assert expected == parse_edit(text)


def test_no_edit_at_all() -> None:
    with pytest.raises(BadInput, match="FACT=VALUE"):
        parse_edit("uses.a.on")


@pytest.mark.parametrize(
    ("edits", "go", "come"),
    [
        (["uses.main.talks=false"],
         ["eu-toy.art-2.tell", "eu-toy.art-3.new", "us-toy.s-1.notice"], []),
        (["uses.main.risky=true"], [], ["eu-toy.art-5.ban"]),
        (["uses.main.places-=us-ca"], ["us-toy.s-1.notice"], []),
        (["uses.main.places=[uk]"],
         ["eu-toy.art-1.keep", "eu-toy.art-2.tell", "eu-toy.art-3.new", "eu-toy.art-4.review",
          "eu-toy.art-6.same", "eu-toy.art-7.careful", "us-toy.s-1.notice"], []),
        (["uses.main.review.looks=true", "uses.main.review.can_change=true"],
         ["eu-toy.art-2.tell", "eu-toy.art-4.review"], []),
        (["uses.main.purposes-=score"], ["eu-toy.art-1.keep", "eu-toy.art-6.same"], []),
        (["uses.main.places.us-ca.talks=false"], ["us-toy.s-1.notice"], []),
        (["system.generative=true"], [], []),
    ],
)  # fmt: skip
def test_duties_that_go_and_come(
    tmp_path: Path, edits: list[str], go: list[str], come: list[str]
) -> None:
    difference = ready(tmp_path).difference([parse_edit(e) for e in edits])
    assert (go, come) == (difference.duties("go"), difference.duties("come"))


def test_an_unknown_makes_unknown_and_back(tmp_path: Path) -> None:
    difference = ready(tmp_path).difference([parse_edit("uses.main.talks=unknown")])
    assert "us-toy.s-1.notice" in difference.duties("become_unknown")
    open_one = ready(tmp_path, toy.PROFILE.replace("    talks: true\n", ""))
    answered = open_one.difference([parse_edit("uses.main.talks=true")])
    assert "us-toy.s-1.notice" in answered.duties("become_known")


def test_an_event_moves(tmp_path: Path) -> None:
    changed = ready(tmp_path).editor.apply([parse_edit("events.put_into_service=2028-01-01")])
    assert ["2028-01-01"] == [e.date.isoformat() for e in changed.events]


def test_the_profile_itself_stays(tmp_path: Path) -> None:
    one = ready(tmp_path)
    one.difference([parse_edit("uses.main.talks=false")])
    assert one.profile.uses[0].facts["talks"] is True
    assert [] == one.difference([parse_edit("uses.main.talks=true")]).duties("come")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("uses.main.tals=true", "Did you mean `talks`"),
        ("uses.man.talks=true", "Did you mean `main`"),
        ("use.main.talks=true", "starts with one of"),
        ("uses.main.talks=perhaps", "true or false"),
        ("uses.main.talks+=true", "is no set"),
        ("uses.main.purposes+=fly", "no value"),
        ("uses.main.places+=mars", "Unknown place"),
        ("uses.main.places-=uk", "not among the places"),
        ("uses.main.places.uk.talks=true", "has no place `uk`"),
        ("events.launch=2027-01-01", "Unknown event"),
        ("events.put_into_service=soon", "YYYY-MM-DD"),
    ],
)
def test_edits_that_are_refused(tmp_path: Path, edit: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        ready(tmp_path).difference([parse_edit(edit)])


def test_changes_are_ranked_by_duties_saved(tmp_path: Path) -> None:
    ranked = ready(tmp_path).ranked()
    assert 6 == ranked[0].saved
    assert "uses.main.places -= eu" == str(ranked[0].edits[0])
    assert sorted((d.saved for d in ranked), reverse=True) == [d.saved for d in ranked]


def test_judgements_and_organisations_are_no_design(tmp_path: Path) -> None:
    paths = {e.path for d in ready(tmp_path).ranked() for e in d.edits}
    assert "uses.main.review.can_change" in paths
    assert "uses.main.risky" not in paths
    assert not any(p.startswith("parties.") for p in paths)


def test_proof_names_who_can_answer(tmp_path: Path) -> None:
    one = ready(tmp_path)
    change = one.change(parse_edit("uses.main.talks=false"))
    assert (True, False, "owner") == (change["from"], change["to"], change["who"])
    assert ["eu", "us-ca"] == one.change(parse_edit("uses.main.places-=eu"))["from"]
