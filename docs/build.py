"""Builds the reference pages that come from content/, and the output of the example in README.md.

    .venv/bin/python docs/build.py [--check]

--check: write nothing, exit 1 if a page is not current (README.md has its own test).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from dutybound.packs.compile import content_folder
from dutybound.packs.content import read_content
from dutybound.packs.measures import read_measures
from dutybound.terms.law import Act, Content, FactType
from dutybound.terms.measure import MeasureCatalogue, MeasureEntry, NamedByLaw

REFERENCE: Final = Path(__file__).resolve().parent / "reference"
README: Final = REFERENCE.parent.parent / "README.md"
PROFILE: Final = re.compile(r"```yaml\n(?P<text>dutybound: profile/1\n.*?)```", re.S)
CONSOLE: Final = re.compile(
    r"```console\n\$ (?P<command>dutybound assess [^\n]*?) \| head -n (?P<lines>\d+)\n"
    r"(?P<output>.*?)```",
    re.S,
)
NOTICE: Final = "<!-- Built from content/ by docs/build.py. Do not edit. -->"
THINGS: Final = {
    "system": "The system",
    "party": "A party",
    "model": "A model",
    "data": "A data set",
    "use": "A use",
}
TYPES: Final = {
    "yes_no": "yes or no",
    "choice": "one of",
    "set": "any of",
    "number": "number",
    "date": "date",
    "place": "place code",
    "text": "text",
    "refs": "ids",
}
MARKETS: Final = {"eu": "European Union", "us": "United States", "uk": "United Kingdom"}
GRADES: Final = ("A", "B", "C", "unverified")


def table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


# ---------------------------------------------------------------------- facts
def facts_page(content: Content) -> str:
    """docs/reference/facts.md."""
    return "\n".join(_facts(content)) + "\n"


def _facts(content: Content) -> Iterator[str]:
    judgements = sum(f.judgement for f in content.facts.values())
    yield "# Facts that a profile may state"
    yield ""
    yield NOTICE
    yield ""
    yield (
        f"There are {len(content.facts)} facts. {judgements} are judgements, marked with *. "
        "They weigh something up, so a profile gives a `basis` and an `author` with them. "
        "A fact that is left out is unknown. "
        "[Write a profile](../how-to/write-a-profile.md) shows how facts are written. "
        "The meaning of each value stands [below](#what-the-values-mean)."
    )
    for thing, title in THINGS.items():
        facts = [f for f in content.facts.values() if f.thing == thing]
        yield from ("", f"## {title} ({len(facts)})", "")
        head = ("fact", "type", "values", "question")
        yield from table(head, ((_name(f), _type(f), _values(f), f.ask) for f in facts))
    yield from ("", "## Events", "")
    yield "An event stands under `events`, with `act` and `date`. A future one is `planned: true`."
    yield ""
    yield from table(("act", "meaning"), ((f"`{k}`", v) for k, v in content.events.items()))
    yield from _constraints(content)
    yield from _meanings(content)
    yield from ("", "## Place codes", "")
    whole = ", ".join(f"`{code}`" for code in content.whole)
    yield (
        "A code lies in each code that it extends: `us-ny-nyc` in `us-ny`, `us-ny` in `us`. "
        f"A use in one of {whole} is a use in all parts of it. "
        "`anywhere` is only for the territory of rules of your own."
    )
    yield ""
    yield from table(("code", "place"), ((f"`{k}`", v) for k, v in content.places.items()))


def _name(fact: FactType) -> str:
    return f"`{fact.id}`" + (" *" if fact.judgement else "")


def _type(fact: FactType) -> str:
    unit = fact.detail.get("unit")
    return TYPES[fact.type] + (f" ({unit})" if unit else "")


def _values(fact: FactType) -> str:
    if fact.type == "yes_no":
        return "`true`, `false`"
    return ", ".join(f"`{value}`" for value in fact.values)


def _constraints(content: Content) -> Iterator[str]:
    yield from ("", "## What cannot hold together", "")
    yield (
        "A profile that says otherwise is refused. If all facts but one are stated and would clash "
        "with one value of the last, the other value is derived."
    )
    yield ""
    yield from (f"- {says}" for says in dict.fromkeys(c.says for c in content.constraints))


def _meanings(content: Content) -> Iterator[str]:
    yield from ("", "## What the values mean")
    for fact in content.facts.values():
        if fact.values:
            why = f"{fact.ask} {fact.detail['why']}"
            yield from ("", f"### {fact.id}", "", why, "")
            for value, meaning in fact.values.items():
                alone = " Excludes every other value." if value in fact.exclusive else ""
                yield f"- `{value}`: {meaning}{alone}"


# ---------------------------------------------------------------------- instruments
def instruments_page(content: Content) -> str:
    """docs/reference/instruments.md."""
    return "\n".join(_instruments(content)) + "\n"


def _instruments(content: Content) -> Iterator[str]:
    shown = [a for a in content.acts.values() if a.market in MARKETS]
    yield "# Instruments"
    yield ""
    yield NOTICE
    yield ""
    binding = sum(a.nature == "binding_law" for a in shown)
    yield (
        f"The content holds {len(shown)} instruments with {len(content.rules):,} rules. "
        f"{binding} of the instruments are of the nature binding law, bills and repealed acts too. "
        "The others are guidance, frameworks and standards, which never say must. "
        "Rules include terms, such as roles and classes. "
        "The grade is that of the act; a rule may have its own. "
        "[Limits](../explanation/limits.md) says what a grade means. "
        "`none` under review: no lawyer has reviewed it."
    )
    for market, title in MARKETS.items():
        acts = [a for a in shown if a.market == market]
        yield from ("", f"## {title} ({len(acts)})", "")
        head = ("id", "title", "nature", "status", "rules", "grade", "checked on", "review")
        yield from table(head, (_instrument(a, content) for a in acts))
    yield from ("", "## Grades of all rules", "")
    rows = ((g, f"{n:,}") for g in GRADES if (n := _graded(content, g)))
    yield from table(("grade", "rules"), rows)


def _instrument(act: Act, content: Content) -> Sequence[str]:
    count = sum(r.act == act.id for r in content.rules.values())
    gone = f", {act.until_reason} {act.until}" if act.until else ""
    return (
        f"`{act.id}`",
        act.title,
        act.nature.replace("_", " "),
        act.legal_status.replace("_", " ") + gone,
        str(count),
        act.grade,
        str(act.checked_on),
        act.legal_review,
    )


def _graded(content: Content, grade: str) -> int:
    return sum(r.texts[-1].grade == grade for r in content.rules.values())


# ---------------------------------------------------------------------- measures
def measures_page(content: Content) -> str:
    """docs/reference/measures.md."""
    return "\n".join(_measures(read_measures(content_folder(), content.rules))) + "\n"


def _measures(found: MeasureCatalogue) -> Iterator[str]:
    yield "# Measures"
    yield ""
    yield NOTICE
    yield ""
    computed = sum(m.how == "computed" for m in found.entries.values())
    yield (
        f"There are {len(found.entries)} measures. {computed} are computed from counts by "
        "`dutybound.measure`; the others are reported from records. Each value comes with an "
        "interval, or as `Undefined` with a reason. A threshold on offer is never taken by itself. "
        "[Measures and fairness](../explanation/measures-and-fairness.md) says how to read them."
    )
    for family, title in found.families.items():
        inside = [m for m in found.entries.values() if m.family == family]
        yield from ("", f"## {title} ({len(inside)})", "")
        head = ("measure", "says", "unit", "range", "better")
        yield from table(head, (_measure(m) for m in inside))
        for m in inside:
            yield from _more(m, found)
    yield from _named(found)


def _measure(m: MeasureEntry) -> Sequence[str]:
    return f"`{m.id}`", m.says, m.unit, m.range, m.better.replace("_", " ")


def _more(m: MeasureEntry, found: MeasureCatalogue) -> Iterator[str]:
    yield from ("", f"### {m.id}", "", f"{m.name}. {m.says}", "")
    made = f"`dutybound.measure.{m.function}`" if m.function else f"reported from {m.origin}"
    yield f"- Made by: {made}"
    yield f"- Sources: {'; '.join(m.sources)}"
    yield f"- Limits: {' '.join(m.limits)}"
    yield f"- Undefined: {' '.join(m.undefined)}"
    for t in m.thresholds:
        where = f"{t.cite}, since {t.since}; " if t.cite else ""
        only = f"; only for {', '.join(t.only_for)}" if t.only_for else ""
        nature = t.nature.replace("_", " ")
        side = str(t.side).replace("_", " ")
        yield f"- Threshold on offer: {side} {t.value:g} ({where}{nature}{only}). {t.why}"
    controls = sorted(c for c, ids in found.asked.items() if m.id in ids)
    if controls:
        yield f"- Controls: {', '.join(controls)}"


def _named(found: MeasureCatalogue) -> Iterator[str]:
    yield from ("", "## Where a text names a metric", "")
    yield (
        "For every other rule no metric and no threshold is recorded: you choose them and say why. "
        f"Checked on {found.checked_on}."
    )
    yield ""
    head = ("rule", "text", "since", "metrics", "threshold", "only for", "grade", "note")
    yield from table(head, (_named_row(line) for line in found.named.values()))


def _named_row(line: NamedByLaw) -> Sequence[str]:
    return (
        f"`{line.rule}`",
        line.cite,
        str(line.since),
        ", ".join(f"`{m}`" for m in line.measures),
        line.threshold.replace("_", " "),
        ", ".join(line.only_for).replace("_", " "),
        line.grade,
        line.note,
    )


# ---------------------------------------------------------------------- writing
def pages(content: Content) -> dict[Path, str]:
    """Each built page with its text."""
    return {
        REFERENCE / "measures.md": measures_page(content),
        REFERENCE / "facts.md": facts_page(content),
        REFERENCE / "instruments.md": instruments_page(content),
    }


def readme(text: str) -> str:
    """README.md with the real output of its example."""
    match = CONSOLE.search(text)
    profile = PROFILE.search(text)
    if match is None or profile is None:
        raise SystemExit("README.md has no example.")
    words = match["command"].split()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / words[2]).write_text(profile["text"], encoding="utf-8")
        output = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "dutybound", *words[1:]],
            cwd=folder, env={**os.environ, "COLUMNS": "80"}, check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip
    first = "".join(output.splitlines(keepends=True)[: int(match["lines"])])
    return text[: match.start("output")] + first + text[match.end("output") :]


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [
        (path, text)
        for path, text in pages(read_content(content_folder())).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'not current' if check else 'written'}")
    if not check:
        README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
