"""`evidence add`: signed statements into a record folder, with the files that they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from dutybound.assess.opening import Item, envelopes_in, is_envelope, open_all, open_envelope
from dutybound.assess.record_folder import OBJECTS, object_path
from dutybound.assess.signing import MAX_SUBJECT, SUFFIX, digest_of_file
from dutybound.errors import BadInput, Problem
from dutybound.interchange.dsse import MAX_ENVELOPE
from dutybound.packs.reading import read_bytes
from dutybound.store.durable import make_folder, write_file
from dutybound.store.objects import Objects
from dutybound.terms.evidence import Handling, Refused
from dutybound.terms.trust import Trust

ORDINARY: Final = frozenset({Handling.ORDINARY})


@dataclass(frozen=True, slots=True)
class Added:
    """What came of one statement.

    file: its name in the folder. digest: sha256 of its bytes. new: it was not there before. files:
    names of its files that are kept by content. missing: names of those that are not. index: in
    the log; None without a log, or where the mark keeps it out (kept_out). waiting: no published
    checkpoint covers it yet.
    """

    file: str
    claim_id: str
    digest: str
    handling: Handling
    new: bool
    files: tuple[str, ...]
    missing: tuple[str, ...]
    index: int | None = None
    waiting: bool = False
    kept_out: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """A statement on its way in. beside: where the files that it speaks of lie."""

    name: str
    raw: bytes
    beside: Path


def add_files(
    folder: Path,
    paths: Sequence[Path],
    trust: Trust,
    *,
    handling: frozenset[Handling] = ORDINARY,
) -> list[Added]:
    """Add files to a record folder: envelopes, and files that statements speak of.

    handling: marks that may enter the log. Nothing is written if one file is refused.
    """
    envelopes = [p for p in paths if not p.is_file() or is_envelope(p)]
    parcels = [Parcel(p.name, read_bytes(p, str(p), MAX_ENVELOPE), p.parent) for p in envelopes]
    loose = {digest_of_file(p): p for p in paths if p not in envelopes}
    return add_parcels(folder, parcels, trust, loose=loose, handling=handling)


def add_parcels(
    folder: Path,
    parcels: Sequence[Parcel],
    trust: Trust,
    *,
    loose: dict[str, Path] | None = None,
    handling: frozenset[Handling] = ORDINARY,
) -> list[Added]:
    """As `add_files`, for bytes in hand. loose: files by digest, wherever they lie."""
    make_folder(folder)
    # (1) each statement holds by the trust file, and none takes another's id or name
    items = _opened(parcels, trust)
    _settled(folder, parcels, trust)
    _names(folder, parcels)
    # (2) the files are those that were signed, and each is one that a statement speaks of
    found = {**_beside(parcels, items), **(loose or {})}
    _spoken_of(folder, items, loose or {}, trust)
    # (3) files first, then statements, then the log
    added = [_keep(folder, p, i, found) for p, i in zip(parcels, items, strict=True)]
    for digest, path in (loose or {}).items():
        _keep_file(folder, digest, path)
    return _logged(folder, parcels, added, trust, handling)


def _opened(parcels: Sequence[Parcel], trust: Trust) -> list[Item]:
    opened = [open_envelope(p.raw, p.name, trust) for p in parcels]
    refused = [o for o in opened if isinstance(o, Refused)]
    if refused:
        raise BadInput([Problem(r.file, 0, 0, f"{r.code}: {r.reason}") for r in refused])
    return [o for o in opened if isinstance(o, Item)]


def _settled(folder: Path, parcels: Sequence[Parcel], trust: Trust) -> None:
    """Refuse an id under which another person signed something else."""
    there = envelopes_in(folder)
    names = {p.name for p in parcels}
    found = open_all([*there, *((p.name, p.raw) for p in parcels)], trust)
    twice = [r for r in found.refused if r.code == "id_twice" and r.file in names]
    if twice:
        raise BadInput([Problem(r.file, 0, 0, f"{r.code}: {r.reason}") for r in twice])


def _names(folder: Path, parcels: Sequence[Parcel]) -> None:
    for parcel in parcels:
        if not parcel.name.endswith(SUFFIX):
            raise BadInput.one(parcel.name, f"The name of an envelope ends with `{SUFFIX}`.")
        path = folder / parcel.name
        if path.exists() and path.read_bytes() != parcel.raw:
            text = "The folder has another file of this name. Rename one of them."
            raise BadInput.one(str(path), text)


def _beside(parcels: Sequence[Parcel], items: Sequence[Item]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for parcel, item in zip(parcels, items, strict=True):
        for name, digest in item.claim.subject.items():
            path = parcel.beside / name
            if Path(name).name != name or not path.is_file():
                continue
            if digest_of_file(path) != digest:
                text = f"`{name}` is not the file that was signed: its digest differs."
                raise BadInput.one(parcel.name, f"subject_changed: {text}")
            found[digest] = path
    return found


def _spoken_of(folder: Path, items: Sequence[Item], loose: dict[str, Path], trust: Trust) -> None:
    if not loose:
        return
    there = open_all(envelopes_in(folder), trust).items
    known = {d for i in (*items, *there) for d in i.claim.subject.values()}
    for digest, path in loose.items():
        if digest not in known:
            raise BadInput.one(str(path), "No statement speaks of this file by its digest.")


def _keep(folder: Path, parcel: Parcel, item: Item, found: dict[str, Path]) -> Added:
    kept: list[str] = []
    missing: list[str] = []
    for name, digest in item.claim.subject.items():
        if not item.names_files:
            break
        if digest in found:
            _keep_file(folder, digest, found[digest])
        (kept if object_path(folder, digest).is_file() else missing).append(name)
    path = folder / parcel.name
    new = not path.exists()
    Objects(folder / OBJECTS).put(parcel.raw)
    if new:
        write_file(path, parcel.raw)
    return Added(
        file=parcel.name,
        claim_id=item.claim.id,
        digest=sha256(parcel.raw).hexdigest(),
        handling=item.claim.handling,
        new=new,
        files=tuple(kept),
        missing=tuple(missing),
    )


def _keep_file(folder: Path, digest: str, path: Path) -> None:
    if not object_path(folder, digest).is_file():
        raw = read_bytes(path, str(path), MAX_SUBJECT)
        if Objects(folder / OBJECTS).put(raw) != digest:
            raise BadInput.one(str(path), "The file changed while it was read. Try again.")


def _logged(
    folder: Path,
    parcels: Sequence[Parcel],
    added: Sequence[Added],
    trust: Trust,
    handling: frozenset[Handling],
) -> list[Added]:
    """Append to the log of the folder, if it has one, what may enter it."""
    from dutybound.assess.log import has_log

    if not has_log(folder):
        return list(added)
    from dutybound.assess.log_append import append_envelopes

    enters = [a.handling in handling for a in added]
    raws = [p.raw for p, enter in zip(parcels, enters, strict=True) if enter]
    keys = {name: key.public for name, key in trust.keys.items()}
    receipts = iter(append_envelopes(folder, raws, keys=keys, handling=handling) if raws else ())
    done = []
    for one, enter in zip(added, enters, strict=True):
        if enter:
            receipt = next(receipts)
            done.append(replace(one, index=receipt.index, waiting=receipt.size is None))
        else:
            done.append(replace(one, kept_out=True))
    return done
