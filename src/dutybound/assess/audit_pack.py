"""`audit-pack`: what an auditor needs to check the evidence on a system, in one folder or zip."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.audit_pack_log import LogPart, log_part, pem_of
from dutybound.assess.opening import envelopes_in, peek
from dutybound.assess.signing import digest_of_file
from dutybound.errors import BadInput
from dutybound.interchange.dsse import EnvelopeError, read_envelope
from dutybound.store.objects import Objects
from dutybound.terms.evidence import Claim, Handling, Refused
from dutybound.terms.system import Profile
from dutybound.terms.trust import Trust

SCHEMA: Final = "dutybound/audit-pack/1"
MANIFEST: Final = "manifest.json"
VERIFIER: Final = "dutybound_verify.py"
_CLAIM: Final = "claim:"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece that is not in the pack, and why. id: of the claim, "" if it could not be read."""

    id: str
    code: str
    reason: str

    @property
    def plain(self) -> dict[str, str]:
        """As JSON."""
        return {"id": self.id, "code": self.code, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of the pack. subjects: digests of the files it speaks of that are in the pack."""

    digest: str
    claim: Claim
    keyid: str
    predicate_type: str
    key_in_pack: bool
    subjects: tuple[str, ...]

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "sha256": self.digest,
            "id": self.claim.id,
            "kind": str(self.claim.kind),
            "what": self.claim.what,
            "controls": list(self.claim.controls),
            "predicate_type": self.predicate_type,
            "key": self.keyid,
            "key_in_pack": self.key_in_pack,
        }


@dataclass(slots=True)
class Pack:
    """An audit pack before it is written. files: name in the pack to bytes or to a file."""

    system: str
    version: str | None
    as_of: str
    files: dict[str, bytes | Path] = field(default_factory=dict)
    statements: list[Piece] = field(default_factory=list)
    absent: list[dict[str, str]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    log: LogPart | None = None
    # Pieces left out for their mark. For the operator alone: that a self-test exists can be what is
    # privileged, so the manifest does not say it.
    marked: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes in. every_version: statements on other versions of the system as well."""

    handling: frozenset[Handling] = frozenset({Handling.ORDINARY})
    every_version: bool = False
    earlier: bytes | None = None


def gather(record: Path, trust: Trust, profile: Profile, as_of: str, wanted: Wanted) -> Pack:
    """The pack of a system from a record folder, without the computed parts and the manifest.

    trust: gives the public keys of the signers; nothing of it is put in the pack but those. Raises
    BadInput if no statement on the system is there.
    """
    version = profile.detail.get("version")
    pack = Pack(profile.id, None if wanted.every_version else version, as_of)
    chosen = [
        (raw, claim)
        for raw, claim in _claims(record, pack)
        if _belongs(claim, profile, version, wanted, pack)
    ]
    if not chosen:
        raise BadInput.one(
            str(record), f"No signed statement here is about {profile.id} or its organisation."
        )
    for raw, claim in sorted(chosen, key=lambda c: c[1].id):
        _add_statement(pack, record, trust, raw, claim)
    digests = [s.digest for s in pack.statements]
    pack.log = log_part(record, digests, wanted.earlier)
    if pack.log is not None:
        pack.files |= pack.log.files
    return pack


def _claims(record: Path, pack: Pack) -> Iterator[tuple[bytes, Claim]]:
    for raw in _envelopes(record):
        claim = peek(raw, "")
        if isinstance(claim, Refused):
            pack.left_out.append(LeftOut(claim.claim_id, claim.code, claim.reason))
        else:
            yield raw, claim


def _envelopes(record: Path) -> list[bytes]:
    """The envelopes of the folder and of its objects, each once, in order of digest."""
    found = {sha256(raw).hexdigest(): raw for _, raw in envelopes_in(record)}
    objects = Objects(record / "objects")
    for digest in objects.digests():
        raw = objects.get(digest)
        if digest not in found and raw is not None and _is_envelope(raw):
            found[digest] = raw
    return [found[d] for d in sorted(found)]


def _is_envelope(raw: bytes) -> bool:
    try:
        read_envelope(raw)
    except EnvelopeError:
        return False
    return True


def _belongs(
    claim: Claim, profile: Profile, version: str | None, wanted: Wanted, pack: Pack
) -> bool:
    if claim.handling not in wanted.handling:
        pack.marked += 1
        return False
    if claim.system not in (None, profile.id):
        return False
    other = claim.version is not None and claim.version != version
    if other and not wanted.every_version:
        reason = f"It is about version {claim.version}, not {version}."
        pack.left_out.append(LeftOut(claim.id, "other_version", reason))
        return False
    return True


def _add_statement(pack: Pack, record: Path, trust: Trust, raw: bytes, claim: Claim) -> None:
    digest = sha256(raw).hexdigest()
    envelope = read_envelope(raw)
    pack.files[f"statements/{digest}.dsse.json"] = raw
    key = trust.keys.get(envelope.keyid)
    if key is not None:
        pack.files[f"keys/{envelope.keyid}.pem"] = pem_of(key.public)
    kind = json.loads(envelope.payload)["predicateType"]
    held = tuple(d for n, d in sorted(claim.subject.items()) if _add_subject(pack, record, n, d))
    pack.statements.append(Piece(digest, claim, envelope.keyid, kind, key is not None, held))


def _add_subject(pack: Pack, record: Path, name: str, digest: str) -> bool:
    """Put the file in if it is there, unchanged."""
    if name.startswith(_CLAIM):
        return False
    for path in (Objects(record / "objects").path(digest), record / Path(name).name):
        if path.is_file() and digest_of_file(path) == digest:
            pack.files[f"subjects/{digest}"] = path
            return True
    pack.absent.append({"name": name, "sha256": digest})
    return False


def add_documents(pack: Pack, folder: Path) -> None:
    """Put the files of a folder, and of the folders inside, under documents/."""
    if not folder.is_dir():
        raise BadInput.one(str(folder), "This is no folder of documents.")
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise BadInput.one(str(path), "A link does not go into a pack; put the file there.")
        if path.is_file():
            pack.files[f"documents/{path.relative_to(folder).as_posix()}"] = path


def add_json(pack: Pack, name: str, value: Mapping[str, Any]) -> None:
    """Put a computed result in, as the command prints it with --json."""
    pack.files[name] = _json(value)


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def finish(pack: Pack, content: Mapping[str, Any], made_by: str) -> dict[str, Any]:
    """Add the manifest, which names every other file, and return it."""
    manifest = {
        "schema": SCHEMA,
        "system": pack.system,
        "version": pack.version,
        "as_of": pack.as_of,
        "content": dict(content),
        "made_by": made_by,
        "log": pack.log is not None,
        "statements": [s.plain for s in pack.statements],
        "absent_subjects": _once(pack.absent),
        "left_out": _once(x.plain for x in pack.left_out),
        "files": [_row(name, pack.files[name]) for name in sorted(pack.files)],
    }
    pack.files[MANIFEST] = _json(manifest)
    return manifest


def _once(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    found = {tuple(r.items()): r for r in rows}
    return [found[k] for k in sorted(found)]


def _row(name: str, part: bytes | Path) -> dict[str, Any]:
    if isinstance(part, bytes):
        return {"path": name, "sha256": sha256(part).hexdigest(), "size": len(part)}
    return {"path": name, "sha256": digest_of_file(part), "size": part.stat().st_size}
