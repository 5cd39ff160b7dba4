"""The closed shapes of `content/documents/` and of `records.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from dutybound.packs.shapes import Closed, Day, Name, Text, like

Per = Literal["system", "party", "use"]
FieldKind = Literal["line", "text", "list", "date", "number", "flag", "table"]
FieldId = Annotated[
    str, like(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", "is `group.name` in small letters")
]
Slug = Annotated[str, like(r"[a-z][a-z0-9-]*", "is a short name with hyphens")]
Language = Literal["en", "de", "fr"]
Long = Annotated[str, Field(min_length=1, max_length=2_000_000)]


class FieldModel(Closed):
    """One field."""

    ask: Text
    type: FieldKind
    who: Slug
    per: Per = "system"
    columns: dict[str, Text] | None = None
    help: Text | None = None


class FieldsFile(Closed):
    """A file of `documents/fields/`."""

    dutybound: Literal["document-fields/1"]
    fields: dict[FieldId, FieldModel]


class AuthoredModel(Closed):
    """A part that a person writes."""

    ask: Text
    who: Slug
    required: bool = True


class SectionModel(Closed):
    """One section."""

    id: Slug
    title: Text
    points: tuple[Text, ...] = ()
    text: str | None = None
    authored: AuthoredModel | None = None


class AnsweredModel(Closed):
    """A source that the document answers."""

    instrument: Text
    pinpoint: Text
    nature: Literal[
        "binding_law", "supervisory_guidance", "voluntary_framework", "certifiable_standard",
        "attestation_criteria", "internal_policy", "contract",
    ]  # fmt: skip


class NeededModel(Closed):
    """When it belongs to a dossier."""

    always: bool = False
    rules: tuple[Text, ...] = ()


class IssueModel(Closed):
    """What must be there before it may be issued."""

    why: Text
    fields: tuple[FieldId, ...] = ()
    controls: tuple[Name, ...] = ()
    signatory: FieldId | None = None


class DocumentFile(Closed):
    """A file of `documents/`: one document."""

    dutybound: Literal["document/1"]
    document: Slug
    family: Slug
    title: Text
    purpose: Text
    answers: tuple[AnsweredModel, ...] = Field(min_length=1)
    readers: tuple[Slug, ...] = Field(min_length=1)
    needed: NeededModel
    per: Literal["system", "party"] = "system"
    approver: Slug
    points: tuple[Text, ...] = ()
    not_asked: dict[str, Text] | None = None
    before_issue: IssueModel | None = None
    landscape: bool = False
    short: bool = False
    evidence_for: tuple[Name, ...] = ()
    front: dict[str, Text] | None = None
    sections: tuple[SectionModel, ...] = Field(min_length=1)


class WordsFile(Closed):
    """A file of `documents/messages/LANGUAGE/`: headings and fixed phrases."""

    dutybound: Literal["document-words/1"]
    language: Language
    words: dict[str, Text]


# ---------------------------------------------------------------------- what users write
class RecordModel(Closed):
    """An answer. Either a value, or `nothing` with the reason why there is none."""

    value: Any = None
    nothing: Text | None = None
    by: Text | None = None
    on: Day | None = None
    source: Text | None = None
    about: Name | None = Field(default=None, alias="for")


class Defaults(Closed):
    """Who answered and when, where an answer does not say so itself."""

    by: Text | None = None
    on: Day | None = None


class RecordsFile(Closed):
    """`records.yaml`."""

    dutybound: Literal["records/1"]
    system: Name
    defaults: Defaults = Defaults()
    records: dict[str, RecordModel | tuple[RecordModel, ...]]
