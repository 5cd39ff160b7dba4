"""Reads `content/plan.yaml`: weights, shares and lead times of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from dutybound.errors import BadInput, ContentError, Problem
from dutybound.packs.compile import content_folder
from dutybound.packs.reading import read_yaml
from dutybound.packs.shapes import Closed, Name, Text
from dutybound.packs.validation import validate

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=1000)]
Weight = Annotated[float, Field(ge=0, le=100)]


class Lead(Closed):
    S: Days
    M: Days
    L: Days


class Parts(Closed):
    legal: Text
    date: Text
    penalty: Text
    people: Text
    duties: Text


class Weights(Closed):
    legal: Weight
    date: Weight
    penalty: Weight
    people: Weight
    duties: Weight


class Legal(Closed):
    prohibition: Share
    sure: Share
    open: Share


class Tier(Closed):
    amount: float = Field(gt=0)
    share: Share


class PenaltyShares(Closed):
    named: Share
    turnover: Share
    tiers: tuple[Tier, ...]


class People(Closed):
    fact: Name
    yes: Share
    unknown: Share
    no: Share

    def of(self, stated: Any) -> float:
        """The share for what a use states; anything but yes or no is unknown."""
        return self.yes if stated is True else self.no if stated is False else self.unknown


class PlanPolicy(Closed):
    """`plan.yaml`."""

    dutybound: Literal["plan-policy/1"]
    lead_days: Lead
    why_lead: Text
    weights: Weights
    parts: Parts
    legal: Legal
    penalty: PenaltyShares
    people: People


def read_plan_policy(file: Path | None = None) -> PlanPolicy:
    """A plan policy; the one of the content by default. Raises BadInput."""
    path = file or content_folder() / "plan.yaml"
    document = read_yaml(path, str(file) if file else "plan.yaml")
    problems: list[Problem] = []
    policy = validate(PlanPolicy, document, problems)
    if policy is None:
        raise ContentError(problems) if file is None else BadInput(problems)
    return policy
