"""The review page in a real browser: opened from disk, filled in, signed, and checked by others."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dutybound.errors import BadInput
from tests.browser.driver import Browser, Tab
from tests.review.kit import EXAMPLE, ROOT, Desk, desk, record, run

ME = ("--reviewer", "m.castillo", "--organisation", "bank-eu")
REASON = 'Payslips of "October" show 2,450 €.\nThe register is old. بيانات'
FIELDS = ["agree", "reason", "author", "issuer", "key", "check", "unsigned"]
FAST_CLOCK = "const real = Date.now; window.shift = 0; Date.now = () => real() + window.shift;"


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def opened(browser: Browser, found: Desk, **how: Any) -> Tab:
    """The page in a tab, when its script has begun."""
    tab = browser.open(found.page, found.downloads, **how)
    tab.until("!document.getElementById('form').hidden")
    return tab


def sign(tab: Tab, found: Desk, choice: str, passphrase: str = "") -> Path:
    """Fill in what every review needs, and save it."""
    tab.click(choice)
    tab.type("reason", REASON)
    tab.file("key", found.key)
    if passphrase:
        tab.until("!document.getElementById('pass-part').hidden")
        tab.type("pass", passphrase)
    tab.click("check")
    tab.until("!document.getElementById('confirm').hidden")
    tab.click("sign")
    return tab.saved()


def override(tab: Tab, found: Desk) -> Path:
    tab.click("override")
    tab.choose("decided", "accept")
    tab.choose("code", "wrong-data")
    return sign(tab, found, "override")


def claim_in(envelope: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The statement, and the claim in it."""
    value = json.loads(envelope.read_bytes())
    statement: dict[str, Any] = json.loads(base64.b64decode(value["payload"]))
    return statement, statement["predicate"]


def refusal(tab: Tab) -> str:
    """What the page says is wrong."""
    tab.until("!document.getElementById('errors').hidden")
    return tab.text("error-list")


# ---------------------------------------------------------------- what is signed
def test_an_override_is_signed_and_accepted(browser: Browser, tmp_path: Path) -> None:
    value = record()
    found = desk(tmp_path, value, *ME, "--control", "DB-HUM-01")
    envelope = override(opened(browser, found), found)
    digest = hashlib.sha256(canonical(value)).hexdigest()
    statement, claim = claim_in(envelope)
    assert "review-pl-2026-11-24-0417-m.castillo.dsse.json" == envelope.name
    assert "urn:dutybound:predicate:override:1" == statement["predicateType"]
    assert [{"name": "decision-pl-2026-11-24-0417.json", "digest": {"sha256": digest}}] == (
        statement["subject"]
    )
    assert ("reject", "accept", REASON) == tuple(
        claim["override"][k] for k in ("computed", "decided", "reason")
    )
    arguments = claim["override"]["arguments"]
    assert 0 <= arguments.pop("seconds") < 120
    assert {
        "action_sha256": digest,
        "output": "reject",
        "confidence": 0.71,
        "score": 0.412,
        "decided_at": value["at"],
        "expires_at": value["review"]["expires_at"],
        "reviewers": 1,
        "reason_code": "wrong-data",
    } == arguments
    assert value["review"]["expires_at"][:10] == claim["valid_until"]
    procedure = hashlib.sha256((EXAMPLE / "review/oversight.md").read_bytes()).hexdigest()
    assert [{"name": "oversight.md", "sha256": procedure}] == claim["basis"]["policies"]
    (piece,) = found.check(envelope)["evidence"]
    assert {"DB-HUM-01": "observed"} == piece["reaches"]
    assert "m.castillo" in piece["signer"]


def test_the_saved_record_is_the_one_that_was_reviewed(browser: Browser, tmp_path: Path) -> None:
    """`evidence add` takes both, and `verify` finds them whole and the signer trusted."""
    value = record()
    found = desk(tmp_path, value, *ME)
    tab = opened(browser, found)
    envelope = override(tab, found)
    tab.click("record")
    kept = tab.saved()
    assert canonical(value) == kept.read_bytes()
    folder = tmp_path / "records"
    added = run("evidence", "add", envelope, kept, "--to", folder, "--trust", found.trust, "--json")
    assert 0 == added.exit_code, added.output
    (one,) = json.loads(added.stdout)["added"]
    assert (["decision-pl-2026-11-24-0417.json"], []) == (one["kept"], one["missing"])
    verified = run("verify", folder, "--trust", found.trust, "--require", "trusted", "--json")
    assert 0 == verified.exit_code, verified.output
    assert "verified" == json.loads(verified.stdout)["verdict"]


