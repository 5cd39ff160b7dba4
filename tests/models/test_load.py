"""Models from files and from names, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.models.load import load_callable
from dutybound.models.model import Array, Feature, ModelError, SamplePlan, Scorer
from dutybound.models.onnx_file import check_onnx
from dutybound.models.onnx_model import load_onnx
from tests.models.kit import (
    additive,
    features,
    logistic_onnx,
    node,
    onnx_bytes,
    outside_tensor,
    part,
    tensor,
)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """sigmoid(x1 - 2 x2 + 1)."""
    path = tmp_path / "two.onnx"
    path.write_bytes(logistic_onnx([1.0, -2.0], 1.0))
    return path


def test_onnx_gives_the_scores_of_the_formula(two: Path) -> None:
    """x1 - 2 x2 + 1 is 0, 1 and 2; the logistic function there, from tables."""
    scorer = load_onnx(two, features(2))
    got = scorer.score(np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 0.0]]))
    assert [0.5, 0.731059, 0.880797] == pytest.approx(got.tolist(), abs=1e-6)


def test_onnx_tells_the_digest_of_its_file(two: Path) -> None:
    from hashlib import sha256

    assert sha256(two.read_bytes()).hexdigest() == load_onnx(two, features(2)).sha256


def test_onnx_of_another_width_is_refused(two: Path) -> None:
    with pytest.raises(ModelError, match="takes 2 features; 3 are named"):
        load_onnx(two, features(3))


def test_onnx_above_the_limit_is_not_read(two: Path) -> None:
    with pytest.raises(ModelError, match="more than 10 bytes"):
        load_onnx(two, features(2), largest=10)


def test_onnx_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gone.onnx: cannot be read"):
        load_onnx(tmp_path / "gone.onnx", features(1))


@pytest.mark.parametrize("domain", ["com.microsoft", "evil.ops"])
def test_onnx_with_operators_of_somebody_else_is_refused(tmp_path: Path, domain: str) -> None:
    path = tmp_path / "own.onnx"
    path.write_bytes(onnx_bytes([node("Gelu", ["x"], "y", domain)], [], 1, domain))
    with pytest.raises(ModelError, match=f"operators of {domain}"):
        load_onnx(path, features(1))


def test_domain_of_a_node_alone_is_seen(tmp_path: Path) -> None:
    data = onnx_bytes([node("Gelu", ["x"], "y", "com.microsoft")], [], 1)
    with pytest.raises(ModelError, match=r"operators of com\.microsoft"):
        check_onnx(data, "m.onnx")


def test_onnx_with_weights_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\0\0\0\0")
    data = onnx_bytes([node("MatMul", ["x", "w"], "y")], [outside_tensor("w", [1, 1], "secret")], 1)
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelError, match="weights in another file"):
        load_onnx(path, features(1))


def test_weights_elsewhere_are_seen_inside_attributes() -> None:
    held = part(1, "value") + part(5, outside_tensor("w", [1], "secret"))
    data = onnx_bytes([node("Constant", [], "y") + part(5, held)], [], 1)
    with pytest.raises(ModelError, match="weights in another file"):
        check_onnx(data, "m.onnx")


def test_graphs_nested_without_end_are_refused() -> None:
    graph = part(1, node("If", ["x"], "y"))
    for _ in range(30):
        graph = part(1, node("If", ["x"], "y") + part(5, part(6, graph)))
    with pytest.raises(ModelError, match="deep"):
        check_onnx(part(7, graph), "m.onnx")


def test_onnx_with_an_operator_that_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(onnx_bytes([node("Frobnicate", ["x"], "y")], [], 1))
    with pytest.raises(ModelError, match="runtime refused it"):
        load_onnx(path, features(1))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_clearly(data: bytes) -> None:
    try:
        check_onnx(data, "m.onnx")
    except ModelError as error:
        assert str(error).startswith("m.onnx: ")


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_gives_no_other_error(at: int, byte: int) -> None:
    data = bytearray(logistic_onnx([1.0, -2.0], 1.0))
    data[at % len(data)] = byte
    try:
        check_onnx(bytes(data), "m.onnx")
    except ModelError as error:
        assert str(error).startswith("m.onnx: ")


def test_onnx_that_gives_no_probability_says_so(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(onnx_bytes([node("MatMul", ["x", "w"], "y")], [tensor("w", [1, 1], [5])], 1))
    with pytest.raises(ModelError, match=r"from 5 to 10\. A score lies in \[0, 1\]"):
        load_onnx(path, features(1)).score(np.array([[1.0], [2.0]]))


def test_callable_by_its_name() -> None:
    assert load_callable("math:sqrt")(4.0) == 2.0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("math", "names no function"),
        (":sqrt", "names no function"),
        ("no_such_module_at_all:f", "cannot be imported"),
        ("math:nothing", "has no `nothing`"),
        ("math:pi", "is not callable"),
    ],
)
def test_callable_that_cannot_be_had(path: str, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        load_callable(path)


# ------------------------------------------------------------------------------------ the scorer
def one(model: object) -> Scorer:
    return Scorer(model, features(1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (lambda x: x[:, 0] + 2, "A score lies in"),
        (lambda x: x[:, 0] * np.nan, "missing or infinite"),
        (lambda x: np.zeros((len(x), 2)), "shape"),
        (lambda x: np.zeros(1), "shape"),
        (lambda x: ["yes"] * len(x), "failed on 3 rows"),
        (lambda x: 1 // 0, "failed on 3 rows"),
    ],
)
def test_model_that_does_not_score(model: object, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        one(model).score(np.zeros((3, 1)))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([[1.0, 2.0]], "shape"),
        ([1.0], "shape"),
        ([["red"]], "not numbers"),
        ([[float("inf")]], "infinite"),
    ],
)
def test_rows_that_cannot_be_scored(rows: object, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        additive([0.1]).rows(rows)  # type: ignore[arg-type]


def test_rounding_of_single_precision_is_forgiven() -> None:
    assert [1.0] == one(lambda x: np.full(len(x), 1 + 5e-7)).score(np.zeros((1, 1))).tolist()


def test_names_are_different_and_guessed() -> None:
    with pytest.raises(ModelError, match="name of its own"):
        Scorer(len, (Feature("a"), Feature("a")))
    with pytest.raises(ModelError, match="Did you mean `income`"):
        Scorer(len, (Feature("income"),)).position("incmoe")


def test_batches_give_the_rows_in_their_order() -> None:
    def model(x: Array) -> Array:
        assert len(x) <= 65_536
        return x[:, 0]

    x = np.linspace(0, 1, 150_000)[:, None]
    assert x[:, 0].tolist() == one(model).score(x).tolist()


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 5))
def test_sample_is_different_rows_in_order_and_drawn_again(n: int, rows: int, seed: int) -> None:
    drawn = SamplePlan(rows, seed).draw(n).tolist()
    assert min(n, rows) == len(drawn) == len(set(drawn))
    assert sorted(drawn) == drawn == SamplePlan(rows, seed).draw(n).tolist()
    assert all(0 <= i < n for i in drawn)


@pytest.mark.parametrize("data", [b"", part(1, 8), part(1, 8) + part(7, b"")])
def test_onnx_without_a_graph_or_operators(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"m\.onnx: "):
        load_onnx(path, features(1))


def test_onnx_that_refuses_the_rows(two: Path) -> None:
    """The model takes two columns; a scorer of one is made past the check of the loader."""
    scorer = Scorer(load_onnx(two, features(2)).model, features(1))
    with pytest.raises(ModelError, match="runtime refused the rows"):
        scorer.score(np.zeros((1, 1)))
