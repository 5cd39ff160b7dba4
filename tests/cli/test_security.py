"""`security`: the view of the example, its schema, and claims made from reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from dutybound.assess.schema import schema
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import kind_of_file, read_claim
from tests.interchange.test_sarif import high, log

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/support-chatbot"
PROFILE = str(EXAMPLE / "system.yaml")
FOLDER = EXAMPLE / "evidence"
SHOW = (PROFILE, "--evidence", str(FOLDER), "--as-of", "2026-11-25")
PEOPLE = ("--author", "petra-lind", "--issuer", "retailer")


def run(*words: object, **more: Any) -> Result:
    return CliRunner().invoke(cli, ["security", *map(str, words)], catch_exceptions=False, **more)


def as_json(*words: object) -> dict[str, Any]:
    done = run(*words, "--json")
    assert 0 == done.exit_code
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def entries(value: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {e["key"]: e for x in value["lists"] for e in x["entries"]}


@pytest.mark.parametrize("words", [SHOW, (PROFILE, "--as-of", "2026-11-25")], ids=["with", "none"])
def test_json_fits_its_schema(words: tuple[str, ...]) -> None:
    form = schema("security", default_content)
    assert [] == [str(e) for e in jsonschema_rs.validator_for(form).iter_errors(as_json(*words))]


def test_the_example() -> None:
    value = as_json(*SHOW)
    controls = {c["id"]: c for c in value["controls"]}
    # A scan passed. Nothing shows patches and baselines, for which the control asks too.
    scanned = controls["DB-SEC-04"]
    assert ("partial", "asserted", "tested") == tuple(
        scanned[k] for k in ("state", "reached", "part")
    )
    assert "open" == controls["DB-SEC-05"]["state"]
    assert "unassessed" == controls["DB-SEC-02"]["state"]
    found = entries(value)
    assert 1 == found["LLM01:2026"]["open_findings"]["high"]
    assert "open" == found["LLM01:2026"]["state"]
    assert "unassessed" == found["API1:2023"]["state"]
    assert {"critical": 0, "high": 1, "unknown": 0, "medium": 1, "low": 2, "info": 0} == value[
        "open_findings"
    ]
    results = {s["tool"]: s["result"] for r in value["reports"] for s in r["scans"]}
    assert {"Plumbline API Scanner": "pass", "prompt test set of the shop": "fail"} == results


def test_without_evidence_everything_is_unassessed() -> None:
    value = as_json(PROFILE, "--as-of", "2026-11-25")
    assert {"unassessed"} == {e["state"] for e in entries(value).values()}
    assert {"unassessed"} == {c["state"] for c in value["controls"]}
    text = run(PROFILE, "--as-of", "2026-11-25").stdout
    assert "unassessed: no scan report at hand" in text
    assert "compliant" not in text


def test_duties_of_three_markets_rest_on_the_controls() -> None:
    value = as_json(ROOT / "examples/credit-scoring/system.yaml", "--as-of", "2026-11-25")
    duties = [d for s in value["sections"] for d in s["duties"]]
    assert {"eu", "us", "uk"} <= {d["market"] for d in duties}
    assert "eu-ai-act.art-15.5.cybersecurity" in {d["id"] for d in duties}


def test_an_unsigned_report_raises_nothing_and_its_findings_show(tmp_path: Path) -> None:
    path = tmp_path / "more.sarif"
    tags = {"tags": ["API1:2023", "LLM05"]}
    path.write_bytes(log(high(properties=tags)))
    before, after = as_json(*SHOW), as_json(*SHOW, "--sarif", path)
    assert before["controls"] == after["controls"]
    assert "open" == entries(after)["API1:2023"]["state"]
    found = next(f for f in after["findings"] if f["report"] == str(path))
    assert (["API1:2023"], ["LLM05"]) == (found["entries"], found["unsure"])


def test_fail_on_findings(tmp_path: Path) -> None:
    path = tmp_path / "clean.sarif"
    path.write_bytes(log())
    asked = ("--fail-on", "findings")
    assert 1 == run(*SHOW, *asked, standalone_mode=False).return_value
    assert 0 == run(PROFILE, "--sarif", path, *asked, standalone_mode=False).return_value


def test_page(tmp_path: Path) -> None:
    path = tmp_path / "security.html"
    assert 0 == run(*SHOW, "--html", path).exit_code
    text = path.read_text(encoding="utf-8")
    assert 'class="unassessed' in text
    assert "AML.T0051" in text
    assert "<script" not in text


def test_hostile_text_is_escaped_in_the_page(tmp_path: Path) -> None:
    report, path = tmp_path / "x.sarif", tmp_path / "x.html"
    report.write_bytes(log(high(message={"text": "<script>alert(1)</script>"})))
    run(PROFILE, "--sarif", report, "--html", path)
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


# ---------------------------------------------------------------------- import
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "x")
    return tmp_path / "x/evidence"


def test_the_claim_of_the_example_is_what_import_writes(folder: Path) -> None:
    again = folder / "again.yaml"
    done = run(
        "import", folder / "api-scan-2026-11.sarif", "-o", again, "--system", PROFILE, *PEOPLE
    )
    assert 0 == done.exit_code
    # Whom it is about is for the author to say: a report cannot know it.
    written = again.read_text("utf-8").replace(
        "issuer: retailer\n", "issuer: retailer\nparties: all\n"
    )
    assert (FOLDER / "api-scan.yaml").read_text("utf-8") == written


def test_a_scan_with_grave_findings_is_imported_as_a_failed_test(folder: Path) -> None:
    report, claim = folder / "bad.sarif", folder / "bad.yaml"
    report.write_bytes(log(high()))
    done = run("import", report, "-o", claim, "--system", PROFILE, *PEOPLE)
    assert 0 == done.exit_code
    assert "will not count as a passed test" in done.stderr
    found = read_claim(kind_of_file(claim)[0])
    assert found.test is not None
    assert ("fail", 1) == (found.test.result, found.test.measured["open_high"])


def test_what_the_report_does_not_state_is_asked_for(folder: Path) -> None:
    report, claim = folder / "bare.sarif", folder / "bare.yaml"
    report.write_bytes(log(properties={}, invocations=[]))
    words = ("import", report, "-o", claim, "--system", PROFILE, *PEOPLE)
    with pytest.raises(BadInput) as caught:
        run(*words)
    asked = " ".join(p.message for p in caught.value.problems)
    assert all(o in asked for o in ("--date", "--target", "--scope"))
    added = ("--date", "2026-11-20", "--target", "api", "--scope", "all")
    assert "inconclusive" in run(*words, *added).stdout
    assert "pass" in run(*words, *added, "--completed", "--force").stdout
    found = read_claim(kind_of_file(claim)[0])
    assert "The author states" in str(found.note)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--target", "elsewhere"), "states the target"),
        (("--control", "DB-SEC-99"), "no such control"),
    ],
)
def test_what_is_wrong_is_bad_input(folder: Path, words: tuple[str, ...], says: str) -> None:
    report, claim = folder / "api-scan-2026-11.sarif", folder / "new.yaml"
    with pytest.raises(BadInput, match=says):
        run("import", report, "-o", claim, "--system", PROFILE, *PEOPLE, *words)


def test_the_claim_lies_beside_the_report_and_overwrites_nothing(
    folder: Path, tmp_path: Path
) -> None:
    report = folder / "api-scan-2026-11.sarif"
    words = ("import", report, "--system", PROFILE, *PEOPLE)
    with pytest.raises(BadInput, match="one folder"):
        run(*words, "-o", tmp_path / "a.yaml")
    with pytest.raises(BadInput, match="there already"):
        run(*words, "-o", folder / "api-scan.yaml")


def test_help_shows_options_and_commands() -> None:
    text = run("--help").stdout
    assert "--evidence" in text
    assert "import" in text
    assert 2 == run().exit_code or "Usage" in run().output