def test_openssl_verifies_the_signature(browser: Browser, tmp_path: Path) -> None:
    """Without a line of dutybound: DSSE, and an ECDSA signature in DER."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    found = desk(tmp_path, record(), *ME)
    value = json.loads(override(opened(browser, found), found).read_bytes())
    payload, kind = base64.b64decode(value["payload"]), value["payloadType"].encode()
    signed, signature, public = tmp_path / "pae", tmp_path / "sig", tmp_path / "public.pem"
    signed.write_bytes(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
    signature.write_bytes(base64.b64decode(value["signatures"][0]["sig"]))
    call = ["openssl", "pkey", "-in", str(found.key), "-pubout", "-out", str(public)]
    subprocess.run(call, check=True)
    der = subprocess.run([*call[:-2], "-outform", "DER"], check=True, capture_output=True).stdout
    assert hashlib.sha256(der).hexdigest() == value["signatures"][0]["keyid"]
    words = ["openssl", "dgst", "-sha256", "-verify", str(public), "-signature", str(signature)]
    done = subprocess.run([*words, str(signed)], check=False, capture_output=True, text=True)
    assert (0, "Verified OK") == (done.returncode, done.stdout.strip())


def test_in_the_log_the_programs_of_auditors_accept_it(browser: Browser, tmp_path: Path) -> None:
    """The script for auditors, with openssl and jq alone, on the bundle of a logged review."""
    if shutil.which("openssl") is None or shutil.which("jq") is None:
        pytest.skip("openssl or jq is not installed")
    found = desk(tmp_path, record(), *ME, "--with-record")
    kept = found.folder / "decision-pl-2026-11-24-0417.json"
    envelope = override(opened(browser, found), found)
    folder, keys = tmp_path / "records", tmp_path / "public"
    for path in (folder, keys):
        path.mkdir()
    assert 0 == run("log", "init", folder, "--origin", "log.example.com").exit_code
    added = run("evidence", "add", envelope, kept, "--to", folder, "--trust", found.trust)
    assert "in the log at index 0" in " ".join(added.stdout.split())
    (bundle,) = folder.glob("receipts/**/*.sigstore.json")
    (log_key,) = folder.glob("log/signer/*.pem")
    for source, name in ((found.key, "key.pem"), (log_key, "log.pem")):
        call = ["openssl", "pkey", "-in", str(source), "-pubout", "-out", str(keys / name)]
        subprocess.run(call, check=True)
    script = ROOT / "src/dutybound/auditor/verify-openssl.sh"
    words = [str(w) for w in (script, bundle, keys / "key.pem", keys / "log.pem")]
    for artifact, code in ((kept, 0), (found.trust, 1)):
        call = ["sh", *words, "log.example.com", str(artifact)]
        done = subprocess.run(call, check=False, capture_output=True, text=True)
        assert code == done.returncode, done.stderr


@pytest.mark.parametrize(("choice", "outcome"), [("agree", "upheld"), ("escalate", "escalated")])
def test_agreeing_and_escalating(
    browser: Browser, tmp_path: Path, choice: str, outcome: str
) -> None:
    found = desk(tmp_path, record(), *ME)
    envelope = sign(opened(browser, found), found, choice)
    statement, claim = claim_in(envelope)
    assert "urn:dutybound:predicate:review-outcome:1" == statement["predicateType"]
    assert outcome == claim["review_outcome"]["outcome"]
    checked = found.check(envelope)
    assert ([claim["id"]], []) == ([e["id"] for e in checked["evidence"]], checked["refused"])


def test_odd_numbers_and_names(browser: Browser, tmp_path: Path) -> None:
    """Numbers that JavaScript and Python spell differently; a signer's long name."""
    value = record(id="i" * 100, output={"score": 1e-7, "confidence": 0.00002, "threshold": 3.0})
    value["input"]["features"][0]["value"] = 5e-324
    found = desk(tmp_path, value, *ME)
    envelope = override(opened(browser, found), found)
    _, claim = claim_in(envelope)
    assert (1e-7, 2e-5) == tuple(claim["override"]["arguments"][k] for k in ("score", "confidence"))
    digest = hashlib.sha256(canonical(value)).hexdigest()
    assert f"review-{digest[:32]}-m.castillo" == claim["id"]
    assert [claim["id"]] == [e["id"] for e in found.check(envelope)["evidence"]]


