"""What an import of the package loads. It is measured in modules, not in seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dutybound.measure

NAMES = sorted(p.stem for p in Path(dutybound.measure.__file__).parent.glob("*.py"))


def loaded(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_no_module_of_the_package_loads_anything_heavy() -> None:
    parts = [n for n in NAMES if n != "__init__"]
    assert "groups" in parts
    found = loaded("\n".join(f"import dutybound.measure.{n}" for n in parts))
    assert "numpy" in found
    heavy = {"scipy", "pandas", "ibis", "duckdb", "pyarrow", "pydantic", "yaml"}
    assert set() == found & heavy


def test_the_values_need_not_even_numpy() -> None:
    assert "numpy" not in loaded("import dutybound.measure, dutybound.terms.measure")


def test_scipy_stats_is_not_imported_anywhere() -> None:
    folder = Path(dutybound.measure.__file__).parent
    lines = [x for p in folder.glob("*.py") for x in p.read_text(encoding="utf-8").splitlines()]
    assert any("from scipy.special import" in x for x in lines)
    assert [] == [x for x in lines if "import" in x and "scipy" in x and "scipy.special" not in x]


def test_exact_intervals_load_special_functions_but_no_statistics() -> None:
    code = "from dutybound.measure.intervals import clopper_pearson\nclopper_pearson([1], [2])"
    found = loaded(code)
    assert "scipy.special" in found
    assert "scipy.stats" not in found
