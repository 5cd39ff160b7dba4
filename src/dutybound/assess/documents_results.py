"""Results of other verbs that documents show: read from the evidence folder, or computed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dutybound.assess.documents_reports import conflict_rows, document_rows, soc2_rows
from dutybound.assess.plan import as_json as plan_json
from dutybound.assess.plan import plan
from dutybound.packs.plan_policy import read_plan_policy

if TYPE_CHECKING:
    from dutybound.assess.documents import Dossier

LARGEST: Final = 50_000_000
FORMATS: Final = {
    "measure": "dutybound/measure-report/",
    "description": "dutybound/dataset-description/",
    "explanation": "dutybound/model-explanation/",
}


def results(dossier: Dossier) -> Mapping[str, Callable[[], Any]]:
    """The results by name, each computed once and only when a template asks for it."""

    @cache
    def planned() -> dict[str, Any]:
        return plan_json(plan(dossier.found, read_plan_policy()))

    @cache
    def launched() -> dict[str, Any] | None:
        return _launch(dossier)

    @cache
    def rmf() -> dict[str, Any]:
        return _rmf(dossier)

    @cache
    def found() -> dict[str, list[dict[str, Any]]]:
        folder = dossier.files.evidence
        sound = {n: d for c in dossier.found.checked for n, d in c.claim.subject.items()}
        return {} if folder is None else _by_format(folder, sound)

    def of(name: str) -> Callable[[], Any]:
        return lambda: found().get(name, [])

    verbs: dict[str, Callable[[], Any]] = {"plan": planned, "launch": launched, "rmf": rmf}
    lists: dict[str, Callable[[], Any]] = {
        "documents": lambda: document_rows(dossier),
        "soc2": lambda: list(soc2_rows(dossier.found.checked)),
        "conflicts": lambda: conflict_rows(dossier),
    }
    return {**verbs, **lists, **{name: of(name) for name in FORMATS}}


def _rmf(dossier: Dossier) -> dict[str, Any]:
    """The profile of this system beside the target that comes with the content."""
    from dutybound.assess.catalogue import catalogue
    from dutybound.assess.rmf_profile import as_json, rmf_profiles
    from dutybound.packs.rmf_target import read_target

    found, book = dossier.found, catalogue()
    profile = found.assessment.profile
    made = rmf_profiles(
        book,
        read_target(book.frameworks, None),
        [profile],
        lambda _: (found.checked, found.refused),
        found.report.as_of,
    )
    whole = as_json(made)
    return {**whole, **whole["systems"][0]}


def _launch(dossier: Dossier) -> dict[str, Any] | None:
    from dutybound.assess.dossier_json import as_json
    from dutybound.assess.launch import Asked
    from dutybound.assess.prepare_launch import Files, prepare

    result, files = dossier.found.assessment, dossier.files
    planned = sorted(e.date for e in result.profile.events if e.planned)
    on = planned[0] if planned else result.as_of
    markets = dossier.asked.markets or ("eu", "us", "uk")
    asked = Asked(
        tuple(m for m in markets if m != "own"),
        on,
        dossier.found.report.until - dossier.found.report.as_of,
        dossier.asked.today,
    )
    given = Files(
        files.profile, files.evidence, files.trust, files.governance, None, files.decision
    )
    return as_json(prepare(result.content, given, asked, known_on=dossier.asked.known_on))


def _by_format(folder: Path, sound: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Results that lie in the evidence folder as JSON, by what they are.

    sound: file name to digest of what evidence that was checked speaks of: only those are marked
    as signed.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for path, value in _json_files(folder):
        for name, start in FORMATS.items():
            if str(value.get("schema", "")).startswith(start):
                value["file"], value["signed"] = path.name, path.name in sound
                found.setdefault(name, []).append(value)
    return found


def _json_files(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        if path.name.endswith(".dsse.json") or path.stat().st_size > LARGEST:
            continue
        try:
            value = json.loads(path.read_bytes())
        except ValueError:
            continue
        if isinstance(value, dict):
            yield path, value


VERDICTS: Final = {
    "breach": "outside",
    "no_breach": "inside",
    "not_enough_data": "not enough data",
    "undefined": "no value",
    "not_judged": "no threshold",
}


def measured(reports: Iterable[Mapping[str, Any]], parts: tuple[str, ...]) -> list[dict[str, Any]]:
    """The lines of measure reports in words. parts: `fairness` and so on; all if none is named."""
    return [
        {
            "key": " ".join(
                str(x) for x in (report["file"], line["measure"], line["over"], line["group"]) if x
            ),
            "file": report["file"],
            "signed": report["signed"],
            "part": line["part"],
            "measure": line["measure"].replace("_", " ").replace("-", " "),
            "whom": ", ".join(str(x) for x in (line["over"], line["group"]) if x),
            "against": line["against"],
            "value": line["undefined"] if line["value"] is None else _short(line["value"]),
            "interval": _range(line["interval"]),
            "rows": line["n"],
            "threshold": _threshold(line["threshold"]),
            "verdict": VERDICTS[line["verdict"]],
        }
        for report in reports
        for line in report["lines"]
        if not parts or line["part"] in parts
    ]


def _short(value: float | None) -> str:
    return "open" if value is None else f"{value:.4g}"


def _range(found: Mapping[str, Any] | None) -> str:
    return "none" if found is None else f"{_short(found['low'])} to {_short(found['high'])}"


def _threshold(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "none"
    return f"{found['side'].replace('_', ' ')} {_short(found['value'])}"
