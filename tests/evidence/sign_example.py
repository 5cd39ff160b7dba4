"""Signs the evidence folder of an example with keys that nobody keeps.

Run from the root of the repository: `python -m tests.evidence.sign_example NAME`. Keys live in
memory only; after a run the old envelopes and public keys are gone. Claims are signed at 15:00 UTC
on the day on which they were made.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from dutybound.assess.keys import public_half
from dutybound.assess.signing import SUFFIX, predicate_of_file, sign_file
from dutybound.interchange.dsse import PrivateKey, new_key
from dutybound.packs.evidence import TRUST, kind_of_file
from dutybound.packs.writing import to_yaml

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
HEAD: Final = """\
# Whose signature counts in this example. The private keys were thrown away when it was made; the
# persons and organisations are invented.
"""
Person = tuple[str, str, str]
Organisation = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who signs. people: person, organisation, role. organisations: id, name, relation."""

    people: tuple[Person, ...]
    organisations: tuple[Organisation, ...]


CASTS: Final = {
    "credit-scoring": Cast(
        (
            ("h.lindqvist", "bank-eu", "head of AI governance"),
            ("t.brandt", "bank-eu", "owner of the loan score"),
            ("l.ferrante", "bank-eu", "head of model risk"),
            ("k.novak", "bank-eu", "head of information security"),
            ("s.iyer", "bank-eu", "data protection officer"),
            ("m.castillo", "bank-us", "chief compliance officer"),
            ("r.whitlock", "branch-uk", "head of compliance"),
            ("e.pemberton", "pemberton-review", "lead of model validation"),
        ),
        (
            ("bank-eu", "Meridian Bank SE", "own"),
            ("bank-us", "Meridian Bank N.A.", "own"),
            ("branch-uk", "Meridian Bank SE, London Branch", "own"),
            ("alderstack", "Alderstack Hosting", "vendor"),
            ("pemberton-review", "Pemberton Model Review Ltd", "independent"),
        ),
    ),
    "fraud-detection": Cast(
        (
            ("aoife-byrne", "tidewatch", "head of AI governance"),
            ("ronan-walsh", "tidewatch", "chief information security officer"),
            ("maeve-kelly", "tidewatch", "lead of machine learning"),
            ("conor-daly", "tidewatch", "owner of fraud shield"),
            ("imani-okafor", "harrow-assurance", "lead of the test laboratory"),
        ),
        (
            ("tidewatch", "Tidewatch Ltd", "own"),
            ("northcloud", "Northcloud", "vendor"),
            ("harrow-assurance", "Harrow Assurance Ltd", "independent"),
        ),
    ),
    "manual-search": Cast(
        (
            ("liisa-aho", "kallio", "head of service"),
            ("mikko-salo", "kallio", "engineer of manual search"),
            ("outi-ranta", "kallio", "quality manager"),
        ),
        (("kallio", "Kallio Packaging Oy", "own"),),
    ),
    "support-chatbot": Cast(
        (("petra-lind", "retailer", "lead of platform security"),),
        (("retailer", "The retailer of this example", "own"),),
    ),
}


def sign_folder(folder: Path, cast: Cast) -> None:
    """Sign every claim and report of a folder, and write its trust file."""
    keys = {person: new_key() for person, _, _ in cast.people}
    for old in folder.glob(f"*{SUFFIX}"):
        old.unlink()
    for path in sorted(folder.glob("*.yaml")):
        if path.name != "trust.yaml":
            _sign(path, keys)
    organisations = [{"id": i, "name": n, "relation": r} for i, n, r in cast.organisations]
    entries = [_entry(person, keys[person[0]]) for person in cast.people]
    trust = {"dutybound": TRUST, "organisations": organisations, "keys": entries}
    (folder / "trust.yaml").write_text(HEAD + to_yaml(trust), encoding="utf-8")


def _sign(path: Path, keys: dict[str, PrivateKey]) -> None:
    predicate, _ = predicate_of_file(*kind_of_file(path), path.parent)
    day = date.fromisoformat(predicate["made_on"])
    at = datetime.combine(day, time(15), UTC)
    envelope = sign_file(path, keys[predicate["author"]], at, path.name)
    path.with_name(path.stem + SUFFIX).write_bytes(envelope)


def _entry(person: Person, key: PrivateKey) -> dict[str, Any]:
    name, organisation, role = person
    half = public_half(key)
    return {
        "fingerprint": half.fingerprint,
        "public_key": half.public_key,
        "person": name,
        "organisation": organisation,
        "role": role,
        "valid_from": "2025-01-01",
        "valid_until": "2027-12-31",
    }


def main(names: list[str]) -> None:
    """Sign the folders of the examples that are named."""
    for name in names:
        sign_folder(EXAMPLES / name / "evidence", CASTS[name])


if __name__ == "__main__":
    main(sys.argv[1:])
