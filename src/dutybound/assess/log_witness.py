"""`log witness`: the policy on witnesses, what they said, and a witness from files alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dutybound.assess.log import WITNESS_POLICY, Log
from dutybound.assess.log_append import publish_log
from dutybound.errors import BadInput
from dutybound.ledger.checkpoint import read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import NoteKey, NoteSigner, read_key
from dutybound.ledger.note import Note, Signature, read_note
from dutybound.ledger.policy import MAX_POLICY, Policy, read_policy
from dutybound.ledger.witnessing import Refusal, cosigners
from dutybound.store.durable import write_file
from dutybound.store.publisher import Published
from dutybound.store.witness import Witnesses, WitnessOutcome
from dutybound.store.witness_key import witness_signer
from dutybound.store.witness_memory import Look, WitnessMemory

_MAX_LINES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class WitnessReport:
    """What the witnesses made of the newest signed checkpoint.

    policy: None if the log has none, then nobody has to sign. published.waiting: witnesses are
    missing.
    """

    published: Published
    outcomes: tuple[WitnessOutcome, ...]
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a witness from files says of a checkpoint. look: what it accepted; None: refused."""

    look: Look | None
    refusal: Refusal | None = None


def install_policy(log: Log, path: Path) -> Policy:
    """Make a file the policy of a log. It holds from the next checkpoint on. Raises BadInput."""
    raw = _read(path, MAX_POLICY + 1)
    try:
        policy = read_policy(raw)
    except LedgerError as error:
        raise BadInput.one(str(path), f"{error}.") from error
    key = log.current_key()
    if policy.logs and key not in [one.key for one in policy.logs]:
        raise BadInput.one(str(path), f"It names logs, but not this one: {key.text}")
    write_file(log.public / WITNESS_POLICY, raw)
    log.ask_from_now(Witnesses(policy) if policy.witnesses else None)
    return policy


def ask_witnesses(log: Log, files: Sequence[Path] = ()) -> WitnessReport:
    """Publish what was appended, and ask the witnesses for the newest signed checkpoint.

    files: checkpoints or lines that witnesses signed elsewhere. Raises BadInput if one has no
    line that holds.
    """
    publish_log(log)
    witnesses = log.cosigners if isinstance(log.cosigners, Witnesses) else None
    policy = None if witnesses is None else witnesses.policy
    newest = read_note(log.store.checkpoints(newest=True)[0].note)
    lines = [line for path in files for line in _lines(path, newest, policy)]
    done = log.cosign(lines)
    if not done.waiting:
        publish_log(log)  # the receipts that were waiting
    return WitnessReport(done, () if witnesses is None else witnesses.outcomes, policy)


def _lines(path: Path, newest: Note, policy: Policy | None) -> list[Signature]:
    """The lines of a file by witnesses of the policy that hold for the newest checkpoint."""
    raw = _read(path, _MAX_LINES)
    for whole in (raw, newest.text + b"\n" + raw):
        try:
            note = read_note(whole)
        except LedgerError:
            continue
        if note.text == newest.text:
            keys = [] if policy is None else [w.key for w in policy.witnesses]
            holds = {(k.name, k.id) for k in cosigners(note, keys)}
            found = [s for s in note.signatures if (s.name, s.id) in holds]
            if found:
                return found
    size = read_body(newest.text).size
    raise BadInput.one(
        str(path),
        f"It holds no line by a witness of the policy under the newest checkpoint, of {size:,}"
        " entries.",
    )


def watch(
    public: Path,
    memory: Path,
    time: int,
    *,
    keys: Sequence[str] = (),
    signer: NoteSigner | None = None,
    checkpoint: Path | None = None,
) -> Verdict:
    """Look at a log as a witness from files. time: POSIX seconds, for a cosignature.

    keys: verifier keys of the log, or files that hold one. checkpoint: a file to look at in place
    of the published one, for example one that waits. Raises BadInput, StoreError.
    """
    known = [_key(text) for text in keys]
    try:
        look = WitnessMemory(memory).look(public, known, signer, time, checkpoint)
    except Refusal as refusal:
        return Verdict(None, refusal)
    return Verdict(look)


def open_witness(path: Path, name: str) -> NoteSigner:
    """The key of a witness, made if there is none. Raises BadInput, StoreError."""
    try:
        return witness_signer(path, name)
    except LedgerError as error:
        raise BadInput.one(name, f"{error}.") from error


def _key(text: str) -> NoteKey:
    given = text
    if "+" not in text:
        given = _read(Path(text), MAX_POLICY).decode("utf-8", "replace").strip()
    try:
        return read_key(given)
    except LedgerError as error:
        raise BadInput.one(text, f"It is no verifier key of a log: {error}.") from error


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be read: {error.strerror}.") from error
