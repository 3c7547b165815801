"""Whether an outcome changes more among some residents than among others of the same sites."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from evalkit.models.arms import compared_arms
from evalkit.models.kind import Asked, Kind, lacking_waves
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import wave_term
from evalkit.problems import Problem, error, warning
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

MODERATOR = "moderator"
OPTIONS = frozenset({"by", "cuts"})


def _suits(_study: Study) -> bool:
    """Looking through subgroups unasked finds what is not there; a plan asks for it by name."""
    return False


def _lacking(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> Problem | None:
    by = str(asked.options.get("by", ""))
    if by not in panel:
        return error("models.no_moderator", name=by)
    one_wave = lacking_waves(panel, outcome, study)
    if one_wave is not None:
        return one_wave
    if groups_at_entry(usable_rows(panel, outcome), by, _cuts(asked)).nunique() < 2:
        return warning("models.one_group_of_residents", outcome=outcome, name=by)
    return None


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    rows = usable_rows(panel, outcome)
    groups = groups_at_entry(rows, str(asked.options["by"]), _cuts(asked))
    rows = rows.assign(**{MODERATOR: groups})
    rows = rows[rows[MODERATOR].notna()].reset_index(drop=True)
    waves = waves_of(rows)
    since = asked.since if asked.since in waves else waves[0]
    levels = [str(level) for level in rows[MODERATOR].astype("category").cat.categories]
    fixed = _columns(rows, levels, (since, *(wave for wave in waves if wave != since)))
    estimand = phrase("models.estimand.moderation", first=since, by=str(asked.options["by"]))
    arms = compared_arms(study)
    of: list[tuple[str, ...]] = [(), arms] if arms is not None else [()]
    contrasts = tuple(
        SiteContrast(
            f"{wave}:{level}-{levels[0]}",
            estimand,
            change_between(since, wave),
            since,
            wave,
            pair,
            {} if pair else {_product(level, wave): 1.0},
            by=(MODERATOR, level, levels[0]),
        )
        for wave in waves
        if wave != since and wave in (asked.waves or waves)
        for level in levels[1:]
        for pair in of
    )
    terms = tuple(_product(level, wave) for level in levels[1:] for wave in waves if wave != since)
    known = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": ()}
    return ModelSpec(outcome, rows, fixed, random_terms(waves), estimand, known, contrasts, terms)


def groups_at_entry(rows: pd.DataFrame, by: str, cuts: Sequence[float] = ()) -> pd.Series:
    """Return the group of each row's resident, from the first wave in which the item was answered.

    Parameters
    ----------
    rows : one row a respondent and wave, in the order of time within a respondent.
    by : item that tells the group.
    cuts : for a number, the values at which a new group begins.

    Examples
    --------
    >>> rows = pd.DataFrame({"respondent": list("aab"), "age": [39.0, 41.0, 70.0]})
    >>> groups_at_entry(rows, "age", [40, 65]).tolist()
    ['under 40', 'under 40', '65 and over']
    """
    first = rows.dropna(subset=[by]).groupby("respondent", sort=False)[by].first()
    values = rows["respondent"].map(first)
    if not cuts:
        return values.map(lambda value: None if pd.isna(value) else _plain(value)).astype("category")
    ends = sorted(cuts)
    names = [f"under {ends[0]:g}", *(f"{a:g} to under {b:g}" for a, b in pairwise(ends))]
    edges = [-np.inf, *ends, np.inf]
    return pd.cut(values.astype(float), edges, right=False, labels=[*names, f"{ends[-1]:g} and over"])


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cuts(asked: Asked) -> tuple[float, ...]:
    given = asked.options.get("cuts", ())
    return tuple(float(cut) for cut in given) if isinstance(given, list | tuple) else ()


def _columns(rows: pd.DataFrame, levels: Sequence[str], waves: Sequence[str]) -> pd.DataFrame:
    group = rows[MODERATOR].astype(str)
    columns = pd.DataFrame({"(Intercept)": 1.0}, index=rows.index)
    for level in levels[1:]:
        columns[f"{MODERATOR}[{level}]"] = (group == level).astype(float)
    for wave in waves[1:]:
        now = (rows["wave"].astype(str) == wave).astype(float)
        columns[wave_term(wave)] = now
        for level in levels[1:]:
            columns[_product(level, wave)] = (group == level) * now
    return columns


def _product(level: str, wave: str) -> str:
    return f"{MODERATOR}[{level}]:{wave_term(wave)}"


KIND = Kind(_suits, _lacking, _build, OPTIONS, residents=True)
