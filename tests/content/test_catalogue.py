"""The catalogue that ships: complete, alive, and fast to load."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from time import process_time

import pytest

from dutybound.assess.catalogue import answered, answering, catalogue, catalogue_problems
from dutybound.controls.algebra import PART, WHOLE
from dutybound.controls.coverage import framework_coverage
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.compile import content_folder, default_content
from dutybound.terms.control import Catalogue, Coverage
from dutybound.terms.law import Content

CORE = ("eu-ai-act", "nist-ai-rmf", "iso-42001", "soc2")


@cache
def content() -> Content:
    return default_content()


@pytest.fixture
def book() -> Catalogue:
    return catalogue()


def test_nothing_hangs_in_the_air() -> None:
    assert () == catalogue_problems(content_folder(), content(), complete=True)


def test_the_first_controls_kept_their_ids(book: Catalogue) -> None:
    """The draft had 92 controls in 15 domains; ids are never reused."""
    first = {
        "DB-GOV": 12, "DB-RSK": 10, "DB-DAT": 7, "DB-DOC": 8, "DB-LOG": 3, "DB-HUM": 5,
        "DB-ROB": 7, "DB-SEC": 7, "DB-FAI": 2, "DB-EXP": 3, "DB-MON": 5, "DB-VEN": 7, "DB-LCM": 7,
        "DB-LIT": 2, "DB-REG": 7,
    }  # fmt: skip
    assert 92 == sum(first.values())
    for domain, count in first.items():
        for number in range(1, count + 1):
            assert f"{domain}-{number:02}" in book.controls


@pytest.mark.parametrize(
    ("framework", "level", "count"),
    [
        ("nist-ai-rmf", "function", 4),
        ("nist-ai-rmf", "category", 19),
        ("nist-ai-rmf", "subcategory", 72),
        ("nist-ai-600-1", "risk", 12),
        ("nist-ai-600-1", "action", 212),
        ("iso-42001", "control", 38),
        ("soc2", "criterion", 61),
    ],
)
def test_framework_counts(book: Catalogue, framework: str, level: str, count: int) -> None:
    levels = Counter(e.level for e in book.frameworks[framework].elements.values())
    assert count == levels[level]


def test_iso_has_32_clauses_to_assess(book: Catalogue) -> None:
    elements = book.frameworks["iso-42001"].elements.values()
    assert 32 == sum(e.level == "clause" and e.assessable for e in elements)


@pytest.mark.parametrize("framework", CORE)
def test_every_element_to_assess_has_a_line(book: Catalogue, framework: str) -> None:
    """All but two permissions of the AI Act, which are for nobody to fulfil."""
    found = framework_coverage(book, framework, frozenset(book.controls))
    unknown = {e.element.id for e in found.elements if e.coverage is Coverage.UNKNOWN}
    assert ({"art-46.1", "art-57"} if framework == "eu-ai-act" else set()) == unknown


def test_the_act_is_the_amended_one(book: Catalogue) -> None:
    """Bias correction left Art. 10(5) for Art. 4a, and Art. 5 has new points."""
    elements = book.frameworks["eu-ai-act"].elements
    assert {"art-4a.1", "art-5.1.ba", "art-5.1.bb"} <= elements.keys()
    assert "art-10.5" not in elements
    lines = {(x.source, x.target) for x in book.crosswalks["eu-ai-act"]}
    assert ("DB-DAT-06", "art-4a.1") in lines


def test_no_element_of_soc2_is_claimed_whole(book: Catalogue) -> None:
    assert all(line.relationship in PART for line in book.crosswalks["soc2"])


def test_every_line_gives_its_own_reason(book: Catalogue) -> None:
    for framework, lines in book.crosswalks.items():
        reasons = Counter(line.why for line in lines)
        assert [] == [w for w, n in reasons.items() if n > 1], framework
        for line in lines:
            word = "Open:" if line.relationship in PART else None
            assert word is None or word in line.why
            if line.relationship in WHOLE:
                assert line.strength is not None and line.strength >= 7


def test_no_standard_gives_a_presumption_it_does_not_give(book: Catalogue) -> None:
    assert "no presumption of conformity" in book.frameworks["iso-42001"].effect
    assert "Voluntary" in book.frameworks["nist-ai-rmf"].effect
    assert "certificate" in book.frameworks["soc2"].effect
    natures = {f.id: f.nature for f in book.frameworks.values()}
    assert {
        "eu-ai-act": "binding_law",
        "nist-ai-rmf": "voluntary_framework",
        "nist-ai-600-1": "voluntary_framework",
        "iso-42001": "certifiable_standard",
        "soc2": "attestation_criteria",
    } == natures


def test_controls_answer_duties_in_all_three_markets(book: Catalogue) -> None:
    markets = Counter(
        content().acts[rule.act].market
        for rules in answered(book, content()).values()
        for rule in rules
    )
    assert {"eu", "us", "uk"} <= set(markets)


@pytest.mark.parametrize(
    ("rule", "control"),
    [
        ("eu-ai-act.art-86.1.explanation", "DB-EXP-02"),
        ("eu-ai-act.art-27.1.fria", "DB-RSK-08"),
        ("us-fed-ecoa-regb.1002-9-b-2.specific-reasons", "DB-EXP-04"),
        ("us-ca-ccpa-admt.7221.opt-out", "DB-EXP-05"),
        ("us-nyc-aedt.20-871-a-1.bias-audit", "DB-FAI-04"),
        ("uk-gdpr-adm.art-22c-2-c.human-intervention", "DB-HUM-06"),
        ("uk-equality-act.s-20.adjustments", "DB-FAI-05"),
        ("eu-dora.art-17-19.incidents", "DB-MON-06"),
    ],
)
def test_well_known_duties_reach_their_control(rule: str, control: str) -> None:
    assert rule in content().rules
    assert control in answering(rule)


def test_no_long_run_of_words_from_standards_texts(book: Catalogue) -> None:
    """ISO and AICPA texts are not ours: our summaries are single short sentences."""
    for name in ("iso-42001", "soc2"):
        for e in book.frameworks[name].elements.values():
            assert len(e.summary) <= 160, e.id
            assert not re.search(r"\bshall\b", e.summary), e.id


def test_the_compiled_catalogue_loads_fast() -> None:
    default_catalogue()
    start = process_time()
    default_catalogue()
    assert process_time() - start < 0.5  # some 20 ms of processor time
