"""Puts the content into the wheel, as it is written and compiled, and the example of the demo."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EXAMPLES = ("credit-scoring",)  # what `dutybound demo` shows


class ContentHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `_content/`, `_compiled/*.json` and `_examples/` to the package in the wheel.

    An editable install needs neither: it reads `content/` where it lies, and `make setup`
    compiles it. A copy beside the installed package would only go stale.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from dutybound.packs.catalogue_compile import ANSWERS, CATALOGUE, write_catalogue
        from dutybound.packs.compile import write_compiled
        from dutybound.packs.documents_compile import DOCUMENTS, write_documents
        from dutybound.packs.measures_compile import MEASURES, write_measures

        self._scratch = tempfile.TemporaryDirectory(prefix="dutybound-content-")
        compiled = Path(self._scratch.name) / "content.json"
        content = write_compiled(root / "content", compiled, shipped=True)
        book, _ = write_catalogue(root / "content", compiled.parent, content.rules, shipped=True)
        write_documents(
            root / "content", compiled.parent, content.rules, book.controls, shipped=True
        )
        write_measures(root / "content", compiled.parent, content.rules, shipped=True)
        build_data["force_include"][str(root / "content")] = "dutybound/_content"
        names = (compiled, CATALOGUE, ANSWERS, MEASURES, DOCUMENTS)
        for name in (path.name for path in names):
            build_data["force_include"][str(compiled.parent / name)] = f"dutybound/_compiled/{name}"
        for name in EXAMPLES:
            build_data["force_include"][str(root / "examples" / name)] = (
                f"dutybound/_examples/{name}"
            )
        # One file beside the package: it is copied into audit packs and runs without the rest.
        build_data["force_include"][str(root / "src/dutybound_verify.py")] = "dutybound_verify.py"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._scratch.cleanup()
