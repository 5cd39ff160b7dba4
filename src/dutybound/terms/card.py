"""How the parts of model cards and of bills of materials relate to fields and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SectionRule:
    """A field that a section of a Hugging Face card answers. headings: the first is written."""

    field: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartRule:
    """A field that a part of a CycloneDX model answers.

    path: below the component. columns: for lists of objects, column of the field to key of the
    object. item: for lists of objects that become a list of texts, the key with the text.
    """

    field: str
    path: str
    columns: Mapping[str, str] | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class FactRule:
    """A fact that a card states. path: key of the metadata, or path below the component.

    values: what the card says, in small letters, to the value of the fact; others stay unknown.
    many: whether the fact is a set.
    """

    fact: str
    path: str
    values: Mapping[str, str]
    many: bool = False


@dataclass(frozen=True, slots=True)
class CardMap:
    """Both formats. results: the field with figures, its columns by what they hold."""

    sections: tuple[SectionRule, ...]
    parts: tuple[PartRule, ...]
    metadata_facts: tuple[FactRule, ...]
    part_facts: tuple[FactRule, ...]
    results: str
    result_columns: Mapping[str, str]
