"""What an import of the package loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dutybound.models

NAMES = sorted(p.stem for p in Path(dutybound.models.__file__).parent.glob("[!_]*.py"))


def test_no_module_of_the_package_loads_anything_heavy() -> None:
    assert "shapley" in NAMES and "onnx_model" in NAMES
    code = "\n".join(f"import dutybound.models.{n}" for n in NAMES)
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    found = set(done.stdout.split())
    assert "dutybound.models.shapley" in found
    assert set() == found & {"onnxruntime", "pandas", "scipy", "shap", "sklearn", "pydantic"}
