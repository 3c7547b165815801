"""Waves joined into one long table: a row for each respondent and wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Place, Problem, error
from evalkit.responses.answer_table import ANSWERED, REASON_CODE, AnswerTable
from evalkit.responses.response_store import read_answers
from evalkit.study.study import Study
from evalkit.study.wave import Wave

DAYS_A_YEAR = 365.25
KEY_COLUMNS = (
    "respondent",
    "site",
    "wave",
    "arm",
    "time",
    "exposure",
    "language",
    "mode",
    "instrument",
    "version",
)
ORDER = ["respondent", "wave", "site"]


@dataclass(frozen=True)
class Panel:
    """Hold the waves of one population.

    Parameters
    ----------
    frame : DataFrame, one row a respondent, wave and questionnaire: `KEY_COLUMNS`, then items. `wave` is
        an ordered category; `time` is in years since the middle of the first wave's field period;
        `exposure` in years since the intervention started at the site (negative before, missing if never).
    reasons : DataFrame, same index, one int8 column an item: 0 answered, then `REASON_CODE`. An item of
        another questionnaire was not asked.
    instruments : the questionnaires of the population.
    """

    frame: pd.DataFrame
    reasons: pd.DataFrame
    instruments: tuple[Instrument, ...]


def join_waves(study: Study, population: str) -> Panel:
    """Join the answers of a population over all waves.

    Parameters
    ----------
    study : the study.
    population : id under `populations`.

    Returns
    -------
    The panel, by respondent, wave and site. Where a wave has several questionnaires for one population,
    each gives its own rows. Free text stays out, for it could name somebody, and so do items that repeat
    over partners, which make a table of ties. An item of `multiple` becomes one column an option,
    `item_code`, 1 when selected.

    Raises
    ------
    ProblemsFound : an unknown population; a scale with the id of another questionnaire's item; the store
        cannot be read.
    """
    instruments = tuple(form for form in study.instruments.values() if form.population == population)
    _refuse(study, population, instruments)
    parts = [
        _part(study, wave, form, read_answers(study, wave.id, form.id))
        for wave in study.waves
        for form in instruments
        if form.id in wave.instruments
    ]
    columns = list(dict.fromkeys(name for form in instruments for name in item_columns(form)))
    items = list(dict.fromkeys(item.id for form in instruments for item in form.items if _enters(item)))
    frame = _joined([frame for frame, _ in parts], [*KEY_COLUMNS, *columns])
    reasons = _joined([reasons for _, reasons in parts], items).fillna(REASON_CODE["not_asked"])
    frame["wave"] = pd.Categorical(frame["wave"], [wave.id for wave in study.waves], ordered=True)
    order = frame[ORDER].sort_values(ORDER, kind="stable").index.to_numpy()
    return Panel(
        frame.take(order).reset_index(drop=True),
        reasons.astype(np.int8).take(order).reset_index(drop=True),
        instruments,
    )


def item_columns(form: Instrument) -> Iterator[str]:
    """Give the columns of the items of a questionnaire, in its order."""
    for item in form.items:
        if item.type == "multiple" and _enters(item):
            yield from (f"{item.id}_{option.value}" for option in form.options_of(item))
        elif _enters(item):
            yield item.id


def _enters(item: Item) -> bool:
    return item.type != "text" and item.repeat is None


def _refuse(study: Study, population: str, instruments: tuple[Instrument, ...]) -> None:
    """Refuse what would give a panel of nothing, or two columns of one name."""
    problems: list[Problem] = []
    if not instruments and population not in study.file.populations:
        known = ", ".join(study.file.populations)
        problems.append(error("panel.unknown_population", Place(), population=population, known=known))
    # Within one questionnaire no two ids are the same; an item of another may have a scale's id.
    items = {item.id for form in instruments for item in form.items if _enters(item)}
    problems += [
        error("panel.same_name", Place(instrument=form.id, scale=scale.id))
        for form in instruments
        for scale in form.scales
        if scale.id in items
    ]
    if problems:
        raise ProblemsFound(problems)


def _part(
    study: Study, wave: Wave, form: Instrument, table: AnswerTable
) -> tuple[pd.DataFrame, pd.DataFrame]:
    keys = table.keys
    sites = keys["site"].astype(object)
    known = {
        "respondent": keys["respondent"],
        "site": sites,
        "wave": wave.id,
        "arm": sites.map({site.id: site.arm for site in study.sites}).astype(object),
        "time": (wave.midpoint - study.waves[0].midpoint).days / DAYS_A_YEAR,
        "exposure": sites.map(_exposure(study, wave)).astype(float),
        "language": keys["language"],
        "mode": keys["mode"],
        "instrument": form.id,
        "version": keys["version"],
    }
    columns = {name: column for item in form.items for name, column in _columns(form, item, table)}
    reasons = table.reasons[[item.id for item in form.items if _enters(item)]]
    return pd.DataFrame({**known, **columns}, index=keys.index), reasons


def _exposure(study: Study, wave: Wave) -> dict[str, float]:
    return {
        site.id: (wave.midpoint - site.started).days / DAYS_A_YEAR
        for site in study.sites
        if site.started is not None
    }


def _columns(
    form: Instrument, item: Item, table: AnswerTable
) -> Iterator[tuple[str, pd.Series | npt.NDArray[np.float64]]]:
    if not _enters(item):
        return
    values = table.values[item.id]
    if item.type != "multiple":
        yield item.id, values
        return
    # Few different sets of choices in many rows: each is looked into once.
    distinct: dict[Any, int] = {}
    answered = table.reasons[item.id].to_numpy() == ANSWERED
    chosen = [distinct.setdefault(codes, len(distinct)) for codes in values[answered]]
    for option in form.options_of(item):
        selected = np.full(len(table), np.nan)
        selected[answered] = np.array([option.value in codes for codes in distinct], dtype=float)[chosen]
        yield f"{item.id}_{option.value}", selected


def _joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    # Parts without rows would change the types of the others; one of them gives the types of an empty panel.
    filled = [part for part in parts if len(part)] or parts[:1]
    joined = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return joined.reindex(columns=columns)
