"""Opens envelopes: signature, key, person, statement. What the day asks comes later, in intake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.record_folder import PARTS, kept_objects
from dutybound.assess.scans import ScanFile, scans_in
from dutybound.assess.signing import SUFFIX, digest_of_file, predicate_of_file, self_digest
from dutybound.assess.statements import Malformed, read_claim_in
from dutybound.errors import BadInput
from dutybound.interchange.dsse import (
    MAX_ENVELOPE,
    Envelope,
    EnvelopeError,
    SignatureError,
    read_envelope,
    verify,
)
from dutybound.interchange.predicates import SELF
from dutybound.packs.claims import CLAIM
from dutybound.packs.evidence import TRUST, claim_of, kind_of_file, read_predicate
from dutybound.packs.reading import read_bytes
from dutybound.packs.reports import ISO, SOC2
from dutybound.terms.evidence import Claim, EvidenceKind, Handling, Refused
from dutybound.terms.trust import Revocation, Trust, TrustedKey

OUTSIDE_KINDS: Final = (EvidenceKind.EXTERNAL_REPORT, EvidenceKind.CERTIFICATE)


@dataclass(frozen=True, slots=True)
class Item:
    """A claim whose signature, key and person hold.

    digest: of the signed payload. predicate: the claim as it was signed. envelope: sha256 of the
    bytes of the envelope, under which a log and its receipts know it.
    """

    file: str
    claim: Claim
    key: TrustedKey
    signed_at: datetime
    digest: str
    predicate: dict[str, Any]
    envelope: str

    @property
    def names_files(self) -> bool:
        """Whether the statement speaks of a file, not only of itself."""
        return any(not name.startswith(SELF) for name in self.claim.subject)


@dataclass(frozen=True, slots=True)
class Opened:
    """The evidence of a folder: what can be judged for a system and a day, and what cannot.

    cache: what reports reach, by report and day; the same for all systems that they name.
    scans: the scan reports among its files, by digest.
    """

    items: tuple[Item, ...]
    refused: tuple[Refused, ...]
    trust: Trust
    cache: dict[Any, Any] = field(default_factory=dict, compare=False)
    scans: dict[str, ScanFile] = field(default_factory=dict)


class _No(Exception):
    def __init__(self, code: str, reason: str, claim_id: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason, self.claim_id = code, reason, claim_id


def open_envelope(raw: bytes, file: str, trust: Trust) -> Item | Refused:
    """Check an envelope up to the point where the day and the system matter."""
    try:
        return _open(raw, file, trust)
    except _No as no:
        seen = peek(raw, file)
        mark = seen.handling
        return Refused(no.claim_id, file, None, no.code, no.reason, handling=mark)


def _open(raw: bytes, file: str, trust: Trust) -> Item:
    # (1) the bytes are an envelope, in its one spelling
    try:
        envelope = read_envelope(raw)
    except EnvelopeError as error:
        raise _No("malformed", str(error)) from error
    # (2) the key is one of the trust file, (3) and the signature is by it
    key = _signed_by(envelope, trust)
    # (4) the payload is a statement, in its one spelling, and its predicate is closed
    try:
        statement, body, predicate = read_claim_in(envelope.payload, file)
    except Malformed as error:
        raise _No("malformed", str(error), error.claim_id) from error
    claim = claim_of(predicate, statement.subject)
    whole = sha256(raw).hexdigest()
    item = Item(file, claim, key, predicate.signed_at, envelope.digest, body, whole)
    # (5) a statement about no file speaks of exactly itself
    _subject_of_itself(item)
    # (6) the person who signed is the author, of the organisation that issues it
    _person(item, trust)
    # (7) the key was valid and not revoked when it signed
    _key_on_the_day(item)
    # (8) nothing is signed before it was made
    if claim.made_on > item.signed_at.date():
        reason = f"It was signed on {item.signed_at.date()}, before it was made ({claim.made_on})."
        raise _No("future_dated", reason, claim.id)
    return item


def _signed_by(envelope: Envelope, trust: Trust) -> TrustedKey:
    key = trust.keys.get(envelope.keyid)
    if key is None:
        where = trust.file or "the trust file"
        raise _No("unknown_key", f"No key {envelope.keyid[:16]}... in {where}.")
    try:
        verify(envelope, key.public)
    except (SignatureError, EnvelopeError) as error:
        raise _No("bad_signature", str(error)) from error
    return key


def _subject_of_itself(item: Item) -> None:
    for name, digest in item.claim.subject.items():
        if name.startswith(SELF):
            itself = name == SELF + item.claim.id and len(item.claim.subject) == 1
            if not itself or digest != self_digest(item.predicate):
                reason = f"The subject `{name}` is not the digest of this claim."
                raise _No("malformed", reason, item.claim.id)


def _person(item: Item, trust: Trust) -> None:
    claim, key = item.claim, item.key
    if claim.author != key.person:
        reason = f"The author is {claim.author}, but {key.person} signed."
        raise _No("author_mismatch", reason, claim.id)
    report = claim.detail.get("soc2") or claim.detail.get("iso")
    if report is not None:
        recorded = report.recorded
        if (recorded.by, recorded.organisation, recorded.on, report.id) != (
            claim.author,
            claim.issuer,
            claim.made_on,
            claim.id,
        ):
            reason = "The summary names another person, day or id than the statement."
            raise _No("author_mismatch", reason, claim.id)
    outside = claim.kind in OUTSIDE_KINDS and report is None
    if claim.issuer != key.organisation and not outside:
        reason = f"The issuer is {claim.issuer}, but the key belongs to {key.organisation}."
        raise _No("issuer_mismatch", reason, claim.id)


def _key_on_the_day(item: Item) -> None:
    key, day = item.key, item.signed_at.date()
    if day < key.valid_from or (key.valid_until is not None and day > key.valid_until):
        until = key.valid_until or "further notice"
        reason = f"Signed on {day}; the key is valid from {key.valid_from} to {until}."
        raise _No("key_not_valid", reason, item.claim.id)
    if key.revoked_on is None:
        return
    if key.revoked_because is Revocation.COMPROMISED:
        reason = (
            f"The key was revoked on {key.revoked_on} as compromised. The time of signing is only "
            "claimed, so nothing that it signed counts."
        )
        raise _No("key_revoked", reason, item.claim.id)
    if day >= key.revoked_on:
        reason = f"Signed on {day}; the key was revoked on {key.revoked_on}."
        raise _No("key_revoked", reason, item.claim.id)


# ---------------------------------------------------------------------- many
def open_all(files: Iterable[tuple[str, bytes]], trust: Trust) -> Opened:
    """Open envelopes and settle which of several with one id counts."""
    items: list[Item] = []
    refused: list[Refused] = []
    for name, raw in files:
        found = open_envelope(raw, name, trust)
        if isinstance(found, Item):
            items.append(found)
        else:
            refused.append(found)
    kept = _one_per_id(items, refused)
    return Opened(tuple(kept), tuple(refused), trust)


def _one_per_id(items: list[Item], refused: list[Refused]) -> list[Item]:
    by_id: dict[str, list[Item]] = {}
    for item in items:
        by_id.setdefault(item.claim.id, []).append(item)
    kept = []
    for same in by_id.values():
        distinct = list({i.digest: i for i in reversed(same)}.values())
        latest = max(distinct, key=lambda i: (i.signed_at, i.digest))
        several = len({i.key.person for i in distinct}) > 1
        if not several:
            kept.append(latest)
        for item in same:
            if several:
                reason = "Several persons signed different statements under this id."
                refused.append(_refuse(item, "id_twice", reason))
            elif item.digest == latest.digest and item is not latest:
                refused.append(_refuse(item, "duplicate", f"The same stands in {latest.file}."))
            elif item is not latest:
                reason = f"{latest.file} was signed later under the same id."
                refused.append(_refuse(item, "superseded", reason))
    return kept


def _refuse(item: Item, code: str, reason: str) -> Refused:
    mark = item.claim.handling
    return Refused(item.claim.id, item.file, None, code, reason, handling=mark)


def peek(raw: bytes, file: str) -> Claim | Refused:
    """What an envelope claims, with nobody's signature checked. For a first look only."""
    try:
        envelope = read_envelope(raw)
        statement, _, predicate = read_claim_in(envelope.payload, file)
    except EnvelopeError as error:
        return Refused("", file, None, "malformed", str(error))
    except Malformed as error:
        return Refused(error.claim_id, file, None, "malformed", str(error))
    return claim_of(predicate, statement.subject)


