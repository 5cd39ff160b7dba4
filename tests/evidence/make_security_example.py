"""Signs the scan claims of `examples/support-chatbot` with a key that nobody keeps.

Run from the root of the repository: `python -m tests.evidence.make_security_example`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from dutybound.assess.signing import SUFFIX, predicate_of_file, public_half, sign_file
from dutybound.interchange.dsse import new_key
from dutybound.packs.evidence import TRUST, kind_of_file
from dutybound.packs.writing import to_yaml

FOLDER: Final = Path(__file__).parents[2] / "examples" / "support-chatbot" / "evidence"
HEAD: Final = """\
# Whose signature counts in this example. The private key was thrown away when it was made; the
# person and the organisation are invented.
"""


def main() -> None:
    """Sign every claim of the folder, and write the trust file."""
    key = new_key()
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "trust.yaml":
            predicate, _ = predicate_of_file(*kind_of_file(path), path.parent)
            at = datetime.combine(date.fromisoformat(predicate["made_on"]), time(15), UTC)
            envelope = sign_file(path, key, at, path.name)
            path.with_name(path.stem + SUFFIX).write_bytes(envelope)
    half = public_half(key)
    entry = {
        "fingerprint": half.fingerprint,
        "public_key": half.public_key,
        "person": "petra-lind",
        "organisation": "retailer",
        "role": "lead of platform security",
        "valid_from": "2026-01-01",
        "valid_until": "2027-12-31",
    }
    organisation = {"id": "retailer", "name": "The retailer of this example", "relation": "own"}
    trust = {"dutybound": TRUST, "organisations": [organisation], "keys": [entry]}
    (FOLDER / "trust.yaml").write_text(HEAD + to_yaml(trust), encoding="utf-8")


if __name__ == "__main__":
    main()
