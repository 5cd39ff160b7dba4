"""The questions from which a SOC 2 summary is written, and what answers leave to be filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from dutybound.packs.reports import SOC2, Soc2Report, category_of

YES: Final = ("yes", "no")
CATEGORIES: Final = (
    "security",
    "availability",
    "confidentiality",
    "processing_integrity",
    "privacy",
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. path: where the answer goes. many: a list, separated by commas.

    when: path and value that make it worth asking. choices: the answers that are taken.
    """

    path: str
    text: str
    choices: tuple[str, ...] = ()
    many: bool = False
    optional: bool = False
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that come again as long as there is one more."""

    path: str
    text: str
    asks: tuple[Ask, ...]


Prompt = Callable[[Ask], str]
Confirm = Callable[[str], bool]

FIRST: Final = (
    Ask("id", "A short name for this report (letters, digits, dashes)"),
    Ask("recorded.by", "Your own short name, as in trust.yaml"),
    Ask("recorded.organisation", "Your organisation, as in trust.yaml"),
    Ask("report_of.organisation", "Whose report is it (short name of the organisation)"),
    Ask("report_of.relation", "Is that your own organisation or a vendor", ("own", "vendor")),
    Ask("auditor", "Which firm signed the auditor's report", optional=True),
    Ask("type", "Type I (design, one day) or Type II (operation, a period)", ("I", "II")),
    Ask("as_at", "The day it speaks of (YYYY-MM-DD)", when=("type", "I")),
    Ask("period.from", "First day of the period (YYYY-MM-DD)", when=("type", "II")),
    Ask("period.to", "Last day of the period (YYYY-MM-DD)", when=("type", "II")),
    Ask("issued_on", "Day on which the auditor signed (YYYY-MM-DD)"),
    Ask(
        "opinion.kind",
        "The auditor's opinion",
        ("unqualified", "qualified", "adverse", "disclaimer"),
    ),
    Ask(
        "opinion.about",
        "Which criteria does the qualification name (CC6.1, ...)",
        many=True,
        optional=True,
        when=("opinion.kind", "qualified"),
    ),
    Ask("categories", "Categories in scope", CATEGORIES, many=True),
    Ask("boundary.system", "What the system description takes in, in your own words"),
    Ask(
        "boundary.ai_feature",
        "Is the AI feature inside that boundary (if the report is silent: unclear)",
        ("inside", "outside", "unclear"),
    ),
    Ask(
        "boundary.systems",
        "Ids of the AI systems inside (as in their profiles)",
        many=True,
        when=("boundary.ai_feature", "inside"),
    ),
    Ask(
        "boundary.inside_since",
        "Since when, if not since the period began (YYYY-MM-DD)",
        optional=True,
        when=("boundary.ai_feature", "inside"),
    ),
)
CONTROL: Final = (
    Ask("id", "Number of the control in the report"),
    Ask("text", "What it does, in a few words of your own", optional=True),
    Ask("test", "How the auditor tested it, in a few words", optional=True),
    Ask("result", "Result", ("no_exception", "exception", "no_occurrence", "not_tested")),
)
COMPLEMENT: Final = (
    Ask("id", "Its number"),
    Ask("criteria", "For which criteria", many=True),
    Ask("text", "What has to be done", optional=True),
    Ask("owner", "Who here owns it (empty if nobody does)", optional=True),
)
GROUPS: Final = (
    Group(
        "exceptions",
        "an exception that the auditor noted",
        (
            Ask("criteria", "For which criteria", many=True),
            Ask("control", "Number of the control", optional=True),
            Ask("what", "What deviated, how often"),
            Ask("severity", "How grave, in your judgement", ("low", "medium", "high")),
            Ask("response", "Management's response", optional=True),
        ),
    ),
    Group(
        "subservice",
        "a subservice organisation (cloud provider, ...)",
        (
            Ask("organisation", "Its name"),
            Ask("provides", "What it provides"),
            Ask("method", "Carved out of the report or included", ("carve_out", "inclusive")),
            Ask("relies", "Do the criteria rest on it wholly or in part", ("whole", "part")),
            Ask("criteria", "Which criteria", many=True, optional=True),
            Ask("own_report", "Id of the summary of its own report", optional=True),
        ),
    ),
    Group("user_controls", "a complementary user entity control", COMPLEMENT),
    Group("subservice_controls", "a complementary subservice organisation control", COMPLEMENT),
)
LETTER: Final = (
    Ask("dated", "Its date (YYYY-MM-DD)"),
    Ask("to", "To which day does it carry (YYYY-MM-DD)"),
    Ask("signed_by", "Who signed it"),
    Ask("material_changes", "Does it report material changes", YES),
)
FILE: Final = (
    Ask("name", "File name of the report", optional=True),
    Ask("sha256", "Its sha256, 64 hex digits (`sha256sum FILE`)"),
)


def interview(
    known_criteria: list[str], today: str, prompt: Prompt, confirm: Confirm
) -> dict[str, Any]:
    """Ask everything; returns the summary as plain values, not yet checked."""
    found: dict[str, Any] = {"dutybound": SOC2}
    _ask_all(FIRST, found, prompt)
    found.setdefault("recorded", {})["on"] = today
    found["criteria"] = []
    in_scope = _in_scope(found.get("categories", []), known_criteria)
    listing = confirm("List the auditor's controls, tests and results (needed for `observed`)?")
    for name in in_scope:
        criterion: dict[str, Any] = {"id": name}
        if listing:
            controls = list(_several(f"a control for {name}", CONTROL, prompt, confirm))
            criterion |= {"controls": controls} if controls else {}
        found["criteria"].append(criterion)
    for group in GROUPS:
        members = list(_several(group.text, group.asks, prompt, confirm))
        if members:
            found[group.path] = members
    if confirm("Is there a bridge letter?"):
        letter = _ask_all(LETTER, {}, prompt)
        found["bridge_letter"] = {**letter, "material_changes": letter["material_changes"] == "yes"}
    if confirm("Do you have the report as a file?"):
        found["report_file"] = _ask_all(FILE, {}, prompt)
    return found


def _in_scope(categories: list[str], known: list[str]) -> list[str]:
    return [c for c in known if category_of(c) in categories]


def _several(
    what: str, asks: tuple[Ask, ...], prompt: Prompt, confirm: Confirm
) -> Iterator[dict[str, Any]]:
    word = ""
    while confirm(f"Is there {word}{what}?"):
        yield _ask_all(asks, {}, prompt)
        word = "one more: "


def _ask_all(asks: tuple[Ask, ...], into: dict[str, Any], prompt: Prompt) -> dict[str, Any]:
    for ask in asks:
        if ask.when is not None and value_at(into, ask.when[0]) != ask.when[1]:
            continue
        answer = prompt(ask).strip()
        if answer:
            parts = [p.strip() for p in answer.split(",") if p.strip()]
            _put(into, ask.path, parts if ask.many else answer)
    return into


def value_at(values: dict[str, Any], path: str) -> Any:
    """The value at a dotted path; None if there is none."""
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _put(into: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for key in above:
        into = into.setdefault(key, {})
    into[last] = value


def completed(answers: dict[str, Any], known_criteria: list[str], today: str) -> dict[str, Any]:
    """A summary from a file of answers: the same keys, with what can be filled in left out.

    Filled in: the header, the day of recording, and all criteria of the categories in scope.
    Criteria that the answers list keep what they say.
    """
    found = {"dutybound": SOC2, **answers}
    recorded = found.get("recorded")
    if isinstance(recorded, dict):
        found["recorded"] = {"on": today, **recorded}
    listed = found.get("criteria", [])
    categories = found.get("categories", [])
    if isinstance(listed, list) and isinstance(categories, list):
        said = {c["id"]: c for c in listed if isinstance(c, dict) and isinstance(c.get("id"), str)}
        if len(said) == len(listed):
            rest = [c for c in _in_scope(categories, known_criteria) if c not in said]
            found["criteria"] = [*listed, *({"id": c} for c in rest)]
    return found


def unanswered(answers: dict[str, Any]) -> list[Ask]:
    """The questions that must be answered and are not."""
    return [
        ask
        for ask in FIRST
        if not ask.optional
        and (ask.when is None or value_at(answers, ask.when[0]) == ask.when[1])
        and value_at(answers, ask.path) in (None, "")
    ]


def summary_of(report: Soc2Report) -> dict[str, Any]:
    """A summary as plain values in the order of its shape, without what is empty."""
    plain = report.model_dump(mode="json", by_alias=True, exclude_none=True)
    found: dict[str, Any] = without_empty(plain)
    return found


def without_empty(value: Any) -> Any:
    """A value without empty lists and mappings."""
    if isinstance(value, dict):
        inner = {k: without_empty(v) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v not in ([], {})}
    return [without_empty(v) for v in value] if isinstance(value, list) else value
