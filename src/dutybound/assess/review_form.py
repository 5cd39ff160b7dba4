"""The form of a review page, and how to record the same without it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dutybound.assess.html import heading, items, paragraph, text
from dutybound.assess.review_record import Decided, moment

CODES: Final = {
    "wrong-data": "The data about the person or case are wrong or old",
    "missing-facts": "Facts that matter were not considered",
    "model-error": "The system was wrong on data that are right",
    "out-of-scope": "The case is not one that the system was made for",
    "unfair": "The result would be unfair or discriminate",
    "policy": "A rule or policy asks for another decision",
    "other": "Another reason, given below",
}
WHAT: Final = {
    "agree": "I agree: the decision stands as the system made it.",
    "override": "I override: I decide otherwise.",
    "escalate": "I escalate: somebody with more authority decides.",
}


SECOND: Final = (
    "This decision needs a second reviewer. Until that review is on record, none counts."
)


def _error(name: str) -> str:
    return f'<p class="error" id="{name}-error" hidden></p>'


def _choice(value: str) -> str:
    return (
        f'<div class="choice"><input type="radio" name="outcome" id="{value}" value="{value}">'
        f'<label for="{value}">{text(WHAT[value])}</label></div>'
    )


def _field(name: str, label: str, hint: str, control: str) -> str:
    """A labelled field. control: HTML with `{about}` where the references go."""
    about = f'id="{name}" aria-describedby="{name}-hint {name}-error"'
    return (
        f'<label for="{name}">{text(label)}</label>\n<p class="hint" id="{name}-hint">{text(hint)}'
        f"</p>\n{_error(name)}\n{control.replace('{about}', about)}"
    )


def _options(values: Mapping[str, str]) -> str:
    rest = "".join(f'<option value="{text(v)}">{text(w)}</option>' for v, w in values.items())
    return f'<select {{about}}><option value="">Choose</option>{rest}</select>'


def _instead(found: Decided) -> str:
    computed = found.record.output.decision
    others = [o for o in found.asked.outcomes if o != computed]
    control = (
        _options({o: o for o in others})
        if others
        else '<input type="text" maxlength="300" autocomplete="off" {about}>'
    )
    return _field("decided", "What you decide instead", f"The system decided: {computed}.", control)


def _codes(found: Decided) -> str:
    stated = {c: c for c in found.asked.reason_codes} or CODES
    return _field("code", "Kind of reason", "The one that weighs most.", _options(stated))


def form(found: Decided, reviewer: str, organisation: str) -> Iterator[str]:
    """The form; a script shows it. Nothing is chosen beforehand."""
    name = (
        '<input type="text" maxlength="100" autocomplete="off" spellcheck="false" {about} value="'
    )
    yield heading("Your review", "review")
    yield '<p id="left" role="timer"></p>\n<p id="status" role="status"></p>'
    yield (
        '<div id="changed" class="failed" role="alert" hidden><p>What this page shows is not what '
        "it was written with, so it records no review. Ask for a new page.</p></div>"
    )
    yield (
        '<div id="errors" class="errors" role="alert" tabindex="-1" aria-labelledby="errors-title" '
        'hidden>\n<h3 id="errors-title">Not yet complete</h3>\n<ul id="error-list"></ul>\n</div>'
    )
    yield '<form id="form" autocomplete="off" novalidate hidden>'
    yield (
        '<fieldset aria-describedby="agree-error">\n<legend>What do you decide?</legend>\n'
        f"{_error('agree')}\n" + "\n".join(_choice(v) for v in WHAT) + "\n</fieldset>"
    )
    yield (
        '<fieldset id="override-part" hidden>\n<legend>Your decision</legend>\n'
        f"{_instead(found)}\n{_codes(found)}\n</fieldset>"
    )
    yield _field(
        "reason",
        "Reason",
        "Needed whatever you decide. Say what you looked at and why you decide so. Leave out "
        "personal data that the decision does not need: others will read this.",
        '<textarea maxlength="4000" rows="6" {about}></textarea>',
    )
    yield "<fieldset>\n<legend>You</legend>"
    hint = "Your short name in the trust file, such as m.castillo."
    yield _field("author", "Your name", hint, f'{name}{text(reviewer)}">')
    hint = "The short name of your organisation in the trust file."
    yield _field("issuer", "Organisation", hint, f'{name}{text(organisation)}">')
    yield "</fieldset>"
    yield from _key()
    yield (
        '<button type="submit" id="check">Check and sign</button>\n<button type="button" '
        'class="second" id="unsigned">Save unsigned, to sign on the command line</button>\n</form>'
    )
    yield from _confirm()
    yield from _done(found)


def _key() -> Iterator[str]:
    yield '<fieldset id="key-part">\n<legend>Signature</legend>'
    yield _field(
        "key",
        "File with your private key",
        "As `dutybound keys new` writes it (PKCS 8, P-256). The page reads it to sign and keeps "
        "nothing; it cannot send anything.",
        '<input type="file" accept=".key,.pem" {about}>',
    )
    yield '<div id="pass-part" hidden>'
    yield _field(
        "pass",
        "Passphrase of the key",
        "This key is protected.",
        '<input type="password" autocomplete="off" {about}>',
    )
    yield "</div>\n</fieldset>"
    yield (
        '<p id="no-crypto" class="box warn" hidden>This browser gives the page no WebCrypto, so '
        "it cannot sign or check its own digests. Open the page as a file, from https or from "
        "localhost; or save the review unsigned and sign it on the command line.</p>"
    )


def _confirm() -> Iterator[str]:
    yield (
        '<div id="confirm" class="box" hidden>\n<h3 id="confirm-title" tabindex="-1">Is this what '
        'you decide?</h3>\n<dl id="confirm-list"></dl>\n<button type="button" id="sign">Sign and '
        'save</button>\n<button type="button" class="second" id="change">Change</button>\n</div>'
    )


def _done(found: Decided) -> Iterator[str]:
    made = '<span class="made"></span>'
    second = paragraph(SECOND) if found.asked.reviewers == 2 else ""
    yield (
        '<div id="done" class="box" hidden>\n<h3 id="done-title" tabindex="-1">Saved</h3>\n'
        '<p>The file <span class="code" id="done-file"></span> was saved with your downloads.</p>\n'
        '<p><a id="save" class="save second">Save again</a></p>\n'
        '<div id="done-signed"><p>It counts when it is on record. Save the decision record beside '
        f"it, then:</p>\n<pre>dutybound evidence add {made}.dsse.json {found.file} --to "
        'RECORDS</pre></div>\n<div id="done-unsigned"><p>Nobody has signed it yet, so it counts '
        f"for nothing. Sign it:</p>\n<pre>dutybound evidence sign {made}.yaml --key KEY -o {made}"
        f".dsse.json</pre></div>\n{second}</div>"
    )
    yield (
        '<p id="record-part" hidden><button type="button" class="second" id="record">Save the '
        'decision record</button> <a id="record-save" class="save second" hidden></a></p>'
    )


# ---------------------------------------------------------------------- without the form
def by_hand(found: Decided, base: Mapping[str, Any]) -> Iterator[str]:
    """How to record the review on the command line."""
    yield heading("Without this form", "by-hand")
    yield (
        '<p id="no-script">Scripts do not run here, so the form stays hidden. The page can be read '
        "without them.</p>"
    )
    yield paragraph(
        "A review can be recorded on the command line instead. Write one of these files, with "
        "your own words in place of the capitals, then sign and add it."
    )
    yield paragraph("If you agree or escalate (review.yaml):")
    yield f"<pre>{_outcome(found, base)}</pre>"
    yield paragraph("If you override (review.yaml):")
    yield f"<pre>{_override(found, base)}</pre>"
    yield paragraph(
        f"{found.file} is the decision record in its canonical spelling (sorted keys, no spaces); "
        "only those bytes have the digest above. `dutybound documents review --with-record` writes "
        "it beside the page."
    )
    yield (
        "<pre>dutybound evidence sign review.yaml --key KEY -o review.dsse.json\n"
        f"dutybound evidence add review.dsse.json {found.file} --to RECORDS</pre>"
    )


def _head(kind: str, found: Decided, base: Mapping[str, Any]) -> list[tuple[str, Any]]:
    record = found.record
    return [
        ("dutybound", "claim/1"),
        ("id", f"review-{record.id}"[:90] + "-YOU"),
        ("kind", kind),
        ("what", f"Review of decision {record.id} of {record.system} {record.version}."),
        ("system", record.system),
        ("version", record.version),
        ("author", "YOU"),
        ("issuer", "YOUR-ORGANISATION"),
        ("made_on", "TODAY, AS YYYY-MM-DD"),
        ("valid_until", found.asked.expires_at.date().isoformat()),
        *base.items(),
        ("subject", {found.file: found.sha256}),
    ]


def _arguments(found: Decided) -> dict[str, Any]:
    return {
        "action_sha256": found.sha256,
        "output": found.record.output.decision,
        "decided_at": moment(found.record.at),
        "expires_at": found.expires_at,
        "reviewers": found.asked.reviewers,
    }


def _outcome(found: Decided, base: Mapping[str, Any]) -> str:
    part = {
        "of": found.record.id,
        "outcome": "UPHELD OR ESCALATED, IN SMALL LETTERS",
        "reason": "YOUR REASON",
        "arguments": _arguments(found),
    }
    return _yaml([*_head("review_outcome", found, base), ("review_outcome", part)])


def _override(found: Decided, base: Mapping[str, Any]) -> str:
    part = {
        "of": found.record.id,
        "computed": found.record.output.decision,
        "decided": "WHAT YOU DECIDE",
        "reason": "YOUR REASON",
        "arguments": {**_arguments(found), "reason_code": "KIND OF REASON"},
    }
    return _yaml([*_head("override", found, base), ("override", part)])


def _yaml(lines: Sequence[tuple[str, Any]]) -> str:
    """A claim file with a line for each key; the values are JSON, which is YAML too."""
    return "\n".join(f"{key}: {text(json.dumps(value))}" for key, value in lines)


def limits() -> Iterator[str]:
    """What this page does not do."""
    yield heading("Limits", "limits")
    yield items(
        (
            "The page checks that what it shows is what it was written with. Whoever rewrites the "
            "whole page can defeat that, so take it from a source that you trust, and compare the "
            "sha256 of the decision record. A review of another record is refused when it is added "
            "beside the true one.",
            "Times are those of your computer, and so is the expiry. When the review was recorded "
            "is shown only by a log that others witnessed.",
            "The seconds that go into the record are those during which the page was in view.",
            "Whether a review came in time, and whether two persons signed, is for whoever puts "
            "the decision into effect to check. Silence is no consent.",
        )
    )
