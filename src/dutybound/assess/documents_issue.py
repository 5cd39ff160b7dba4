"""`documents issue`: a named person issues a document; the copy is stamped and signed.

Refused while anything in it is open, while what must come first is not on record, and by anyone
who may not issue it or wrote in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.assess.adding import Added, Parcel, add_parcels
from dutybound.assess.catalogue import catalogue
from dutybound.assess.documents import Dossier
from dutybound.assess.documents_write import FORMATS, page_of, render_words
from dutybound.assess.dossier_folder import MANIFEST, SCHEMA, read_manifest
from dutybound.assess.keys import public_half
from dutybound.assess.signing import SUFFIX, Key, sign_predicate
from dutybound.documents.build import Built, Wanted
from dutybound.documents.escape import inline
from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.interchange.dsse import write_envelope
from dutybound.packs.governance import Governance, Person
from dutybound.store.durable import make_folder, write_file
from dutybound.terms.evidence import EvidenceKind, Handling, Rung
from dutybound.terms.trust import Trust

ISSUED: Final = "issued"
MET: Final = "met"


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues which document. document: its id, with the party where there is one for each."""

    document: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """What came of it. folder: of the copies. added: the signed statement in the record folder."""

    id: str
    version: int
    sha256: str
    folder: str
    files: Mapping[str, str]
    controls: tuple[str, ...]
    added: Added


def issue(
    dossier: Dossier, folder: Path, record: Path, asked: Issuing, key: Key, trust: Trust
) -> IssuedDocument:
    """Issue a document: copies in every format with a stamp, and a signed statement over them.

    folder: of the dossier. record: the record folder for the statement; it enters its log, if there
    is one. Raises BadInput with every reason why it may not be issued.
    """
    built = dossier.build(_wanted(dossier, asked.document))
    person = _person(dossier, asked.by)
    problems = [*_not_ready(dossier, built), *_not_allowed(dossier, built, person)]
    half = public_half(key)
    holder = trust.keys.get(half.fingerprint)
    if holder is None or holder.person != asked.by:
        who = "nobody" if holder is None else holder.person
        text = f"The key belongs to {who} by the trust file, not to {asked.by}."
        problems.append(Problem(asked.document, 0, 0, text))
    if problems or holder is None:
        raise BadInput(problems)
    manifest = read_manifest(folder)
    before = manifest.last_issued(asked.document)
    version = 1 if before is None else int(before["version"]) + 1
    place = f"{ISSUED}/{asked.document}/{version}"
    files = _copies(dossier, built, folder / place, person, version, asked)
    controls = _controls(built)
    predicate = _predicate(dossier, built, version, asked, controls)
    predicate |= {"author": holder.person, "issuer": holder.organisation}
    name = f"{predicate['id']}{SUFFIX}"
    envelope = sign_predicate(predicate, dict(files), key, asked.at, name)
    parcel = Parcel(name, write_envelope(envelope), folder / place)
    (added,) = add_parcels(record, [parcel], trust)
    done = IssuedDocument(asked.document, version, built.sha256, place, files, controls, added)
    _note(folder, built, done, asked)
    return done


def _wanted(dossier: Dossier, name: str) -> Wanted:
    found = next((w for w in dossier.wanted if w.id == name), None)
    if found is None:
        known = [w.id for w in dossier.wanted]
        hint = did_you_mean(name, known)
        text = f"The dossier has no document `{name}`.{hint} It has: {', '.join(known)}."
        raise BadInput.one(name, text)
    return found


def _person(dossier: Dossier, name: str) -> Person:
    if dossier.governance is None:
        raise BadInput.one("--governance", "Who may issue documents? Name governance.yaml.")
    found = dossier.governance.people.get(name)
    if found is None:
        hint = did_you_mean(name, dossier.governance.people)
        raise BadInput.one(name, f"`{name}` is not among `people` of governance.yaml.{hint}")
    return found


def _not_ready(dossier: Dossier, built: Built) -> Iterator[Problem]:
    name = built.wanted.id
    for section in built.sections:
        for q in section.questions:
            about = f" ({q.about})" if q.about else ""
            yield Problem(name, 0, 0, f"Open in `{section.id}`: {q.ask}{about} [{q.key}]")
    rule = built.wanted.entry.before_issue
    if rule is None:
        return
    party = built.wanted.party
    for key in (*rule.fields, *((rule.signatory,) if rule.signatory else ())):
        entry = dossier.catalogue.fields[key]
        found = dossier.records.get(key, party if entry.per == "party" else None)
        if found is None or found.value in (None, False):
            yield Problem(name, 0, 0, f"{rule.why} Not on record: {entry.ask} [{key}]")
    states = {c["id"]: c["state"] for c in _states(dossier, party)}
    for control in rule.controls:
        if states.get(control) != MET:
            title = catalogue().controls[control].title
            text = f"{rule.why} Not all evidence is there for {control}, {title}."
            yield Problem(name, 0, 0, text)


