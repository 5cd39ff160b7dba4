"""cards.yaml: sound as it is, and each mistake is told with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dutybound.errors import ContentError
from dutybound.packs.cards import card_problems, default_card_map, read_card_map
from dutybound.packs.catalogue_compile import default_catalogue
from dutybound.packs.compile import content_folder, default_content
from dutybound.packs.documents_compile import default_documents

TEXT = (content_folder() / "documents/cards.yaml").read_text(encoding="utf-8")


def test_the_map_of_the_content_is_sound() -> None:
    found = default_card_map(default_documents().fields, default_content().facts)
    assert {"purpose.intended", "performance.limitations"} <= {s.field for s in found.sections}
    assert {"free_open", "restricted_open"} == set(found.metadata_facts[0].values.values())
    assert (False, True) == (found.part_facts[0].many, found.part_facts[1].many)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("field: purpose.intended, headings", "field: purpose.intend, headings", "Did you mean"),
        ("field: purpose.excluded, head", "field: purpose.intended, head", "a second time"),
        ("field: data.collection, head", "field: data.sets, head", "a section is text"),
        ("field: data.collection, head", "field: provider.submitter, head", "for each party"),
        ("columns: {risk: name,", "columns: {risc: name,", "no column `risc`"),
        (", columns: {between: .}", "", "`columns` belong to tables"),
        ("value: result,", "worth: result,", "not `worth`"),
        ("value: result,", "value: outcome,", "no column `outcome`"),
        ("fact: system.techniques", "fact: system.technique", "No fact `system.technique`"),
        ("fact: system.techniques", "fact: use.weight", "not a plain fact of a model"),
        ("values: approaches", "values: approach", "no `values` named `approach`"),
        ("    supervised: learned", "    supervised: taught", "no value `taught`"),
        ("document-cards/1", "document-cards/2", "document-cards/1"),
    ],
)
def test_mistakes(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in TEXT
    path = tmp_path / "documents/cards.yaml"
    path.parent.mkdir()
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        read_card_map(tmp_path, default_documents().fields, default_content().facts)
    assert any(says in p.message and p.line > 0 for p in error.value.problems)


def test_the_lint_reads_it(tmp_path: Path) -> None:
    given = (default_content().rules, default_catalogue().controls, default_content().facts)
    assert () == card_problems(content_folder(), *given)
    assert () == card_problems(tmp_path, *given)
    shutil.copytree(content_folder() / "documents", tmp_path / "documents")
    path = tmp_path / "documents/cards.yaml"
    path.write_text(TEXT.replace("field: purpose.intended", "field: purpose.intend", 1))
    assert ["purpose.intend"] == [p.message.split("`")[1] for p in card_problems(tmp_path, *given)]
