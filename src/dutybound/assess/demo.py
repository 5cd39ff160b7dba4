"""The examples that come with the package, and what `dutybound demo` shows of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput
from dutybound.packs.reading import read_yaml

EXAMPLE: Final = "credit-scoring"
_PACKAGE: Final = Path(__file__).resolve().parent.parent
SHIPPED: Final = _PACKAGE / "_examples"
CHECKOUT: Final = _PACKAGE.parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule of which the demo shows the reason, and for whom."""

    rule: str
    party: str
    use: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change that the demo tries: in words, and as edits of facts."""

    says: str
    edits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """What the demo shows of an example. launch_on: the launch day that the dossier is for."""

    profile: Path
    asked: tuple[Asked, ...]
    changes: tuple[Change, ...]
    launch_on: date

    @property
    def evidence(self) -> Path:
        """The folder of signed evidence."""
        return self.profile.parent / "evidence"

    @property
    def governance(self) -> Path:
        """Who decides what."""
        return self.profile.parent / "governance.yaml"

    @property
    def decision(self) -> Path:
        """What was decided."""
        return self.profile.parent / "decision.yaml"


def example_folder(name: str) -> Path:
    """The folder of an example: in an installed package, or in the checkout."""
    for root in (SHIPPED, CHECKOUT):
        if (root / name / "system.yaml").is_file():
            return root / name
    raise BadInput.one(name, "The example is missing. Install dutybound again.")


def read_script(name: str = EXAMPLE) -> Script:
    """What the demo shows of an example, from its `demo.yaml`."""
    folder = example_folder(name)
    raw: dict[str, Any] = read_yaml(folder / "demo.yaml").value
    return Script(
        folder / "system.yaml",
        tuple(Asked(**asked) for asked in raw["explain"]),
        tuple(Change(change["says"], tuple(change["set"])) for change in raw["whatif"]),
        date.fromisoformat(str(raw["launch_on"])),
    )
