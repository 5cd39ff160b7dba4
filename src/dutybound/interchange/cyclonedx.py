"""CycloneDX 1.6 bills of materials that describe a model (ML-BOM): reading and writing.

Source: ECMA-424, CycloneDX v1.6, `modelCard` of a component of the type
`machine-learning-model`. A bill is kept as the plain JSON value that it is, so that keys which
nothing here knows are still there when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from dutybound.errors import BadInput, did_you_mean
from dutybound.interchange.strict_json import JsonError, canonical, parse

MODEL: Final = "machine-learning-model"
READ: Final = ("1.5", "1.6")  # the first version with model cards, and the one that is written
SPEC: Final = "1.6"
LIMIT: Final = 20_000_000


def read_bom(raw: bytes, shown: str) -> dict[str, Any]:
    """A bill as plain values. Raises BadInput if it is no CycloneDX JSON of a version that has
    model cards."""
    try:
        found = parse(raw, LIMIT)
    except JsonError as error:
        raise BadInput.one(shown, f"This is not CycloneDX JSON: {error}.") from error
    if not isinstance(found, dict) or found.get("bomFormat") != "CycloneDX":
        raise BadInput.one(
            shown, "This is not a CycloneDX bill: `bomFormat` is not `CycloneDX`. XML is not read."
        )
    if found.get("specVersion") not in READ:
        known = " or ".join(READ)
        raise BadInput.one(
            shown, f"`specVersion` is {found.get('specVersion')!r}; {known} can be read."
        )
    return found


def model_of(bom: Mapping[str, Any], name: str | None, shown: str) -> dict[str, Any]:
    """The component that is the model. name: which one, if there are several. Raises BadInput."""
    models = list(_models(bom))
    names = [str(m.get("name", "")) for m in models]
    if name is not None:
        found = [m for m in models if m.get("name") == name]
        if len(found) == 1:
            return found[0]
        what = "no model" if not found else "more than one model"
        hint = "" if found else did_you_mean(name, names)
        raise BadInput.one(shown, f"The bill has {what} named `{name}`.{hint}")
    if not models:
        raise BadInput.one(shown, f"The bill has no component of the type `{MODEL}`.")
    if len(models) > 1:
        listed = ", ".join(f"`{n}`" for n in names[:10])
        raise BadInput.one(
            shown, f"The bill has several models: {listed}. Say which: --model NAME."
        )
    return models[0]


def _models(bom: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    metadata = bom.get("metadata")
    subject = metadata.get("component") if isinstance(metadata, dict) else None
    level = [subject, *_list(bom.get("components"))]
    while level:
        below = []
        for found in level:
            if isinstance(found, dict):
                if found.get("type") == MODEL:
                    yield found
                below += _list(found.get("components"))
        level = below


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def get(tree: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `modelCard.modelParameters.task`; None if it is not there."""
    found: Any = tree
    for key in path.split("."):
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return found


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Set a value, making the objects above it. What stood in the way as no object is replaced."""
    *above, last = path.split(".")
    for key in above:
        if not isinstance(tree.get(key), dict):
            tree[key] = {}
        tree = tree[key]
    tree[last] = value


def new_bom(name: str, version: str | None) -> dict[str, Any]:
    """A bill with one model and nothing said about it."""
    component: dict[str, Any] = {"type": MODEL, "bom-ref": f"model-{_slug(name)}", "name": name}
    if version is not None:
        component["version"] = version
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": {"component": component},
    }


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-") or "model"


def finished(bom: Mapping[str, Any]) -> dict[str, Any]:
    """The bill as it is written: as version 1.6, with a serial number that its content gives.

    A serial number that is there stays. Otherwise the same content has the same one.
    """
    found = deepcopy(dict(bom))
    found["specVersion"] = SPEC
    if isinstance(found.get("$schema"), str):
        found["$schema"] = found["$schema"].replace("bom-1.5", "bom-1.6")
    if "serialNumber" not in found:
        digest = sha256(canonical(found)).digest()
        found["serialNumber"] = f"urn:uuid:{UUID(bytes=digest[:16], version=4)}"
    return found


# ---------------------------------------------------------------------- texts and lists
def text_of(value: Any) -> str | None:
    """A piece of a card as text: texts as they are, lists as lines with `- `, objects as their
    texts joined. None if it says nothing."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else f"{value}"
    if isinstance(value, Sequence):
        lines = [f"- {inner}" for v in value if (inner := text_of(v))]
        return "\n".join(line.replace("\n", " ") for line in lines) or None
    if isinstance(value, Mapping):
        found = [f"{key}: {inner}" for key, v in value.items() if (inner := text_of(v))]
        return "; ".join(f.replace("\n", " ") for f in found) or None
    return None


def lines_of(text: str) -> list[str]:
    """Text as a list: its lines with `- ` or `* `, or all of it as one if it has other lines."""
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    if lines and all(line[:2] in ("- ", "* ") for line in lines):
        return [line[2:].strip() for line in lines]
    return [text.strip()] if text.strip() else []