# ---------------------------------------------------------------- keys
def test_a_key_with_a_passphrase(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path, record(), *ME, passphrase="käse und brot")
    tab = opened(browser, found)
    tab.click("agree")
    tab.type("reason", "Looked at it.")
    tab.file("key", found.key)
    tab.until("!document.getElementById('pass-part').hidden")
    tab.click("check")
    assert "The key is protected by a passphrase. Give it." == refusal(tab)
    tab.type("pass", "wrong")
    tab.click("check")
    tab.until("document.getElementById('error-list').innerText.includes('does not open')")
    tab.value("document.getElementById('pass').value = ''")
    envelope = sign(tab, found, "agree", "käse und brot")
    assert [] == found.check(envelope)["refused"]
    assert ("", "") == (tab.value("document.getElementById('pass').value"),
                        tab.value("document.getElementById('key').value"))  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pkcs8", "-topk8", "-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"), None),
        (("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"), None),
        (("pkcs8", "-topk8", "-scrypt"), "not one that a browser can open"),
        (("pkcs8", "-topk8", "-v2", "des3"), "not one that a browser can open"),
        (("ec",), "openssl pkcs8 -topk8"),
    ],
)
def test_keys_of_other_tools(
    browser: Browser, tmp_path: Path, words: tuple[str, ...], says: str | None
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    found = desk(tmp_path, record(), *ME)
    other = tmp_path / "other.key"
    hidden = ("-passout", "pass:secret") if words[0] == "pkcs8" else ()
    call = ["openssl", *words, "-in", str(found.key), "-out", str(other), *hidden]
    subprocess.run(call, check=True, capture_output=True)
    found.key = other
    tab = opened(browser, found)
    if says is None:
        envelope = sign(tab, found, "agree", "secret")
        assert [] == found.check(envelope)["refused"]
        return
    tab.file("key", other)
    tab.value("document.getElementById('pass').value = 'secret'")
    tab.click("check")
    assert says in refusal(tab)


def test_only_keys_of_the_trust_file(browser: Browser, tmp_path: Path) -> None:
    other = desk(tmp_path / "other")
    found = desk(tmp_path / "mine", record(), *ME, "--trust", other.trust)
    tab = opened(browser, found)
    tab.click("agree")
    tab.type("reason", "Looked at it.")
    tab.file("key", found.key)
    tab.click("check")
    assert "not one that the trust file of this page names" in refusal(tab)
    tab.value("document.getElementById('author').value = 's.iyer'")
    tab.file("key", other.key)
    tab.click("check")
    tab.until("document.getElementById('error-list').innerText.includes('belongs to m.castillo')")


# ---------------------------------------------------------------- what may not happen
def edited(found: Desk, old: str, new: str) -> None:
    page = found.page.read_text(encoding="utf-8")
    assert old in page
    found.page.write_text(page.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<bdi>0.412</bdi>", "<bdi>0.912</bdi>"),  # what is shown
        (r"\"score\":0.412", r"\"score\":0.912"),  # what is signed
    ],
)
def test_a_page_that_was_changed_signs_nothing(
    browser: Browser, tmp_path: Path, old: str, new: str
) -> None:
    found = desk(tmp_path, record(), *ME)
    edited(found, old, new)
    tab = browser.open(found.page, found.downloads)
    tab.until("!document.getElementById('changed').hidden")
    assert "It records no review." in tab.text("status")
    assert not tab.visible("form")


