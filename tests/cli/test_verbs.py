"""timeline, whatif, init, law list, show and diff, schema: pages, JSON, exit codes."""

from __future__ import annotations

import json
from os import terminal_size
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from dutybound.cli import init, law, law_diff, law_list, law_show, schema, timeline, whatif
from dutybound.errors import BadInput
from dutybound.packs.profile_schema import organisation_schema, profile_schema
from dutybound.packs.reading import parse_yaml, read_yaml
from dutybound.terms.law import Content
from tests import toy
from tests.schema_check import problems

DIFF = ("--axis", "known", "--from", "2026-07-23", "--to", "2026-07-24")


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """The toy content in place of the one that comes with the package."""
    found = toy.content(tmp_path / "content")
    monkeypatch.setattr("dutybound.packs.compile.default_content", lambda more=(): found)
    for module in (init, timeline, whatif, law_diff):
        monkeypatch.setattr(module, "today", lambda: toy.TODAY)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: terminal_size((80, 24)))
    return found


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """The toy profile."""
    return str(toy.profile_file(tmp_path))


def run(command: click.Command, *args: str, text: str | None = None) -> Result:
    return CliRunner().invoke(command, args, input=text, standalone_mode=False)


def ok(command: click.Command, *args: str, text: str | None = None) -> str:
    result = run(command, *args, text=text)
    assert result.exception is None, result.exception
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    return result.stdout


