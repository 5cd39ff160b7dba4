"""Reads house policy on evidence from `content/controls/policy.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import read_yaml
from dutybound.packs.shapes import Closed, Text
from dutybound.packs.validation import validate
from dutybound.terms.evidence import EvidenceKind


class Months(Closed):
    months: int = Field(ge=0, le=60)
    why: Text


class Grace(Closed):
    grace_days: int = Field(ge=0, le=1000)
    why: Text


class ExceptionRungs(Closed):
    """The rung that an exception leaves, by its severity."""

    low: Literal["documented", "asserted", "unassessed"]
    medium: Literal["documented", "asserted", "unassessed"]
    high: Literal["documented", "asserted", "unassessed"]
    why: Text


class Freshness(Closed):
    attestation: int | None = Field(ge=1)
    document: int | None = Field(ge=1)
    approval: int | None = Field(ge=1)
    record: int | None = Field(ge=1)
    test_result: int | None = Field(ge=1)
    external_report: int | None = Field(ge=1)
    certificate: int | None = Field(ge=1)
    release: int | None = Field(ge=1)
    attribute: int | None = Field(ge=1)

    def of(self, kind: EvidenceKind) -> int | None:
        """The limit for a kind of evidence that can raise a rung, in days."""
        found: int | None = getattr(self, str(kind.counts_as))
        return found


class Policy(Closed):
    """`policy.yaml`."""

    dutybound: Literal["evidence-policy/1"]
    bridge_letter: Months
    type_1: Months
    short_period: Months
    surveillance: Grace
    exceptions: ExceptionRungs
    freshness_days: Freshness


@lru_cache(maxsize=8)
def read_policy(folder: Path | None = None) -> Policy:
    """The policy of a content folder; of the shipped content if none is named."""
    path = (folder or content_folder()) / "controls" / "policy.yaml"
    document = read_yaml(path, "controls/policy.yaml")
    problems: list[Problem] = []
    found = validate(Policy, document, problems)
    if found is None:
        raise ContentError(problems)
    return found