def test_a_review_of_another_record_is_refused(browser: Browser, tmp_path: Path) -> None:
    """Somebody made a whole page for a record that is not the true one."""
    true, false = record(), record(output={"score": 0.912})
    found = desk(tmp_path, false, *ME)
    envelope = override(opened(browser, found), found)
    kept = found.downloads / "decision-pl-2026-11-24-0417.json"
    kept.write_bytes(canonical(true))
    folder = tmp_path / "records"
    with pytest.raises(BadInput, match="subject_changed: .*is not the file that was signed"):
        run("evidence", "add", envelope, kept, "--to", folder, "--trust", found.trust)


def test_a_changed_statement_is_refused(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path, record(), *ME)
    envelope = override(opened(browser, found), found)
    value = json.loads(envelope.read_bytes())
    payload = base64.b64decode(value["payload"])
    assert b'"decided":"accept"' in payload
    changed = payload.replace(b'"decided":"accept"', b'"decided":"reject"')
    value["payload"] = base64.b64encode(changed).decode()
    envelope.write_bytes(canonical(value) + b"\n")
    (refused,) = found.check(envelope)["refused"]
    assert "bad_signature" == refused["code"]


def test_hostile_text_is_text(browser: Browser, tmp_path: Path) -> None:
    evil = '</script><script>document.title="hacked"</script><img src=x onerror="hacked=1">{{7*7}}'
    value = record(output={"decision": evil[:290], "text": "\u202egnp.exe\u0000\r\n\u2028 end"})
    value["input"]["features"] = [
        {"name": evil, "value": evil, "unit": "<b>"},
        {"name": "long", "value": "x" * 1_000_000},
        {"name": "]]>", "value": "<!--<script>"},
    ]
    value["explanation"] = {"text": evil * 100, "method": evil, "reasons": [{"feature": evil}]}
    procedure = tmp_path / "how.md"
    procedure.write_text(
        f"# {evil}\n\n{evil}\n\n[x](javascript:hacked=1)\n\n| {evil} |\n|---|\n| y |"
    )
    found = desk(tmp_path / "desk", value, *ME, procedure=procedure)
    tab = opened(browser, found)
    assert "Review of decision" in tab.value("document.title")
    assert "undefined" == tab.value("typeof hacked")
    assert [0, 2] == tab.value(
        "[document.querySelectorAll('img,b,a[href^=javascript]').length, document.scripts.length]"
    )
    shown = tab.value("document.getElementById('shown').textContent")
    assert shown.count(evil) >= 103
    assert "U+202Egnp.exeU+0000U+000D U+2028 end" in shown
    assert "x" * 1_000_000 in shown
    envelope = sign(tab, found, "agree")
    assert [] == found.check(envelope)["refused"]


def test_nothing_leaves_the_page(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path, record(), *ME)
    tab = opened(browser, found)
    blocked = tab.value(
        "new Promise((done) => { document.addEventListener('securitypolicyviolation',"
        " (e) => done(e.effectiveDirective)); fetch('http://127.0.0.1:9/').catch(() => 0); })"
    )
    assert "connect-src" == blocked
    sign(tab, found, "agree")
    asked = [
        e["params"]["request"]["url"]
        for e in browser.events
        if e.get("method") == "Network.requestWillBeSent" and e.get("sessionId") == tab.session
    ]
    assert {"file", "blob"} >= {url.partition(":")[0] for url in asked if "127.0.0.1" not in url}


# ---------------------------------------------------------------- time
def test_after_expiry_nothing_is_recorded(browser: Browser, tmp_path: Path) -> None:
    late = record(at="2026-11-01T08:00:00Z", review={"expires_at": "2026-11-02T08:00:00Z"})
    found = desk(tmp_path, late, *ME)
    tab = browser.open(found.page, found.downloads)
    tab.until("document.getElementById('status').innerText")
    assert "without a review the decision is denied" in tab.text("status")
    assert not tab.visible("form")


