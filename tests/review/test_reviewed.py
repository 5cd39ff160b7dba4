"""What signed reviews amount to: bound to the record, in time, by enough different persons."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from dutybound.assess.review_record import read_decided
from dutybound.assess.schema import schema
from dutybound.assess.signing import sign_predicate
from dutybound.cli.main import cli
from dutybound.interchange.dsse import PrivateKey, load_private, write_envelope
from dutybound.packs.compile import default_content
from tests.review.kit import TRUST, run
from tests.review.test_record import SMALL, write

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


@dataclass
class Case:
    """A decision of 2 November, open for a day, and persons who review it."""

    folder: Path
    record: Path
    keys: dict[str, PrivateKey]

    @property
    def trust(self) -> Path:
        return self.folder / "trust.yaml"

    def sign(self, who: str, hours: float, part: dict[str, Any], **more: Any) -> Path:
        """A review by a person, some hours after the decision."""
        kind = "override" if "decided" in part else "review_outcome"
        at = START + timedelta(hours=hours)
        decided = read_decided(self.record)
        claim = {
            "id": f"review-{who}-{hours}",
            "kind": kind,
            "what": "A review.",
            "system": "loan-score",
            "version": "2.3.0",
            "author": who,
            "issuer": "bank-eu",
            "made_on": at.date().isoformat(),
            kind: {"of": "d-1", "reason": "why", **part},
        }
        subject = more.pop("subject", {decided.file: decided.sha256})
        envelope = sign_predicate({**claim, **more}, subject, self.keys[who], at, "test")
        path = self.folder / "reviews" / f"{claim['id']}.dsse.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(write_envelope(envelope))
        return path

    def exit_code(self) -> int:
        """That of --fail-on unreleased, twelve hours after the decision."""
        words = ["documents", "reviewed", self.record, self.folder / "reviews"]
        more = ["--trust", self.trust, "--at", "2026-11-02T20:00:00Z", "--fail-on", "unreleased"]
        done = CliRunner().invoke(cli, [str(w) for w in [*words, *more]], standalone_mode=False)
        found: int = done.return_value
        return found

    def state(self, hours: float = 12) -> dict[str, Any]:
        """What the command says some hours after the decision."""
        at = (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = ("documents", "reviewed", self.record, self.folder / "reviews")
        done = run(*words, "--trust", self.trust, "--at", at, "--json")
        found: dict[str, Any] = json.loads(done.stdout)
        jsonschema_rs.validate(schema("reviewed", default_content), found)
        return found


def case(folder: Path, reviewers: int = 1) -> Case:
    review = SMALL["review"] | {"reviewers": reviewers}  # type: ignore[operator]
    (folder / "reviews").mkdir()
    found = Case(folder, write(folder, SMALL | {"review": review}), {})
    found.trust.write_text(TRUST, encoding="utf-8")
    for who in ("alice", "bob"):
        key = folder / f"keys/{who}.key"
        done = run(
            *("keys", "new", "-o", key, "--person", who, "--organisation", "bank-eu"),
            *("--role", "reviewer", "--trust", found.trust),
        )
        assert 0 == done.exit_code
        found.keys[who] = load_private(key.read_bytes())
    text = found.trust.read_text(encoding="utf-8")
    today = datetime.now(UTC).date().isoformat()
    found.trust.write_text(text.replace(today, "2026-01-01"), encoding="utf-8")
    return found


UPHELD = {"outcome": "upheld"}
ACCEPT = {"computed": "reject", "decided": "accept"}


def short(found: dict[str, Any]) -> tuple[str, str | None, int]:
    return found["state"], found["takes_effect"], len(found["reviews"])


def test_one_reviewer(tmp_path: Path) -> None:
    found = case(tmp_path)
    assert ("open", None, 0) == short(found.state())
    assert ("denied", None, 0) == short(found.state(24))
    found.sign("alice", 2, UPHELD)
    assert ("upheld", "reject", 1) == short(found.state())
    assert ("upheld", "reject", 1) == short(found.state(1000))
    found.sign("alice", 3, ACCEPT)  # the later word of the same person
    assert ("overridden", "accept", 1) == short(found.state())


def test_two_reviewers_are_two_persons(tmp_path: Path) -> None:
    found = case(tmp_path, 2)
    found.sign("alice", 2, ACCEPT)
    found.sign("alice", 3, ACCEPT)
    assert ("open", None, 1) == short(found.state())
    assert ("denied", None, 1) == short(found.state(24))
    found.sign("bob", 4, UPHELD)
    assert ("disagreed", None, 2) == short(found.state())
    found.sign("bob", 5, ACCEPT)
    assert ("overridden", "accept", 2) == short(found.state())


@pytest.mark.parametrize("outcome", ["escalated", "returned", "changed"])
def test_what_is_handed_on_releases_nothing(tmp_path: Path, outcome: str) -> None:
    found = case(tmp_path)
    found.sign("alice", 2, {"outcome": outcome})
    assert ("handed_on", None, 1) == short(found.state())


@pytest.mark.parametrize(
    ("hours", "part", "more", "code"),
    [
        (24, UPHELD, {}, "expired"),
        (-1, UPHELD, {}, "future_dated"),
        (13, UPHELD, {}, "future_dated"),
        (2, UPHELD, {"subject": {"decision-d-1.json": "cd" * 32}}, "subject_changed"),
        (2, UPHELD, {"version": "2.2.0"}, "wrong_system"),
        (2, {"computed": "accept", "decided": "reject"}, {}, "wrong_output"),
    ],
)
def test_what_does_not_count(
    tmp_path: Path, hours: float, part: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    found = case(tmp_path)
    found.sign("alice", hours, part, **more)
    state = found.state(12 if hours < 24 else 30)
    assert [code] == [r["code"] for r in state["refused"]]
    assert ("open" if hours < 24 else "denied", None, 0) == short(state)


def test_a_key_that_nobody_trusts(tmp_path: Path) -> None:
    found = case(tmp_path)
    found.sign("alice", 2, UPHELD)
    found.trust.write_text(TRUST, encoding="utf-8")
    state = found.state()
    assert (["unknown_key"], "open") == ([r["code"] for r in state["refused"]], state["state"])


def test_exit_code_and_words(tmp_path: Path) -> None:
    found = case(tmp_path)
    assert 1 == found.exit_code()
    path = found.sign("alice", 2, {**ACCEPT, "arguments": {"seconds": 95, "reason_code": "unfair"}})
    assert 0 == found.exit_code()
    review = found.state()["reviews"][0]
    assert (95, "unfair") == (review["seconds"], review["reason_code"])
    words = ("documents", "reviewed", found.record, path, "--trust", found.trust)
    assert [
        "d-1  overridden: what takes effect is `accept`.",
        "  1 of 1 reviews",
        "  alice, bank-eu: overridden at 2026-11-02T10:00:00Z, 95 seconds",
    ] == run(*words).stdout.splitlines()
