"""How fast an outcome grows before and after a bend, or up to a plateau: points a year, by arm."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from evalkit.models.arms import arms_asked, arms_present
from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Asked, Kind
from evalkit.models.site_contrast import SiteContrast, coefficient_of
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import arm_term
from evalkit.problems import Problem, note
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

TIME, AFTER = "time", "time_after"
OPTIONS = frozenset({"knot", "plateau"})


def _suits(_study: Study) -> bool:
    """Where a bend lies is an assumption that a default plan does not make."""
    return False


def _lacking(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> Problem | None:
    waves = waves_of(usable_rows(panel, outcome))
    return (
        note("models.too_few_waves", outcome=outcome, waves=len(waves), needed=3) if len(waves) < 3 else None
    )


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    rows = usable_rows(panel, outcome)
    waves = waves_of(rows)
    times = {str(w): float(t) for w, t in rows.groupby(rows["wave"].astype(str))[TIME].mean().items()}
    knot, plateau = _knot(times, waves, asked), bool(asked.options.get("plateau", False))
    arms = arms_present(study, rows)
    rows = rows[rows["arm"].isin(arms)].reset_index(drop=True) if arms else rows
    fixed = _columns(rows, arms, knot, plateau)
    estimand = phrase(f"models.estimand.{'plateau' if plateau else 'piecewise'}", knot=knot)
    basis = {wave: (1.0, *_parts(time, knot, plateau)) for wave, time in times.items()}
    parts = {"before": 1} if plateau else {"before": 1, "after": 2}
    contrasts = tuple(
        SiteContrast(
            name, estimand, coefficient_of(basis, column), waves[0], waves[-1], of, _row(arms, of, column)
        )
        for name, column in parts.items()
        for of in arms_asked(study, arms)
    )
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": arms}
    return ModelSpec(outcome, rows, fixed, random_terms(waves, trend=True), estimand, levels, contrasts)


def _knot(times: Mapping[str, float], waves: tuple[str, ...], asked: Asked) -> float:
    """Return the year of the bend: as asked, else that of the middle wave."""
    wanted = asked.options.get("knot")
    return float(wanted) if isinstance(wanted, int | float) else times[waves[len(waves) // 2]]


def _parts(time: float, knot: float, plateau: bool) -> tuple[float, ...]:
    """Return years before the bend and, without a plateau, years after it."""
    return (min(time, knot),) if plateau else (min(time, knot), max(time - knot, 0.0))


def _columns(rows: pd.DataFrame, arms: tuple[str, ...], knot: float, plateau: bool) -> pd.DataFrame:
    time = rows[TIME].astype(float)
    curve = {TIME: time.clip(upper=knot)} | ({} if plateau else {AFTER: (time - knot).clip(lower=0.0)})
    columns = pd.DataFrame({INTERCEPT: 1.0, **curve}, index=rows.index)
    for arm in arms[:-1]:
        ours = (rows["arm"].astype(str) == arm).astype(float)
        columns[arm_term(arm)] = ours
        for name, values in curve.items():
            columns[f"{arm_term(arm)}:{name}"] = ours * values
    return columns


def _row(arms: tuple[str, ...], of: tuple[str, ...], column: int) -> dict[str, float]:
    name = (TIME, AFTER)[column - 1]
    signs = dict(zip(of, (1.0, -1.0), strict=False))
    own = {f"{arm_term(arm)}:{name}": sign for arm, sign in signs.items() if arm != arms[-1]}
    return own if len(of) == 2 else {name: 1.0} | own


KIND = Kind(_suits, _lacking, _build, OPTIONS)
