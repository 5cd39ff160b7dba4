"""The witness without a server: rollback, fork and re-key are refused, an extension is not."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from dutybound.ledger.keys import KeyType, ed25519_signer, read_key
from dutybound.ledger.note import read_note
from dutybound.ledger.witnessing import Refusal, cosigners
from dutybound.store.errors import StoreError
from dutybound.store.witness_memory import WitnessMemory
from tests.outside import tools
from tests.outside.plainlog import Log, NoteKey

ENTRIES = [b"entry %d" % i for i in range(600)]
LOG = Log(ENTRIES)
KEYS = [read_key(LOG.key.vkey)]


def show(folder: Path, entries: list[bytes], key: NoteKey = LOG.key) -> Path:
    """The public folder as it is with these entries."""
    shutil.rmtree(folder, ignore_errors=True)
    return Log(entries, key).publish(folder)


@pytest.fixture
def memory(tmp_path: Path) -> WitnessMemory:
    return WitnessMemory(tmp_path / "auditor" / "memory.json")


def test_growing_log_is_followed(memory: WitnessMemory, tmp_path: Path) -> None:
    """Sizes on both sides of a full tile; the key is needed the first time only."""
    before = None
    for size in (1, 3, 255, 256, 257, 257, 600):
        public = show(tmp_path / "public", ENTRIES[:size])
        look = memory.look(public, KEYS if before is None else [])
        assert (size, before) == (look.head.size, look.before)
        before = size
    assert 600 == memory.logs()["log.example"].head.size  # type: ignore[union-attr]
    assert 0o600 == stat.S_IMODE(memory.path.stat().st_mode)


def test_partial_tile_may_be_gone_once_the_full_one_is_there(
    memory: WitnessMemory, tmp_path: Path
) -> None:
    memory.look(show(tmp_path / "public", ENTRIES[:200]), KEYS)
    public = show(tmp_path / "public", ENTRIES)
    # The tiles are ahead of the checkpoint, as after a stop in the middle of publishing.
    (public / "checkpoint").write_text(LOG.checkpoint(300), encoding="utf-8")
    assert 300 == memory.look(public).head.size


FORK = [*ENTRIES[:100], b"another past", *ENTRIES[101:]]


@pytest.mark.parametrize(
    ("entries", "status", "reason"),
    [
        (ENTRIES[:299], 409, "the log went back: it had 300 entries and shows 299"),
        (FORK[:300], 409, "another history of the same 300 entries"),
        (FORK[:301], 422, "the 301 entries do not extend the 300 that were seen"),
        (FORK, 422, "the 600 entries do not extend the 300 that were seen"),
        (ENTRIES[1:], 422, "do not extend"),
    ],
)
def test_another_history_is_refused_and_kept_as_proof(
    entries: list[bytes], status: int, reason: str, memory: WitnessMemory, tmp_path: Path
) -> None:
    memory.look(show(tmp_path / "public", ENTRIES[:300]), KEYS)
    public = show(tmp_path / "public", entries)
    for _ in range(2):  # it is refused again, and kept once
        with pytest.raises(Refusal) as caught:
            memory.look(public)
        assert status == caught.value.status
        assert reason in str(caught.value)
    kept = memory.logs()["log.example"]
    assert 300 == kept.head.size  # type: ignore[union-attr]
    assert ((public / "checkpoint").read_text(encoding="utf-8"),) == kept.contradictions
    assert 600 == memory.look(show(tmp_path / "public", ENTRIES)).head.size


def test_restored_backup_is_seen_in_100_of_100_tries(tmp_path: Path) -> None:
    """Goal E11: whatever the sizes were, an older state with new entries on top is refused."""
    seen = 0
    for number in range(100):
        size = 5 + 3 * number
        back = size - 1 - number % 4
        memory = WitnessMemory(tmp_path / f"{number}.json")
        memory.look(show(tmp_path / "public", ENTRIES[:size]), KEYS)
        restored = [*ENTRIES[:back], *(b"since %d" % i for i in range(number % 7 * 40))]
        with pytest.raises(Refusal):
            memory.look(show(tmp_path / "public", restored))
        seen += 1
    assert 100 == seen


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 40))
def test_only_what_begins_alike_is_followed(old: int, new: int, at: int) -> None:
    """A fork at `at` can be seen if and only if it lies in what was seen before."""
    import tempfile

    changed = [*ENTRIES[:at], b"changed", *ENTRIES[at + 1 : 40]][:new]
    with tempfile.TemporaryDirectory() as name:
        memory = WitnessMemory(Path(name) / "m.json")
        memory.look(show(Path(name) / "public", ENTRIES[:old]), KEYS)
        public = show(Path(name) / "public", changed)
        honest = changed[:old] == ENTRIES[:old]
        try:
            memory.look(public)
        except Refusal:
            assert not honest
        else:
            assert honest


def other_key(text: str) -> str:
    return Log(ENTRIES[:300]).checkpoint()


def unsigned(text: str) -> str:
    head, _, line = text.rstrip("\n").rpartition(" ")
    return f"{head} {line[:8]}{'A' * (len(line) - 10)}==\n"


@pytest.mark.parametrize("change", [other_key, unsigned])
def test_checkpoint_by_another_key_is_refused(
    change: Callable[[str], str], memory: WitnessMemory, tmp_path: Path
) -> None:
    public = show(tmp_path / "public", ENTRIES[:300])
    memory.look(public, KEYS)
    checkpoint = public / "checkpoint"
    checkpoint.write_text(change(checkpoint.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        memory.look(public)
    assert 403 == caught.value.status
    assert () == memory.logs()["log.example"].contradictions


def test_first_look_needs_the_key_from_elsewhere(memory: WitnessMemory, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no key is known for a log `log.example`"):
        memory.look(show(tmp_path / "public", ENTRIES[:3]))
    assert {} == memory.logs()


def test_key_change(memory: WitnessMemory, tmp_path: Path) -> None:
    """The auditor names the new key once; a checkpoint by it alone is then followed."""
    memory.look(show(tmp_path / "public", ENTRIES[:3]), KEYS)
    new = NoteKey("log.example")
    public = show(tmp_path / "public", ENTRIES[:5], new)
    with pytest.raises(Refusal, match="by a known key"):
        memory.look(public)
    assert 3 == memory.look(public, [read_key(new.vkey)]).before
    assert 2 == len(memory.logs()["log.example"].keys)


def test_cosignature_that_go_accepts(memory: WitnessMemory, tmp_path: Path) -> None:
    secret = Ed25519PrivateKey.generate()
    signer = ed25519_signer("auditor.example/w", secret, KeyType.COSIGNATURE)
    public = show(tmp_path / "public", ENTRIES)
    look = memory.look(public, KEYS, signer, time=1_790_000_000)
    checkpoint = public / "checkpoint"
    text = checkpoint.read_text(encoding="utf-8") + look.line
    assert {signer.key: 1_790_000_000} == cosigners(read_note(text.encode()), [signer.key])
    checkpoint.write_text(text, encoding="utf-8")
    verdict = tools.tlogcheck(
        *("-key", LOG.key.vkey, "-log", public, "-witness", signer.key.text, "-quorum", 1)
    )
    assert (True, ["auditor.example/w"]) == (verdict["ok"], verdict["witnesses"])


def test_broken_tiles_are_no_fork(memory: WitnessMemory, tmp_path: Path) -> None:
    memory.look(show(tmp_path / "public", ENTRIES[:100]), KEYS)
    public = show(tmp_path / "public", ENTRIES)
    (public / "tile/0/000").unlink()
    with pytest.raises(StoreError, match="tile/0/000 is missing"):
        memory.look(public)
    assert () == memory.logs()["log.example"].contradictions


@pytest.mark.parametrize("text", [None, "", "x", "a\n\n\u2014 b c\n", "x" * 1_100_000])
def test_checkpoint_that_cannot_be_read(
    text: str | None, memory: WitnessMemory, tmp_path: Path
) -> None:
    public = tmp_path / "public"
    public.mkdir()
    if text is not None:
        (public / "checkpoint").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError):
        memory.look(public, KEYS)


def test_memory_that_was_changed_is_not_begun_anew(memory: WitnessMemory, tmp_path: Path) -> None:
    public = show(tmp_path / "public", ENTRIES[:300])
    memory.look(public, KEYS)
    sound = json.loads(memory.path.read_text(encoding="utf-8"))
    older = {**sound["logs"]["log.example"]}
    older["checkpoint"] = older["checkpoint"].replace("\n300\n", "\n3\n")
    changed: list[object] = [{}, {**sound, "more": 1}, {**sound, "logs": {"log.example": older}}]
    for broken in [*changed, []]:
        memory.path.write_text(json.dumps(broken), encoding="utf-8")
        with pytest.raises(StoreError, match="do not begin anew"):
            memory.look(public)
