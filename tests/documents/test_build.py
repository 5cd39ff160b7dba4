"""Documents are views of records: every paragraph cites one, and nothing unknown is stated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dutybound.documents.shown import Open, Question, Shown, Source, TemplateError
from dutybound.terms.document import Authored, AuthoredText
from tests.documents.toy import alone, built, dossier, entry, section

Patch = pytest.MonkeyPatch


def shown(text: str, value: Any = None, name: str = "x") -> Shown:
    return Shown(text, Source("fact", name, "a.yaml:3", text), value)


UNKNOWN = Open(Question("uses.lend.x", "Is it so?", "product-owner"))


def lines(body: str) -> list[str]:
    return body.split("## Sources", maxsplit=1)[0].splitlines()


def test_each_paragraph_list_item_and_row_names_its_records() -> None:
    text = "{{ a }} and {{ b }}.\n\n- {{ a }}\n- {{ b }}\n\n{{ table(rows, 'A=a | B=b') }}\n"
    rows = [type("R", (), {"a": shown("1", name="p"), "b": shown("2", name="q")})()]
    found = lines(alone(text, a=shown("cat", name="a"), b=shown("dog", name="b"), rows=rows).body)
    assert "cat and dog. [[1](#s-1), [2](#s-2)]{.src}" in found
    assert "- cat [[1](#s-1)]{.src}" in found
    assert "- dog [[2](#s-2)]{.src}" in found
    assert "| 1 | 2 [[3](#s-3), [4](#s-4)]{.src} |" in found


def test_fixed_text_names_its_template() -> None:
    found = alone("Nothing here is a record.\n")
    assert "Nothing here is a record. [[1](#s-1)]{.src}" in lines(found.body)
    assert "template" == found.sources[0].kind


def test_the_table_of_sources_says_where_each_record_stands() -> None:
    body = alone("{{ a }}", a=shown("cat")).body
    assert re.search(r"\[1\]\{#s-1\} \| fact \| x \| a\\?\.yaml\\?:3", body)


def test_an_unknown_value_shows_as_its_question_and_opens_the_section() -> None:
    found = alone("It is {{ a }}.", a=UNKNOWN)
    assert "[Open: Is it so?]{.gap}" in found.body
    assert "open" == found.sections[0].state
    assert ["uses.lend.x"] == [q.key for q in found.questions]
    assert "Open questions" in found.body


@pytest.mark.parametrize(
    "condition",
    ["a", "not a", "a == 'x'", "a is yes", "a is no", "a is value('x')", "a is having('x')"],
)
def test_a_template_cannot_decide_on_what_is_not_known(condition: str) -> None:
    with pytest.raises(TemplateError):
        alone(f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}", a=UNKNOWN)


def test_it_can_ask_first_whether_it_is_known() -> None:
    text = "{% if a is open %}{{ a }}{% elif a is yes %}Yes.{% else %}No.{% endif %}"
    assert ".gap" in alone(text, a=UNKNOWN).body
    assert "Yes." in alone(text, a=shown("yes", True)).body
    assert "No." in alone(text, a=shown("no", False)).body


def test_markup_and_template_syntax_in_values_are_text() -> None:
    hostile = "{{ 7*7 }} <b>x</b> [y](z) | **w** \ue0005\ue001"
    body = alone("{{ a }}", a=shown(hostile)).body
    assert "49" not in body
    assert "<b>" not in body.replace(r"\<b", "")
    assert "[y](z)" not in body
    assert "**w**" not in body
    assert "\ue000" not in body


def test_a_template_that_names_what_is_not_there_is_an_error_with_its_place() -> None:
    with pytest.raises(TemplateError, match="paper, section one"):
        alone("{{ nowhere }}")


def test_templates_run_in_a_sandbox() -> None:
    with pytest.raises(TemplateError):
        alone("{{ a.__class__.__mro__ }}", a=shown("cat"))


def test_authored_text_stays_apart_and_names_its_author() -> None:
    text = AuthoredText("We *weighed* it.", "Ann Lee", "2026-11-01", "authored/x.md", "0" * 64)
    body = alone("Generated.", text).body
    assert "::: {.authored}" in body
    assert "Written by Ann Lee" in body
    assert "We *weighed* it." in body


def test_missing_authored_text_is_a_gap(tmp_path: Path, monkeypatch: Patch) -> None:
    paper = entry(section("Text.", Authored("Why is it fair?", "legal-counsel")))
    found = built(dossier(tmp_path, paper, monkeypatch))
    assert ["authored/paper/one.md"] == [q.key for q in found.questions]
    optional = entry(section("Text.", Authored("Anything else?", "legal-counsel", required=False)))
    assert () == built(dossier(tmp_path, optional, monkeypatch)).questions


# ---------------------------------------------------------------------- from files to documents
def test_facts_come_with_file_and_line(tmp_path: Path, monkeypatch: Patch) -> None:
    each = "{% for u in uses %}{{ u.description }}{% endfor %}"
    text = "{{ system.name }}: {{ system.generative }}. " + each
    found = built(dossier(tmp_path, entry(section(text)), monkeypatch))
    said = {(s.key, s.where) for s in found.sources}
    assert ("fact system.generative", "system.yaml:2") in said
    assert ("profile uses.lend.description", "system.yaml:9") in said


def test_a_place_can_differ(tmp_path: Path, monkeypatch: Patch) -> None:
    text = (
        "{% for u in uses %}{{ u.involvement.can_change }} here, "
        "{{ u.at('uk').involvement.can_change }} there.{% endfor %}"
    )
    found = built(dossier(tmp_path, entry(section(text)), monkeypatch))
    assert "no here, yes there." in found.body


def test_an_unknown_name_of_a_fact_is_an_error(tmp_path: Path, monkeypatch: Patch) -> None:
    with pytest.raises(TemplateError, match="generativ"):
        built(dossier(tmp_path, entry(section("{{ system.generativ }}")), monkeypatch))


def test_a_field_shows_its_answer_its_author_and_its_reason_for_nothing(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    text = (
        "{{ field('purpose.intended') }}\n\n{% for u in uses %}{{ field('use.harm', u) | bullets }}"
        "{% endfor %}\n\n{{ table(field('risk.register')) }}\n"
    )
    records = """\
  purpose.intended: {value: "To judge.\\n\\nAnd to price."}
  use.harm: [{for: lend, value: [Refusals, Debt]}]
  risk.register: {nothing: None was found so far.}
