"""Asks one question of the interview at the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import click

from dutybound.cli import page
from dutybound.packs.facts import as_date
from dutybound.rules.questions import EVENTS, Question
from dutybound.terms.law import Content, FactType

NO: Final = ("none", "0")


class Stop(Exception):
    """The person wants to end the interview."""


def ask(content: Content, question: Question) -> dict[str, Any]:
    """The answers to a question, by path; unknown ones are left out."""
    path = question.paths[0]
    if path == EVENTS:
        return _events(content)
    if not question.facts:
        return _places(content, path)
    if len(question.facts) > 1:
        return _several(question)
    fact = question.facts[0]
    if fact.type == "set":
        return _set(fact, path)
    if fact.type in ("choice", "yes_no"):
        return _choice(fact, path)
    return _open(fact, path)


def _prompt(word: str, explain: Callable[[], None]) -> str:
    while True:
        text = str(click.prompt(word, default="", show_default=False)).strip()
        if text == "stop":
            raise Stop
        if text != "?":
            return text
        explain()


def _explain(facts: Sequence[FactType]) -> Callable[[], None]:
    def explain() -> None:
        for fact in facts:
            about = fact.detail.get("help") or ""
            click.echo(page.wrapped(f"{fact.ask} {about} {fact.detail['why']}", 4, first="- "))
            click.echo(page.wrapped(f"Who can answer: {fact.detail['who']}.", 6))

    return explain


def _list(words: Sequence[str]) -> None:
    for number, line in enumerate(words, 1):
        click.echo(page.wrapped(line, 2, first=f"{number:>2}. ", hang=6))


def numbers(text: str, most: int) -> tuple[set[int], set[int]]:
    """(chosen, unknown) positions from 0; `1, 3, ?4` chooses two and leaves the fourth unknown.

    Raises ValueError with what is wrong.
    """
    chosen: set[int] = set()
    unknown: set[int] = set()
    for part in (p.strip() for p in text.replace(" ", ",").split(",")):
        if not part:
            continue
        target = unknown if part.startswith("?") else chosen
        digits = part.removeprefix("?")
        if not digits.isdigit() or not 1 <= int(digits) <= most:
            raise ValueError(f"`{part}` is not a number from 1 to {most}.")
        target.add(int(digits) - 1)
    return chosen, unknown


def _chosen(word: str, most: int, explain: Callable[[], None]) -> tuple[set[int], set[int]] | None:
    """Chosen and unknown positions; None if nothing is known."""
    while True:
        text = _prompt(word, explain)
        if not text:
            return None
        if text in NO:
            return set(), set()
        try:
            return numbers(text, most)
        except ValueError as error:
            click.echo(f"  {error}", err=True)


def _set(fact: FactType, path: str) -> dict[str, Any]:
    names = list(fact.values)
    click.echo(page.wrapped(f"{fact.ask} (several may hold; `none` if none does)"))
    _list([f"{name}: {meaning}" for name, meaning in fact.values.items()])
    found = _chosen("Numbers", len(names), _explain([fact]))
    if found is None:
        return {}
    chosen, unknown = found
    if unknown:
        sides = {n: i in chosen for i, n in enumerate(names) if i not in unknown}
        return {path: sides}
    return {path: [names[i] for i in sorted(chosen)]}


def _choice(fact: FactType, path: str) -> dict[str, Any]:
    values: Mapping[str, str] = fact.values
    options: list[Any] = list(values)
    lines = [f"{name}: {meaning}" for name, meaning in values.items()]
    if fact.type == "yes_no":
        options, lines = [True, False], ["yes", "no"]
    click.echo(page.wrapped(fact.ask))
    _list(lines)
    while True:
        text = _prompt("Number", _explain([fact]))
        if not text:
            return {}
        if text.lower() in lines:
            return {path: options[lines.index(text.lower())]}
        if text.isdigit() and 1 <= int(text) <= len(options):
            return {path: options[int(text) - 1]}
        click.echo(f"  `{text}` is not a number from 1 to {len(options)}.", err=True)


def _several(question: Question) -> dict[str, Any]:
    click.echo(
        page.wrapped(
            "Which of these hold? Those that you do not name do not hold; `none` if none does; ?3 "
            "if you do not know the third."
        )
    )
    _list([fact.ask for fact in question.facts])
    found = _chosen("Numbers", len(question.facts), _explain(question.facts))
    if found is None:
        return {}
    chosen, unknown = found
    return {p: i in chosen for i, p in enumerate(question.paths) if i not in unknown}


def _open(fact: FactType, path: str) -> dict[str, Any]:
    unit = fact.detail.get("unit")
    hints = {"date": "YYYY-MM-DD", "place": "a code such as eu-de, us-ny, uk-gb-eng"}
    click.echo(page.wrapped(fact.ask))
    text = _prompt(str(unit or hints.get(fact.type, "Answer")).capitalize(), _explain([fact]))
    if not text:
        return {}
    if fact.type == "number":
        try:
            number = float(text.replace(",", "").replace("_", ""))
        except ValueError:
            click.echo(f"  `{text}` is not a number.", err=True)
            return _open(fact, path)
        return {path: int(number) if number.is_integer() else number}
    return {path: text}


def _places(content: Content, path: str) -> dict[str, Any]:
    from dutybound.assess.interview import PLACES_ASK

    def explain() -> None:
        click.echo(page.wrapped(", ".join(f"{c} {n}" for c, n in content.places.items()), 4))

    click.echo(page.wrapped(PLACES_ASK))
    while True:
        text = _prompt("Codes", explain)
        codes = [part for part in text.replace(",", " ").split() if part]
        wrong = [c for c in codes if c not in content.places]
        if codes and not wrong:
            return {path: list(dict.fromkeys(codes))}
        click.echo(f"  {wrong[0]} is no code; ? lists them." if wrong else "  ? lists the codes.")


def _events(content: Content) -> dict[str, Any]:
    from dutybound.assess.interview import EVENTS_ASK, EVENTS_COMPLETE

    names = list(content.events)
    click.echo(page.wrapped(EVENTS_ASK))
    _list([f"{name}: {meaning}" for name, meaning in content.events.items()])
    click.echo(
        page.wrapped("Write number=date, with commas, such as 2=YYYY-MM-DD; `none` if none.")
    )
    while True:
        text = _prompt("Events", lambda: None)
        if not text:
            return {}
        try:
            found = [] if text in NO else [_event(part, names) for part in text.split(",")]
        except ValueError as error:
            click.echo(f"  {error}", err=True)
            continue
        return {EVENTS: found, EVENTS_COMPLETE: True}


def _event(text: str, names: Sequence[str]) -> dict[str, Any]:
    from dutybound.cli.options import today

    number, _, written = (part.strip() for part in text.partition("="))
    day = as_date(written)
    if not number.isdigit() or not 1 <= int(number) <= len(names) or day is None:
        raise ValueError(f"`{text.strip()}` is not number=YYYY-MM-DD.")
    event: dict[str, Any] = {"act": names[int(number) - 1], "date": written}
    return {**event, "planned": True} if day > today() else event
