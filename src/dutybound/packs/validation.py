"""Checks a document against a closed shape, and says what is wrong and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dutybound.errors import Problem, did_you_mean
from dutybound.packs.reading import Document, Where

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], document: Document, problems: list[Problem]) -> Model | None:
    """Check a document against a closed shape; report each problem with its position."""
    versions = [w for w in document.respelled if w and str(w[-1]).endswith("version")]
    lost = [p for w in versions if (p := document.lost_version(w)) is not None]
    if lost:
        problems.extend(lost)
        return None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            where = tuple(k for k in detail["loc"] if not _is_branch(k, document, detail))
            problems.append(document.problem(where, _explain(detail, model, where)))
        return None


def _is_branch(key: str | int, document: Document, detail: Any) -> bool:
    """pydantic names the member of a union in the location; it is no key of the file."""
    return isinstance(key, str) and (key in ("str", "list[str]") or key.startswith("dict["))


def _explain(detail: Any, model: type[BaseModel], where: Where) -> str:
    key = where[-1] if where else ""
    if detail["type"] == "extra_forbidden":
        known = _known_keys(model)
        return f"Unknown key `{key}`.{did_you_mean(str(key), known)} See the language page."
    if detail["type"] == "missing":
        return f"The key `{key}` is missing."
    return f"`{key}`: {str(detail['msg']).removeprefix('Value error, ')}."


def _known_keys(model: type[BaseModel]) -> list[str]:
    seen: dict[type[BaseModel], None] = {}
    keys: list[str] = []

    def walk(m: type[BaseModel]) -> None:
        if m in seen:
            return
        seen[m] = None
        for name, info in m.model_fields.items():
            keys.append(info.alias or name)
            for inner in _models_in(info.annotation):
                walk(inner)

    walk(model)
    return keys


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)