def test_expiry_between_checking_and_signing(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path, record(), *ME)
    tab = opened(browser, found, before=FAST_CLOCK)
    tab.click("agree")
    tab.type("reason", "Looked at it.")
    tab.file("key", found.key)
    tab.click("check")
    tab.until("!document.getElementById('confirm').hidden")
    tab.value("window.shift = 3 * 24 * 3600 * 1000")
    tab.click("sign")
    tab.until("document.getElementById('status').innerText.includes('expired')")
    assert (False, False) == (tab.visible("form"), tab.visible("done"))
    assert [] == list(found.downloads.iterdir())


# ---------------------------------------------------------------- people
def test_nothing_is_chosen_and_everything_is_asked(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path)
    tab = opened(browser, found)
    assert 0 == tab.value("document.querySelectorAll('input:checked').length")
    assert ["", ""] == tab.value("[...document.querySelectorAll('select')].map((s) => s.value)")
    tab.click("check")
    assert [
        "Choose what you decide: agree, override or escalate.",
        "Give the reason in your own words.",
        "Give your short name as in the trust file: letters, digits, `.`, `_`, `-`.",
        "Give the short name of your organisation as in the trust file.",
        "Choose the file with your private key.",
    ] == refusal(tab).splitlines()
    assert "errors" == tab.value("document.activeElement.id")
    assert 7 == tab.value("document.querySelectorAll('[aria-invalid=true]').length")
    tab.click("override")
    tab.click("check")
    tab.until("document.getElementById('error-list').innerText.includes('kind of reason')")
    assert "Say what you decide instead." in tab.text("error-list")


def test_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    """Every control in the order of reading; a choice with the space bar."""
    found = desk(tmp_path)
    tab = opened(browser, found)
    seen: list[str] = []
    for _ in range(60):
        tab.key("Tab")
        name = tab.value("document.activeElement.id")
        if name in FIELDS:
            seen.append(name)
        if name == "agree":
            tab.key("Space")
            assert tab.value("document.getElementById('agree').checked")
        if name == "unsigned":
            break
    assert FIELDS == list(dict.fromkeys(seen))


def test_every_control_has_a_name(browser: Browser, tmp_path: Path) -> None:
    """As the browser tells it to a screen reader."""
    found = desk(tmp_path)
    tab = opened(browser, found)
    tab.click("override")
    nodes = tab.send("Accessibility.getFullAXTree")["nodes"]
    roles = ("radio", "textbox", "combobox", "button", "link", "region", "table", "group", "timer")
    named = [
        (n["role"]["value"], n.get("name", {}).get("value", ""))
        for n in nodes
        if not n["ignored"] and n["role"]["value"] in roles
    ]
    assert {"radio", "textbox", "combobox", "button", "link", "region"} <= {r for r, _ in named}
    assert [] == [r for r, name in named if not name.strip() and r != "timer"]
    assert 3 == len([1 for r, _ in named if r == "radio"])


@pytest.mark.parametrize("dark", [False, True])
def test_small_screen(browser: Browser, tmp_path: Path, dark: bool) -> None:
    """320 px: nothing runs over, targets are large enough, contrast holds in both colours."""
    found = desk(tmp_path)
    tab = opened(browser, found, width=320, dark=dark)
    tab.click("override")
    root = "document.documentElement"
    assert 0 == tab.value(f"{root}.scrollWidth - {root}.clientWidth")
    small = tab.value(
        "[...document.querySelectorAll('input,select,button,textarea')].filter((e) =>"
        " e.checkVisibility()).map((e) => e.getBoundingClientRect())"
        ".filter((r) => r.width < 24 || r.height < 24).length"
    )
    assert 0 == small
    ground, ink = tab.value(
        "((s) => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
    )
    light = [sum(int(n) for n in re.findall(r"\d+", c)) for c in (ground, ink)]
    assert dark == (light[0] < light[1])


def test_it_prints_on_a4(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path)
    tab = opened(browser, found)
    printed = tab.send("Page.printToPDF", preferCSSPageSize=True)
    assert base64.b64decode(printed["data"]).startswith(b"%PDF-")


def against_rules(tab: Tab, axe: str) -> list[str]:
    """The rules of WCAG 2.2 AA, and good practice, that axe-core sees broken."""
    tab.value(axe + ";0")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = tab.value(
        f"axe.run(document, {{runOnly: {json.dumps(tags)}}}).then((r) =>"
        " [r.passes.length, r.violations.concat(r.incomplete).map((v) =>"
        " v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', '))])"
    )
    passed, broken = found
    assert passed > 30
    return list(broken)


