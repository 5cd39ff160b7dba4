"""For whom evidence counts: which parties of a system a claim is about.

What somebody says about its own practice is nothing on that of another. Only facts about the
version of the system itself serve each party that uses it. Who is covered besides has to be named
by the claim (`parties`). See decision 0014.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dutybound.packs.reports import IsoCertificate, Soc2Report
from dutybound.terms.control import ControlObject
from dutybound.terms.evidence import ABOUT_SYSTEMS, ALL_PARTIES, Claim
from dutybound.terms.system import Profile
from dutybound.terms.trust import Relation, Trust

STRANGERS = (Relation.VENDOR, Relation.CLIENT)


def parties_of(profile: Profile | None) -> tuple[str, ...]:
    """The ids of the parties of a system, in the order of its profile."""
    return () if profile is None else tuple(p.id for p in profile.parties)


def report_in(claim: Claim) -> Soc2Report | IsoCertificate | None:
    """The report or certificate that a claim carries."""
    found: Soc2Report | IsoCertificate | None = claim.detail.get("soc2") or claim.detail.get("iso")
    return found


def organisation_of(claim: Claim) -> str:
    """The organisation that a claim is about, if it names no parties: the one that issued it.

    A report is about the organisation that was examined, whoever recorded it here.
    """
    report = report_in(claim)
    return claim.issuer if report is None else _examined(report)


def _examined(report: Soc2Report | IsoCertificate) -> str:
    whose = report.report_of if isinstance(report, Soc2Report) else report.certificate_of
    return whose.organisation


def report_counts_for(
    report: Soc2Report | IsoCertificate, parties: Sequence[str]
) -> frozenset[str]:
    """The parties of a system for which a report or certificate counts, for any control."""
    everyone = frozenset(parties)
    if report.parties is not None:
        return everyone if report.parties == ALL_PARTIES else everyone & set(report.parties)
    own = everyone & {_examined(report)}
    return everyone if len(parties) == 1 else own


def counts_for(
    claim: Claim, about: ControlObject, parties: Sequence[str], trust: Trust
) -> frozenset[str]:
    """The parties of a system for which a claim counts, for a control that is about `about`.

    parties: all of the system, at least one. trust: says how the issuer stands to the house.
    """
    report = report_in(claim)
    if report is not None:
        return report_counts_for(report, parties)
    everyone = frozenset(parties)
    if claim.parties is not None:
        return everyone if claim.parties == ALL_PARTIES else everyone & set(claim.parties)
    if about is ControlObject.SYSTEM and is_about_the_version(claim):
        return everyone
    if claim.issuer in everyone:
        return frozenset({claim.issuer})
    known = trust.organisations.get(claim.issuer)
    stranger = known is not None and known.relation in STRANGERS
    alone = len(parties) == 1 and not stranger
    return everyone if alone else frozenset()


def is_about_the_version(claim: Claim) -> bool:
    """Whether it states a fact about a version of a system, not about an organisation."""
    named = claim.system is not None and claim.version is not None
    return named and claim.kind in ABOUT_SYSTEMS and report_in(claim) is None


def why_not(claim: Claim, left_out: Iterable[str], counted: Iterable[str]) -> str:
    """Why a claim does not count for some parties, and what would help."""
    others = ", ".join(left_out)
    if claim.parties is not None:
        return f"It says that it is about {', '.join(claim.parties)}: nothing on {others}."
    if any(True for _ in counted):
        return (
            f"It is about {organisation_of(claim)} and says nothing on {others}. If it covers them "
            "too, it has to say so with `parties`."
        )
    return (
        f"{organisation_of(claim)} is no party of the system, and it does not say that it is about "
        f"{others}. If it is, it has to say so with `parties`."
    )
