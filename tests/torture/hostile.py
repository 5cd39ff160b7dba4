"""Goal E5: 100,000 generated hostile inputs: none accepted, no crash, the same verdict as Go.

Each input starts from a good one and is changed in one to three ways. What is accepted must be what
the log or the signer really signed: a checkpoint with its text, an entry at its place, a tree that
is a beginning, a statement with its payload. A change that leaves that as it was (a signature line
twice, say) is harmless, and may be accepted. Checkpoints and proofs are put to golang.org/x/mod too
(`tests/outside/go/verdicts.go`), which must say the same.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import dutybound_verify as verifier
from tests.outside import tools
from tests.torture.campaign import Figures, goal, judged
from tests.verify.forge import (
    MONDAY,
    ORIGIN,
    Forge,
    NoteSigner,
    compact,
    consistency,
    leaf,
    path,
    tree,
)

SIZES = (1, 2, 7, 8, 20, 39, 40)
NUMBERS = (0, 1, -1, 2, 39, 41, 255, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, 2**64, 10**30)
LOOPS = range(2**62 + 1, 2**63)  # for such sizes x/mod searches a power of two for ever
TEXTS = ("0", "-1", "+7", "07", "7 ", " 7", "1e3", "٧", "", "9" * 19, str(2**63 - 1), str(2**63),
         "9" * 400, "0x7", "7\u2028", "NaN")  # fmt: skip
BYTES = (b"\0", b"\r", b"\n", b"\n\n", b" ", b"+", b"=", b"\xff", b"\xe2\x80\x94", b"\x85", b"\x7f",
         "\u00a0".encode(), "\u2028".encode(), b"\xed\xa0\x80", b"A" * 300)  # fmt: skip
VALUES: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "0", "-1", "A", "====", [], {}, [[]],
                           "\ud800", "é", "x" * 5000, {"a": []})  # fmt: skip
Judge = Callable[[], bool]


class World:
    """A log of 40 entries with its checkpoints, a fork of it, and another key of the same name."""

    def __init__(self) -> None:
        self.forge = Forge(count=4, filler=[b"entry %d" % i for i in range(36)])
        self.forge.steps = [(40, MONDAY)]
        self.entries = self.forge.entries
        self.fork = [*self.entries[:5], b"forged", *self.entries[6:]]
        self.key = self.forge.log[0]
        self.thief = NoteSigner(ORIGIN)
        self.notes = [self.forge.note(n, MONDAY, witnesses=[]) for n in SIZES]
        self.bodies = {verifier.read_head(n, "").body for n in self.notes}
        self.size_of = {tree(self.entries[:n]): n for n in range(len(self.entries) + 1)}
        self.trust = verifier.read_trust(self.forge.trust(witnesses=None))
        self.proofs = [self.forge.proof(i) for i in range(4)]
        self.bundles = [compact(self.forge.bundle(i)) for i in range(4)]
        self.payloads = {s.payload: i for i, s in enumerate(self.forge.signed)}
        self.keys = {self.forge.alice.fingerprint: self.forge.alice.der}


# ---------------------------------------------------------------- changes
def garble(rng: random.Random, raw: bytes) -> bytes:
    """Bytes with a bit turned, or a byte put in, taken out or written again."""
    if not raw:
        return rng.choice(BYTES)
    at = rng.randrange(len(raw) + 1)
    match rng.randrange(5):
        case 0:
            at = min(at, len(raw) - 1)
            return raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :]
        case 1:
            return raw[:at] + rng.choice(BYTES) + raw[at:]
        case 2:
            return raw[:at] + raw[at + rng.randint(1, 40) :]
        case 3:
            return raw[:at]
        case _:
            end = at + rng.randint(1, 60)
            return raw[:end] + raw[at:end] + raw[end:]


def respell(rng: random.Random, raw: bytes) -> bytes:
    """Base64 that gives the same bytes, but is not canonical."""
    ends = [i for i in range(1, len(raw)) if raw[i : i + 1] == b"=" and raw[i - 1 : i].isalnum()]
    if not ends:
        return raw
    at = rng.choice(ends) - 1
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(raw[at : at + 1])
    return raw[:at] + alphabet[last ^ 1 : (last ^ 1) + 1] + raw[at + 1 :]


def lines_changed(rng: random.Random, raw: bytes, others: list[bytes]) -> bytes:
    """Lines twice, taken out, moved, or from another note."""
    lines = raw.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.choice(others).split(b"\n")
    match rng.randrange(6):
        case 0:
            lines.insert(at, lines[at])
        case 1:
            del lines[at]
        case 2:
            rng.shuffle(lines)
        case 3:
            lines[at] = rng.choice(other)
        case 4:
            lines.insert(
                at, rng.choice([b"", b"extension", b"\xe2\x80\x94 x AAAAAA==", *TEXT_BYTES])
            )
        case _:
            lines[1:2] = [rng.choice(TEXT_BYTES)]
    return b"\n".join(lines)


TEXT_BYTES = [t.encode() for t in TEXTS]


def stolen(rng: random.Random, world: World) -> bytes:
    """A false head: by another key of the same name, with or without a good signature beside it."""
    size = rng.choice(SIZES)
    root = tree(world.fork[:size]) if size > 5 else rng.randbytes(32)
    body = f"{ORIGIN}\n{size}\n{b64encode(root).decode()}\n".encode()
    good = rng.choice(world.notes).split(b"\n\n")[1]
    bad = world.thief.line(body)
    named = world.key.line(body)[: len(ORIGIN) + 8] + bad[len(ORIGIN) + 8 :]
    return body + b"\n" + b"".join(rng.sample([good, bad, named], rng.randint(1, 3)))


def hostile_note(rng: random.Random, world: World) -> bytes:
    raw = rng.choice(world.notes)
    for _ in range(rng.randint(1, 3)):
        match rng.randrange(5):
            case 0 | 1:
                raw = garble(rng, raw) if raw else raw
            case 2:
                raw = lines_changed(rng, raw, world.notes)
            case 3:
                raw = respell(rng, raw)
            case _:
                raw = stolen(rng, world)
    if rng.random() < 0.002:
        raw += b"\xe2\x80\x94 x AAAAAA==\n" * rng.choice([98, 99, 100, 101])
    return raw


def hostile_hashes(rng: random.Random, proof: list[bytes], world: World) -> list[bytes]:
    proof = list(proof)
    for _ in range(rng.randint(0, 2)):
        at = rng.randrange(len(proof) + 1)
        match rng.randrange(6):
            case 0:
                proof.insert(at, rng.choice([bytes(32), rng.randbytes(32), *proof]))
            case 1:
                del proof[at : at + 1]
            case 2:
                rng.shuffle(proof)
            case 3 if proof:
                at = min(at, len(proof) - 1)
                proof[at] = garble(rng, proof[at])
            case 4:
                proof = path(rng.randrange(40), world.entries)
            case _:
                proof = consistency(rng.randint(1, 39), rng.choice([world.entries, world.fork]))
    return proof


# ---------------------------------------------------------------- verdicts
def hashes_of(texts: list[str]) -> list[bytes]:
    return verifier.read_hashes(texts, "It")


def size_is(*numbers: int) -> None:
    verifier.need(all(0 <= n < 1 << 63 for n in numbers), "number", "")


Case = tuple[dict[str, Any] | None, Judge, Callable[[], bool]]


def checkpoint(rng: random.Random, world: World) -> Case:
    raw = hostile_note(rng, world)
    keys = world.trust.logs

    def accepts() -> bool:
        head = verifier.read_head(raw, "")
        return bool(verifier.signers_of(head, keys)) and head.origin == ORIGIN

    def harmless() -> bool:
        return verifier.read_head(raw, "").body in world.bodies

    asked = {"kind": "checkpoint", "keys": [world.key.vkey], "origin": ORIGIN, "note": text(raw)}
    return asked, accepts, harmless


def text(raw: bytes) -> str:
    return b64encode(raw).decode()


def inclusion(rng: random.Random, world: World) -> Case:
    size = rng.choice(SIZES)
    index = rng.randrange(size)
    proof = hostile_hashes(rng, path(index, world.entries[:size]), world)
    entry, root = world.entries[index], tree(world.entries[:size])
    for _ in range(rng.randint(1, 2)):
        match rng.randrange(6):
            case 0:
                index = rng.choice([*NUMBERS, index + 1, index - 1, rng.randrange(41)])
            case 1:
                size = rng.choice([*NUMBERS, size + 1, size - 1, rng.randrange(41)])
            case 2:
                entry = rng.choice([*world.fork, root + root, b"", garble(rng, entry + b"x")])
            case 3:
                root = rng.choice([tree(world.fork), leaf(entry), rng.choice(list(world.size_of))])
            case 4:
                root = garble(rng, root)
            case _:
                entry = (proof[0] if proof else bytes(32)) + leaf(entry)
    texts = [text(h) for h in proof]
    if texts and rng.random() < 0.1:
        texts[-1] = respell(rng, texts[-1].encode()).decode()

    def accepts() -> bool:
        size_is(index, size)
        found = hashes_of(texts)
        top = verifier.unbase64(text(root), 32)
        verifier.check_inclusion(verifier.leaf_hash(entry), index, found, size, top)
        return True

    def harmless() -> bool:
        true_size = world.size_of.get(root, 0)
        in_log = index < true_size and world.entries[index] == entry
        in_fork = root == tree(world.fork) and index < 40 and world.fork[index] == entry
        return in_log or in_fork or (root == leaf(entry) and index == 0)

    asked = {
        "kind": "inclusion", "entry": text(entry), "index": index, "size": size,
        "root": text(root), "proof": texts,
    }  # fmt: skip
    return asked, accepts, harmless


def beginning(rng: random.Random, world: World) -> Case:
    new = rng.randint(2, 40)
    old = rng.randint(1, new)
    between = consistency(old, world.entries[:new]) if old < new else []
    proof = hostile_hashes(rng, between, world)
    old_root, root = tree(world.entries[:old]), tree(world.entries[:new])
    forked = tree(world.fork[: rng.randint(6, 40)])
    for _ in range(rng.randint(1, 2)):
        number = rng.choice([n for n in (*NUMBERS, old + 1, new - 1) if n])  # Go refuses size 0
        change_to = rng.choice(
            [
                (number, new, old_root, root),
                (old, number, old_root, root),
                (old, new, forked, root),
                (old, new, old_root, forked),
                (old, new, garble(rng, old_root), root),
                (old, new, root, old_root),
            ]
        )
        old, new, old_root, root = change_to
    texts = [text(h) for h in proof]

    def accepts() -> bool:
        size_is(old, new)
        tops = [verifier.unbase64(text(r), 32) for r in (old_root, root)]
        one, two = (
            verifier.Head("", ORIGIN, n, r, b"", {}) for n, r in zip((old, new), tops, strict=True)
        )
        verifier.check_consistency(one, two, hashes_of(texts))
        return True

    def harmless() -> bool:
        forked = {tree(world.fork[:n]): n for n in range(6, 41)}
        for sizes in (world.size_of, forked, {**forked, **shared(world)}):
            if old_root in sizes and root in sizes and sizes[old_root] <= sizes[root]:
                return True
        return False

    asked = {
        "kind": "consistency", "old_size": old, "old_root": text(old_root), "size": new,
        "root": text(root), "proof": texts,
    }  # fmt: skip
    return asked, accepts, harmless


def shared(world: World) -> dict[bytes, int]:
    """Roots from before the fork."""
    return {tree(world.fork[:n]): n for n in range(6)}


def walk(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of a JSON value."""
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += walk(inner, (*at, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            found += walk(inner, (*at, i))
    return found


def inside(value: Any, where: tuple[Any, ...]) -> Any:
    for key in where:
        value = value[key]
    return value


def change(rng: random.Random, value: Any, other: Any) -> None:
    """Replace, take out or put in one thing. other: a value of the same form, not changed."""
    where = rng.choice(walk(value) or [()])
    if not where:
        return
    holder, key = inside(value, where[:-1]), where[-1]
    match rng.randrange(5):
        case 0:
            holder[key] = deepcopy(rng.choice(VALUES))
        case 1 if isinstance(holder, dict):
            del holder[key]
        case 2 if isinstance(holder, dict):
            holder[rng.choice(["x", "keyid", "cert", ""])] = deepcopy(rng.choice(VALUES))
        case 3 if where in walk(other):
            holder[key] = inside(other, where)
        case _ if isinstance(holder, list):
            holder.append(deepcopy(rng.choice([*VALUES, *holder])))


def hostile_json(rng: random.Random, raw: bytes, others: list[bytes]) -> bytes:
    """JSON with values replaced, taken out, put in, from elsewhere; or garbled as bytes."""
    value, other = json.loads(raw), json.loads(rng.choice(others))
    for _ in range(rng.randint(1, 3)):
        change(rng, value, other)
    made = json.dumps(value).encode()
    if rng.random() < 0.3:
        made = respell(rng, made) if rng.random() < 0.4 else garble(rng, made)
    if rng.random() < 0.1:
        made = b'{"mediaType":"x",' + made[1:]
    if rng.random() < 0.01:
        made = b'{"mediaType":' + b"[" * 100_000
    return made


def bundle(rng: random.Random, world: World) -> Case:
    raw = hostile_json(rng, rng.choice(world.bundles), world.bundles)
    found: dict[str, Any] = {}

    def accepts() -> bool:
        found.update(judged({"b.sigstore.json": raw}, "bundle", world.trust))
        return bool(found["verdict"] == "verified")

    def harmless() -> bool:
        envelope = json.loads(raw).get("dsseEnvelope") or json.loads(raw)
        index = world.payloads.get(verifier.unbase64(envelope["payload"]))
        placed = found["statements"][0]["log_index"]
        return index is not None and placed in (None, index)

    return None, accepts, harmless


def receipt(rng: random.Random, world: World) -> Case:
    which = rng.randrange(4)
    raw = rng.choice(world.proofs)
    for _ in range(rng.randint(1, 2)):
        match rng.randrange(3):
            case 0:
                raw = garble(rng, raw) if raw else raw
            case 1:
                raw = lines_changed(rng, raw, [*world.proofs, *world.notes])
            case _:
                raw = respell(rng, raw)
    entry = world.forge.signed[which].entry
    read: list[verifier.Receipt] = []

    def accepts() -> bool:
        one = verifier.read_tlog_proof(raw, "")
        read.append(one)
        leaf_of = verifier.leaf_hash(entry)
        verifier.check_inclusion(leaf_of, one.index, one.proof, one.head.size, one.head.root)
        return bool(verifier.signers_of(one.head, world.trust.logs))

    def harmless() -> bool:
        return read[0].head.body in world.bodies and read[0].index == which

    return None, accepts, harmless


def envelope(rng: random.Random, world: World) -> Case:
    originals = [s.raw for s in world.forge.signed]
    raw = hostile_json(rng, rng.choice(originals), originals)
    piece = verifier.Piece("", "", raw)

    def accepts() -> bool:
        verifier.step_08_envelope(piece)
        verifier.step_09_signature(piece, world.keys)
        verifier.step_10_statement(piece)
        return True

    return None, accepts, lambda: piece.payload in world.payloads


MAKERS = (
    (checkpoint, 30),
    (inclusion, 25),
    (beginning, 25),
    (bundle, 8),
    (receipt, 6),
    (envelope, 6),
)


def loops(asked: dict[str, Any]) -> bool:
    return any(asked.get(name, 0) in LOOPS for name in ("size", "old_size"))


def ask_go(rows: list[dict[str, Any]], program: Path) -> list[dict[str, Any]]:
    lines = "\n".join(json.dumps({"id": i, **row}) for i, row in enumerate(rows))
    done = subprocess.run(
        [program], input=lines, capture_output=True, text=True, check=True, timeout=120
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def hostile(rng: random.Random, share: float) -> Figures:
    """100,000 inputs of six kinds."""
    world, wanted = World(), int(100_000 * share)
    count: Counter[str] = Counter()
    trouble: list[str] = []
    rows: list[dict[str, Any]] = []
    mine: list[tuple[bool, str]] = []
    for _ in range(wanted):
        maker = rng.choices([m for m, _ in MAKERS], [w for _, w in MAKERS])[0]
        asked, accepts, harmless = maker(rng, world)
        accepted, code = False, ""
        try:
            accepted = accepts()
            bad = accepted and not harmless()
        except verifier.Refused as error:
            bad, code = False, error.code
        except Exception as error:  # noqa: BLE001 - whatever else leaves the verifier is a crash
            bad, code = False, type(error).__name__
            count["crashes"] += 1
            trouble.append(f"{maker.__name__}: {error!r}")
        count[maker.__name__] += 1
        count["accepted_and_harmless"] += accepted and not bad
        if bad:
            count["accepted_and_hostile"] += 1
            trouble.append(f"{maker.__name__}: accepted {asked}")
        if asked is not None and not loops(asked):
            rows.append(asked)
            mine.append((accepted, code))
    figures: Figures = {
        "inputs": wanted, "accepted_and_hostile": 0, "crashes": 0, **count, **compare(rows, mine)
    }  # fmt: skip
    figures["trouble"] = trouble[:5]
    met = not count["accepted_and_hostile"] and not count["crashes"]
    goal(met and not figures.get("different"), "a hostile input was not refused", figures)
    return figures


def compare(rows: list[dict[str, Any]], mine: list[tuple[bool, str]]) -> Figures:
    """How our verdicts differ from those of Go. Only one difference is allowed: base64 in a second
    spelling, in a line of a signature, which x/mod reads and we do not."""
    program = tools.folder() / "bin" / "verdicts"
    if not program.exists():
        missing = {"asked_go": 0, "go": "not installed; run tests/outside/setup.sh .outside"}
        goal(not os.environ.get("CI"), "CI has no Go program to compare with", missing)
        return missing
    different, second_spelling, agreed = [], 0, 0
    for start in range(0, len(rows), 5000):
        answers = ask_go(rows[start : start + 5000], program)
        for row, (accepted, code), answer in zip(rows[start:], mine[start:], answers, strict=False):
            if accepted == answer["accept"]:
                agreed += 1
            elif not accepted and code == "base64" and row["kind"] == "checkpoint":
                second_spelling += 1
            else:
                different.append(f"{row} ours {accepted} {code}; Go {answer}")
    return {
        "asked_go": len(rows),
        "same_verdict": agreed,
        "second_spelling_of_base64": second_spelling,
        "different": len(different),
        "examples": different[:3],
    }
