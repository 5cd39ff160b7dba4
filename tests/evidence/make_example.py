"""Signs the example evidence of `examples/fraud-detection` with keys that nobody keeps.

Run from the root of the repository: `python -m tests.evidence.make_example`. Keys live in memory
only; after a run the old envelopes and public keys are gone. Claims are signed at 15:00 UTC on the
day on which they were made.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from dutybound.assess.signing import SUFFIX, predicate_of_file, public_half, sign_file
from dutybound.interchange.dsse import PrivateKey, new_key
from dutybound.packs.evidence import TRUST, kind_of_file
from dutybound.packs.writing import to_yaml

FOLDER: Final = Path(__file__).parents[2] / "examples" / "fraud-detection" / "evidence"
PEOPLE: Final = {
    "aoife-byrne": ("tidewatch", "head of AI governance"),
    "ronan-walsh": ("tidewatch", "chief information security officer"),
    "maeve-kelly": ("tidewatch", "lead of machine learning"),
    "conor-daly": ("tidewatch", "owner of fraud shield"),
    "imani-okafor": ("harrow-assurance", "lead of the test laboratory"),
}
ORGANISATIONS: Final = [
    {"id": "tidewatch", "name": "Tidewatch Ltd", "relation": "own"},
    {"id": "northcloud", "name": "Northcloud", "relation": "vendor"},
    {"id": "harrow-assurance", "name": "Harrow Assurance Ltd", "relation": "independent"},
]
HEAD: Final = """\
# Whose signature counts in this example. The private keys were thrown away when it was made; the
# persons and organisations are invented.
"""


def main() -> None:
    """Sign every claim of the folder, and write the trust file."""
    keys = {person: new_key() for person in PEOPLE}
    for old in FOLDER.glob(f"*{SUFFIX}"):
        old.unlink()
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "trust.yaml":
            _sign(path, keys)
    entries = [_entry(person, key) for person, key in keys.items()]
    trust = {"dutybound": TRUST, "organisations": ORGANISATIONS, "keys": entries}
    (FOLDER / "trust.yaml").write_text(HEAD + to_yaml(trust), encoding="utf-8")


def _sign(path: Path, keys: dict[str, PrivateKey]) -> None:
    predicate, _ = predicate_of_file(*kind_of_file(path), path.parent)
    day = date.fromisoformat(predicate["made_on"])
    at = datetime.combine(day, time(15), UTC)
    envelope = sign_file(path, keys[predicate["author"]], at, path.name)
    path.with_name(path.stem + SUFFIX).write_bytes(envelope)


def _entry(person: str, key: PrivateKey) -> dict[str, Any]:
    organisation, role = PEOPLE[person]
    half = public_half(key)
    return {
        "fingerprint": half.fingerprint,
        "public_key": half.public_key,
        "person": person,
        "organisation": organisation,
        "role": role,
        "valid_from": "2025-01-01",
        "valid_until": "2027-12-31",
    }


if __name__ == "__main__":
    main()