def in_json(command: click.Command, *args: str) -> Any:
    result = run(command, *args, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def fits(value: Any, name: str) -> None:
    from dutybound.packs.output_schemas import output_schema

    assert [] == list(problems(value, output_schema(name)))


# ---------------------------------------------------------------------- law
def test_law_list(content: Content) -> None:
    assert "Toy Act [in force]" in ok(law_list.command)
    page = ok(law_list.command, "--act", "eu-toy")
    assert "duty (7)" in page and "Art. 8: Old duty [deleted by amended]" in page
    fits(in_json(law_list.command, "--act", "eu-toy"), "law-list")


def test_law_show(content: Content) -> None:
    assert "2 Aug 2026 (made); 2 Dec 2027 (amended)" in ok(law_show.command, "eu-toy")
    page = ok(law_show.command, "eu-toy.art-2.tell")
    assert "TEXT made, until amended: Art. 2" in page
    assert "except obvious, Art. 2(2) (source A)" in page
    for name in ("eu-toy", "eu-toy.art-1.keep", "eu-toy.art-9.shield"):
        fits(in_json(law_show.command, name), "law")


def test_law_show_of_nothing(content: Content) -> None:
    assert isinstance(run(law_show.command, "eu-toi").exception, BadInput)


def test_law_diff(content: Content, profile: str) -> None:
    page = ok(law_diff.command, *DIFF, profile)
    assert "DUTIES CHANGED (4)" in page
    assert "effective 2 Aug 2026 -> 2 Dec 2027" in page
    assert "not yet from 2 Aug 2026 -> not yet from 2 Dec 2027: eu-toy.art-1.keep" in page
    fits(in_json(law_diff.command, *DIFF, profile), "law-diff")


def test_law_diff_without_systems_and_with_a_bad_file(content: Content, tmp_path: Path) -> None:
    assert [] == in_json(law_diff.command, *DIFF)["systems"]
    (tmp_path / "bad").mkdir()
    toy.profile_file(tmp_path / "bad", toy.PROFILE.replace("talks", "tals"))
    result = run(law_diff.command, *DIFF, str(tmp_path / "bad"))
    assert 2 == result.return_value
    assert "Unknown fact `use.tals`" in result.stderr


def test_law_diff_backwards(content: Content) -> None:
    result = run(law_diff.command, "--axis", "known", "--from", "2026-07-24", "--to", "2026-07-23")
    assert isinstance(result.exception, click.UsageError)


def test_the_law_group_knows_its_commands() -> None:
    assert {"list", "show", "diff"} <= set(law.command.list_commands(click.Context(law.command)))


# ---------------------------------------------------------------------- timeline, whatif
def test_timeline(content: Content, profile: str) -> None:
    page = ok(timeline.command, profile)
    assert "2 Dec 2027 begins (1); some formally 2 Aug 2026; Art. 9 shields some" in page
    assert "* 1 Mar 2027  put into service (planned)" in page
    assert "27 Jul 2026 ends (1)" in page
    fits(in_json(timeline.command, profile), "timeline")


def test_timeline_in_full(content: Content, profile: str) -> None:
    assert "Older systems (transition)" in ok(timeline.command, profile, "--all")


def test_whatif(content: Content, profile: str) -> None:
    page = ok(whatif.command, profile, "--set", "uses.main.talks=false")
    assert "WOULD GO (3)" in page
    assert 'evidence for the answer to "Does it talk?", from owner' in " ".join(page.split())
    assert "recorded as such" in " ".join(page.split())
    fits(in_json(whatif.command, profile, "--set", "uses.main.talks=false"), "whatif")


def test_whatif_ranks_changes(content: Content, profile: str) -> None:
    assert "SAVES MOST" in ok(whatif.command, profile)
    fits(in_json(whatif.command, profile), "whatif")


# ---------------------------------------------------------------------- init
def test_init_from_answers(content: Content, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("system.id: x\nparty.acts: [uses]\nuse.places: [eu]\nparty.staff: 3\n")
    page = run(init.command, str(tmp_path / "out"), "--from", str(answers)).stdout
    assert "QUESTIONS THAT STAY OPEN" in page and "organisation.staff" in page
    written = read_yaml(tmp_path / "out" / "system.yaml").value
    assert ["uses"] == written["parties"][0]["acts"]
    again = run(init.command, str(tmp_path / "out"), "--from", str(answers))
    assert isinstance(again.exception, BadInput)
    value = in_json(init.command, str(tmp_path / "out"), "--from", str(answers), "--force")
    fits(value, "interview")


TYPED = "x\nbank\nmain\n1\n1\neu\n1,2\n1\n1\n"


def test_init_at_the_terminal(content: Content, tmp_path: Path) -> None:
    """Sets are shown in the order of the facts: score, chat; uses, sells."""
    folder = tmp_path / "out"
    shown = run(init.command, str(folder), text=TYPED + "2,?3\nnone\n")
    assert shown.exception is None, shown.exception
    profile = read_yaml(folder / "system.yaml").value
    assert ["uses"] == profile["parties"][0]["acts"]
    assert ["score", "chat"] == profile["uses"][0]["purposes"]
    assert [] == profile["events"]
    assert "Done: no further answer would settle more" in shown.stdout


def test_init_keeps_what_was_answered(content: Content, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    stopped = run(init.command, str(folder), text="x\nbank\nmain\n1\nfive\n1\n?\neu\nstop\n")
    assert "Stopped. Wrote" in stopped.stdout
    answers = read_yaml(folder / "answers.yaml").value
    assert ("ai", ["uses"], ["eu"]) == (
        answers["system.artefact"], answers["parties.bank.acts"], answers["uses.main.places"]
    )  # fmt: skip
    assert not isinstance(stopped.exception, click.Abort)
    more = run(init.command, str(folder), "--force", text="1\nstop\n")
    assert "Question 4" in more.stdout
    assert ["score"] == read_yaml(folder / "system.yaml").value["uses"][0]["purposes"]


def test_an_interrupt_keeps_the_answers_and_writes_no_profile(
    content: Content, tmp_path: Path
) -> None:
    """The input ends in the middle: as Ctrl-C."""
    folder = tmp_path / "out"
    cut = run(init.command, str(folder), text="x\nbank\nmain\n1\n1\n")
    assert isinstance(cut.exception, click.Abort)
    assert "call the command again to go on" in cut.stdout
    assert ["answers.yaml"] == [p.name for p in folder.iterdir()]
    again = run(init.command, str(folder), text="eu\nstop\n")
    assert "Question 3" in again.stdout
    assert "Question 2" not in again.stdout
    assert ["eu"] == read_yaml(folder / "system.yaml").value["uses"][0]["places"]


def test_init_stopped_at_once_writes_nothing(content: Content, tmp_path: Path) -> None:
    run(init.command, str(tmp_path / "out"), text="x\nbank\nmain\nstop\n")
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------- schema
def test_profile_schema_fits_a_profile(content: Content) -> None:
    value = parse_yaml(toy.PROFILE, "x").value
    assert [] == list(problems(value, profile_schema(content)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("talks: true", "talks: perhaps"),
        ("talks: true", "tals: true"),
        ("purposes: [score, chat]", "purposes: [fly]"),
        ("places: [eu, us-ca]", "places: [mars]"),
        ("act: put_into_service", "act: launch"),
        ("dutybound: profile/1", "dutybound: profile/2"),
        ("{looks: false, can_change: false}", "{look: false}"),
        ("talks: true", "talks: {value: true, sauce: me}"),
    ],
)
def test_profile_schema_refuses(content: Content, old: str, new: str) -> None:
    value = parse_yaml(toy.PROFILE.replace(old, new), "x").value
    assert [] != list(problems(value, profile_schema(content)))


@pytest.mark.parametrize(
    "use",
    [
        "talks: unknown",
        "talks: {value: true, source: interview, basis: b, author: a}",
        "persons: {people: true}",
        "persons: people",
        "persons: [people]\n    persons_complete: true",
        "review: {looks: yes}",
    ],
)
def test_profile_schema_takes_every_form(content: Content, use: str) -> None:
    head, _, tail = toy.PROFILE.partition("    talks: true\n")
    text = f"{head}    {use}\n{tail[tail.index('events') :]}"
    value = parse_yaml(text, "x").value
    assert [] == list(problems(value, profile_schema(content)))


def test_organisation_schema(content: Content) -> None:
    good = {"dutybound": "organisation/1", "entities": [{"id": "a", "staff": 3, "acts": ["uses"]}]}
    assert [] == list(problems(good, organisation_schema(content)))
    bad = {"dutybound": "organisation/1", "entities": [{"id": "a", "staf": 3}]}
    found = list(problems(bad, organisation_schema(content)))
    assert ["$.entities[0]: `staf` is not allowed"] == found


def test_schema_command(content: Content) -> None:
    names = in_json(schema.command)
    assert {"profile", "organisation", "assessment", "timeline", "whatif", "law-diff", "portfolio",
            "explanation"} <= set(names)  # fmt: skip
    dialects = {in_json(schema.command, name)["$schema"] for name in names}
    assert {"https://json-schema.org/draft/2020-12/schema"} == dialects
    assert "dutybound schema whatif" in ok(schema.command)
    assert isinstance(run(schema.command, "profil").exception, BadInput)
