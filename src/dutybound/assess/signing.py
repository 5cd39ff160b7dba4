"""`evidence sign`: envelopes made from claim files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.statements import Malformed, read_claim_in
from dutybound.errors import BadInput
from dutybound.interchange.dsse import (
    Envelope,
    EnvelopeError,
    PrivateKey,
    Signer,
    sign,
    write_envelope,
)
from dutybound.interchange.predicates import SELF, PredicateError, type_of, wrap
from dutybound.interchange.statement import Statement, StatementError, write_statement
from dutybound.interchange.strict_json import canonical
from dutybound.packs.claims import CLAIM, ClaimFile
from dutybound.packs.evidence import (
    kind_of_file,
    read_claim,
    read_iso,
    read_predicate,
    read_soc2,
)
from dutybound.packs.reading import Document, Where
from dutybound.packs.reports import ISO, SOC2, IsoCertificate, ReportFile, Soc2Report
from dutybound.packs.shapes import TIME_FORM, is_file_name
from dutybound.terms.evidence import EvidenceKind

SUFFIX: Final = ".dsse.json"
MAX_SUBJECT: Final = 500_000_000
_CHUNK: Final = 1 << 20
Key = PrivateKey | Signer


def digest_of_file(path: Path) -> str:
    """sha256 of a file, as hex. Raises BadInput if it cannot be read or is too large."""
    try:
        if path.stat().st_size > MAX_SUBJECT:
            raise BadInput.one(str(path), f"At most {MAX_SUBJECT:,} bytes are digested.")
        digest = sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()
    except OSError as error:
        raise BadInput.one(str(path), f"The file cannot be read: {error.strerror}.") from error


def sign_file(path: Path, key: Key, at: datetime, shown: str | None = None) -> bytes:
    """The envelope for a claim, a SOC 2 summary or an ISO certificate. at: the time of signing."""
    document, stated = kind_of_file(path, shown)
    predicate, subject = predicate_of_file(document, stated, path.parent)
    return write_envelope(sign_predicate(predicate, subject, key, at, document.file))


def predicate_of_file(
    document: Document, stated: str, folder: Path
) -> tuple[dict[str, Any], dict[str, str]]:
    """The predicate, without the time of signing, and the subject of a file that can be signed."""
    if stated == CLAIM:
        return _from_claim(read_claim(document), document, folder)
    if stated == SOC2:
        return from_soc2(read_soc2(document))
    if stated == ISO:
        return from_iso(read_iso(document))
    raise BadInput.one(
        document.file,
        f"What is this? It begins with `dutybound: {CLAIM}`, `{SOC2}` or `{ISO}`.",
        1,
        1,
    )


def sign_predicate(
    predicate: dict[str, Any], subject: dict[str, str], key: Key, at: datetime, shown: str
) -> Envelope:
    """Sign a predicate, after it was read as strictly as a reader of the envelope will."""
    predicate = {**predicate, "signed_at": at.astimezone(UTC).strftime(TIME_FORM)}
    kind = EvidenceKind(predicate["kind"])
    checked = read_predicate(predicate, shown)
    if checked.made_on > at.date():
        raise BadInput.one(shown, f"It is made on {checked.made_on}, after today. Sign it then.")
    if not subject:
        subject = {f"{SELF}{checked.id}": self_digest(predicate)}
    try:
        statement = Statement(type_of(kind), subject, wrap(kind, predicate, subject))
        payload = write_statement(statement)
        read_claim_in(payload, shown)  # nothing is signed that a reader would refuse
        return sign(payload, key)
    except (StatementError, PredicateError, Malformed, EnvelopeError) as error:
        raise BadInput.one(shown, str(error)) from error


def self_digest(predicate: dict[str, Any]) -> str:
    """The digest under which a claim without a file speaks of itself."""
    return sha256(canonical(predicate)).hexdigest()


def _plain(model: ClaimFile | Soc2Report | IsoCertificate, leave: set[str]) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude=leave, exclude_none=True)


def _from_claim(
    claim: ClaimFile, document: Document, folder: Path
) -> tuple[dict[str, Any], dict[str, str]]:
    subject = dict(claim.subject)
    for i, name in enumerate(claim.files):
        found = digest_of_file(folder / name)
        if subject.get(name, found) != found:
            message = f"`{name}` has another digest than `subject` says."
            raise BadInput([document.problem(("files", i), message)])
        subject[name] = found
    if claim.record_batch is not None:
        subject |= {f.name: f.sha256 for f in claim.record_batch.files}
    plain = _plain(claim, {"dutybound", "files", "subject"})
    for where, resource in resources(plain):
        if "sha256" not in resource:
            if not is_file_name(resource["name"]):
                message = "Give its `sha256`, or name a file beside this one, without a folder."
                raise BadInput([document.problem(where, message)])
            resource["sha256"] = digest_of_file(folder / resource["name"])
    return plain, subject


def resources(claim: dict[str, Any]) -> Iterator[tuple[Where, dict[str, Any]]]:
    """What a claim points at besides its subject, each with its path."""
    for i, one in enumerate((claim.get("test") or {}).get("configuration", [])):
        yield ("test", "configuration", i), one
    for i, attribute in enumerate(claim.get("attributes", [])):
        for part in ("target", "evidence"):
            if part in attribute:
                yield ("attributes", i, part), attribute[part]


def _subject(file: ReportFile | None) -> dict[str, str]:
    return {} if file is None else {file.name: file.sha256}


def from_soc2(report: Soc2Report) -> tuple[dict[str, Any], dict[str, str]]:
    """The predicate of a SOC 2 summary. Its reach is computed when it is checked, not claimed."""
    whose = report.report_of.organisation
    end = report.period.to if report.period else report.as_at
    return {
        "id": report.id,
        "kind": str(EvidenceKind.EXTERNAL_REPORT),
        "what": f"SOC 2 Type {report.type} report of {whose}, to {end}",
        "author": report.recorded.by,
        "issuer": report.recorded.organisation,
        "made_on": str(report.recorded.on),
        "valid_from": str(report.period.from_ if report.period else report.as_at),
        "rung": "observed" if report.type == "II" else "documented",
        "controls": [],
        "soc2": _plain(report, set()),
    }, _subject(report.report_file)


def from_iso(certificate: IsoCertificate) -> tuple[dict[str, Any], dict[str, str]]:
    """The predicate of a certificate."""
    lifted = any(a.finding == "conforms" for a in certificate.audited)
    return {
        "id": certificate.id,
        "kind": str(EvidenceKind.CERTIFICATE),
        "what": f"{certificate.standard} certificate {certificate.number} by {certificate.body}",
        "author": certificate.recorded.by,
        "issuer": certificate.recorded.organisation,
        "made_on": str(certificate.recorded.on),
        "valid_from": str(certificate.valid_from),
        "valid_until": str(certificate.valid_until),
        "rung": "observed" if lifted else "documented",
        "controls": [],
        "iso": _plain(certificate, set()),
    }, _subject(certificate.report_file)
