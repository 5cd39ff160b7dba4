"""JSON Schemas of files that users write besides profiles, made from their shapes."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from dutybound.packs.claims import ClaimFile
from dutybound.packs.decision_record import DecisionRecord
from dutybound.packs.documents_schema import RecordsFile
from dutybound.packs.evidence import TrustFile
from dutybound.packs.governance import DecisionFile, ExceptionFile, GovernanceFile
from dutybound.packs.measure_config import MeasureFile
from dutybound.packs.measure_watch import WatchFile
from dutybound.packs.model_config import ModelFile
from dutybound.packs.reports import IsoCertificate, Soc2Report

MODELS: Final[dict[str, type[BaseModel]]] = {
    "claim": ClaimFile,
    "trust": TrustFile,
    "soc2-report": Soc2Report,
    "iso-certificate": IsoCertificate,
    "governance": GovernanceFile,
    "decision": DecisionFile,
    "exceptions": ExceptionFile,
    "measures-file": MeasureFile,
    "records": RecordsFile,
    "model-file": ModelFile,
    "measure-watch-file": WatchFile,
    "decision-record": DecisionRecord,
}


def evidence_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of such a file by name."""
    found = MODELS[name].model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": f"dutybound: {name.removesuffix('-file')}/1",
    }
