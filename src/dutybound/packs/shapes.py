"""Small types that the shapes of evidence share. Closed, frozen, strict about days and names."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from dutybound.packs.facts import as_date, shorten
from dutybound.terms.evidence import ALL_PARTIES, Rung

TIME_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"
RUNG_WORDS: Final = tuple(r.word for r in Rung if r is not Rung.UNASSESSED)


class Closed(BaseModel):
    """A mapping with known keys only, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: Any) -> date:
    found = value if isinstance(value, date) else as_date(value)
    if found is None:
        raise ValueError(f"`{shorten(value)}` is not a day as YYYY-MM-DD")
    return found


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.strptime(value, TIME_FORM).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        found = None
    if found is None or found.strftime(TIME_FORM) != value:
        raise ValueError(f"`{shorten(value)}` is not a time as YYYY-MM-DDThh:mm:ssZ")
    return found


def _number_as_text(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError(f"put the version in quotes: `{value}` may have lost a zero")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def like(pattern: str, says: str) -> AfterValidator:
    """Text of a form; `says` completes the sentence of the error."""
    form = re.compile(pattern + r"\Z")

    def check(value: str) -> str:
        if not form.match(value):
            raise ValueError(f"{says}, not `{shorten(value)}`")
        return value

    return AfterValidator(check)


def _rung(value: str) -> str:
    if value not in RUNG_WORDS:
        raise ValueError(f"is one of {', '.join(RUNG_WORDS)}, not `{shorten(value)}`")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Name = Annotated[
    str, like(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "is a short name: letters, digits, `.`, `_`, `-`")
]
ControlId = Name
Digest = Annotated[str, like(r"[0-9a-f]{64}", "is a sha256: 64 hex digits in lower case")]
_FILE_NAME: Final = r"[^/\\\x00-\x1f]{1,200}"
FileName = Annotated[
    str, like(_FILE_NAME, "is the name of a file beside this one, without a folder")
]
VersionText = Annotated[str, BeforeValidator(_number_as_text), Field(min_length=1, max_length=100)]
RungWord = Annotated[str, AfterValidator(_rung)]


def _named_parties(value: Any) -> Any:
    if value == "all":
        return ALL_PARTIES
    if isinstance(value, str):
        raise ValueError(f"is `all`, or a list of ids of parties, not `{shorten(value)}`")
    if isinstance(value, list | tuple) and "all" in value and tuple(value) != ALL_PARTIES:
        raise ValueError("is `all` alone, or a list of ids of parties")
    return value


Parties = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(_named_parties),
    PlainSerializer(lambda v: "all" if v == ALL_PARTIES else list(v)),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "all"},
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"},
                },
            ]
        }
    ),
]


def is_file_name(text: str) -> bool:
    """Whether it names a file without a folder."""
    return re.fullmatch(_FILE_NAME, text) is not None and text not in (".", "..")


def rung_of(word: str) -> Rung:
    """The rung that a word names."""
    return Rung[word.upper()]
