"""What an ISO/IEC 42001 or 27001 certificate proves on a day.

A certificate says that a management system was audited, not that one control works: `documented`
at most. `observed` needs what the auditor sampled for the element, and the finding. It counts
inside its validity, by an accredited body, for an AI system inside its scope, for elements that the
statement of applicability takes in, minus open nonconformities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dutybound.assess.credit import ControlCredit, ElementCredit, Loss, credited
from dutybound.packs.policy import Policy
from dutybound.packs.reports import IsoCertificate, Nonconformity
from dutybound.terms.control import Catalogue, Mapping, Relationship
from dutybound.terms.evidence import EvidenceKind, Rung

WHOLE = (Relationship.EQUAL, Relationship.EQUIVALENT, Relationship.SUBSET)


@dataclass(frozen=True, slots=True)
class IsoCredit:
    """What a certificate proves on a day."""

    certificate: IsoCertificate
    as_of: date
    time: Loss | None
    elements: dict[str, ElementCredit]
    controls: dict[str, ControlCredit]


def credit(
    certificate: IsoCertificate,
    catalogue: Catalogue,
    as_of: date,
    policy: Policy,
    *,
    system: str | None = None,
) -> IsoCredit:
    """What the certificate proves on the day, per element and per control."""
    links = list(_links(certificate, catalogue))
    time = time_of(certificate, as_of)
    scope = scope_of(certificate, system)
    base = [*([scope] if scope else []), *_standing(certificate, as_of, policy)]
    elements: dict[str, ElementCredit] = {}
    for name in dict.fromkeys(element for _, element, _ in links):
        losses = [*base, *_element(certificate, name, as_of, policy)]
        elements[name] = credited(name, losses, [time] if time else [], Rung.OBSERVED)
    controls = {
        control: _control(control, [x for x in links if x[0] == control], elements)
        for control in dict.fromkeys(control for control, _, _ in links)
        if control in catalogue.controls
    }
    return IsoCredit(certificate, as_of, time, elements, controls)


def bare(element: str) -> str:
    """`iso-42001.A.6.2.6` as `A.6.2.6`."""
    return element.split(".", 1)[1] if element.lower().startswith("iso") else element


def _mappings(certificate: IsoCertificate, catalogue: Catalogue) -> Iterator[Mapping]:
    for name, mappings in catalogue.crosswalks.items():
        if name.startswith(certificate.standard):
            yield from mappings


def _links(certificate: IsoCertificate, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """Control, element, and how much of the control the element speaks to.

    The extent: `full` by the crosswalk, `declared` in full by the certificate file, or `partial`.
    """
    vendor = certificate.certificate_of.relation == "vendor"
    for mapping in _mappings(certificate, catalogue):
        if mapping.relationship is not Relationship.NONE:
            whole = mapping.relationship in WHOLE and not vendor
            yield mapping.source, bare(mapping.target), "full" if whole else "partial"
    for line in certificate.counts_for:
        extent = "declared" if line.extent == "full" and not vendor else "partial"
        for element in line.elements:
            yield line.control, element, extent


def time_of(certificate: IsoCertificate, as_of: date) -> Loss | None:
    """What is lost because of the day."""
    none = Rung.UNASSESSED
    if as_of < certificate.valid_from:
        reason = f"The certificate is valid from {certificate.valid_from}, after {as_of}."
        return Loss("before_validity", reason, none)
    if as_of > certificate.valid_until:
        return Loss("expired", f"The certificate ended on {certificate.valid_until}.", none)
    since = certificate.status_since
    if certificate.status != "active" and (since is None or as_of >= since):
        reason = f"The certificate is {certificate.status} since {since}."
        return Loss(certificate.status, reason, none)
    return None


def scope_of(certificate: IsoCertificate, system: str | None) -> Loss | None:
    """What is lost because of the scope."""
    scope = certificate.scope
    if scope.ai_system != "inside":
        where = "is out of its scope" if scope.ai_system == "outside" else "may be out of its scope"
        return Loss(f"scope_{scope.ai_system}", f"The AI system {where}.", Rung.UNASSESSED)
    if system is not None and system not in scope.systems:
        reason = f"The scope does not name the system `{system}`."
        return Loss("system_not_named", reason, Rung.UNASSESSED)
    return None


def _standing(certificate: IsoCertificate, as_of: date, policy: Policy) -> Iterator[Loss]:
    word = Rung.ASSERTED
    if certificate.accreditation is None:
        reason = f"No accreditation of {certificate.body} for this standard is named."
        yield Loss("not_accredited", reason, word)
    if certificate.statement_of_applicability is None:
        reason = "Without the statement of applicability nobody can tell what is in."
        yield Loss("no_applicability", reason, word)
    grace = timedelta(days=policy.surveillance.grace_days)
    for visit in certificate.surveillance:
        if visit.result == "failed" and visit.done_on is not None and visit.done_on <= as_of:
            reason = f"The surveillance audit of {visit.done_on} failed."
            yield Loss("surveillance_failed", reason, word)
        elif (visit.done_on is None or visit.done_on > as_of) and as_of > visit.due + grace:
            reason = f"The surveillance audit due on {visit.due} is not shown."
            yield Loss("surveillance_missing", reason, word)
    for found in certificate.nonconformities:
        if found.severity == "major" and not found.elements and _is_open(found, as_of):
            reason = f"Major nonconformity {found.id} is open: {found.what}"
            yield Loss("nonconformity", reason, word)


def _is_open(found: Nonconformity, as_of: date) -> bool:
    return found.raised_on <= as_of and (found.closed_on is None or found.closed_on > as_of)


def _element(certificate: IsoCertificate, name: str, as_of: date, policy: Policy) -> Iterator[Loss]:
    applicability = certificate.statement_of_applicability
    if applicability is not None and name in applicability.excluded:
        reason = f"The statement of applicability leaves {name} out."
        yield Loss("excluded", reason, Rung.UNASSESSED)
    for found in certificate.nonconformities:
        if name in found.elements and _is_open(found, as_of):
            cap = Rung.UNASSESSED if found.severity == "major" else Rung.ASSERTED
            reason = f"{found.severity.capitalize()} nonconformity {found.id} is open: {found.what}"
            yield Loss("nonconformity", reason, cap)
    limit = policy.freshness_days.of(EvidenceKind.EXTERNAL_REPORT)
    for looked in certificate.audited:
        fresh = limit is None or (as_of - looked.on).days <= limit
        if looked.element == name and looked.on <= as_of and looked.finding == "conforms" and fresh:
            break
    else:
        reason = f"Nothing shows what the auditor sampled for {name}."
        yield Loss("certificate_only", reason, Rung.DOCUMENTED)
    if any(a.element == name and a.finding == "nonconformity" for a in certificate.audited):
        reason = f"The auditor found a nonconformity in {name}."
        yield Loss("nonconformity", reason, Rung.ASSERTED)
    if certificate.certificate_of.relation == "vendor":
        whose = certificate.certificate_of.organisation
        yield Loss(
            "vendor_certificate", f"It is the certificate of the vendor {whose}.", Rung.DOCUMENTED
        )


def _control(
    name: str, links: list[tuple[str, str, str]], elements: dict[str, ElementCredit]
) -> ControlCredit:
    none = Rung.UNASSESSED
    rungs = {element: elements[element].rung for _, element, _ in links}
    whole, part = _reach(links, {e: elements[e].rung for e in rungs})
    in_period = max(_reach(links, {e: elements[e].in_period for e in rungs}))
    losses = [x.reason for e in rungs for x in elements[e].losses]
    reason = " ".join(dict.fromkeys(losses)) or "Sampled by the auditor, without a finding."
    if whole > none:
        return ControlCredit(name, "full", whole, in_period, rungs, reason)
    extent = "partial" if part > none else "none"
    return ControlCredit(name, extent, part, in_period, rungs, reason)


def _reach(links: list[tuple[str, str, str]], rungs: dict[str, Rung]) -> tuple[Rung, Rung]:
    """The rung for the whole control and for a part of it.

    In full by the crosswalk: one element is enough. Declared in full: all its elements are
    needed, and a declaration is no more than a document.
    """
    full = [rungs[e] for _, e, extent in links if extent == "full"]
    declared = [rungs[e] for _, e, extent in links if extent == "declared"]
    whole = max(full, default=Rung.UNASSESSED)
    if declared:
        whole = max(whole, min(*declared, Rung.DOCUMENTED))
    return whole, max(rungs.values(), default=Rung.UNASSESSED)
