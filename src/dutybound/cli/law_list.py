"""`dutybound law list`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dutybound.cli import page
from dutybound.cli.options import Markets, load_content, print_json

CONTENT = click.option(
    "--content",
    "content_dirs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder with acts of your own, added to the content.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("list")
@click.option("--market", "markets", type=Markets(), help="Only these markets.")
@click.option("--act", "act", help="List the rules of this instrument.")
@CONTENT
@JSON
def command(
    markets: tuple[str, ...] | None,
    act: str | None,
    content_dirs: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Instruments, or with --act the rules of one."""
    from dutybound.assess.law_list import law_list

    found = law_list(load_content(content_dirs), markets, act)
    if as_json:
        print_json(found)
    else:
        page.show(_rules(found) if act else _acts(found))


def _acts(found: dict[str, Any]) -> Iterator[str]:
    acts = found["instruments"]
    market = None
    for act in acts:
        if act["market"] != market:
            market = act["market"]
            inside = [a for a in acts if a["market"] == market]
            if inside[0] is not acts[0]:
                yield ""
            yield page.heading(f"{market.upper()} ({len(inside)})")
            yield from page.rows(_row(a) for a in inside)
    yield ""
    total = sum(sum(a["rules"].values()) for a in acts)
    yield page.wrapped(
        f"{page.plural(len(acts), 'instrument')}, {page.plural(total, 'rule')}. "
        "Show one with `dutybound law show ID`, its rules with `dutybound law list --act ID`."
    )


def _row(act: dict[str, Any]) -> tuple[str, ...]:
    status = act["legal_status"].replace("_", " ")
    if act["until"]:
        status += f" since {page.day(act['until'])}"
    return (act["id"], str(sum(act["rules"].values())), f"{act['title']} [{status}]")


def _rules(found: dict[str, Any]) -> Iterator[str]:
    act = found["instruments"][0] if found["instruments"] else {"title": "", "cite": ""}
    yield page.title(act["title"])
    yield page.wrapped(act["cite"])
    kind = None
    for rule in sorted(found["rules"], key=lambda r: (r["kind"], r["id"])):
        if rule["kind"] != kind:
            kind = rule["kind"]
            inside = [r for r in found["rules"] if r["kind"] == kind]
            yield ""
            yield page.heading(f"{kind} ({len(inside)})")
        gone = f" [deleted by {rule['deleted_by']}]" if rule["deleted_by"] else ""
        amended = f" [{len(rule['versions'])} texts]" if len(rule["versions"]) > 1 else ""
        weak = f" [{rule['grade']}]" if rule["grade"] in ("C", "unverified") else ""
        yield f"  {rule['id']}"
        yield page.wrapped(f"{rule['pinpoint']}: {rule['title']}{amended}{gone}{weak}", 6)
