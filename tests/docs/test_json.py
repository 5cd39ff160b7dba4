"""Every field of the JSON output stands in docs/reference/json.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE: Final = "examples/credit-scoring/system.yaml"
CHATBOT: Final = "examples/support-chatbot/system.yaml"
FRAUD: Final = "examples/fraud-detection/system.yaml"
EVIDENCE: Final = "examples/fraud-detection/evidence"
TRUST: Final = ("--trust", f"{EVIDENCE}/trust.yaml")
BOARD: Final = [
    *("--governance", "examples/credit-scoring/governance.yaml"),
    *("--decision", "examples/credit-scoring/decision.yaml"),
]
NAMES: Final = frozenset(
    {
        "by_effort",
        "controls_by_state",
        "counted",
        "recommendations",
        "reaches",
        "partial",
        "elements",
        "classes",
        "dates",
        "disputes",
        "holds",
        "penalties",
        "values",
        "touched_by",
        "rules",
        "families",
        "markets",
    }
)
COMMANDS: Final = [
    ["assess", EXAMPLE],
    ["explain", EXAMPLE, "eu-ai-act.high-risk"],
    ["explain", EXAMPLE, "eu-ai-act.art-15.3.declare-accuracy"],
    ["measures", "list", "--family", "fairness"],
    ["measures", "show", "impact-ratio"],
    ["timeline", EXAMPLE],
    ["whatif", EXAMPLE, "--set", "system.generative=true"],
    ["gaps", FRAUD, "--evidence", EVIDENCE],
    ["plan", FRAUD, "--evidence", EVIDENCE, "--weight", "date=9"],
    ["rmf", "examples", "--evidence", EVIDENCE],
    ["launch", FRAUD, "--on", "2026-12-15", "--evidence", EVIDENCE],
    ["launch", EXAMPLE, "--on", "2027-03-01", *BOARD],
    ["portfolio", "examples"],
    ["demo"],
    ["law", "list", "--market", "uk"],
    ["law", "list", "--act", "us-nyc-aedt"],
    ["law", "show", "eu-ai-act"],
    ["law", "show", "eu-ai-act.art-26.6.logs"],
    ["law", "diff", "--axis", "known", "--from", "2026-07-23", "--to", "2026-07-24", "examples"],
    ["law", "lint", "--act", "us-nyc-aedt"],
    ["evidence", "check", f"{EVIDENCE}/test-fairness.dsse.json", *TRUST, "--system", FRAUD],
    ["evidence", "list", EVIDENCE],
    ["evidence", "list", EVIDENCE, *TRUST, "--system", FRAUD],
    ["evidence", "soc2", f"{EVIDENCE}/soc2-tidewatch-2026.yaml", "--system", FRAUD],
    ["evidence", "iso", f"{EVIDENCE}/iso-27001-tidewatch.yaml", "--system", FRAUD],
    ["verify", EVIDENCE, *TRUST],
    ["security", CHATBOT, "--evidence", "examples/support-chatbot/evidence"],
]


def keys(value: Any, *, named: bool = False) -> Iterator[str]:
    """The keys of all objects. named: the keys of this one are names, such as ids of classes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not named:
                yield str(key)
            whole = isinstance(inner, dict) and "schema" in inner  # has a section of its own
            if not key.startswith("counts") and not whole:  # names on two levels, and numbers
                yield from keys(inner, named=key in NAMES and not named)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def documented(schema: str) -> set[str]:
    """The fields that the page names for a format, or for all."""
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    assert f"## {schema}\n" in page
    section = page.partition(f"## {schema}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"`(\w+)`", section + page.partition("## dutybound/")[0]))


def printed(words: list[str]) -> dict[str, Any]:
    """The JSON that a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", *words, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr if done.returncode else "")
    value: dict[str, Any] = json.loads(done.stdout)
    return value


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3]))
def test_every_field_is_documented(words: list[str]) -> None:
    value = printed(words)
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))


def test_every_field_of_an_interview_is_documented(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("system.artefact: software_without_ai\nuse.places: [uk]\n")
    value = printed(["init", str(tmp_path / "new"), "--from", str(answers), "--market", "uk"])
    assert value.pop("profile")["dutybound"] == "profile/1"
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))


def test_every_field_of_a_description_is_documented(tmp_path: Path) -> None:
    target = str(tmp_path / "applications.parquet")
    script = "examples/mortgage-decisions/prepare.py"
    subprocess.run([sys.executable, script, target], cwd=ROOT, check=True, capture_output=True)
    config = "examples/mortgage-decisions/model.yaml"
    value = printed(["describe", target, "--config", config])
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))


def test_every_field_of_a_card_is_documented(tmp_path: Path) -> None:
    card, extra = tmp_path / "README.md", tmp_path / "extra.json"
    card.write_text("---\nlicense: mit\ntags: [a]\n---\n# S\n\n## Direct Use\n\nTo rank.\n")
    files = ["-o", str(tmp_path / "records.yaml"), "--extra", str(extra)]
    value = printed(["card", "import", str(card), "--system", EXAMPLE, "--by", "Alice", *files])
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))
    whole = json.loads(extra.read_text())
    whole["extra"].pop("metadata")  # the keys are the card's own
    assert [] == sorted(set(keys(whole)) - documented(whole["schema"]))
    target = ["-o", str(tmp_path / "new.md"), "--format", "hf"]
    value = printed(["card", "export", EXAMPLE, *target])
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))


def test_every_field_of_a_measuring_run_is_documented(tmp_path: Path) -> None:
    target = str(tmp_path / "applications.parquet")
    script = "examples/mortgage-decisions/prepare.py"
    subprocess.run([sys.executable, script, target], cwd=ROOT, check=True, capture_output=True)
    config = "examples/mortgage-decisions/model.yaml"
    value = printed(["measure", target, "--config", config])
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))


def test_every_field_of_an_explained_model_is_documented(tmp_path: Path) -> None:
    script = "examples/mortgage-decisions/train.py"
    subprocess.run(
        [sys.executable, script, str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    table, config = str(tmp_path / "held-out.parquet"), tmp_path / "score.yaml"
    fewer = "sampling: {importance: 20, agreement: 20, background: 10, repeats: 2}"
    text = re.sub(r"sampling: .*", fewer, config.read_text(encoding="utf-8"))
    config.write_text(text, encoding="utf-8")
    value = printed(["explain-model", table, "--config", str(config)])
    assert value["reasons"] and value["decisions"]["cases"]
    assert [] == sorted(set(keys(value)) - documented(value["schema"]))
