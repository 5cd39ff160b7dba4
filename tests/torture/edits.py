"""Goal E4: every turned bit and every edited file is seen.

Three places: a record folder; an audit pack; and a pack whose manifest the attacker wrote again
after the change, so that the manifest cannot help. Witnesses are those of the auditor, all needed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import dutybound_verify as verifier
from tests.torture.campaign import Figures, goal, judged
from tests.verify.forge import MONDAY, TUESDAY, Files, Forge, seal

KINDS = ("removed", "cut", "lengthened", "emptied", "swapped")
COVERED = ("statements/", "receipts/", "log/checkpoint", "log/consistency/", "subjects/")
IN_FOLDER = ("public/checkpoint", "public/tile/", "receipts/", "objects/")


class Worlds:
    """Untouched files, and what is turned or edited in each."""

    def __init__(self) -> None:
        self.forge = Forge(
            count=4,
            filler=[b"entry %d" % i for i in range(600)],
            steps=[(300, MONDAY), (604, TUESDAY)],
        )
        self.trust = verifier.read_trust(self.forge.trust())
        self.folder, self.pack = self.forge.folder(), self.forge.pack()

    def cases(self) -> dict[str, tuple[Files, str, list[str]]]:
        """Name to files, kind, and the names in question."""
        folder = [n for n in self.folder if n.startswith(IN_FOLDER) or n.endswith(".dsse.json")]
        inside = [n for n in self.pack if n.startswith(COVERED)]
        return {
            "folder": (self.folder, "record_folder", folder),
            "pack": (self.pack, "audit_pack", list(self.pack)),
            "sealed": (self.pack, "audit_pack", inside),
        }

    def verdict(self, where: str, files: Files) -> dict[str, object]:
        changed = seal(files) if where == "sealed" else files
        return judged(changed, self.cases_kind(where), self.trust)

    @staticmethod
    def cases_kind(where: str) -> str:
        return "record_folder" if where == "folder" else "audit_pack"


def place(rng: random.Random, files: Files, names: list[str]) -> tuple[str, int]:
    """A file, and a byte of it: half the time any file alike, else larger files more often."""
    names = [n for n in names if files[n]]
    if rng.random() < 0.5:
        name = rng.choice(names)
    else:
        name = rng.choices(names, [len(files[n]) for n in names])[0]
    return name, rng.randrange(len(files[name]))


def bitflips(rng: random.Random, share: float) -> Figures:
    """10,000 single bits over checkpoint, tiles, bundles, receipts, statements and manifest."""
    worlds = Worlds()
    wanted = int(10_000 * share)
    seen: Counter[str] = Counter()
    unseen: list[str] = []
    cases = worlds.cases()
    told = 0
    clean = {where: worlds.verdict(where, cases[where][0]) for where in cases}
    assert {"verified"} == {v["verdict"] for v in clean.values()}
    for i in range(wanted):
        where = ("folder", "pack", "sealed")[i % 3]
        files, _, names = cases[where]
        name, at = place(rng, files, names)
        bit = 1 << rng.randrange(8)
        raw = files[name]
        changed = {**files, name: raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]}
        found = worlds.verdict(where, changed)
        if found["verdict"] == "refused":
            seen[where] += 1
        elif found["log"] != clean[where]["log"]:
            told += 1  # the line of a witness became one by an unknown key, which is ignored
        else:
            unseen.append(f"{where} {name} byte {at} bit {bit}")
    free = [u for u in unseen if u.startswith("pack manifest.json") and _free(worlds, u)]
    figures = {
        "turned": wanted,
        "refused": seen.total(),
        "told_as_unknown_signature": told,
        "in_free_fields_of_the_manifest": len(free),
        **seen,
        "unseen": [u for u in unseen if u not in free][:5],
    }
    goal(seen.total() + told + len(free) == wanted, "a turned bit was not seen", figures)
    return figures


def _free(worlds: Worlds, where: str) -> bool:
    """Whether a byte of the manifest is in a field that speaks of neither files nor system."""
    raw = worlds.pack["manifest.json"]
    start = raw.index(b'"as_of"')
    return start <= int(where.split()[3]) < raw.index(b',"files"')


def edited(
    rng: random.Random, kind: str, name: str, files: Files, names: list[str]
) -> Files | None:
    """The files after one edit; None if it would change nothing."""
    raw = files[name]
    if kind == "removed":
        return {n: r for n, r in files.items() if n != name}
    if kind == "swapped":
        folder = name.rpartition("/")[0]
        others = [n for n in names if n.rpartition("/")[0] == folder and files[n] != raw]
        if not others:
            return None
        other = rng.choice(others)
        return {**files, name: files[other], other: raw}
    new = {
        "cut": raw[: rng.randrange(len(raw))] if raw else raw,
        "lengthened": raw + rng.choice([b"\0", b"\n", b" ", rng.randbytes(rng.randint(1, 40))]),
        "emptied": b"",
    }[kind]
    return None if new == raw else {**files, name: new}


def tries(
    rng: random.Random, worlds: Worlds, share: float
) -> Iterator[tuple[str, str, str, Files]]:
    """Each file of each place, edited in five ways; more often at a larger share."""
    for where, (files, _, names) in worlds.cases().items():
        for name in names:
            for kind in KINDS:
                if rng.random() < max(share, 0.1):
                    found = edited(rng, kind, name, files, names)
                    if found is not None:
                        yield where, kind, name, found


def edits(rng: random.Random, share: float) -> Figures:
    """Five kinds of edits of every file.

    What is taken out of a record folder, or of a pack with a new manifest, is no longer there to
    be refused: then the verdict must differ from that on the whole. A statement that was erased by
    right looks like that too.
    """
    worlds = Worlds()
    whole = {w: worlds.verdict(w, f) for w, (f, _, _) in worlds.cases().items()}
    refused: Counter[str] = Counter()
    told: Counter[str] = Counter()
    unseen: list[str] = []
    harmless = 0
    for where, kind, name, files in tries(rng, worlds, share):
        found = worlds.verdict(where, files)
        if found["verdict"] == "refused":
            refused[kind] += 1
        elif found != whole[where] and (kind == "removed" or _named_freely(where, name)):
            told[kind] += 1
        elif kind == "removed" and name.startswith("receipts/"):
            harmless += 1  # the other receipt, or the tiles, show the same
        elif kind in ("lengthened", "cut") and _other_spelling(name):
            harmless += 1
        else:
            unseen.append(f"{where} {kind} {name}")
    figures = {
        "edits": refused.total() + told.total() + harmless + len(unseen),
        "refused": dict(refused),
        "told": dict(told),
        "changes_nothing": harmless,
        "unseen": unseen[:5],
    }
    goal(not unseen, "an edited file was not seen", figures)
    return figures


def _named_freely(where: str, name: str) -> bool:
    """In a record folder envelopes have any name, and their own digest names the receipts."""
    return where == "folder" and name.endswith(".dsse.json")


def _other_spelling(name: str) -> bool:
    """White space around JSON is no change of what a bundle or an envelope says."""
    return name.endswith(".sigstore.json")