def open_files(paths: Iterable[Path], trust: Trust) -> Opened:
    """Open single files. Files that a statement names and that lie beside it are digested."""
    files, refused, digests = [], [], {}
    scans: dict[str, ScanFile] = {}
    for path in paths:
        if not path.is_file() or is_envelope(path):
            files.append((str(path), read_bytes(path, str(path), MAX_ENVELOPE)))
        else:
            reason = "This is no signed envelope; see `dutybound evidence sign`."
            refused.append(Refused("", str(path), None, "unsigned", reason))
    opened = open_all(files, trust)
    altered: set[str] = set()
    for item in opened.items:
        folder = Path(item.file).parent
        for name in item.claim.subject:
            beside = folder / name
            if Path(name).name == name and beside.is_file():
                digests[name] = digest_of_file(beside)
                scans |= scans_in(folder, {name: digests[name]})
        wrong, kept = kept_objects(folder, [item.claim])
        altered |= wrong
        scans |= kept
    items, changed = _against_files(opened.items, digests, altered)
    return Opened(tuple(items), (*opened.refused, *refused, *changed), trust, scans=scans)


def is_envelope(path: Path) -> bool:
    """Whether a file looks like an envelope: by its name, or JSON with a payload type."""
    if path.name.endswith(SUFFIX):
        return True
    if path.suffix != ".json":
        return False
    with path.open("rb") as file:
        return b'"payloadType"' in file.read(MAX_ENVELOPE)