@pytest.mark.parametrize("dark", [False, True])
def test_rules_of_accessibility_in_every_state(
    browser: Browser, tmp_path: Path, axe: str, dark: bool
) -> None:
    found = desk(tmp_path, record(review={"reviewers": 2}), *ME)
    tab = opened(browser, found, dark=dark)
    assert [] == against_rules(tab, axe)
    tab.click("override")
    tab.click("check")
    tab.until("!document.getElementById('errors').hidden")
    assert [] == against_rules(tab, axe)
    tab.choose("decided", "accept")
    tab.choose("code", "other")
    tab.type("reason", REASON)
    tab.file("key", found.key)
    tab.click("check")
    tab.until("!document.getElementById('confirm').hidden")
    assert [] == against_rules(tab, axe)
    tab.click("sign")
    tab.saved()
    assert [] == against_rules(tab, axe)


def test_the_rules_can_be_broken(browser: Browser, tmp_path: Path, axe: str) -> None:
    found = desk(tmp_path, record(), *ME)
    tab = opened(browser, found)
    tab.value("document.querySelector('label[for=reason]').remove()")
    assert any(one.startswith("label: #reason") for one in against_rules(tab, axe))


# ---------------------------------------------------------------- less than a modern browser
def test_without_scripts_it_reads_and_says_how(browser: Browser, tmp_path: Path) -> None:
    """And what it says works: the claim from the page, with words filled in, is accepted."""
    found = desk(tmp_path, record(), *ME)
    tab = browser.open(found.page, found.downloads, script=False)
    page = found.page.read_text(encoding="utf-8")
    tree = tab.send("Accessibility.getFullAXTree")["nodes"]
    names = {n.get("name", {}).get("value", "") for n in tree if not n["ignored"]}
    assert {"The decision", "Why the system decided so", "Without this form"} <= names
    assert "Check and sign" not in names
    assert any(n.startswith("Scripts do not run here") for n in names)
    blocks = re.findall(r"<pre>(dutybound: .*?)</pre>", page, re.S)
    assert 2 == len(blocks)
    words = {
        "YOU": "m.castillo",
        "YOUR-ORGANISATION": "bank-eu",
        "TODAY, AS YYYY-MM-DD": record()["at"][:10],
        "WHAT YOU DECIDE": "accept",
        "KIND OF REASON": "wrong-data",
        "UPHELD OR ESCALATED, IN SMALL LETTERS": "upheld",
    }
    for i, block in enumerate(blocks):
        text = block.replace("&quot;", '"').replace('-YOU"', '-m.castillo"')
        for old, new in words.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        claim, envelope = tmp_path / f"r{i}.yaml", tmp_path / f"r{i}.dsse.json"
        claim.write_text(text, encoding="utf-8")
        done = run("evidence", "sign", claim, "--key", found.key, "-o", envelope)
        assert 0 == done.exit_code, done.output
        assert [] == found.check(envelope)["refused"]


def test_without_webcrypto_it_saves_the_claim(browser: Browser, tmp_path: Path) -> None:
    found = desk(tmp_path, record(), *ME)
    tab = opened(browser, found, before="Object.defineProperty(window, 'crypto', {value: {}});")
    assert (True, False) == (tab.visible("no-crypto"), tab.visible("key-part"))
    tab.click("override")
    tab.choose("decided", "accept")
    tab.choose("code", "unfair")
    tab.type("reason", REASON)
    tab.click("unsigned")
    tab.until("!document.getElementById('confirm').hidden")
    tab.click("sign")
    claim = tab.saved()
    assert "review-pl-2026-11-24-0417-m.castillo.yaml" == claim.name
    envelope = tmp_path / "signed.dsse.json"
    done = run("evidence", "sign", claim, "--key", found.key, "-o", envelope)
    assert 0 == done.exit_code, done.output
    _, signed = claim_in(envelope)
    assert REASON == signed["override"]["reason"]
    assert [] == found.check(envelope)["refused"]
