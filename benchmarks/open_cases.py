"""Agreement with published, decided examples.

    .venv/bin/python benchmarks/open_cases.py [--set open|unseen] [--json FILE] [--show]

The profiles in tests/cases/open were written from the descriptions alone, before the labels were
read. Those in tests/cases/unseen are made-up cases with an answer from the text of the law, written
before the first run. docs/explanation/open-cases.md says how findings are mapped to the classes of
the labels; this file is that mapping. Only what a label is scored on counts.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from dutybound.assess.proof import Prover
from dutybound.packs.compile import content_folder
from dutybound.packs.content import read_content
from dutybound.packs.profile import ProfileReader
from dutybound.rules.explain import unknown_facts
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import FALSE
from dutybound.terms.finding import Outcome, Verdict

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "open"
UNSEEN = ROOT / "tests" / "cases" / "unseen"
ASKED = "asked"
HOLDS = (Outcome.APPLIES, Outcome.NOT_YET)
NEAR = 2
OPEN = (Outcome.UNDETERMINED, Outcome.CONTESTED)

NAMED = {
    "Art. 2(3)": ["eu-ai-act.art-2.3.military"],
    "Annex I Section A": ["eu-ai-act.annex-i-section-a"],
    "Annex I Section B": ["eu-ai-act.annex-i-section-b"],
    "Art. 6(1)": ["eu-ai-act.high-risk-annex-i"],
    "Art. 3(1)": ["eu-ai-act.ai-system"],
    "Art. 3(3)": ["eu-ai-act.provider"],
    "Art. 3(63)": ["eu-ai-act.gpai-model"],
    "Art. 51(1)(a)": ["eu-ai-act.systemic-risk-model"],
    "Art. 25(1)(c)": ["eu-ai-act.provider-by-new-purpose"],
    "Art. 5(1)(c)(i)": ["eu-ai-act.art-5.1.c"],
    "Art. 5(1)(h)(ii)": ["eu-ai-act.art-5.1.h", "eu-ai-act.permitted-live-identification"],
    "Art. 5(1a)(b)": ["eu-ai-act.art-5.1.ba", "eu-ai-act.art-5.1.bb"],
    "Art. 26(10) authorisation": ["eu-ai-act.art-26.10.authorisation"],
    "Art. 60": ["eu-ai-act.art-60", "eu-ai-act.real-world-test"],
    "UK GDPR Art. 22A": ["uk-gdpr-adm.art-22c-2-d"],
    "UK GDPR Art. 22C (contest)": ["uk-gdpr-adm.art-22c-2-d"],
    "UK GDPR Art. 22C (human intervention)": ["uk-gdpr-adm.art-22c-2-c"],
    "UK GDPR Art. 22C (information)": ["uk-gdpr-adm.art-22c-2-a"],
    "UK GDPR Art. 22C (representations)": ["uk-gdpr-adm.art-22c-2-b"],
    "12 CFR 1002.9": ["us-fed-ecoa-regb.1002-9-b-2"],
    "12 CFR 1002.9(b)(2) (specific reasons)": ["us-fed-ecoa-regb.1002-9-b-2"],
    "FD&C Act 201(h)": ["us-fed-fda-cds.360j-o-1-E.device-rules"],
    "FD&C Act 520(o)(1)(E)": ["us-fed-fda-cds.non-device", "us-fed-fda-cds.360j-o-1-E"],
    "11 CCR 7200": ["us-ca-ccpa-admt.7220"],
    "2 CCR 11008.1": ["us-ca-feha-ads.ads"],
    "2 CCR 11009 (no discrimination; anti-bias testing relevant)": ["us-ca-feha-ads.11009-f"],
    "2 CCR 11013 (records 4 years)": ["us-ca-feha-ads.11013-c"],
    "C.R.S. 6-1-1701": ["us-co-admt-2027.covered-admt"],
    "C.R.S. 6-1-1702": ["us-co-admt-2027.1702-1"],
    "C.R.S. 6-1-1703 (2024 impact assessment)": [],
    "C.R.S. 6-1-1704 (adverse-outcome disclosure in 30 days)": ["us-co-admt-2027.1704-3"],
    "C.R.S. 6-1-1704 (correction and human review)": ["us-co-admt-2027.1705-1"],
    "C.R.S. 6-1-1704 (notice)": ["us-co-admt-2027.1704-1"],
    "SB 24-205": [],
    "775 ILCS 5/2-102(L)": ["us-il-hra-ai.2-102-L-1"],
    "775 ILCS 5/2-102(L)(2) (notice)": ["us-il-hra-ai.2-102-L-2"],
    "6 RCNY 5-300": ["us-nyc-aedt.aedt"],
    "NYC Admin. Code 20-870": ["us-nyc-aedt.aedt"],
    "NYC Admin. Code 20-871 (bias audit)": ["us-nyc-aedt.20-871-a-1"],
    "NYC Admin. Code 20-871 (notice 10 business days)": ["us-nyc-aedt.20-871-b.notice"],
    "NYC Admin. Code 20-871 (published summary)": ["us-nyc-aedt.20-871-a-2"],
}
REGIMES = {
    "US-NY-NYC": ["us-nyc-aedt.20-871-a-1"],
    "US-CO": ["us-co-admt-2027.1704-1", "us-co-admt-2027.1702-1"],
    "US-CA": ["us-ca-feha-ads.11013-c", "us-ca-ccpa-admt.7220"],
    "US-IL": ["us-il-hra-ai.2-102-L-2"],
    "US": ["us-fed-ecoa-regb.1002-9-b-2", "us-fed-fda-cds.360j-o-1-E.device-rules"],
    "UK": ["uk-gdpr-adm.art-22c-2-d"],
}
_ANNEX = re.compile(r"Annex III\((\d)\)(?:\((\w)\))?\Z")
_SMALL = re.compile(r"Art\. 6\(3\)\((\w)\)\Z")
_ARTICLE = re.compile(r"Art\. (\d+)((?:\(\w+\))*)\Z")


def rules_for(pinpoint: str, ids: Iterable[str]) -> list[str]:
    """The ids of the rules and terms that stand for a pinpoint of a label."""
    return [r for r in ids if any(r == p or r.startswith(p + ".") for p in _prefixes(pinpoint))]


def _prefixes(pinpoint: str) -> list[str]:
    if pinpoint in NAMED:
        return NAMED[pinpoint]
    annex = _ANNEX.match(pinpoint)
    if annex:
        number, letter = annex.groups()
        if letter:
            return [f"eu-ai-act.annex-iii-{number}.{letter}"]
        letters = "abcdef"
        return [f"eu-ai-act.annex-iii-{number}"] + [
            f"eu-ai-act.annex-iii-{number}.{x}" for x in letters
        ]
    small = _SMALL.match(pinpoint)
    if small:
        return [f"eu-ai-act.art-6-3.{small.group(1)}"]
    article = _ARTICLE.match(pinpoint)
    if article:
        number, rest = article.groups()
        parts = re.findall(r"\((\w+)\)", rest)
        return ["eu-ai-act.art-" + ".".join([number, *parts])]
    raise ValueError(f"no mapping for the pinpoint {pinpoint}")


@dataclass
class Judged:
    """One case with its run and label."""

    label: dict[str, Any]
    run: Run

    @property
    def draft(self) -> bool:
        return bool(self.label["source_status"] == "draft")

    def outcomes(self, rule_id: str) -> list[tuple[Outcome, Verdict]]:
        """The outcomes of a rule for the party asked about."""
        rule = self.run.program.content.rules[rule_id]
        program = self.run.program.rule(rule_id)
        found = []
        if not program.texts:
            return []
        for binding in self.run.bindings.of(rule.over, program.act.territory, program.act.reach):
            if binding.scope.party not in (None, ASKED):
                continue
            gate = self.run.gate(rule, binding)
            if gate == FALSE and rule.gated:
                continue
            verdict = self.run.judge(program, binding, gate)
            outcome = verdict.outcome
            if self.draft and verdict.draft not in (None, *OPEN):
                outcome = verdict.draft
            if outcome is Outcome.UNDETERMINED and verdict.only_day_open:
                outcome = Outcome.NOT_YET
            if outcome is Outcome.UNDETERMINED and verdict.no_duty_either_way:
                outcome = Outcome.EXCEPTED
            found.append((outcome, verdict))
        return found

    @cached_property
    def ids(self) -> list[str]:
        return list(self.run.program.content.rules)

    def rules_for(self, pinpoint: str) -> list[str]:
        """The rules that say that a pinpoint applies: no notes, and nothing that only relieves."""
        rules = self.run.program.content.rules
        return [r for r in rules_for(pinpoint, self.ids) if rules[r].kind not in ("note", "relief")]

    def holds(self, ids: Iterable[str]) -> bool:
        return any(o in HOLDS for r in ids for o, _ in self.outcomes(r))

    def open(self, ids: Iterable[str]) -> bool:
        return any(o in OPEN for r in ids for o, _ in self.outcomes(r))

    # ------------------------------------------------------------------ class
    @cached_property
    def found_class(self) -> str:
        if self.label["jurisdiction"] != "EU":
            return self._regime()
        return self._eu_class()

    def _regime(self) -> str:
        prefixes = REGIMES[self.label["jurisdiction"]]
        ids = [r for r in self.ids if any(r.startswith(p) for p in prefixes)]
        if self._breached():
            return "prohibited"
        as_of = date.fromisoformat(self.label["as_of"])
        now = [o for r in ids for o, v in self.outcomes(r) if v.start is None or v.start <= as_of]
        if any(o in HOLDS for o in now):
            return "high-risk"
        return "unclear" if any(o in OPEN for o in now) else "out-of-scope"

    def _breached(self) -> bool:
        rules = self.run.program.content.rules
        return self.holds(r for r in self.ids if rules[r].kind == "prohibition")

    def _eu_class(self) -> str:
        rules = self.run.program.content.rules
        bans = [
            r for r in self.ids if r.startswith("eu-ai-act.") and rules[r].kind == "prohibition"
        ]
        if self.holds(bans):
            return "prohibited"
        if self.holds(["eu-ai-act.gpai-provider"]):
            systemic = self.holds(["eu-ai-act.systemic-risk-model"])
            return "gpai-systemic" if systemic else "gpai"
        in_role = self.holds(self._roles)
        if self.holds(["eu-ai-act.high-risk"]) and in_role and not self._excluded:
            return "high-risk"
        if self._excluded or self._no_system:
            return "out-of-scope"
        if self.open(["eu-ai-act.high-risk"]) or any(self._near(r) for r in bans):
            return "unclear"
        if not in_role and not self.open(self._roles):
            return "out-of-scope"
        duties = [
            r for r in self.ids if r.startswith("eu-ai-act.art-50.") and rules[r].kind == "duty"
        ]
        return "transparency" if self.holds(duties) else "minimal"

    def _near(self, rule_id: str) -> bool:
        """Whether a ban is contested, or open with at most two facts missing.

        A ban that would need many more facts than the description gives is reported as open by
        `assess`, but it does not set the class here.
        """
        for outcome, verdict in self.outcomes(rule_id):
            proof = Prover(self.run).prove(verdict, draft=self.draft)
            few = len(set(unknown_facts(proof.step))) <= NEAR
            if outcome is Outcome.CONTESTED or (outcome is Outcome.UNDETERMINED and few):
                return True
        return False

    @property
    def _roles(self) -> list[str]:
        names = ("provider", "deployer", "importer", "distributor", "authorised-representative")
        return [f"eu-ai-act.{n}" for n in (*names, "product-manufacturer", "gpai-provider")]

    @cached_property
    def _no_system(self) -> bool:
        verdicts = self.outcomes("eu-ai-act.ai-system")
        models = self.outcomes("eu-ai-act.gpai-model")
        no_system = all(o is Outcome.DOES_NOT_APPLY for o, _ in verdicts)
        return no_system and all(o is Outcome.DOES_NOT_APPLY for o, _ in models)

    @cached_property
    def _excluded(self) -> bool:
        """Outside the Act. Products of Annex I Section B keep their class (Art. 2(2), 6(1))."""
        rules = self.run.program.content.rules
        whole = [
            r for r in self.ids
            if rules[r].kind == "exclusion" and "eu-ai-act" in rules[r].targets
            and not r.startswith("eu-ai-act.art-2.2.")
        ]  # fmt: skip
        personal = [r for r in self.ids if r.startswith("eu-ai-act.art-2.10.")]
        return self.holds([*whole, *personal])

    # ------------------------------------------------------------------ scoring
    def score(self) -> dict[str, str]:
        """Field to `agrees`, `open` or `differs`."""
        expected = self.label["expected"]
        result = {}
        for name in expected["scored_on"]:
            if name == "class":
                result[name] = _class_agrees(expected["class"], self.found_class)
            elif name == "in_scope":
                result[name] = "agrees" if not self._no_system else "differs"
            elif name.endswith("not_expected"):
                result[name] = self._absent(expected[name])
            else:
                result[name] = self._present(expected[name], expected["class"])
        return result

    def _present(self, pinpoints: Iterable[str], label_class: str) -> str:
        worst = "agrees"
        for pinpoint in pinpoints:
            ids = self.rules_for(pinpoint)
            if self.holds(ids) or (pinpoint == "Art. 3(1)" and label_class == "out-of-scope"):
                continue
            if not self.open(ids):
                return "differs"
            if label_class != "unclear":
                worst = "open"
        return worst

    def _absent(self, pinpoints: Iterable[str]) -> str:
        worst = "agrees"
        for pinpoint in pinpoints:
            ids = self.rules_for(pinpoint)
            if self.holds(ids):
                return "differs"
            if self.open(ids):
                worst = "open"
        return worst


def _class_agrees(expected: str, found: str) -> str:
    accepted = {
        "not-high-risk": ("not-high-risk", "minimal", "transparency"),
        "minimal": ("minimal", "not-high-risk"),
    }.get(expected, (expected,))
    if found in accepted:
        return "agrees"
    return "open" if found == "unclear" else "differs"


def read_labels(cases: Path) -> list[dict[str, Any]]:
    """The labels of a folder of cases."""
    if (cases / "labels.jsonl").exists():
        lines = (cases / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]
    stated = yaml.load((cases / "expected.yaml").read_text("utf-8"), yaml.CSafeLoader)["cases"]
    plain: dict[str, Any] = {"class": "", "provisions": [], "provisions_not_expected": []}
    plain.update(duties_expected=[], duties_not_expected=[])
    return [{**case, "expected": {**plain, **case["expected"]}} for case in stated]


def run_all(folder: Path, cases: Path = CASES) -> list[Judged]:
    """Every case with a label."""
    content = read_content(folder)
    program = Program(content, date(2026, 11, 25))
    reader = ProfileReader(content)
    found = []
    for label in read_labels(cases):
        profile = reader.read(cases / f"{label['id']}.yaml")
        found.append(Judged(label, Run(program, profile, date.fromisoformat(label["as_of"]))))
    return found


def main() -> None:
    """Print the agreement, by status of the source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content", type=Path, default=content_folder())
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="list every disagreement")
    parser.add_argument("--set", choices=("open", "unseen"), default="open")
    options = parser.parse_args()
    cases = run_all(options.content, UNSEEN if options.set == "unseen" else CASES)
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    rows = []
    for case in cases:
        scores = case.score()
        whole = "agrees"
        for value in scores.values():
            whole = value if whole == "agrees" or value == "differs" else whole
        group = case.label["source_status"]
        tables["all"][whole] += 1
        tables[f"source {group}"][whole] += 1
        for name, value in scores.items():
            tables[f"field {name}"][value] += 1
        rows.append({"id": case.label["id"], "found": case.found_class, **scores})
        if options.show and whole != "agrees":
            e = case.label["expected"]
            print(
                f"{case.label['id']} {group} {whole}: {scores} expected {e['class']} "
                f"{e['provisions']} not {e['provisions_not_expected']}, found {case.found_class}"
            )
    for name, counts in tables.items():
        total = sum(counts.values())
        print(
            f"{name}: {counts['agrees']} of {total} agree "
            f"({100 * counts['agrees'] / total:.1f} %), "
            f"{counts['open']} left open, {counts['differs']} differ"
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
