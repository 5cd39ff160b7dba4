"""The parts of a review page that show: the decision, its reasons, the procedure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dutybound.assess.html import heading, paragraph, text
from dutybound.assess.review_procedure import Procedure
from dutybound.assess.review_record import Decided, moment
from dutybound.assess.review_shown import shown, table
from dutybound.packs.decision_record import DecisionRecord, ExplanationOf

HINT: Final = (
    "Reasons say what moved the output of the model. They do not say that the data are right, nor "
    "that the decision is."
)
TWO: Final = (
    "Two persons review this decision. Your review alone does not release it: a second person, "
    "other than you, must sign one of their own."
)


def pairs(caption: str, rows: Iterator[tuple[str, str]]) -> str:
    """A table of names and values. The values are HTML already."""
    return table(caption, ("What", "Value"), ((text(name), value) for name, value in rows))


def decision(found: Decided) -> Iterator[str]:
    """What was decided, when, by what, until when a review counts."""
    record, asked = found.record, found.asked
    yield heading("The decision", "decision")
    yield pairs("What was decided", _decided(record))
    yield pairs("What the review is bound to", _bound(found))
    if asked.reviewers == 2:
        yield f'<div class="box">{paragraph(TWO)}</div>'
    yield heading("What it was decided from", "input")
    if record.input.features:
        rows = (
            (shown(f.name), shown(f.value), shown(f.unit) if f.unit else "")
            for f in record.input.features
        )
        yield table("Features that the record shows", ("Feature", "Value", "Unit"), rows)
    else:
        yield paragraph("The record shows no features of the input.")
    yield paragraph("The record need not hold the whole input. Look at the file where you doubt.")


def _decided(record: DecisionRecord) -> Iterator[tuple[str, str]]:
    out = record.output
    yield "Output", shown(out.decision)
    if out.text is not None:
        yield "In words", shown(out.text)
    if out.score is not None:
        yield "Score", shown(out.score)
    if out.threshold is not None:
        yield "Threshold", shown(out.threshold)
    yield "Confidence", "not stated" if out.confidence is None else shown(out.confidence)
    yield "Decided at", moment(record.at)
    yield "System", shown(record.system)
    yield "Version", shown(record.version)
    if record.use is not None:
        yield "Use", shown(record.use)


def _bound(found: Decided) -> Iterator[tuple[str, str]]:
    record = found.record
    yield "Decision record", shown(record.id)
    yield "Its sha256", f'<span class="code">{found.sha256}</span>'
    yield "sha256 of the input", f'<span class="code">{record.input.sha256}</span>'
    yield "Review expires at", found.expires_at
    yield "Without a review by then", "the decision is denied: it does not take effect"
    yield "Reviewers needed", str(found.asked.reviewers)


def explanation(found: ExplanationOf | None) -> Iterator[str]:
    """Why: the reasons from first to last, the method and whether they mattered."""
    yield heading("Why the system decided so", "why")
    if found is None:
        yield paragraph("The record holds no explanation. That is a reason to escalate.")
        return
    if found.text is not None:
        yield f"<p>{shown(found.text)}</p>" if len(found.text) < 600 else shown(found.text)
    if found.reasons:
        unit = f"Pushed by ({found.unit})" if found.unit else "Pushed by"
        head = ("Rank and feature", unit, "Value", "Compared with", "In words")
        yield table("Reasons, first to last", head, _reasons(found))
    else:
        yield paragraph("The record states no ranked reasons.")
    method = "not stated" if found.method is None else shown(found.method)
    yield f"<p>Method: {method}.</p>"
    yield from _tried(found)
    yield paragraph(HINT, "note")


def _reasons(found: ExplanationOf) -> Iterator[tuple[str, ...]]:
    for rank, reason in enumerate(found.reasons, 1):
        push = "" if reason.contribution is None else shown(reason.contribution)
        given = {"value", "reference"} & reason.model_fields_set
        value = shown(reason.value) if "value" in given else ""
        reference = shown(reason.reference) if "reference" in given else ""
        words = "" if reason.text is None else shown(reason.text)
        yield f"{rank}. {shown(reason.feature)}", push, value, reference, words


def _tried(found: ExplanationOf) -> Iterator[str]:
    if found.moved is not None:
        yield (
            "<p>With these features put at what they were compared with, the score moves by "
            f"{shown(found.moved)}.</p>"
        )
    if found.turned is not None:
        says = "becomes" if found.turned else "does not become"
        yield f"<p>The decision then {says} favourable.</p>"


def procedure(found: Procedure | None) -> Iterator[str]:
    """How to oversee: triggers, time limits, who may stop."""
    yield heading("The oversight procedure", "procedure")
    if found is None:
        yield (
            '<div class="box warn">'
            + paragraph("Open: no oversight procedure was given to this page. Ask for it.")
            + "</div>"
        )
        return
    yield f'<p>From {shown(found.name)}, sha256 <span class="code">{found.sha256}</span>.</p>'
    yield found.html
