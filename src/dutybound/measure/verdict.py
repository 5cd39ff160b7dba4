"""From an estimate and a threshold to a verdict. The interval decides, never the point alone."""

from __future__ import annotations

from dutybound.terms.measure import Judgement, Measured, Side, Threshold, Undefined, Verdict


def judge(measured: Measured, threshold: Threshold | None) -> Judgement:
    """The verdict on one measure.

    Breach if the interval, widened by what bins can hide, lies wholly outside the threshold; no
    breach if wholly inside (the threshold itself is inside); else not enough data. A verdict is
    about the threshold that somebody chose: it is no finding of law.
    """
    if isinstance(measured, Undefined):
        return Judgement(Verdict.UNDEFINED, measured.reason)
    if threshold is None:
        return Judgement(Verdict.NOT_JUDGED, "no threshold was chosen")
    reach = measured.reach
    if reach is None:
        why = measured.note or "there is no interval"
        return Judgement(Verdict.NOT_ENOUGH_DATA, why)
    low, high = reach
    outside, inside = _sides(low, high, threshold)
    span = f"{low:.4g} to {high:.4g}"
    chosen = f"the threshold you chose ({_words(threshold)})"
    if outside:
        return Judgement(Verdict.BREACH, f"{span} lies outside {chosen}")
    if inside:
        return Judgement(Verdict.NO_BREACH, f"{span} lies inside {chosen}")
    return Judgement(Verdict.NOT_ENOUGH_DATA, f"{span} crosses {chosen}")


def _sides(low: float, high: float, threshold: Threshold) -> tuple[bool, bool]:
    """Whether the interval lies wholly outside, and wholly inside."""
    t = threshold.value
    if threshold.side is Side.AT_LEAST:
        return high < t, low >= t
    if threshold.side is Side.AT_MOST:
        return low > t, high <= t
    return low > t or high < -t, low >= -t and high <= t


def _words(threshold: Threshold) -> str:
    words = {Side.AT_LEAST: "at least ", Side.AT_MOST: "at most ", Side.WITHIN: "within ±"}
    return f"{words[threshold.side]}{threshold.value:g}"
