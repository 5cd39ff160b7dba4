"""Altair specifications of charts, and their drawing: SVG with real text, PNG for Word.

Colours are of the palette of Okabe and Ito, told apart by people who do not see red and green; the
verdict is told by the shape of its mark and by a word beside it, so a print in black and white
says the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from dutybound.documents.chart_marks import WORDS, Mark, number
from dutybound.errors import BadInput

if TYPE_CHECKING:
    import altair as alt

FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, LINE, BLUE, RED = "#1b1b1b", "#767676", "#0072b2", "#a8480a"
SHAPES: Final = {
    "breach": "triangle-up",
    "no_breach": "circle",
    "not_enough_data": "diamond",
    "not_judged": "square",
}
COLOURS: Final = {
    "breach": RED,
    "no_breach": BLUE,
    "not_enough_data": "#6b5b00",
    "not_judged": INK,
}
DASHES: Final = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4))
SERIES_SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross")
SERIES_COLOURS: Final = (INK, BLUE, RED, "#007a5a", "#8a4f7d")
WIDTH, ROW, SIDE = 420, 24, 320
PNG_SCALE: Final = 2
ROOM: Final = 0.04
INSTALL: Final = "Charts need the extra `documents`: pip install 'dutybound[documents]'."


def _altair() -> Any:
    try:
        import altair
    except ModuleNotFoundError as error:
        raise BadInput.one("charts", f"{INSTALL} ({error.name} is missing.)") from error
    return altair


# ---------------------------------------------------------------------- specifications
def rows_chart(
    marks: Sequence[Mark], x: str, *, no_effect: float | None = None, limits: Sequence[float] = ()
) -> alt.TopLevelMixin:
    """One row for each mark: its interval, its value by a shape, its verdict as a word.

    x: title of the axis. no_effect: a full line. limits: of a threshold that all rows share;
    thresholds of single rows are drawn as ticks.
    """
    alt = _altair()
    values = [_row(m) for m in marks]
    base = alt.Chart(alt.Data(values=values))
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, ticks=False))
    ends = [v for m in marks for v in (m.value, m.low, m.high, *m.limits)]
    scale = _range(alt, [*ends, no_effect, *limits])
    axis = alt.X("value:Q", title=x, scale=scale)
    layers = [
        *_uprights(alt, [no_effect] if no_effect is not None else [], scale, x, (1, 0), LINE),
        *_uprights(alt, limits, scale, x, (5, 4), RED),
        base.mark_rule(strokeWidth=2, color=INK).encode(
            y=y, x=alt.X("low:Q", title=x), x2="high:Q"
        ),
        base.mark_tick(color=RED, thickness=2, size=16).encode(y=y, x="own:Q"),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            y=y,
            x=axis,
            shape=_scaled(alt.Shape, "verdict", SHAPES, marks),
            color=_scaled(alt.Color, "verdict", COLOURS, marks),
        ),
        base.mark_text(align="left", dx=8, fontSize=11, color=INK).encode(
            y=y, x=alt.value(WIDTH), text="said:N"
        ),
    ]
    return _dressed(alt.layer(*layers).properties(width=WIDTH, height=alt.Step(ROW)))


def _row(m: Mark) -> dict[str, Any]:
    judged = m.verdict != "not_judged"
    word = f" {WORDS[m.verdict]}" if judged else ""
    return {
        "label": m.label, "value": m.value,
        "low": m.value if m.low is None else m.low,
        "high": m.value if m.high is None else m.high,
        "verdict": m.verdict, "own": None if not m.limits else m.limits[-1],
        "said": f"{number(m.value)}{word}",
    }  # fmt: skip


def _scaled(kind: Any, field: str, table: dict[str, str], marks: Sequence[Mark]) -> Any:
    used = [v for v in table if any(m.verdict == v for m in marks)]
    alt = _altair()
    scale = alt.Scale(domain=used, range=[table[v] for v in used])
    return kind(f"{field}:N", scale=scale, legend=None)


def _uprights(
    alt: Any, at: Sequence[float], scale: Any, title: str, dash: tuple[int, ...], colour: str
) -> list[Any]:
    if not at:
        return []
    lines = alt.Chart(alt.Data(values=[{"at": x} for x in at]))
    place = alt.X("at:Q", scale=scale, title=title)
    return [lines.mark_rule(strokeDash=list(dash), color=colour).encode(x=place)]


def _range(alt: Any, values: Sequence[float | None]) -> Any:
    """A scale with a little room; it does not go below 0 where nothing does."""
    found = [v for v in values if v is not None]
    low, high = min(found), max(found)
    room = (high - low) * ROOM or abs(high) * ROOM or 1.0
    start = 0.0 if 0 <= low < room else low - room
    return alt.Scale(domain=[float(f"{start:.6g}"), float(f"{high + room:.6g}")], nice=False)


def square_chart(marks: Sequence[Mark], x: str, y: str) -> alt.TopLevelMixin:
    """A reliability curve in the unit square; the full line is where it should lie.

    rate of a mark: its place on the x axis, in [0, 1].
    """
    alt = _altair()
    values = [{"x": m.rate, "y": m.value, "low": m.low, "high": m.high} for m in marks]
    unit = alt.Scale(domain=[0, 1], nice=False)
    across = alt.X("x:Q", title=x, scale=unit)
    up = alt.Y("y:Q", title=y, scale=unit)
    ideal = alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
    base = alt.Chart(alt.Data(values=values))
    layers = [
        ideal.mark_line(color=LINE, strokeWidth=1).encode(x=across, y=up),
        base.mark_rule(color=INK).encode(
            x=across, y=alt.Y("low:Q", scale=unit, title=y), y2="high:Q"
        ),
        base.mark_line(color=BLUE, strokeWidth=2).encode(x=across, y=up),
        base.mark_point(filled=True, color=BLUE, size=50, opacity=1).encode(x=across, y=up),
    ]
    return _dressed(alt.layer(*layers).properties(width=SIDE, height=SIDE))


def time_chart(marks: Sequence[Mark], y: str, *, limits: Sequence[float] = ()) -> alt.TopLevelMixin:
    """Values over time, one line for each series. label of a mark: a day, as YYYY-MM-DD.

    A single line shows verdicts by the shapes of its points; of several, points outside their
    threshold carry the word.
    """
    alt = _altair()
    base = alt.Chart(alt.Data(values=[_moment(m) for m in marks]))
    names = list(dict.fromkeys(m.series for m in marks))
    across = alt.X(
        "at:T",
        title=None,
        timeUnit="utcyearmonthdate",
        axis=alt.Axis(format="%Y-%m-%d", labelAngle=-45, tickCount=8),
    )
    scale = _range(alt, [*(v for m in marks for v in (m.value, m.low, m.high)), *limits])
    up, low = (alt.Y(f"{field}:Q", title=y, scale=scale) for field in ("value", "low"))
    single = len(names) == 1
    looks = _one(alt, marks) if single else _several(alt, names)
    spans = [base.mark_rule(color=LINE).encode(x=across, y=low, y2="high:Q")]
    layers = [
        *(spans if single else ()),  # of several lines they would hide each other
        base.mark_line(strokeWidth=2, color=INK).encode(x=across, y=up, **looks["line"]),
        base.mark_point(filled=True, size=50, opacity=1).encode(x=across, y=up, **looks["point"]),
        base.mark_text(dy=-10, fontSize=11, color=INK).encode(x=across, y=up, text="said:N"),
    ]
    if limits:
        lines = alt.Chart(alt.Data(values=[{"at": v} for v in limits]))
        place = alt.Y("at:Q", title=y, scale=scale)
        layers.insert(0, lines.mark_rule(strokeDash=[5, 4], color=RED).encode(y=place))
    return _dressed(alt.layer(*layers).properties(width=WIDTH + 80, height=200))


def _moment(m: Mark) -> dict[str, Any]:
    return {
        "at": m.label, "value": m.value, "low": m.low, "high": m.high, "series": m.series,
        "word": WORDS[m.verdict], "said": WORDS[m.verdict] if m.verdict == "breach" else "",
    }  # fmt: skip


def _one(alt: Any, marks: Sequence[Mark]) -> dict[str, dict[str, Any]]:
    """Points by verdict, explained below if anything was judged."""
    used = [v for v in SHAPES if any(m.verdict == v for m in marks)]
    legend = None if used == ["not_judged"] else alt.Legend(title=None, orient="bottom")
    words = [WORDS[v] for v in used]
    shape = alt.Scale(domain=words, range=[SHAPES[v] for v in used])
    colour = alt.Scale(domain=words, range=[COLOURS[v] for v in used])
    point = {
        "shape": alt.Shape("word:N", scale=shape, legend=legend),
        "color": alt.Color("word:N", scale=colour, legend=legend),
    }
    return {"line": {}, "point": point}


def _several(alt: Any, names: list[str]) -> dict[str, dict[str, Any]]:
    """Series by colour, dash and shape at once."""
    legend = alt.Legend(title=None, orient="bottom", symbolSize=90)
    colour = _series(alt, alt.Color, names, SERIES_COLOURS, legend)
    dash = _series(alt, alt.StrokeDash, names, DASHES, legend)
    shape = _series(alt, alt.Shape, names, SERIES_SHAPES, legend)
    return {
        "line": {"color": colour, "strokeDash": dash},
        "point": {"color": colour, "shape": shape},
    }


def _series(alt: Any, kind: Any, names: list[str], look: Sequence[Any], legend: Any) -> Any:
    found = [list(x) if isinstance(x, tuple) else x for x in look[: len(names)]]
    return kind("series:N", scale=alt.Scale(domain=names, range=found), legend=legend)


def _dressed(chart: Any) -> alt.TopLevelMixin:
    """The looks that all charts share."""
    words = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
    found: alt.TopLevelMixin = (
        chart.configure(font=FONT, background="white", aria=False)
        .configure_axis(
            **words, gridColor="#e2e2e2", domainColor=LINE, tickColor=LINE, titleFontWeight="normal"
        )
        .configure_legend(labelColor=INK, labelFontSize=12)
        .configure_view(stroke=None)
    )
    return found


# ---------------------------------------------------------------------- drawing
def svg_of(chart: alt.TopLevelMixin, name: str, title: str, alt_text: str) -> bytes:
    """SVG with a title and a description, and ids that begin with `name`."""
    converter = _converter()
    found: str = converter.vegalite_to_svg(
        chart.to_json(indent=None), vl_version=_version(converter.get_vegalite_versions())
    )
    return dressed_svg(found, name, title, alt_text).encode("utf-8")


def png_of(svg: bytes) -> bytes:
    """The same picture as PNG, at twice the size."""
    found: bytes = _converter().svg_to_png(svg.decode("utf-8"), scale=PNG_SCALE)
    return found


def _version(known: Sequence[str]) -> str:
    """The version of Vega-Lite that Altair writes for, or the newest that can be drawn."""
    wanted = ".".join(_altair().SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return wanted if wanted in known else known[-1]


def _converter() -> Any:
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise BadInput.one("charts", f"{INSTALL} ({error.name} is missing.)") from error
    return vl_convert


_ID: Final = re.compile(r'(?<=id=")[^"]+(?=")')


def dressed_svg(text: str, name: str, title: str, alt_text: str) -> str:
    """The same picture with its name for those who do not see it.

    Ids are numbered in the order in which they stand, so that they do not depend on what was drawn
    before and do not meet those of another picture on the page.
    """
    for i, found in enumerate(dict.fromkeys(_ID.findall(text))):
        fresh = f"{name}-{i}"
        text = text.replace(f'id="{found}"', f'id="{fresh}"')
        text = text.replace(f"url(#{found})", f"url(#{fresh})")
        text = text.replace(f'href="#{found}"', f'href="#{fresh}"')
    head, _, rest = text.partition(">")
    said = f'<title id="{name}-title">{escape(title)}</title>'
    said += f'<desc id="{name}-desc">{escape(alt_text)}</desc>'
    return f'{head} role="img" aria-labelledby="{name}-title {name}-desc">{said}{rest}'
