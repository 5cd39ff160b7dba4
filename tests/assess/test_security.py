"""The security view: findings lower, only signed evidence raises; a report outweighs its claim."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.assess.intake import check_evidence
from dutybound.assess.opening import open_files, open_folder
from dutybound.assess.scans import Stated, completed_by, read_scan_file
from dutybound.assess.security import reports_of, state_of
from dutybound.controls.states import State
from dutybound.errors import BadInput
from dutybound.interchange.scanners import read_scan
from dutybound.terms.evidence import Checked, Refused
from dutybound.terms.security import BLOCKING, Severity
from tests.evidence.kit import DAY, predicate, profile, signed, small_catalogue, trust_in
from tests.interchange.test_sarif import high, log, one
from tests.interchange.test_scanners import FINDING, scan

Found = tuple[list[Checked], list[Refused]]


def folder_with(tmp_path: Path, raw: bytes, name: str = "scan.sarif", **more: Any) -> Path:
    """A folder with a report and a signed claim that says that it passed."""
    (tmp_path / name).write_bytes(raw)
    subject = {name: sha256(raw).hexdigest()}
    (tmp_path / "claim.dsse.json").write_bytes(signed(predicate(**more), subject=subject))
    return tmp_path


def checked(folder: Path) -> Found:
    opened = open_folder(folder, trust_in())
    return check_evidence(opened, small_catalogue(), profile(), DAY)


def codes(found: Found) -> list[str]:
    return [r.code for r in found[1] if r.claim_id == "test-1"]


def test_a_claim_with_a_clean_report_counts(tmp_path: Path) -> None:
    good, refused = checked(folder_with(tmp_path, log()))
    assert ({"DB-FAI-01": "tested"}, []) == (
        {k: v.word for c in good for k, v in c.reaches.items()},
        refused,
    )


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (log(high()), "scan.sarif"),
        (log(high()), "renamed.txt"),
        (log({"ruleId": "unrated"}), "scan.sarif"),
        (log(results=None), "scan.sarif"),
        (log(high())[:-1], "broken.sarif"),
        (scan(FINDING), "x.scan.json"),
        (scan({**FINDING, "severity": "unknown"}), "x.json"),
        (scan(completed=False), "x.json"),
        (b"\xef\xbb\xbf \n" + log(high()), "bom.sarif"),
    ],
    ids=range(9),
)
def test_a_signed_pass_is_refused_if_its_report_says_otherwise(
    tmp_path: Path, raw: bytes, name: str
) -> None:
    """Who edits `result: fail` to `pass` before signing gains nothing."""
    good, refused = checked(folder_with(tmp_path, raw, name))
    assert [] == good
    assert ["test_failed"] == codes((good, refused))
    assert f"`{name}`" in refused[0].reason


def test_single_files_are_held_against_their_reports_too(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, log(high()))
    opened = open_files([folder / "claim.dsse.json"], trust_in())
    found = check_evidence(opened, small_catalogue(), profile(), DAY)
    assert ([], ["test_failed"]) == (found[0], codes(found))


def test_other_files_of_a_test_are_left_alone(tmp_path: Path) -> None:
    good, _ = checked(folder_with(tmp_path, b'{"accuracy": 0.9}', "result.json"))
    assert 1 == len(good)


def test_an_unread_report_of_the_folder_is_shown_as_unread(tmp_path: Path) -> None:
    (tmp_path / "a.sarif").write_bytes(b"{")
    (tmp_path / "b.json").write_bytes(b'{"not": "a report"}')
    found = reports_of(tmp_path)
    assert ["a.sarif"] == [r.file for r in found]
    assert "not JSON" in str(found[0].error)


def test_a_report_that_is_named_and_lies_in_the_folder_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "a.sarif"
    path.write_bytes(log())
    assert 1 == len(reports_of(tmp_path, [read_scan_file(path)]))


def test_a_named_report_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "a.sarif"
    path.write_bytes(json.dumps({"version": "2.1.0", "runs": [3]}).encode())
    with pytest.raises(BadInput, match=r"\$\.runs\[0\] is not an object"):
        read_scan_file(path)


# ---------------------------------------------------------------------- what a person adds
def test_a_person_fills_gaps_and_changes_nothing() -> None:
    silent = one(properties={}, invocations=[])
    whole = completed_by(silent, Stated(DAY, None, "api", "all", completed=True))
    assert ((), "pass") == (whole.lacks, whole.result)
    with pytest.raises(ValueError, match="states the target api, not other"):
        completed_by(one(), Stated(target="other"))
    with pytest.raises(ValueError, match="did not run to its end"):
        completed_by(read_scan(scan(completed=False)), Stated(completed=True))


# ---------------------------------------------------------------------- how an entry stands
STATES = st.lists(st.sampled_from([State.MET, State.PARTIAL, State.OPEN, State.UNASSESSED]))
COUNTS = st.dictionaries(st.sampled_from(list(Severity)), st.integers(0, 3))


@given(STATES, COUNTS)
def test_met_only_if_every_control_is_and_nothing_but_notes_is_open(
    states: list[State], counts: dict[Severity, int]
) -> None:
    state = state_of(states, counts)
    found = {s for s, n in counts.items() if n}
    if state is State.MET:
        assert states
        assert {State.MET} == set(states)
        assert found <= {Severity.INFO}
    if found & set(BLOCKING):
        assert State.OPEN is state


@given(STATES)
def test_what_nobody_looked_at_is_unassessed(states: list[State]) -> None:
    if set(states) == {State.UNASSESSED}:
        assert State.UNASSESSED is state_of(states, {})


@given(STATES, COUNTS, st.sampled_from(list(Severity)))
def test_one_more_finding_never_makes_an_entry_better(
    states: list[State], counts: dict[Severity, int], severity: Severity
) -> None:
    order = [State.MET, State.PARTIAL, State.UNASSESSED, State.NO_CONTROL, State.OPEN]
    more = {**counts, severity: counts.get(severity, 0) + 1}
    assert order.index(state_of(states, more)) >= order.index(state_of(states, counts))