def _states(dossier: Dossier, party: str | None) -> Sequence[Mapping[str, Any]]:
    return [c.plain() for c in dossier.materials.values(party)["controls"]()]


def _not_allowed(dossier: Dossier, built: Built, person: Person) -> Iterator[Problem]:
    """Why this person may not issue it: no holder of the role, an author, not the signatory."""
    entry, name = built.wanted.entry, built.wanted.id
    governance = dossier.governance
    if governance is not None and not _holds(governance, person, entry.approver):
        names = ", ".join(governance.who(entry.approver)) or "nobody by governance.yaml"
        text = f"{person.name} does not hold the role `{entry.approver}`; {names} may issue it."
        yield Problem(name, 0, 0, text)
    authors = {
        text.by: section
        for (document, section), text in dossier.authored.items()
        if document == name
    }
    for who in (person.id, person.name):
        if who in authors:
            text = f"{person.name} wrote the section `{authors[who]}`: another person issues it."
            yield Problem(name, 0, 0, text)
    rule = entry.before_issue
    if rule is None or rule.signatory is None:
        return
    about = built.wanted.party
    per = dossier.catalogue.fields[rule.signatory].per
    found = dossier.records.get(rule.signatory, about if per == "party" else None)
    if found is not None and found.value not in (person.id, person.name):
        text = f"It is signed by {found.value}, as the records say, not by {person.name}."
        yield Problem(name, 0, 0, text)


def _holds(governance: Governance, person: Person, owner: str) -> bool:
    fitting = (r for r in governance.file.roles if r.id == owner or owner in r.controls)
    return any(person.id in r.held_by for r in fitting)


def _copies(
    dossier: Dossier, built: Built, folder: Path, person: Person, version: int, asked: Issuing
) -> dict[str, str]:
    """The stamped copies; name to digest."""
    from dataclasses import replace

    from dutybound.documents.render import render

    words = dossier.materials.words
    day = asked.at.date().isoformat()
    said = f"{words['phrase.issued-by']} {person.name} ({built.wanted.entry.approver}), {day}"
    stamp = (
        f"::: {{.note}}\n**{inline(words['phrase.issued'])}:** "
        f"{inline(words['phrase.version'])} {version}. {inline(said)}. "
        f"{inline(words['phrase.digest'])}: {inline(built.sha256)}\n:::"
    )
    page = page_of(
        dossier,
        built,
        {
            "state": words["phrase.issued"],
            "version": str(version),
            "issued-by": f"{person.name}, {day}",
        },
    )
    page = replace(page, body=f"{stamp}\n\n{built.body}")
    make_folder(folder)
    found = {}
    for one in render([page], FORMATS, day=asked.at.date(), words=render_words(dossier)):
        name = f"{built.wanted.id}-{version}.{one.format}"
        write_file(folder / name, one.data)
        found[name] = sha256(one.data).hexdigest()
    return found


def _controls(built: Built) -> tuple[str, ...]:
    """The controls for which the document is evidence: those that name it, and those it names."""
    entry = built.wanted.entry
    asking = (c.id for c in catalogue().controls.values() if entry.id in c.documents)
    return tuple(sorted({*asking, *entry.evidence_for}))


def _predicate(
    dossier: Dossier, built: Built, version: int, asked: Issuing, controls: Sequence[str]
) -> dict[str, Any]:
    profile = dossier.found.assessment.profile
    party = built.wanted.party
    day = asked.at.date().isoformat()
    parties = [party] if party else [p.id for p in profile.parties]
    found = {
        "id": f"doc-{profile.id}-{built.wanted.id}-{version}".replace(".", "-")[:100],
        "kind": str(EvidenceKind.DOCUMENT),
        "what": f"{built.wanted.entry.title} of {profile.name}, version {version}, issued.",
        "controls": list(controls),
        "parties": parties,
        "system": profile.id,
        "version": dossier.materials.version or None,
        "made_on": day,
        "rung": Rung.DOCUMENTED.word,
        "handling": str(Handling.ORDINARY),
    }
    return {k: v for k, v in found.items() if v is not None}


def _note(folder: Path, built: Built, done: IssuedDocument, asked: Issuing) -> None:
    """Note the issue in the manifest of the dossier."""
    path = folder / MANIFEST
    value: dict[str, Any] = (
        json.loads(path.read_bytes())
        if path.exists()
        else {"schema": SCHEMA, "documents": [], "issued": []}
    )
    value["issued"].append(
        {
            "id": done.id,
            "version": done.version,
            "by": asked.by,
            "on": asked.at.date().isoformat(),
            "sha256": done.sha256,
            "folder": done.folder,
            "statement": done.added.file,
            "log_index": done.added.index,
            "sections": {s.id: s.sha256 for s in built.sections},
        }
    )
    write_file(path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())
