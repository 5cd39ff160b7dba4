"""What the demo shows of gaps, plan and launch: the numbers and the first lines of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from dutybound.assess.assess import Assessment
from dutybound.assess.catalogue import answering, catalogue
from dutybound.assess.demo import Script
from dutybound.assess.dossier_json import as_json as dossier_json
from dutybound.assess.gaps import Gaps, gaps
from dutybound.assess.intake import check_evidence
from dutybound.assess.launch import Asked
from dutybound.assess.opening import Opened, open_folder
from dutybound.assess.plan import Plan, plan
from dutybound.assess.prepare_launch import Files, prepare
from dutybound.controls.states import State
from dutybound.packs.evidence import read_trust
from dutybound.packs.plan_policy import read_plan_policy

HORIZON: Final = timedelta(days=731)  # 24 months
MARKETS: Final = ("eu", "us", "uk")
ACTIONS: Final = 3
OPTIONS: Final = 3
Json = dict[str, Any]


def look_at_evidence(result: Assessment, script: Script) -> tuple[Gaps, Plan, Json]:
    """Gaps and plan on the day of the assessment, and what of the evidence counts."""
    folder = script.evidence
    opened = open_folder(folder, read_trust(folder / "trust.yaml"))
    book = catalogue()
    checked, refused = check_evidence(
        opened, book, result.profile, result.as_of, today=result.today
    )
    found = gaps(result, book, answering, checked, refused, HORIZON)
    made = plan(found, read_plan_policy())
    return found, made, _counted(opened, found)


def _counted(opened: Opened, found: Gaps) -> Json:
    """How many pieces count, and why the others count for nothing at all."""
    counted = {c.claim.id for c in found.checked}
    lost = {r.claim_id: r for r in found.refused if r.claim_id not in counted}
    return {
        "signed": len(opened.items),
        "counted": len(counted),
        "refused": [
            {"evidence": r.claim_id, "control": r.control, "code": r.code, "reason": r.reason}
            for r in lost.values()
        ],
    }


def gaps_json(found: Gaps) -> Json:
    """Controls with valid evidence, and duties by market and state."""
    valid, asked = found.report.valid
    by_market = {m: Counter[State]() for m in MARKETS}
    for state in found.report.duties:
        by_market.setdefault(state.duty.market, Counter())[state.state] += 1
    return {
        "until": found.report.until.isoformat(),
        "controls_with_valid_evidence": valid,
        "controls_asked_for": asked,
        "duties": [
            {"market": m, "counts": {str(s): n[s] for s in State}} for m, n in by_market.items()
        ],
    }


def plan_json(made: Plan) -> Json:
    """How many actions there are, and the first of them."""
    return {
        "actions": len(made.actions),
        "overdue": sum(a.overdue for a in made.actions),
        "first": [
            {
                "control": a.control,
                "title": a.title,
                "owner": a.owner,
                "effort": a.effort,
                "due": a.due.isoformat(),
                "overdue": a.overdue,
                "earliest": a.earliest.isoformat(),
                "closes": [
                    {"market": m, "duties": len({d.rule for d in duties})}
                    for m, duties in a.closes.items()
                ],
            }
            for a in made.actions[:ACTIONS]
        ],
    }


def launch_json(result: Assessment, script: Script) -> Json:
    """The dossier of the example, cut down to its first lines."""
    files = Files(
        script.profile,
        script.evidence,
        governance=script.governance,
        decision=script.decision,
    )
    asked = Asked(MARKETS, script.launch_on, HORIZON, result.today)
    whole = dossier_json(prepare(result.content, files, asked, known_on=result.known_on))
    return {
        "on": script.launch_on.isoformat(),
        "markets": [_market(m) for m in whole["markets"]],
        "soc2": [_soc2(r, whole["soc2"]["proves"]) for r in whole["soc2"]["reports"]],
        "conflicts": [c["title"] for c in whole["conflicts"]],
        "options": [
            {
                "title": o["title"],
                "saved": len(o["duties"]["saved"]),
                "recommendations": o["recommendations"],
            }
            for o in whole["options"][1 : OPTIONS + 1]
        ],
    }


def _market(market: Json) -> Json:
    field = market["decision"]
    return {
        "market": market["market"],
        "recommendation": market["recommendation"],
        **{k: len(market[k]) for k in ("blockers", "open", "conditions", "shielded")},
        "first_blocker": _blocker(market["blockers"]),
        "decision": {k: field[k] for k in ("decision", "by", "role", "on", "reason")},
    }


def _blocker(rows: Iterable[Json]) -> Json | None:
    for row in rows:
        return {
            **{k: row[k] for k in ("id", "title", "pinpoint", "party", "since")},
            "missing": list(dict.fromkeys(m["what"] for m in row["missing"])),
            "owners": [p for o in row["owners"] for p in (o["people"] or [o["role"]])],
        }
    return None


def _soc2(report: Json, proves: Iterable[Json]) -> Json:
    rows = [r for r in proves if r["evidence"] == report["evidence"]]
    return {
        **{k: report[k] for k in ("evidence", "of", "relation", "to")},
        "in_its_period": len(rows),
        "on_the_day": sum(r["on_the_day"] != "unassessed" for r in rows),
    }
