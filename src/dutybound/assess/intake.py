"""Evidence intake: the only place where `Checked` is made.

A piece of evidence becomes `Checked` if its signature, key and person hold (see `opening`), if it
is about this system and version, if it is of the day asked about, and then only up to the rung that
its kind and its issuer allow. What does not count, or counts for less, is `Refused` with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from dutybound.assess import iso, soc2
from dutybound.assess.approvals import objection_to_approval
from dutybound.assess.credit import ControlCredit, ElementCredit, Loss
from dutybound.assess.opening import OUTSIDE_KINDS, Item, Opened, open_folder
from dutybound.assess.scans import objection_to
from dutybound.assess.whom import counts_for, parties_of, report_in, why_not
from dutybound.errors import did_you_mean
from dutybound.packs.policy import Policy, read_policy
from dutybound.packs.reports import IsoCertificate, Soc2Report
from dutybound.terms.control import Catalogue, ControlObject, EvidenceNeed
from dutybound.terms.evidence import (
    RECORDS,
    Checked,
    Claim,
    EvidenceKind,
    Handling,
    Refused,
    Rung,
    Whom,
)
from dutybound.terms.system import Profile
from dutybound.terms.trust import Trust

OUT_OF_SCOPE: Final = "not_in_scope"
NOT_ABOUT: Final = ("handling", "wrong_system")
ORDINARY: Final = frozenset({Handling.ORDINARY})
Kind = EvidenceKind
VERSIONED: Final = (Kind.TEST_RESULT, Kind.RECORD, Kind.APPROVAL, Kind.RELEASE, *RECORDS)
VERIFIABLE: Final = (Kind.TEST_RESULT, Kind.RECORD, Kind.EXTERNAL_REPORT, Kind.CERTIFICATE)


@dataclass(slots=True)
class _Work:
    """One item on its way through the checks."""

    item: Item
    opened: Opened
    catalogue: Catalogue
    profile: Profile | None
    as_of: date
    today: date
    policy: Policy
    parties: tuple[str, ...] = ()
    refused: list[Refused] = field(default_factory=list)
    _by_object: dict[ControlObject, frozenset[str]] = field(default_factory=dict)

    @property
    def claim(self) -> Claim:
        return self.item.claim

    def whom(self, control: str) -> frozenset[str]:
        """The parties for which the item counts, as far as a control is concerned."""
        known = self.catalogue.controls.get(control)
        about = ControlObject.ORGANISATION if known is None else known.object
        if about not in self._by_object:
            trust = self.opened.trust
            self._by_object[about] = counts_for(self.claim, about, self.parties, trust)
        return self._by_object[about]

    def no(self, code: str, reason: str, control: str | None = None) -> None:
        """Note that the item does not count, or counts for less."""
        silent = control is not None or code in NOT_ABOUT or not self.claim.kind.raises
        about = () if silent else self.claim.controls
        named = about if control is None else (control,)
        self._add(code, reason, control, about, self._whom(named))

    def anew(self, found: Refused) -> Refused:
        """What was found for another system that the same report names."""
        named = found.about if found.control is None else (found.control,)
        return replace(found, whom=self._whom(named))

    def _whom(self, named: Iterable[str]) -> Whom | None:
        return {c: self.whom(c) for c in named} if self.parties else None

    def not_for(self, control: str) -> bool:
        """Note the parties for which it shows nothing on a control; whether these are all."""
        counted = self.whom(control)
        others = [p for p in self.parties if p not in counted]
        if others:
            reason = why_not(self.claim, others, counted)
            self._add("other_party", reason, control, (), {control: frozenset(others)})
        return bool(others) and not counted

    def _add(
        self, code: str, reason: str, control: str | None, about: tuple[str, ...], whom: Whom | None
    ) -> None:
        file = self.item.file
        self.refused.append(Refused(self.claim.id, file, control, code, reason, about, whom=whom))


def read_evidence(
    folder: Path,
    trust: Trust | None,
    catalogue: Catalogue,
    profile: Profile | None,
    as_of: date,
    *,
    policy: Policy | None = None,
    today: date | None = None,
    handling: frozenset[Handling] = ORDINARY,
    name_marked: bool = False,
) -> tuple[list[Checked], list[Refused]]:
    """The evidence of a folder that counts for a system on a day, and what does not, with reasons.

    trust: whose signature counts; None trusts nobody. profile: the system; None asks for the whole
    organisation. today: evidence from later than this is future-dated; None takes `as_of`.
    handling: the marks that are used. name_marked: list also that a piece with another mark is
    there; without it nothing tells of it.
    """
    return check_evidence(
        open_folder(folder, trust),
        catalogue,
        profile,
        as_of,
        policy=policy,
        today=today,
        handling=handling,
        name_marked=name_marked,
    )


def check_evidence(
    opened: Opened,
    catalogue: Catalogue,
    profile: Profile | None,
    as_of: date,
    *,
    policy: Policy | None = None,
    today: date | None = None,
    handling: frozenset[Handling] = ORDINARY,
    name_marked: bool = False,
) -> tuple[list[Checked], list[Refused]]:
    """As `read_evidence`, for evidence that was opened once and is judged for many systems."""
    policy = read_policy() if policy is None else policy
    checked: list[Checked] = []
    refused = [r for r in opened.refused if name_marked or r.handling in handling]
    for item in opened.items:
        work = _Work(
            item, opened, catalogue, profile, as_of, today or as_of, policy, parties_of(profile)
        )
        if item.claim.handling not in handling:
            if name_marked:
                mark = item.claim.handling
                work.no("handling", f"It is marked {mark} and is not used by default.")
        else:
            found = _check(work)
            if found is not None:
                checked.append(found)
        refused.extend(work.refused)
    return checked, refused


def _check(work: _Work) -> Checked | None:
    # (1) the system and the version are those asked about
    # (2) it was made by then, and is valid on the day
    # (3) what its kind asks for: a passed test, another person's work
    for step in (_about, _on_the_day, _by_kind):
        stop = step(work)
        if stop is not None:
            work.no(*stop)
            return None
    # (4) how high it reaches, for each control
    reaches, partial = _reach(work)
    # (5) for which parties, for each control
    whom = _for_whom(work, reaches, partial)
    if not reaches and not partial and not _on_record(work.claim):
        return None
    item = work.item
    by_examiner = isinstance(report_in(work.claim), Soc2Report)
    return Checked(
        claim=item.claim,
        reaches=reaches,
        signer=item.key.person,
        signed_at=item.signed_at,
        on=work.as_of,
        partial=partial,
        whom=whom,
        examined=frozenset(reaches) if by_examiner else frozenset(),
    )


def _for_whom(work: _Work, reaches: dict[str, Rung], partial: dict[str, Rung]) -> Whom | None:
    """The parties for which it counts. What counts for none of them is taken out."""
    if not work.parties:
        return None
    for control in (*reaches, *partial):
        if work.not_for(control):
            reaches.pop(control, None)
            partial.pop(control, None)
    return {c: work.whom(c) for c in (*reaches, *partial)}


Stop = tuple[str, str] | None


def _on_record(claim: Claim) -> bool:
    """Whether it stands on record even if it raises no rung: what somebody did or decided."""
    for_none = claim.kind is Kind.RELEASE and not claim.controls
    return not claim.kind.raises or claim.kind in RECORDS or for_none


def _about(work: _Work) -> Stop:
    claim, profile = work.claim, work.profile
    if claim.system is None:
        if claim.kind is Kind.TEST_RESULT:
            return "wrong_system", "A test result needs the system that was tested."
        return None
    if profile is None:
        return "wrong_system", f"It is about {claim.system}, not about the whole organisation."
    if claim.system != profile.id:
        return "wrong_system", f"It is about {claim.system}, not {profile.id}."
    version = profile.detail.get("version")
    if claim.version is None:
        if claim.kind in VERSIONED:
            return "version_missing", f"A {claim.kind} about a system needs its version."
        return None
    if version is None:
        return "wrong_version", f"It is about {claim.version}; the profile names no version."
    if claim.version != version:
        return "wrong_version", f"It is about version {claim.version}, not {version}."
    return None


def _on_the_day(work: _Work) -> Stop:
    claim, as_of, today = work.claim, work.as_of, work.today
    signed = work.item.signed_at.date()
    if signed > today:
        return "future_dated", f"It was signed on {signed}, after {today}."
    if claim.made_on > today:
        return "future_dated", f"It was made on {claim.made_on}, after {today}."
    if report_in(claim) is not None:
        return None  # a report speaks of its own time, which is known only later
    if claim.made_on > as_of:
        return "future_dated", f"It was made on {claim.made_on}, after the day asked about."
    if claim.valid_from > as_of:
        return "not_yet_valid", f"It is valid from {claim.valid_from}."
    if claim.valid_until is not None and claim.valid_until < as_of:
        return "expired", f"It was valid until {claim.valid_until}."
    return None


def _by_kind(work: _Work) -> Stop:
    claim = work.claim
    if claim.kind is Kind.TEST_RESULT:
        result = claim.detail.get("test", {}).get("result")
        if result in ("fail", "inconclusive"):
            return "test_failed", f"The result of the test is: {result}."
        objection = objection_to(claim.subject, work.opened.scans)
        if objection is not None:
            return "test_failed", objection
    if claim.kind is Kind.APPROVAL:
        return objection_to_approval(work.item, work.opened.items)
    return None


# ---------------------------------------------------------------------- how high
def _reach(work: _Work) -> tuple[dict[str, Rung], dict[str, Rung]]:
    report = report_in(work.claim)
    if report is None:
        return _of_claim(work), {}
    system = None if work.profile is None else work.profile.id
    named = system in _systems_of(report)
    key = (work.item.digest, work.as_of, work.today, named or system, id(work.catalogue))
    found = work.opened.cache.get((*key, id(work.policy)))
    if found is None:
        before = len(work.refused)
        if isinstance(report, Soc2Report):
            reaches, partial = _of_soc2(work, report, system)
        else:
            reaches, partial = _of_iso(work, report, system)
        kept = work.catalogue, work.policy  # so that their ids stay their own
        found = reaches, partial, tuple(work.refused[before:]), kept
        work.opened.cache[(*key, id(work.policy))] = found
    else:
        work.refused.extend(work.anew(r) for r in found[2])
    return dict(found[0]), dict(found[1])


def _systems_of(report: Soc2Report | IsoCertificate) -> tuple[str, ...]:
    """The systems that it names: the credit is the same for each of them."""
    if isinstance(report, Soc2Report):
        return report.boundary.systems
    return report.scope.systems


def _of_claim(work: _Work) -> dict[str, Rung]:
    claim = work.claim
    if not claim.kind.raises:
        return {}
    independent = claim.kind in VERIFIABLE and _by_outsider(work)
    cap, why = (Rung.INDEPENDENTLY_VERIFIED, "") if independent else _cap(work)
    if independent and claim.kind is Kind.TEST_RESULT:
        cap, why = min((cap, why), _test_cap(work, Rung.INDEPENDENTLY_VERIFIED))
    if claim.rung > cap:
        work.no("capped", f"It claims {claim.rung.word} and reaches {cap.word}: {why}")
    rung = min(claim.rung, cap)
    if rung is Rung.UNASSESSED:
        return {}
    reaches: dict[str, Rung] = {}
    for name in claim.controls:
        found = _for_control(work, name, rung, independent=independent)
        if found is not None:
            reaches[name] = found
    return reaches


def _by_outsider(work: _Work) -> bool:
    """Whether a trusted organisation outside issued and signed it, about a file."""
    key, claim = work.item.key, work.claim
    outside = work.opened.trust.independent(key.organisation)
    return outside and claim.issuer == key.organisation and work.item.names_files


NO_RECORD: Final = "it names no file that it speaks of."
HAPPENED: Final = "a record shows what happened; nobody tested it."
STATED: Final = "it says what is the case; nobody observed or tested it."
CAPS: Final[Mapping[Kind, tuple[tuple[Rung, str], tuple[Rung, str]]]] = {
    Kind.ATTESTATION: (
        (Rung.ASSERTED, "an attestation is somebody's word."),
        (Rung.ASSERTED, "an attestation is somebody's word."),
    ),
    Kind.DOCUMENT: (
        (Rung.DOCUMENTED, "a document says what should be, not what is."),
        (Rung.ASSERTED, "it names no file, so nobody knows which document."),
    ),
    Kind.APPROVAL: (
        (Rung.DOCUMENTED, "an approval says that somebody agreed."),
        (Rung.DOCUMENTED, "an approval says that somebody agreed."),
    ),
    Kind.RECORD: (
        (Rung.OBSERVED, HAPPENED),
        (Rung.DOCUMENTED, "it names no file that holds the record."),
    ),
    Kind.OVERRIDE: ((Rung.OBSERVED, HAPPENED), (Rung.UNASSESSED, NO_RECORD)),
    Kind.REVIEW_OUTCOME: ((Rung.OBSERVED, HAPPENED), (Rung.UNASSESSED, NO_RECORD)),
    Kind.RECORD_BATCH: ((Rung.OBSERVED, HAPPENED), (Rung.UNASSESSED, NO_RECORD)),
    Kind.RELEASE: ((Rung.DOCUMENTED, STATED), (Rung.ASSERTED, NO_RECORD)),
    Kind.ATTRIBUTE: ((Rung.DOCUMENTED, STATED), (Rung.ASSERTED, "it points at no evidence.")),
}
"""The rung that a kind reaches and why not more: with a file, and without one."""


def _cap(work: _Work) -> tuple[Rung, str]:
    """The rung that a kind reaches when people of our own signed it, and why not more."""
    claim, files = work.claim, work.item.names_files
    if claim.kind is Kind.TEST_RESULT:
        return _test_cap(work, Rung.TESTED)
    if claim.kind in OUTSIDE_KINDS:
        if work.opened.trust.independent(claim.issuer) and files:
            return Rung.OBSERVED, "the outsider who made it did not sign it."
        return Rung.DOCUMENTED, "its issuer is no trusted outsider, or it names no file."
    if claim.kind not in CAPS:
        return Rung.UNASSESSED, f"a {claim.kind} raises no rung."
    if claim.kind is Kind.ATTRIBUTE:
        files = all(a.get("evidence") for a in claim.detail["attributes"])
    with_file, without = CAPS[claim.kind]
    return with_file if files else without


def _test_cap(work: _Work, best: Rung) -> tuple[Rung, str]:
    test = work.claim.detail.get("test", {})
    if not test.get("method") or not test.get("result"):
        return Rung.DOCUMENTED, "a test needs its method and its result."
    if not work.item.names_files:
        return Rung.DOCUMENTED, "it names no file that holds the results."
    return best, "no trusted outsider signed it."


def _for_control(work: _Work, name: str, rung: Rung, *, independent: bool) -> Rung | None:
    control = work.catalogue.controls.get(name)
    if control is None:
        work.no("unknown_control", f"No such control.{_hint(work, name)}", name)
        return None
    needs = [n for n in control.needs if n.kind is work.claim.kind.counts_as]
    if _stale(work, name, needs, work.claim.made_on):
        return None
    limit = max((n.rung for n in needs), default=rung)
    if independent or limit >= rung:
        return rung
    reason = f"For this control a {work.claim.kind} reaches {limit.word}, not {rung.word}."
    work.no("capped", reason, name)
    return limit


def _hint(work: _Work, name: str) -> str:
    return did_you_mean(name, work.catalogue.controls)


def _stale(work: _Work, name: str, needs: list[EvidenceNeed], made_on: date) -> bool:
    """Whether it is too old for the control: by the strictest of its needs, else by policy."""
    stated = [n.freshness_days for n in needs]
    limits = [d for d in stated if d is not None]
    if not needs:
        policy = work.policy.freshness_days.of(work.claim.kind)
        limits = [] if policy is None else [policy]
    age = (work.as_of - made_on).days
    if not limits or age <= min(limits):
        return False
    work.no("stale", f"It is {age} days old; the control accepts {min(limits)}.", name)
    return True


# ---------------------------------------------------------------------- reports
def _of_soc2(
    work: _Work, report: Soc2Report, system: str | None
) -> tuple[dict[str, Rung], dict[str, Rung]]:
    whole = soc2.boundary_of(report, system, work.as_of) or soc2.time_of(
        report, work.as_of, work.policy
    )
    if whole is not None and whole.cap is Rung.UNASSESSED:
        work.no(whole.code, whole.reason)
        return {}, {}
    others = _other_reports(work)
    found = soc2.credit(
        report, work.catalogue, work.as_of, work.policy, system=system, others=others
    )
    end = report.period.to if report.period else report.as_at or report.issued_on
    return _credited(work, found.controls, found.criteria, whole, end)


def _other_reports(work: _Work) -> dict[str, Soc2Report]:
    reports = (i.claim.detail.get("soc2") for i in work.opened.items if i is not work.item)
    return {r.id: r for r in reports if r is not None and r.recorded.on <= work.today}


def _of_iso(
    work: _Work, certificate: IsoCertificate, system: str | None
) -> tuple[dict[str, Rung], dict[str, Rung]]:
    whole = iso.scope_of(certificate, system) or iso.time_of(certificate, work.as_of)
    if whole is not None:
        work.no(whole.code, whole.reason)
        return {}, {}
    found = iso.credit(certificate, work.catalogue, work.as_of, work.policy, system=system)
    for line in certificate.counts_for:
        if line.control not in work.catalogue.controls:
            hint = _hint(work, line.control)
            work.no("unknown_control", f"No such control.{hint}", line.control)
    done = [s.done_on for s in certificate.surveillance if s.done_on and s.done_on <= work.as_of]
    return _credited(
        work, found.controls, found.elements, None, max([certificate.issued_on, *done])
    )


def _credited(
    work: _Work,
    controls: dict[str, ControlCredit],
    elements: dict[str, ElementCredit],
    whole: Loss | None,
    made_on: date,
) -> tuple[dict[str, Rung], dict[str, Rung]]:
    """Credit per control as reach; every loss becomes a refusal with its reason."""
    reaches: dict[str, Rung] = {}
    partial: dict[str, Rung] = {}
    if whole is not None:
        work.no(whole.code, whole.reason)
    for name, credit in controls.items():
        if not credit.elements:
            continue  # not claimed: the report does not test it
        for code, reason in _losses(credit, elements, whole):
            work.no(code, reason, name)
        needs = [n for n in work.catalogue.controls[name].needs if n.kind is work.claim.kind]
        if credit.extent == "none" or _stale(work, name, needs, made_on):
            continue
        into = reaches if credit.extent == "full" else partial
        into[name] = min(credit.rung, work.claim.rung)
    return reaches, partial


def _losses(
    credit: ControlCredit, elements: dict[str, ElementCredit], whole: Loss | None
) -> Iterator[tuple[str, str]]:
    """Code and reasons of what the control loses, but for what the whole report loses."""
    reasons: dict[str, dict[str, None]] = {}
    for element in credit.elements:
        for loss in elements[element].losses:
            if whole is None or loss.code != whole.code:
                reasons.setdefault(loss.code, {})[loss.reason] = None
    outside = [e for e in credit.elements if elements[e].code == OUT_OF_SCOPE]
    for code, said in reasons.items():
        if code == OUT_OF_SCOPE:
            yield code, f"Not in the scope of the report: {', '.join(outside)}."
        else:
            yield code, " ".join(said)
