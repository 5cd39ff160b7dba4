"""A real witness cosigns what extends, and refuses a stale size, a wrong proof and a fork.

The requests are made by our client and by hand; the log is plainlog.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dutybound.ledger.note import read_note
from dutybound.ledger.policy import KnownWitness, Policy, k_of_n
from dutybound.ledger.witnessing import Request
from dutybound.store.http_post import post
from dutybound.store.witness import Witnesses, WitnessState
from tests.outside import tools
from tests.outside.plainlog import Log, consistency
from tests.outside.witness_server import RunningWitness, litewitness


@dataclass
class Setting:
    """A log, a fork of it with the same key, and a witness that knows the log."""

    log: Log
    fork: Log
    witness: RunningWitness

    @property
    def policy(self) -> Policy:
        return k_of_n(1, (), (KnownWitness("w1", self.witness.key, self.witness.url),))

    def client(self) -> Witnesses:
        return Witnesses(self.policy)


@pytest.fixture
def setting() -> Iterator[Setting]:
    log = Log([b"entry %d" % i for i in range(903)])
    fork = Log([*log.entries[:400], b"another past", *log.entries[401:]], log.key)
    # A folder with a short name: a socket lies in it.
    with tempfile.TemporaryDirectory() as folder, litewitness(Path(folder)) as witness:
        witness.knows(log.key.name, log.key.vkey)
        yield Setting(log, fork, witness)


def ask(client: Witnesses, log: Log, size: int) -> tuple[bytes, bool]:
    return client.cosign(
        log.checkpoint(size).encode(), lambda old: consistency(old, log.leaves[:size])
    )


def test_client_gets_cosignatures_that_go_can_check(setting: Setting, tmp_path: Path) -> None:
    """The witness has seen 3 entries when a client that knows nothing comes with 903."""
    note = b""
    for size in (3, 700, 903):
        client = setting.client()
        note, met = ask(client, setting.log, size)
        (outcome,) = client.outcomes
        assert (True, WitnessState.COSIGNED) == (met, outcome.state), outcome
        assert outcome.time and outcome.time > 1_700_000_000
    setting.log.publish(tmp_path)
    (tmp_path / "checkpoint").write_bytes(note)
    verdict = tools.tlogcheck(
        *("-key", setting.log.key.vkey, "-log", tmp_path),
        *("-witness", setting.witness.key.text, "-quorum", 1),
    )
    assert (True, ["witness.example/w1"]) == (verdict["ok"], verdict["witnesses"])


def test_client_that_remembers_the_size_asks_once(setting: Setting) -> None:
    client = setting.client()
    ask(client, setting.log, 3)
    old = []

    def proofs(size: int) -> list[bytes]:
        old.append(size)
        return consistency(size, setting.log.leaves)

    client.cosign(setting.log.checkpoint().encode(), proofs)
    assert [3] == old
    assert [WitnessState.COSIGNED] == [o.state for o in client.outcomes]


def test_fork_signed_with_the_right_key_is_refused(setting: Setting) -> None:
    assert ask(setting.client(), setting.log, 700)[1]
    client = setting.client()
    note, met = ask(client, setting.fork, 903)
    (outcome,) = client.outcomes
    assert (False, WitnessState.CONTRADICTS) == (met, outcome.state)
    assert "does not extend what it has seen" in outcome.reason
    assert 1 == len(read_note(note).signatures)


def test_fork_of_the_same_size_is_refused(setting: Setting) -> None:
    assert ask(setting.client(), setting.log, 903)[1]
    client = setting.client()
    assert not ask(client, setting.fork, 903)[1]
    assert WitnessState.CONTRADICTS == client.outcomes[0].state


def test_log_that_went_back_is_refused(setting: Setting) -> None:
    assert ask(setting.client(), setting.log, 903)[1]
    client = setting.client()
    assert not ask(client, setting.log, 700)[1]
    reason = "the log went back: the witness has seen 903 entries, the checkpoint has 700"
    assert (WitnessState.CONTRADICTS, reason) == (
        client.outcomes[0].state,
        client.outcomes[0].reason,
    )


def test_answers_of_the_witness_by_hand(setting: Setting) -> None:
    """The statuses of tlog-witness: 200, 409 with the size, 422, 403, 404, 400."""
    log, url = setting.log, f"{setting.witness.url}/add-checkpoint"

    def send(old: int, proof: list[bytes], text: str) -> tuple[int, bytes]:
        body = Request(old, tuple(proof), read_note(text.encode())).raw
        answer = post(url, body, "text/plain", seconds=10, most=10_000)
        return answer.status, answer.body

    assert 200 == send(0, [], log.checkpoint(3))[0]
    stale = send(0, [], log.checkpoint(903))
    assert (409, b"3\n") == stale
    wrong = consistency(4, log.leaves)
    assert 422 == send(3, wrong, log.checkpoint(903))[0]
    assert 422 == send(3, consistency(3, log.leaves), setting.fork.checkpoint(903))[0]
    stranger = Log(log.entries)
    assert 403 == send(3, consistency(3, log.leaves), stranger.checkpoint(903))[0]
    stranger.key.name = "unknown.example"
    assert 404 == send(3, consistency(3, log.leaves), stranger.checkpoint(903))[0]
    assert 400 == send(904, [], log.checkpoint(903))[0]
    assert 200 == send(3, consistency(3, log.leaves), log.checkpoint(903))[0]
