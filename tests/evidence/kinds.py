"""A claim of every kind, by alice, that holds on DAY. Each could stand in a claim file."""

from __future__ import annotations

from typing import Any, Final

from dutybound.terms.evidence import EvidenceKind as Kind

D: Final = "cd" * 32
PARTS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.DOCUMENT: {"rung": "documented"},
    Kind.ATTESTATION: {"rung": "asserted"},
    Kind.TEST_RESULT: {
        "rung": "tested",
        "test": {
            "method": "hold-out",
            "result": "pass",
            "configuration": [
                {"name": "plan.yaml", "sha256": D},
                {"name": "sample.parquet", "sha256": "ef" * 32, "uri": "s3://bank/sample.parquet"},
            ],
            "passed": ["impact ratio, sex", "impact ratio, age"],
        },
    },
    Kind.EXTERNAL_REPORT: {"rung": "documented"},
    Kind.APPROVAL: {
        "rung": "documented",
        "approval": {
            "of": "release-2.0.1",
            "work_author": "bob",
            "decision": "approved",
            "arguments": {"limit": 5000, "currency": "EUR"},
        },
        "basis": {
            "content": {"version": "2026.11", "sha256": D},
            "policies": [{"name": "governance.yaml", "version": "3", "sha256": "ef" * 32}],
            "as_of": "2026-11-02",
            "known_on": "2026-11-02",
        },
    },
    Kind.RECORD: {"rung": "observed"},
    Kind.CERTIFICATE: {"rung": "documented"},
    Kind.RELEASE: {"rung": "documented", "release": {"purl": "pkg:generic/loan-score@2.0.1"}},
    Kind.ATTRIBUTE: {
        "rung": "documented",
        "attributes": [
            {
                "attribute": "TRAINED_WITHOUT_NATIONALITY",
                "conditions": {"features": 41},
                "evidence": {"name": "features.csv", "sha256": D},
            }
        ],
    },
    Kind.OVERRIDE: {
        "rung": "observed",
        "override": {
            "of": "decision-4711",
            "computed": "refuse",
            "decided": "grant",
            "reason": "The income of the second applicant was not read.",
        },
    },
    Kind.REVIEW_OUTCOME: {
        "rung": "observed",
        "review_outcome": {
            "of": "decision-4712",
            "outcome": "upheld",
            "reason": "The papers bear it out.",
        },
    },
    Kind.RECORD_BATCH: {
        "rung": "observed",
        "record_batch": {
            "files": [{"name": "report.pdf", "sha256": "ab" * 32, "rows": 3}],
            "rows": 3,
            "first_id": "r-1",
            "last_id": "r-3",
            "merkle_root": D,
            "gaps": 0,
        },
    },
    Kind.WAIVER: {
        "waiver": {
            "of": "DB-FAI-01",
            "reason": "The new data arrive in January.",
            "owner": "bob",
            "compensating": ["Every refusal is reviewed by a person."],
        }
    },
    Kind.REFUSAL: {"refusal": {"of": "release-2.0.1", "reason": "No test by age band."}},
    Kind.INCIDENT: {
        "incident": {
            "aware_at": "2026-11-02T08:00:00Z",
            "occurred_at": "2026-11-01T22:10:00Z",
            "severity": "high",
            "state": "contained",
        }
    },
    Kind.STOP: {
        "stop": {
            "scope": "all instant decisions",
            "action": "stopped",
            "at": "2026-11-02T08:04:00Z",
            "reason": "Answers were late.",
        }
    },
    Kind.COMPUTED_RESULT: {
        "computed_result": {
            "command": "assess",
            "format": "dutybound/assessment/1",
            "verdict": {"applies": 12, "undetermined": 3},
        },
        "basis": {"content": {"version": "2026.11", "sha256": D}, "tool": "dutybound 0.1"},
    },
    Kind.LOG_KEY_CHANGE: {
        "log_key_change": {
            "origin": "acme.example/log",
            "old_key": "acme.example/log+00000000+AA==",
            "new_key": "acme.example/log+00000001+AA==",
            "tree_size": 903,
            "because": "rotated",
        }
    },
    Kind.ERASURE: {"erasure": {"erased": [D], "what": "file", "reason": "Right to erasure."}},
}


def claim_of_kind(kind: Kind, **more: Any) -> dict[str, Any]:
    """A claim of a kind. None removes a key."""
    found = {
        "id": f"{str(kind).replace('_', '-')}-1",
        "kind": str(kind),
        "what": "what it says",
        "controls": ["DB-HUM-01"],
        "system": "loan-score",
        "version": "2.0.1",
        "author": "alice",
        "issuer": "acme",
        "made_on": "2026-11-02",
        "valid_until": "2027-03-31",
        **PARTS[kind],
        **more,
    }
    return {k: v for k, v in found.items() if v is not None}
