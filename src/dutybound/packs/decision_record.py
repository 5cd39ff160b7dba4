"""Decision records: what a system decided, from what and why, as one closed JSON object.

A record is written before the decision leaves, and never changed. Who reviewed it and what came of
that is a signed statement of its own, bound to the sha256 of the canonical bytes of the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from dutybound.errors import BadInput
from dutybound.packs.evidence import shaped
from dutybound.packs.reading import Document, Where
from dutybound.packs.shapes import Closed, Digest, Moment, Name

RECORD: Final = "dutybound/decision-record/1"
MAX_TEXT: Final = 1_000_000
MAX_WHOLE: Final = 2**53 - 1  # what every reader of JSON can hold
Short = Annotated[str, Field(min_length=1, max_length=300)]
Long = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Value = str | bool | int | float | None
Number = Annotated[float, Field(allow_inf_nan=False)]


class FeatureOf(Closed):
    """One feature that the record shows. value: null if it was missing."""

    name: Short
    value: Annotated[Value, Field(union_mode="smart")]
    unit: Short | None = None


class InputOf(Closed):
    """What went in. sha256: of the whole input, plain or keyed. features: those chosen to show."""

    sha256: Digest
    features: Annotated[tuple[FeatureOf, ...], Field(max_length=500)] = ()


class OutputOf(Closed):
    """What came out. score, threshold: in the unit of the model. confidence: in [0, 1]."""

    decision: Short
    score: Number | None = None
    threshold: Number | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    text: Long | None = None


class RecordedReason(Closed):
    """A reason, as models give them: a feature, how far it pushed, and against what."""

    feature: Short
    contribution: Number | None = None
    value: Annotated[Value, Field(union_mode="smart")] = None
    reference: Annotated[Value, Field(union_mode="smart")] = None
    text: Long | None = None


class ExplanationOf(Closed):
    """Reasons from first to last. moved, turned: the deletion test of the stated reasons."""

    method: Short | None = None
    unit: Short | None = None
    reasons: Annotated[tuple[RecordedReason, ...], Field(max_length=100)] = ()
    moved: Number | None = None
    turned: bool | None = None
    text: Long | None = None


class ReviewAsked(Closed):
    """What is asked of reviewers. expires_at: without enough reviews by then, it is denied."""

    expires_at: Moment
    on_time_out: Literal["deny"]
    reviewers: Literal[1, 2] = 1
    outcomes: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    reason_codes: Annotated[tuple[Name, ...], Field(max_length=50)] = ()


class DecisionRecord(Closed):
    """A decision of a system. at: when. use: of the profile."""

    schema_: Annotated[Literal["dutybound/decision-record/1"], Field(alias="schema")]
    id: Name
    at: Moment
    system: Name
    version: Annotated[str, Field(min_length=1, max_length=100)]
    use: Name | None = None
    input: InputOf
    output: OutputOf
    explanation: ExplanationOf | None = None
    review: ReviewAsked | None = None


def read_decision_record(value: Any, shown: str) -> DecisionRecord:
    """A record from the value of its JSON. Raises BadInput with every problem."""
    if not isinstance(value, dict):
        raise BadInput.one(shown, "A decision record is a JSON object.")
    return shaped(DecisionRecord, Document(shown, value), _wrong)


def _wrong(found: DecisionRecord) -> Iterator[tuple[Where, str]]:
    names = [f.name for f in found.input.features]
    for i, feature in enumerate(found.input.features):
        if feature.name in names[:i]:
            yield ("input", "features", i, "name"), f"The feature `{feature.name}` stands twice."
        yield from _number(feature.value, ("input", "features", i, "value"))
    for i, reason in enumerate(found.explanation.reasons if found.explanation else ()):
        for key in ("value", "reference"):
            yield from _number(getattr(reason, key), ("explanation", "reasons", i, key))
    if found.review is not None and found.review.expires_at <= found.at:
        yield ("review", "expires_at"), "It expires before it was decided."
    if found.review is not None:
        for part in ("outcomes", "reason_codes"):
            stated = getattr(found.review, part)
            if len(set(stated)) != len(stated):
                yield ("review", part), "One stands twice."


def _number(value: Value, where: Where) -> Iterator[tuple[Where, str]]:
    """What other readers of JSON would read as another number."""
    if isinstance(value, float) and not isfinite(value):
        yield where, "This is no finite number."
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        yield where, f"Whole numbers beyond {MAX_WHOLE:,} go in quotes."
