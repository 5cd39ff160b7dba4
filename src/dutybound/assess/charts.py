"""Small charts as SVG for pages without script. Each stands beside a table with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from dutybound.assess.html import text

WIDTH: Final = 720
LABEL: Final = 230  # room for the names of rows
RIGHT: Final = 20
ROW: Final = 22
TOP: Final = 12
FOOT: Final = 28
SQUARE: Final = 360
INK, LINE, MARK, LIMIT = "#1b1b1b", "#767676", "#0b4a8f", "#a11212"
TICKS: Final = 5
LONGEST: Final = 34


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval; low and high are None without one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a curve with the interval of its y."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


def dots(name: str, rows: Sequence[Dot], lines: Sequence[float] = ()) -> str:
    """Values from top to bottom, each with its interval; lines: where a threshold or no effect is.

    name: what a person hears who cannot see it.
    """
    low, high = _range([v for r in rows for v in (r.value, r.low, r.high)] + list(lines))
    height = TOP + ROW * len(rows) + FOOT
    bottom = height - FOOT

    def at(value: float) -> float:
        inside = min(max(value, low), high)
        return LABEL + (inside - low) / (high - low) * (WIDTH - LABEL - RIGHT)

    parts = [_axis(low, high, at, bottom)]
    parts += [_vertical(at(x), TOP, bottom, LIMIT) for x in lines]
    for i, row in enumerate(rows):
        y = TOP + ROW * i + ROW / 2
        label = row.label if len(row.label) <= LONGEST else row.label[: LONGEST - 1] + "…"
        parts.append(_text(LABEL - 8, y + 4, label, "end"))
        if row.low is not None and row.high is not None:
            parts.append(_line(at(row.low), y, at(row.high), y, MARK, 2))
        parts.append(f'<circle cx="{_n(at(row.value))}" cy="{_n(y)}" r="4" fill="{MARK}"/>')
    return _svg(name, WIDTH, height, parts)


def bars(name: str, rows: Sequence[Dot]) -> str:
    """Values from 0, longest first is up to the caller."""
    top = max((r.value for r in rows), default=0.0) or 1.0
    height = TOP + ROW * len(rows) + FOOT
    bottom = height - FOOT

    def at(value: float) -> float:
        return LABEL + min(max(value, 0.0), top) / top * (WIDTH - LABEL - RIGHT)

    parts = [_axis(0.0, top, at, bottom)]
    for i, row in enumerate(rows):
        y = TOP + ROW * i
        label = row.label if len(row.label) <= LONGEST else row.label[: LONGEST - 1] + "…"
        parts.append(_text(LABEL - 8, y + ROW / 2 + 4, label, "end"))
        width = at(row.value) - LABEL
        parts.append(
            f'<rect x="{LABEL}" y="{_n(y + 4)}" width="{_n(width)}" height="{ROW - 8}" '
            f'fill="{MARK}"/>'
        )
    return _svg(name, WIDTH, height, parts)


def diagonal(name: str, points: Sequence[Point]) -> str:
    """A reliability curve in the unit square, with the line on which it should lie."""
    side = SQUARE - 60

    def at(x: float, y: float) -> tuple[float, float]:
        return 40 + x * side, 20 + (1 - y) * side

    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    parts = [
        f'<rect x="40" y="20" width="{side}" height="{side}" fill="none" stroke="{LINE}"/>',
        f'<line x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(x1)}" y2="{_n(y1)}" stroke="{LINE}" '
        'stroke-dasharray="4 4"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        x, y = at(tick, tick)
        parts.append(_text(x, 20 + side + 16, f"{tick:g}", "middle"))
        parts.append(_text(34, y + 4, f"{tick:g}", "end"))
    parts += _curve([at(p.x, p.y) for p in points])
    for p in points:
        if p.low is not None and p.high is not None:
            (x, low), (_, high) = at(p.x, p.low), at(p.x, p.high)
            parts.append(_line(x, low, x, high, MARK, 1))
    return _svg(name, SQUARE, SQUARE, parts)


def series(name: str, points: Sequence[Point], ends: tuple[str, str]) -> str:
    """Values in order of time, x at equal steps; ends: the first and the last label."""
    low, high = _range([v for p in points for v in (p.y, p.low, p.high)])
    height, left = 200, 60
    last = max((p.x for p in points), default=1.0) or 1.0

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            left + x / last * (WIDTH - left - RIGHT),
            20 + (high - y) / (high - low) * (height - 60),
        )

    bottom = height - 40
    parts = [_line(left, bottom, WIDTH - RIGHT, bottom, LINE, 1)]
    parts += [_text(left - 6, at(0, y)[1] + 4, f"{y:.3g}", "end") for y in (low, high)]
    parts.append(_text(left, bottom + 18, ends[0], "start"))
    parts.append(_text(WIDTH - RIGHT, bottom + 18, ends[1], "end"))
    for p in points:
        if p.low is not None and p.high is not None:
            (x, y0), (_, y1) = at(p.x, p.low), at(p.x, p.high)
            parts.append(_line(x, y0, x, y1, LINE, 1))
    parts += _curve([at(p.x, p.y) for p in points])
    return _svg(name, WIDTH, height, parts)


# ---------------------------------------------------------------------- pieces
def _range(values: Sequence[float | None]) -> tuple[float, float]:
    found = [v for v in values if v is not None and isfinite(v)]
    low, high = min(found, default=0.0), max(found, default=1.0)
    if high - low < 1e-9:
        return low - 0.5, high + 0.5
    room = (high - low) * 0.05
    return low - room, high + room


def _axis(low: float, high: float, at: Callable[[float], float], bottom: float) -> str:

    parts = [_line(LABEL, bottom, WIDTH - RIGHT, bottom, LINE, 1)]
    for i in range(TICKS):
        value = low + (high - low) * i / (TICKS - 1)
        parts.append(_text(at(value), bottom + 18, f"{value:.3g}", "middle"))
    return "".join(parts)


def _curve(points: Sequence[tuple[float, float]]) -> list[str]:
    joined = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    line = f'<polyline points="{joined}" fill="none" stroke="{MARK}" stroke-width="2"/>'
    return [line, *(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" fill="{MARK}"/>' for x, y in points)]


def _vertical(x: float, top: float, bottom: float, colour: str) -> str:
    return (
        f'<line x1="{_n(x)}" y1="{_n(top)}" x2="{_n(x)}" y2="{_n(bottom)}" stroke="{colour}" '
        'stroke-dasharray="4 4"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: int) -> str:
    return (
        f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{colour}" '
        f'stroke-width="{width}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="12" fill="{INK}" '
        f'text-anchor="{anchor}">{text(words)}</text>'
    )


def _n(value: float) -> str:
    return f"{value:.1f}"


def _svg(name: str, width: int, height: float, parts: Sequence[str]) -> str:
    body = "".join(parts)
    return (
        f'<svg role="img" aria-label="{text(name)}" viewBox="0 0 {width} {_n(height)}" '
        f'width="100%" preserveAspectRatio="xMinYMin meet">{body}</svg>'
    )
