"""What the verdict says of signers, times, the log and its own limits."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dutybound.packs.output_schemas import output_schema
from tests.schema_check import problems
from tests.verify.forge import (
    MONDAY,
    NOW,
    ORIGIN,
    TUESDAY,
    Forge,
    NoteSigner,
    Person,
    Signed,
    b64,
    compact,
    payload,
    seal,
    sign,
    write,
)
from tests.verify.kit import Verdict, judged, verdict_on


def states(found: Verdict) -> set[str]:
    return {s["signer"]["state"] for s in found["statements"]}


def times(found: Verdict) -> set[str]:
    return {s["time"]["state"] for s in found["statements"]}


def alone(forge: Forge) -> dict[str, bytes]:
    """A folder of statements without a log."""
    return {f"{i}.dsse.json": s.raw for i, s in enumerate(forge.signed)}


# Statements are signed on 2 November and witnessed on 2 and 3 November.
@pytest.mark.parametrize(
    ("state", "entry"),
    [
        ("trusted", {}),
        ("trusted", {"valid_until": "2026-11-02"}),
        ("not_valid", {"valid_until": "2026-11-01"}),
        ("not_valid", {"valid_from": "2026-11-03"}),
        ("revoked", {"revoked_on": "2026-11-02"}),
        ("revoked", {"revoked_on": "2026-11-03", "revoked_because": "compromised"}),
        ("trusted", {"revoked_on": "2026-11-04"}),
        ("revoked", {"revoked_on": "2026-11-02", "revoked_because": "retired"}),
        ("trusted", {"revoked_on": "2026-11-03", "revoked_because": "retired"}),
        ("not_author", {"person": "bob"}),
    ],
)
def test_signer(state: str, entry: dict[str, Any], tmp_path: Path) -> None:
    """A compromised key counts only for what was provably recorded before that day."""
    forge = Forge(steps=[(5, TUESDAY)])
    trust = forge.trust(keys=[forge.alice.entry(**entry)])
    found = judged(forge.pack(), forge, tmp_path, trust)
    assert ("verified", {state}) == (found["verdict"], states(found))


def test_compromised_without_proof_of_time(tmp_path: Path) -> None:
    """Without a log the time is the signer's word, and whoever stole the key could say it too."""
    forge = Forge()
    trust = forge.trust(keys=[forge.alice.entry(revoked_on="2026-12-24")])
    found = judged(alone(forge), forge, tmp_path, trust)
    assert ("verified", {"revoked"}, {"claimed"}) == (
        found["verdict"],
        states(found),
        times(found),
    )
    assert any("No log is here" in text for text in found["limits"])


def test_unknown_signer(tmp_path: Path) -> None:
    forge = Forge()
    found = judged(forge.pack(), forge, tmp_path, forge.trust(keys=[Person("bob").entry()]))
    assert ("verified", {"unknown"}) == (found["verdict"], states(found))
    found = verdict_on(tmp_path, forge, forge.trust(keys=[]), require=["trusted"])
    assert ("condition_failed", ["trusted"]) == (found["verdict"], found["conditions_failed"])


def test_key_that_is_nowhere(tmp_path: Path) -> None:
    """A signature that cannot be checked is not called intact."""
    forge = Forge()
    found = judged(alone(forge), forge, tmp_path, forge.trust(keys=[]))
    assert "refused" == found["verdict"]
    assert {"key_missing"} == {p["code"] for p in found["problems"]}


def test_person_and_mark(tmp_path: Path) -> None:
    forge = Forge()
    subject = {"results.csv": forge.subject}
    forge.signed[2] = sign(payload(2, subject, handling="counsel"), forge.alice)
    found = judged(forge.folder(), forge, tmp_path)
    one = found["statements"][2]
    assert "counsel" == one["handling"]
    assert ("alice", "acme", "tester", "own") == tuple(
        one["signer"][k] for k in ("person", "organisation", "role", "relation")
    )
    assert [{"name": "results.csv", "state": "present"}] == [
        {k: s[k] for k in ("name", "state")} for s in one["subjects"]
    ]


def test_claim_inside_a_predicate_of_in_toto(tmp_path: Path) -> None:
    """In a type of in-toto our own part stands under `dutybound`."""
    forge = Forge(count=1)
    value = json.loads(forge.signed[0].payload)
    value["predicate"] = {"result": "PASSED", "dutybound": value["predicate"]}
    value["predicateType"] = "https://in-toto.io/attestation/test-result/v0.1"
    forge.signed[0] = sign(compact(value), forge.alice)
    forge.steps = [(1, TUESDAY)]
    found = judged(forge.pack(), forge, tmp_path)
    assert ("verified", "test-0", "loan-score") == (
        found["verdict"],
        found["statements"][0]["id"],
        found["statements"][0]["system"],
    )


