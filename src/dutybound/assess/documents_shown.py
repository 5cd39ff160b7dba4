"""Results of other verbs as templates see them: records and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dutybound.documents.shown import Open, Question, Source
from dutybound.documents.views import Drawn, Row, rows
from dutybound.errors import DutyboundError, did_you_mean

ASK: Final = {
    "launch": "What does the launch dossier say? Name --market and --on.",
    "plan": "What is to be done first?",
    "rmf": "Where does the system stand in the NIST AI RMF?",
    "measure": "How does the model do on real decisions? Run `dutybound measure` and sign it.",
    "description": "What is in the data? Run `dutybound describe` and keep its JSON.",
    "explanation": "What moves the score? Run `dutybound explain-model` and keep its JSON.",
}
CHARTS: Final = ("fairness", "calibration", "drift", "segment", "time")


class Results:
    """The results by name. content: how the content is cited where a result rests on it alone."""

    def __init__(self, found: Mapping[str, Callable[[], Any]], content: str) -> None:
        self._found, self._content = found, content
        self._charts: dict[str, list[tuple[Any, Source]]] = {}

    def result(self, name: str) -> Any:
        """The JSON of another verb as a record; a list for those of which there may be several.

        Open if there is none.
        """
        if name not in self._found:
            raise DutyboundError(f"There are no results of `{name}`.{did_you_mean(name, ASK)}")
        found = self._found[name]()
        if found is None or found == []:
            return Open(Question(f"result {name}", ASK[name]))
        if isinstance(found, list):
            return rows(found, f"result {name}", "file", "evidence folder")
        return Row(found, Source("result", name, self._content, found.get("profile_sha256", "")))

    def listed(self, name: str, where: str) -> list[Row]:
        """Rows of a list that may be empty without leaving a question."""
        found = self._found.get(name)
        return [] if found is None else rows(found(), name, "file", where)

    def measured(self, *parts: str) -> Any:
        """The lines of the reports of measures in words: all parts if none is named."""
        from dutybound.assess.documents_results import measured

        found = self.result("measure")
        if isinstance(found, Open):
            return found
        return rows(measured((r.plain() for r in found), parts), "result", "key", "evidence folder")

    def chart(self, name: str) -> Any:
        """`fairness`, `calibration`, `drift`, `segment` or `time` from each report of measures."""
        from dutybound.documents import charts

        if name not in CHARTS:
            raise DutyboundError(f"There is no chart `{name}`.{did_you_mean(name, CHARTS)}")
        found = self.result("measure")
        if isinstance(found, Open):
            return found
        if name not in self._charts:
            made = [(getattr(charts, f"{name}_chart")(r.plain()), r.rests_on()) for r in found]
            self._charts[name] = [(c, s) for c, s in made if c is not None]
        if not self._charts[name]:
            return "The measures on record have nothing to draw here."
        return Drawn(self._charts[name])
