"""Tables and lists in Markdown, made from records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from dutybound.documents.escape import inline
from dutybound.documents.page import Picture
from dutybound.documents.shown import Ledger, Md, Open, Shown, Source, TemplateError
from dutybound.documents.views import Drawn, Grid

if TYPE_CHECKING:
    from dutybound.documents.charts import Chart

WIDEST: Final = 48
NARROWEST: Final = 12


class Writer:
    """Writes values as Markdown, and notes in a ledger what they rest on."""

    def __init__(self, ledger: Ledger, open_word: str, fill_word: str) -> None:
        self.ledger = ledger
        self._open, self._fill = open_word, fill_word

    def fill(self, what: str) -> Md:
        """A place in a letter that the record of one decision fills: visible, and no question."""
        return Md(f"**\\[{inline(self._fill)}: {inline(what)}\\]**")

    def gap(self, found: Open) -> str:
        """An open question, visible."""
        question = found.question
        self.ledger.ask(question)
        about = "" if question.about is None else f" ({inline(question.about)})"
        return f"[{inline(self._open)}: {inline(question.ask)}{about}]{{.gap}}"

    def text(self, value: Any) -> str:
        """A value in one line, with the mark of its record."""
        if isinstance(value, Md):
            return str(value)
        if isinstance(value, Open):
            return self.gap(value)
        if isinstance(value, Shown):
            return f"{inline(value.text)}{self.ledger.cite(value.source)}"
        if isinstance(value, list | tuple):
            return "; ".join(self.text(v) for v in value) or "none"
        if isinstance(value, str | int | float):
            return inline(str(value))
        raise TemplateError(f"A {type(value).__name__} cannot be shown: name a field of it.")

    def paragraphs(self, value: Any) -> str:
        """A value where a template shows it: a long text keeps its paragraphs."""
        if isinstance(value, Shown) and value.members is None and "\n" in value.text.strip():
            mark = self.ledger.cite(value.source)
            parts = [p for p in value.text.strip().split("\n\n") if p.strip()]
            return "\n\n".join(f"{inline(p)}{mark}" for p in parts)
        if isinstance(value, Grid):
            return str(self.table(value))
        if isinstance(value, Drawn):
            return "\n\n".join(self._drawn(chart, source) for chart, source in value.charts)
        return self.text(value)

    def _drawn(self, chart: Chart, source: Source) -> str:
        """A chart with its title, and its numbers as a table."""
        name = f"{chart.name}-{source.sha256[:8]}"
        self.ledger.pictures[name] = Picture(chart.svg, chart.png, chart.alt)
        mark = self.ledger.cite(source)
        heads = [inline(c) for c in chart.columns]
        body = [[*map(inline, row[:-1]), f"{inline(row[-1])}{mark}"] for row in chart.rows]
        picture = f"![{inline(chart.alt)}]({name})"
        return f"**{inline(chart.title)}**{mark}\n\n{picture}\n\n{pipe_table(heads, body)}"

    def bullets(self, value: Any) -> Md:
        """A list, one line for each member."""
        if isinstance(value, Shown | Open):
            members: Iterable[Any] = iter(value)
        else:
            members = value
        lines = [f"- {self.text(m)}" for m in members]
        return Md("\n".join(lines) or self.text(value))

    def table(self, rows: Any, columns: str | None = None, none: str = "") -> Md:
        """Rows as a table.

        rows: things, rows of JSON, or the answer to a field of type table. columns: written as
        `Heading=attribute | Heading=attribute.attribute`; a field of type table has its own. none:
        what is said if there is no row.
        """
        if isinstance(rows, Shown) and not len(rows) and none:
            return Md(f"{inline(none)}{self.ledger.cite(rows.source)}")
        if isinstance(rows, Open | Shown):
            return Md(self.text(rows))
        names = self._columns(rows, columns)
        body = [[self.text(_reach(row, path)) for _, path in names] for row in rows]
        if not body:
            return Md(inline(none or "There is no entry."))
        return Md(pipe_table([inline(heading) for heading, _ in names], body))

    def _columns(self, rows: Any, columns: str | None) -> list[tuple[str, str]]:
        if columns is None:
            if not isinstance(rows, Grid):
                raise TemplateError("A table needs `columns`: `Heading=attribute | ...`.")
            return [(title, name) for name, title in rows.columns.items()]
        pairs = [c.strip().rpartition("=") for c in columns.split("|")]
        return [(heading, path) for heading, _, path in pairs]


def _reach(row: Any, path: str) -> Any:
    value = row
    for name in path.split("."):
        value = getattr(value, name)
    return value


def pipe_table(headings: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A pipe table; the dashes say how wide columns are beside each other."""
    widths = [
        min(WIDEST, max(NARROWEST, *(len(row[i]) for row in (headings, *body))))
        for i in range(len(headings))
    ]
    lines = ["| " + " | ".join(headings) + " |"]
    lines.append("|" + "|".join("-" * (w + 2) for w in widths) + "|")
    lines += ["| " + " | ".join(row) + " |" for row in body]
    return "\n".join(lines)
