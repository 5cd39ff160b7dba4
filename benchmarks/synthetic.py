"""Synthetic profiles of a known seed: one or two parties and uses, two to four places."""

from __future__ import annotations

import random
from collections.abc import Iterator

PURPOSES = (
    "evaluate_creditworthiness", "detect_financial_fraud", "screen_applicants", "price_insurance",
    "converse_with_people", "generate_content", "decide_public_benefits", "evaluate_learning",
    "monitor_workers", "verify_identity", "search_or_recommend", "business_analytics",
    "summarise_documents", "triage_patients", "operate_critical_infrastructure",
)  # fmt: skip
PLACES = ("eu", "us-ca", "us-co", "us-ny-nyc", "us-tx", "us-il", "uk")
PERSONS = ("consumers", "applicants", "workers", "students", "patients", "general_public")
ACTS = ("develops", "supplies_under_own_name", "uses", "decides_credit", "employs", "distributes")
YES_NO = (
    "evaluates_personal_aspects", "interacts_with_people", "makes_decisions_on_persons",
    "personal_data", "biometric_data", "legal_or_similar_effect", "consumer_facing",
    "significant_risk", "controls_logs", "simplified_output",
)  # fmt: skip


def _some(rng: random.Random, values: tuple[str, ...], most: int) -> str:
    return "[" + ", ".join(rng.sample(values, rng.randint(1, most))) + "]"


def _flag(rng: random.Random) -> str:
    return rng.choice(("true", "false"))


def profile(number: int, seed: int = 1) -> str:
    """The YAML text of a profile."""
    rng = random.Random(seed * 1_000_003 + number)
    lines = [
        "dutybound: profile/1",
        "system:",
        f"  id: s{number}",
        f"  name: System {number}",
        "  artefact: ai_system",
        "  techniques: [learned]",
        f"  generative: {_flag(rng)}",
        "parties:",
    ]
    for k in range(rng.randint(1, 2)):
        lines += [
            f"  - id: p{k}",
            "    kind: [company]",
            "    kind_complete: true",
            f"    acts: {_some(rng, ACTS, 3)}",
            "    acts_complete: true",
            f"    established_in: {rng.choice(('eu-de', 'us-ny', 'uk-gb-eng'))}",
            f"    staff: {rng.randint(5, 5000)}",
        ]
    lines += ["data:", "  - id: d0", "    kinds: [personal]", "uses:"]
    for k in range(rng.randint(1, 2)):
        lines += [
            f"  - id: u{k}",
            f"    purposes: {_some(rng, PURPOSES, 2)}",
            "    purposes_complete: true",
            f"    persons: {_some(rng, PERSONS, 2)}",
            f"    places: {_some(rng, PLACES, 4)}",
        ]
        lines += [f"    {name}: {_flag(rng)}" for name in YES_NO if rng.random() < 0.7]
    return "\n".join(lines) + "\n"


def profiles(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(file name, YAML text) pairs."""
    for number in range(count):
        yield f"s{number:06}.yaml", profile(number, seed)
