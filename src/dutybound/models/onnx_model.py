"""ONNX files as models: read whole, checked, and run on the processor only."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dutybound.models.model import Array, Feature, ModelError, Scorer
from dutybound.models.onnx_file import check_onnx

LARGEST: Final = 512 * 2**20  # bytes


class OnnxModel:
    """A session over one input of shape (n, d) and its scores.

    Of several outputs the last with numbers counts: classifiers exported from scikit-learn give
    the class first and its probabilities after it. Of two columns the second is the score.
    """

    def __init__(self, session: Any, name: str) -> None:
        self._session = session
        inputs = session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 2:
            raise ModelError(
                f"{name}: takes {len(inputs)} inputs. Export it with one input of shape (n, d)."
            )
        self._input = inputs[0].name
        kinds = {"tensor(float)": np.float32, "tensor(double)": np.float64}
        if inputs[0].type not in kinds:
            raise ModelError(f"{name}: takes {inputs[0].type}, not float or double.")
        self._kind = kinds[inputs[0].type]
        width = inputs[0].shape[1]
        self.width: int | None = width if isinstance(width, int) else None
        outputs = [o.name for o in session.get_outputs() if o.type in kinds]
        if not outputs:
            raise ModelError(
                f"{name}: gives no array of numbers. Export it without ZipMap (zipmap=False)."
            )
        self._output = outputs[-1]

    def __call__(self, x: Array, /) -> npt.ArrayLike:
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        refusals = (state.Fail, state.InvalidArgument, state.RuntimeException)
        try:
            rows = x.astype(self._kind)
            found = np.asarray(self._session.run([self._output], {self._input: rows})[0])
        except refusals as error:
            raise ModelError(f"The ONNX runtime refused the rows: {error}") from error
        return found[:, 1] if found.ndim == 2 and found.shape[1] == 2 else found


def load_onnx(
    path: Path, features: tuple[Feature, ...], *, largest: int = LARGEST, threads: int = 0
) -> Scorer:
    """A scorer from an ONNX file.

    largest: bytes; a larger file is not read. threads: 0 lets the runtime choose. No operator
    outside the ONNX standard and no second file is accepted, and only the processor is used.
    Raises ModelError.
    """
    name = path.name
    try:
        if path.stat().st_size > largest:
            raise ModelError(f"{name}: has more than {largest} bytes, and was not read.")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{name}: cannot be read: {error.strerror}.") from error
    check_onnx(data, name)
    model = OnnxModel(_session(data, name, threads), name)
    if model.width not in (None, len(features)):
        raise ModelError(f"{name}: takes {model.width} features; {len(features)} are named.")
    return Scorer(model, features, name, sha256(data).hexdigest())


def _session(data: bytes, name: str, threads: int) -> Any:
    try:
        import onnxruntime as ort
    except ImportError as error:
        raise ModelError(
            "ONNX files need onnxruntime. Install it with: pip install 'dutybound[explain]'"
        ) from error
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # errors come as exceptions
    refusals = (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
    )
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except refusals as error:
        raise ModelError(f"{name}: the ONNX runtime refused it: {error}") from error
