"""Reads an OSCAL catalog into plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dutybound.interchange.oscal import PROPERTIES, OscalError

MAX_DEPTH: Final = 30


@dataclass(frozen=True, slots=True)
class Read:
    """A control or group as read. level: `group` or `control`."""

    id: str
    title: str
    prose: str
    level: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class ReadCatalog:
    """A catalog as read, in its own order."""

    title: str
    version: str
    oscal_version: str
    items: tuple[Read, ...]


def read_catalog(document: Any) -> ReadCatalog:
    """The catalog in a parsed JSON document. Raises OscalError if it is none."""
    body = document.get("catalog") if isinstance(document, dict) else None
    head = body.get("metadata") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(head, dict):
        raise OscalError("this is no OSCAL catalog: the key `catalog` with `metadata` is missing")
    items = tuple(_walk(body, None, 0))
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise OscalError(f"the id `{item.id}` stands twice in the catalog")
        seen.add(item.id)
    return ReadCatalog(
        str(head.get("title", "")),
        str(head.get("version", "")),
        str(head.get("oscal-version", "")),
        items,
    )


def _walk(node: dict[str, Any], parent: str | None, depth: int) -> Iterator[Read]:
    if depth > MAX_DEPTH:
        raise OscalError(f"the catalog is nested deeper than {MAX_DEPTH} levels")
    for level, key in (("group", "groups"), ("control", "controls")):
        for inner in node.get(key, ()):
            if not isinstance(inner, dict) or not inner.get("title"):
                raise OscalError(f"a {level} without title")
            name = _own_id(inner)
            yield Read(name, str(inner["title"]), _prose(inner), level, parent)
            yield from _walk(inner, name, depth + 1)


def _own_id(node: dict[str, Any]) -> str:
    """The id as its framework writes it: our property, where it stands, else OSCAL's id."""
    for prop in node.get("props", ()):
        if prop.get("ns") == PROPERTIES and prop.get("name") == "id":
            return str(prop["value"])
    return str(node.get("id") or node["title"])


def _prose(node: dict[str, Any]) -> str:
    texts = [str(p["prose"]) for p in node.get("parts", ()) if p.get("prose")]
    return " ".join(texts)