def test_times(tmp_path: Path) -> None:
    """Witnessed on Monday at size 3 and on Tuesday at size 5: two statements came in between."""
    forge = Forge()
    found = judged(forge.pack(), forge, tmp_path)
    by_index = {s["log_index"]: s["time"] for s in found["statements"]}
    assert ("2026-11-02T09:00:00Z", None) == tuple(
        by_index[2][k] for k in ("recorded_before", "not_recorded_before")
    )
    assert ("2026-11-03T09:00:00Z", "2026-11-02T09:00:00Z") == tuple(
        by_index[4][k] for k in ("recorded_before", "not_recorded_before")
    )
    assert {"recorded"} == times(found)


def test_back_dated(tmp_path: Path) -> None:
    """Signed in May, it says; but witnesses saw the log without it in November. Not believed."""
    forge = Forge()
    subject = {"results.csv": forge.subject}
    forge.signed[4] = sign(payload(4, subject, signed_at="2026-05-01T09:00:00Z"), forge.alice)
    retired = {"revoked_on": "2026-06-01", "revoked_because": "retired"}
    found = judged(forge.pack(), forge, tmp_path)
    assert {"late", "recorded"} == times(found)
    found = verdict_on(tmp_path, forge, require=["recorded"])
    assert "condition_failed" == found["verdict"]
    found = verdict_on(tmp_path, forge, forge.trust(keys=[forge.alice.entry(**retired)]))
    assert {"revoked"} == states(found)


def test_without_witnesses_a_rewritten_log_is_not_excluded(tmp_path: Path) -> None:
    forge = Forge()
    trust = forge.trust(witnesses=None)
    found = judged(forge.pack(), forge, tmp_path, trust)
    assert ("verified", 0, {"claimed"}) == (
        found["verdict"],
        found["log"]["rewrite_excluded_up_to"],
        times(found),
    )
    assert any("rewritten log is not excluded" in text for text in found["limits"])
    earlier = forge.note(2, MONDAY)
    forge.steps = [(2, MONDAY), (5, TUESDAY)]
    write(forge.pack(), tmp_path / "with-proof")
    found = verdict_on(tmp_path / "with-proof", forge, trust, earlier=earlier)
    assert ("verified", 2) == (found["verdict"], found["log"]["rewrite_excluded_up_to"])
    found = verdict_on(tmp_path / "with-proof", forge, forge.trust())
    assert 5 == found["log"]["rewrite_excluded_up_to"]
    assert not any("rewritten" in text for text in found["limits"])


def codes(found: Verdict) -> set[str]:
    return {p["code"] for p in found["problems"]}


def test_earlier_checkpoints(tmp_path: Path) -> None:
    """A later one: rolled back. Another root: a fork. One that no proof leads to: not accepted."""
    forge = Forge()
    pack, folder = tmp_path / "pack", tmp_path / "folder"
    write(forge.pack(), pack)
    write(forge.folder(), folder)
    whole = Forge(filler=[b"later"], alice=forge.alice, log=forge.log, witnesses=forge.witnesses,
                  signed=forge.signed)  # fmt: skip
    other = Forge(alice=forge.alice, log=forge.log, witnesses=forge.witnesses)
    for path in (pack, folder):
        assert {"rollback"} == codes(verdict_on(path, forge, earlier=whole.note(6, TUESDAY)))
        assert {"fork"} == codes(verdict_on(path, forge, earlier=other.note(5, TUESDAY)))
        assert {"fork"} == codes(verdict_on(path, forge, earlier=other.note(3, MONDAY)))
        strange = Forge().note(5, TUESDAY, witnesses=[])
        assert "log_key" in codes(verdict_on(path, forge, earlier=strange))
    assert {"not_linked"} == codes(verdict_on(pack, forge, earlier=forge.note(4, MONDAY)))
    assert set() == codes(verdict_on(folder, forge, earlier=forge.note(4, MONDAY)))
    assert {"rollback"} == codes(
        judged(alone(forge), forge, tmp_path / "alone", earlier=forge.note(4, MONDAY))
    )


