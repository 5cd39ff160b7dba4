"""Models from `module:function`. ONNX files are read by `onnx_model`."""

from __future__ import annotations

from importlib import import_module

from dutybound.models.model import Model, ModelError


def load_object(path: str) -> object:
    """What `module:name` names. Dots after the colon name attributes.

    Loading runs the code of the module: take it from people you trust. Raises ModelError.
    """
    module, colon, name = path.partition(":")
    if not (module and colon and name):
        raise ModelError(f"`{path}` names no function. Write `package.module:function`.")
    try:
        found: object = import_module(module)
    except ImportError as error:
        raise ModelError(
            f"`{module}` cannot be imported: {error}. Install it, or add its folder to PYTHONPATH."
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise ModelError(f"`{module}` has no `{name}`. Check the part after the colon.")
        found = getattr(found, part)
    return found


def load_callable(path: str) -> Model:
    """The function that `module:function` names, as `load_object` finds it. Raises ModelError."""
    found = load_object(path)
    if not callable(found):
        raise ModelError(f"`{path}` is not callable. It has to take rows and return scores.")
    model: Model = found
    return model
