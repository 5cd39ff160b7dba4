"""Templates: Markdown with Jinja2, where each expression is a record and each condition is asked.

Values are escaped when they are shown, never before; what is not known shows as its question, and
cannot be decided on. Templates run in a sandbox: they can read what they are given, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dutybound.documents.shown import Open, Shown, TemplateError
from dutybound.documents.tables import Writer
from dutybound.documents.views import NOTHING
from dutybound.errors import DutyboundError
from dutybound.terms.system import SetFact

_WRITER: Final[ContextVar[Writer]] = ContextVar("writer")


def render(source: str, values: Mapping[str, Any], writer: Writer, where: str) -> str:
    """A template with its values as Markdown; records stay marked by number.

    where: document and section, for errors. Raises TemplateError.
    """
    token = _WRITER.set(writer)
    try:
        return str(_compiled(source).render(values))
    except (JinjaError, DutyboundError) as error:
        raise TemplateError(f"The template of {where}: {error}") from error
    finally:
        _WRITER.reset(token)


def plain(source: str, values: Mapping[str, Any], where: str) -> Any:
    """The value of an expression for front matter: text, lists and mappings; None if it is open."""
    try:
        return _plain(_expression(source)(**values))
    except (JinjaError, TemplateError) as error:
        raise TemplateError(f"The front matter of {where}: {error}") from error


def _plain(value: Any) -> Any:
    """A record without its source. What is open, or answered with `nothing`, is left out."""
    if isinstance(value, Open) or _value(value) is NOTHING:
        return None
    if isinstance(value, Shown):
        return list(value.members) if value.members is not None else value.value
    if isinstance(value, Mapping):
        found = {k: _plain(v) for k, v in value.items()}
        return {k: v for k, v in found.items() if v is not None} or None
    if isinstance(value, str | int | float):
        return value
    return [v for v in map(_plain, value) if v is not None] or None


@cache
def _expression(source: str) -> Any:
    return _environment().compile_expression(source, undefined_to_none=False)


@cache
def _compiled(source: str) -> Any:
    return _environment().from_string(source)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _WRITER.get().paragraphs(value),
        optimized=False,  # constants are escaped when shown, like everything else
    )
    made.tests |= {
        "known": _is_known,
        "open": lambda v: not _is_known(v),
        "yes": lambda v: _value(v) is True,
        "no": lambda v: _value(v) is False,
        "nothing": lambda v: _value(v) is NOTHING,
        "value": lambda v, word: _value(v) == word,
        "having": _is_having,
        "lacking": _is_lacking,
    }
    made.filters |= {"bullets": lambda v: _WRITER.get().bullets(v), "words": _words}
    made.filters |= {"dicts": _dicts}
    made.globals |= {
        "table": lambda *a, **k: _WRITER.get().table(*a, **k),
        "fill": lambda what: _WRITER.get().fill(what),
    }
    return made


def _is_known(value: Any) -> bool:
    return not isinstance(value, Open)


def _value(value: Any) -> Any:
    """The value behind what is shown. A template cannot decide on what is not known."""
    if isinstance(value, Open):
        raise TemplateError(f"`{value.question.key}` may be open: ask `is open` first.")
    return value.value if isinstance(value, Shown) else value


def _is_having(value: Any, member: str) -> bool:
    """Whether a set is stated to have a member."""
    found = _value(value)
    if isinstance(found, SetFact):
        return member in found.yes
    return found is not None and member in found


def _is_lacking(value: Any, member: str) -> bool:
    """Whether it is stated that a set does not have a member; false of one that is not closed."""
    found = _value(value)
    if isinstance(found, SetFact):
        return member in found.no or (found.closed and member not in found.yes)
    return found is not None and member not in found


def _dicts(rows: Any, **names: str) -> list[dict[str, Any]]:
    """Rows as mappings for front matter. names: key to attribute of the row."""
    if isinstance(rows, Open | Shown):
        return []
    return [{k: getattr(r, name) for k, name in names.items()} for r in rows]


def _words(value: Any) -> Any:
    """An id in words."""
    if isinstance(value, Shown):
        return Shown(value.text.replace("_", " "), value.source, value.value)
    return value.replace("_", " ") if isinstance(value, str) else value