def rotated(**changes: Any) -> tuple[Forge, bytes, dict[str, Any]]:
    """A log whose second key the first one named, and who trusts the first alone."""
    forge = Forge()
    old, new = forge.log[0], NoteSigner(ORIGIN)
    trust = forge.trust()
    record = {
        "schema": "dutybound/log-key-rotation/1",
        "origin": ORIGIN,
        "old": old.vkey,
        "new": new.vkey,
        "at": "2026-11-02T10:00:00Z",
        **changes,
    }
    raw = compact(record).decode()
    signature = b64(old.private.sign(raw.encode()))
    forge.log = [new]
    forge.history = [
        {"key": old.vkey, "first": 0, "last": 4},
        {
            "key": new.vkey,
            "first": 4,
            "last": None,
            "rotation": {"record": raw, "signature": signature},
        },
    ]
    return forge, trust, {"old": old, "new": new}


def test_a_new_key_that_the_old_one_named(tmp_path: Path) -> None:
    forge, trust, keys = rotated()
    forge.steps = [(5, TUESDAY)]
    files = forge.pack()
    files["log/checkpoints/3"] = forge.note(3, MONDAY, [keys["old"]])
    forge.steps = [(3, MONDAY), (5, TUESDAY)]
    files["log/consistency/3-5"] = forge.pack()["log/consistency/3-5"]
    found = judged(seal(files), forge, tmp_path, trust)
    assert ("verified", []) == (found["verdict"], found["problems"])


def test_a_new_key_that_nobody_named(tmp_path: Path) -> None:
    """A line of a second key under a good checkpoint brings nothing in: anyone could add it."""
    forge, trust, keys = rotated()
    forge.steps = [(5, TUESDAY)]
    assert forge.history is not None
    good, row = list(forge.history), dict(forge.history[1])
    row.pop("rotation")
    forge.history = [{**good[0], "last": None}, {**row, "first": 0}]
    files = forge.pack()
    forge.log = [keys["old"], keys["new"]]
    files["log/checkpoints/5"] = forge.note(5, TUESDAY)
    found = judged(seal(files), forge, tmp_path / "a", trust)
    assert {"log_key"} == codes(found)
    for name, changes in {
        "b": {"new": NoteSigner(ORIGIN).vkey},
        "c": {"old": NoteSigner(ORIGIN).vkey},
        "d": {"schema": "another"},
    }.items():
        forge, trust, _ = rotated(**changes)
        forge.steps = [(5, TUESDAY)]
        found = judged(forge.pack(), forge, tmp_path / name, trust)
        assert codes(found) <= {"history", "log_key"}
        assert "refused" == found["verdict"]


def test_a_revoked_key_brings_nothing_in(tmp_path: Path) -> None:
    forge, _, keys = rotated()
    forge.steps = [(5, TUESDAY)]
    log = {"origin": ORIGIN, "key": keys["old"].vkey, "valid_from": "2026-01-01"}
    trust = forge.trust(logs=[{**log, "revoked_on": "2026-11-20"}])
    assert {"log_key"} == codes(judged(forge.pack(), forge, tmp_path, trust))


@pytest.mark.parametrize(
    ("good", "entry"),
    [
        (True, {}),
        (True, {"valid_until": "2026-11-03"}),
        (False, {"valid_until": "2026-11-02"}),
        (False, {"valid_from": "2026-11-04"}),
        (True, {"revoked_on": "2026-11-04"}),
        (False, {"revoked_on": "2026-11-03"}),
        (False, {"origin": "log.example/other"}),
    ],
)
def test_the_key_of_the_log_was_valid(good: bool, entry: dict[str, Any], tmp_path: Path) -> None:
    """Witnesses saw the checkpoint on 3 November; the key is judged on that day."""
    forge = Forge(steps=[(5, TUESDAY)])
    log = {"origin": ORIGIN, "key": forge.log[0].vkey, "valid_from": "2026-01-01", **entry}
    files = {n: r for n, r in forge.pack().items() if not n.endswith("sigstore.json")}
    found = judged(seal(files), forge, tmp_path, forge.trust(logs=[log]))
    assert (set() if good else {"log_key"}) == codes(found)


def test_witness_from_the_future(tmp_path: Path) -> None:
    forge = Forge(steps=[(5, NOW + timedelta(hours=1))])
    assert {"future"} == codes(judged(forge.pack(), forge, tmp_path))


