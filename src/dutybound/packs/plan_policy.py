"""Reads `content/plan.yaml`: weights and lead times of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from dutybound.errors import ContentError, Problem
from dutybound.packs.acts import validate
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import read_yaml
from dutybound.packs.shapes import Closed, Text


class Lead(Closed):
    S: int = Field(ge=0, le=1000)
    M: int = Field(ge=0, le=1000)
    L: int = Field(ge=0, le=1000)


class Parts(Closed):
    legal: Text
    date: Text
    penalty: Text
    people: Text
    duties: Text


class Weights(Closed):
    legal: float = Field(ge=0, le=100)
    date: float = Field(ge=0, le=100)
    penalty: float = Field(ge=0, le=100)
    people: float = Field(ge=0, le=100)
    duties: float = Field(ge=0, le=100)


class PlanPolicy(Closed):
    """`plan.yaml`."""

    dutybound: Literal["plan-policy/1"]
    lead_days: Lead
    why_lead: Text
    weights: Weights
    parts: Parts


def read_plan_policy(folder: Path | None = None) -> PlanPolicy:
    """The plan policy of a content folder; the shipped one by default."""
    document = read_yaml((folder or content_folder()) / "plan.yaml")
    problems: list[Problem] = []
    policy = validate(PlanPolicy, document, problems)
    if policy is None:
        raise ContentError(problems)
    return policy