"""
    found = built(dossier(tmp_path, entry(section(text)), monkeypatch, records))
    assert () == found.questions
    assert "To judge. [[1](#s-1)]{.src}" in lines(found.body)
    assert "And to price. [[1](#s-1)]{.src}" in lines(found.body)
    assert "- Debt [[2](#s-2)]{.src}" in lines(found.body)
    assert "None was found so far. [[3](#s-3)]{.src}" in lines(found.body)
    assert ["records.yaml:5, Ann, 2026-11-01"] == [s.where for s in found.sources][:1]


def test_a_document_per_party_names_the_uses_in_which_it_takes_part(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    text = "{{ party.name }} of {{ field('party.seat') }}: {{ uses | length }}"
    paper = entry(section(text), per="party")
    records = "  party.seat: [{for: maker, value: Bonn}]\n"
    found = dossier(tmp_path, paper, monkeypatch, records)
    assert ["paper.maker", "paper.user"] == [w.id for w in found.wanted]
    assert "Maker Ltd of Bonn: 1" in built(found, "paper.maker").body
    assert [("party.seat", "user")] == [
        (q.key, q.about) for q in built(found, "paper.user").questions
    ]


def test_duties_that_do_not_bind_are_not_listed(tmp_path: Path, monkeypatch: Patch) -> None:
    text = "{{ table(duties('eu-gdpr.art-35'), 'Duty=title | From=since', none='No duty.') }}"
    body = built(dossier(tmp_path, entry(section(text)), monkeypatch)).body
    assert "No duty." not in body
    none = "{{ table(duties('us-co-admt-2027'), 'Duty=title', none='No duty.') }}"
    assert "No duty." in built(dossier(tmp_path, entry(section(none)), monkeypatch)).body


def test_it_is_wanted_where_a_rule_asks_for_it(tmp_path: Path, monkeypatch: Patch) -> None:
    asked = entry(section("x"), always=False, rules=("eu-gdpr.art-35",), per="party")
    assert ["maker"] == [w.party for w in dossier(tmp_path, asked, monkeypatch).wanted]
    other = entry(section("x"), always=False, rules=("us-co-admt-2027",))
    assert [] == [w.party for w in dossier(tmp_path, other, monkeypatch).wanted]


def test_the_same_records_make_the_same_bytes(tmp_path: Path, monkeypatch: Patch) -> None:
    text = "{{ table(duties('eu-gdpr'), 'Duty=title | By=by') }}"
    one = built(dossier(tmp_path, entry(section(text)), monkeypatch))
    two = built(dossier(tmp_path, entry(section(text)), monkeypatch))
    assert one.body == two.body


# ---------------------------------------------------------------------- charts
def test_a_chart_comes_with_its_numbers_and_its_record() -> None:
    from dutybound.documents.charts import Chart
    from dutybound.documents.views import Drawn

    chart = Chart("fairness", "Title <i>", "Alt text.", b"<svg/>", b"", ("A", "B"), (("x", "1"),))
    source = Source("result measure", "run.json", "evidence folder", "v")
    found = alone("{{ c }}", c=Drawn([(chart, source)]))
    (name,) = found.pictures
    assert f"![Alt text.]({name})" in found.body
    assert "| x | 1 [[1](#s-1)]{.src} |" in found.body
    assert b"<svg/>" == found.pictures[name].svg


def test_without_measures_a_chart_is_an_open_question(tmp_path: Path, monkeypatch: Patch) -> None:
    found = built(dossier(tmp_path, entry(section("{{ chart('fairness') }}")), monkeypatch))
    assert ["result measure"] == [q.key for q in found.questions]
    with pytest.raises(TemplateError, match="fairness"):
        built(dossier(tmp_path, entry(section("{{ chart('fairnes') }}")), monkeypatch))
