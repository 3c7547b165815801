"""When something that is not clear yet could be told: an estimate, never a promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalkit.documents.blocks import Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focus_of, focused_with
from evalkit.reports.planned_precision import HalfWidth, half_width_in
from evalkit.reports.verdicts import CLEAR, verdict_of
from evalkit.reports.wording import named
from evalkit.study.study import Outcome
from evalkit.study.wave import Wave
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.outlook"
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Planned:
    """Hold a wave to come: its year, and the years that will then lie between it and the first wave."""

    year: int
    elapsed: float


def year_it_could_be_told(
    change: float, elapsed: float, half_width: HalfWidth, band: float, planned: Sequence[Planned]
) -> int | None:
    """Return the first planned year in which the interval would leave the band of no interest, or lie within.

    It supposes that the change goes on at its pace so far, which nobody knows: an estimate.

    Parameters
    ----------
    change : change so far, in points.
    elapsed : years between the first wave and now.
    half_width : half the width of the interval, in points, by years since the first wave. Of a comparison
        of two waves it stays what it is while sites differ from one another as they do now; a scenario of
        the power of a study may give another.
    band : smallest change that counts, in points.
    planned : waves to come, in the order of time.

    Returns
    -------
    The year, or None when no planned wave could tell.

    Examples
    --------
    >>> waves = [Planned(2026, 3.0), Planned(2027, 4.0)]
    >>> year_it_could_be_told(3.0, 2.0, lambda years: 4.0, band=1.5, planned=waves)
    2027
    """
    for wave in planned:
        then, half = change * wave.elapsed / elapsed, half_width(wave.elapsed)
        if verdict_of(then, then - half, then + half, band) in CLEAR:
            return wave.year
    return None


def points_of_outlook(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    """Say of what is not clear yet when it could be told, year by year, or that no planned wave could."""
    unclear = focused_with(evidence, "unclear")
    later = evidence.study.waves[len(evidence.waves) :]
    years = {outcome.id: _year(evidence, outcome, later) for outcome in unclear}
    for year in sorted({year for year in years.values() if year is not None}):
        found = [outcome for outcome in unclear if years[outcome.id] == year]
        yield (_say("year", outcomes=named(evidence, found), year=str(year)), _say("estimate"))
    never = [outcome for outcome in unclear if years[outcome.id] is None]
    if never and later:
        yield (_say("beyond", outcomes=named(evidence, never)),)
    elif never:
        yield (_say("no_wave"),)


def _year(evidence: Evidence, outcome: Outcome, later: Sequence[Wave]) -> int | None:
    focus = focus_of(evidence)
    change, low, high = (focus.number(outcome, column) for column in ("change", "low", "high"))
    first = evidence.firsts[outcome.id]
    if change is None or low is None or high is None or first is None:
        return None
    half = (high - low) / 2
    planned = [Planned(wave.year, _years(first, wave)) for wave in later]
    elapsed = _years(first, evidence.wave)
    half_width = half_width_in(evidence.study, outcome.id, half, elapsed)
    return year_it_could_be_told(change, elapsed, half_width, evidence.bands[outcome.id], planned)


def _years(first: Wave, last: Wave) -> float:
    return (last.midpoint - first.midpoint).days / DAYS_A_YEAR


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)