def _paths(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BadInput.one(str(folder), "This is no folder of evidence.")
    return sorted(p for p in folder.iterdir() if not p.name.startswith("."))


def envelopes_in(folder: Path) -> list[tuple[str, bytes]]:
    """Name and bytes of each envelope of a folder, in order."""
    return [
        (p.name, read_bytes(p, str(p), MAX_ENVELOPE))
        for p in _paths(folder)
        if p.is_file() and is_envelope(p)
    ]


def open_folder(folder: Path, trust: Trust | None) -> Opened:
    """Open a folder of evidence. Every file of it is accounted for."""
    files = envelopes_in(folder)
    opened = open_all(files, trust or Trust(""))
    names = {name for name, _ in files}
    others = [p for p in _paths(folder) if p.name not in names and not _is_part(p)]
    digests = {p.name: digest_of_file(p) for p in others if p.is_file()}
    altered, kept = kept_objects(folder, (i.claim for i in opened.items))
    items, changed = _against_files(opened.items, digests, altered)
    refused = [*opened.refused, *changed]
    known = {d for i in opened.items for d in i.claim.subject.values()}
    for path in others:
        if path.name not in digests:
            refused.append(_other(path, "not_evidence", "Folders inside are not read."))
        elif digests[path.name] not in known:
            refused.extend(_beside(path, opened.items))
    scans = scans_in(folder, digests) | kept
    return Opened(tuple(items), tuple(refused), opened.trust, scans=scans)


def _is_part(path: Path) -> bool:
    return path.name in PARTS and path.is_dir()


def _other(
    path: Path, code: str, reason: str, claim_id: str = "", mark: str = "ordinary"
) -> Refused:
    return Refused(claim_id, path.name, None, code, reason, handling=Handling(mark))


def _against_files(
    items: Iterable[Item], digests: dict[str, str], altered: set[str]
) -> tuple[list[Item], list[Refused]]:
    """Which items speak of files that are as they were. altered: objects that are not."""
    kept, refused = [], []
    for item in items:
        subject = item.claim.subject.items()
        wrong = [n for n, d in subject if digests.get(n, d) != d or d in altered]
        if wrong:
            reason = f"`{wrong[0]}` is not the file that was signed: its digest differs."
            refused.append(_refuse(item, "subject_changed", reason))
        else:
            kept.append(item)
    return kept, refused


def _beside(path: Path, items: Iterable[Item]) -> Iterable[Refused]:
    """A file that no statement names: the source of one, an unsigned claim, or no evidence."""
    if path.suffix not in (".yaml", ".yml"):
        yield _other(path, "not_evidence", "No statement names this file by its digest.")
        return
    try:
        document, stated = kind_of_file(path, path.name)
        if stated == TRUST:
            return
        if stated not in (CLAIM, SOC2, ISO):
            yield _other(path, "not_evidence", "This is no claim, and no statement names it.")
            return
        predicate, _ = predicate_of_file(document, stated, path.parent)
    except BadInput as error:
        yield _other(path, "malformed", "; ".join(str(p) for p in error.problems[:3]))
        return
    claim_id, mark = str(predicate["id"]), str(predicate.get("handling", Handling.ORDINARY))
    signed = next((i for i in items if i.claim.id == claim_id), None)
    if signed is None:
        reason = "Nobody signed it; see `dutybound evidence sign`."
        yield _other(path, "unsigned", reason, claim_id, mark)
    elif _other_claim(predicate, signed):
        reason = f"It was edited since {signed.file} was signed; what was signed counts."
        marks = {Handling(mark), signed.claim.handling} - {Handling.ORDINARY}
        yield _other(path, "source_changed", reason, claim_id, min(marks, default=mark))


def _other_claim(source: dict[str, Any], signed: Item) -> bool:
    """Whether a source says anything else than what was signed."""
    now = {**source, "signed_at": signed.predicate["signed_at"]}
    return read_predicate(now, signed.file) != read_predicate(signed.predicate, signed.file)