def test_a_bundle(tmp_path: Path) -> None:
    """A bundle has no room for cosignatures: its time is only claimed, and the verdict says so."""
    forge = Forge()
    path = tmp_path / "one.sigstore.json"
    path.write_bytes(json.dumps(forge.bundle(3), indent=2).encode())
    found = verdict_on(path, forge)
    assert ("verified", "bundle", 3) == (
        found["verdict"],
        found["input"]["kind"],
        found["statements"][0]["log_index"],
    )
    assert forge.signed[3].digest == found["statements"][0]["digest"]
    assert ({"claimed"}, 0) == (times(found), found["log"]["rewrite_excluded_up_to"])
    assert {"other_system"} == codes(verdict_on(path, forge, system=("fraud-shield", None)))
    assert {"other_version"} == codes(verdict_on(path, forge, system=("loan-score", "1")))
    assert set() == codes(verdict_on(path, forge, system=("loan-score", "2.0.1")))
    path.write_bytes(forge.signed[3].raw)
    assert ("verified", None) == (
        verdict_on(path, forge)["verdict"],
        verdict_on(path, forge)["log"],
    )


def test_the_system_that_was_asked_for(tmp_path: Path) -> None:
    forge = Forge()
    write(forge.pack(), tmp_path)
    assert set() == codes(verdict_on(tmp_path, forge, system=("loan-score", "2.0.1")))
    assert "other_system" in codes(verdict_on(tmp_path, forge, system=("fraud-shield", None)))


def test_a_statement_that_is_not_in_the_log(tmp_path: Path) -> None:
    forge = Forge(steps=[(3, MONDAY)])
    found = judged(forge.pack(), forge, tmp_path)
    assert ("verified", {"recorded", "claimed"}) == (found["verdict"], times(found))


def test_entries_whose_statement_was_erased(tmp_path: Path) -> None:
    """The statement goes, the proof of the others stays."""
    forge = Forge()
    files = {n: r for n, r in forge.folder().items() if n != "test-2.dsse.json"}
    found = judged(files, forge, tmp_path)
    assert ("verified", 5, 1) == (
        found["verdict"],
        found["log"]["entries_checked"],
        found["log"]["without_statement"],
    )


def test_a_public_folder_alone(tmp_path: Path) -> None:
    """What a log publishes can be checked without any statement."""
    forge = Forge(filler=[b"%d" % i for i in range(600)], steps=[(300, MONDAY), (605, TUESDAY)])
    files = {n.removeprefix("public/"): raw for n, raw in forge.tiles().items()}
    found = judged(files, forge, tmp_path, earlier=forge.note(257, MONDAY))
    assert ("verified", 605) == (found["verdict"], found["log"]["entries_checked"])


def test_old_partial_tiles_and_tiles_ahead(tmp_path: Path) -> None:
    """A partial tile of an earlier size may stay, and a log may write tiles before it signs."""
    forge = Forge(filler=[b"%d" % i for i in range(300)])
    files = forge.folder()
    forge.steps = [(302, TUESDAY)]
    ahead, forge.steps = forge.tiles(), [(3, MONDAY), (305, TUESDAY)]
    assert {f"public/tile/{x}/001.p/46" for x in ("0", "entries")} <= ahead.keys()
    found = judged({**ahead, **files}, forge, tmp_path / "old")
    assert "verified" == found["verdict"]
    forge.steps = [(302, TUESDAY)]
    files = {n: r for n, r in forge.folder().items() if "/tile/" not in n}
    forge.steps = [(305, TUESDAY)]
    found = judged({**files, **forge.tiles(), "public/checkpoint": files["public/checkpoint"]},
                   forge, tmp_path / "ahead")  # fmt: skip
    assert ("verified", 302) == (found["verdict"], found["log"]["entries_checked"])


def test_every_verdict_fits_the_schema(tmp_path: Path) -> None:
    forge = Forge()
    schema = output_schema("verification")
    bundle = tmp_path / "bundle"
    bundle.write_bytes(compact(forge.bundle(0)))
    broken = Forge()
    broken.signed[0] = Signed(b"{}", b"no", broken.alice)
    for found in (
        judged(forge.pack(), forge, tmp_path / "a"),
        judged(forge.folder(), forge, tmp_path / "b", require=["trusted"]),
        judged(alone(forge), forge, tmp_path / "c"),
        judged(broken.pack(), broken, tmp_path / "d"),
        verdict_on(bundle, forge),
        verdict_on(tmp_path / "nothing", forge),
    ):
        assert [] == list(problems(found, schema))
