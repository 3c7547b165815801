"""Waves joined into one long table: a row for each respondent and wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.answer_table import ANSWERED, REASONS, AnswerTable
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
# What a person wrote could name somebody; what repeats over partners is a table of ties, not a column.
LEFT_OUT = ("text",)


@dataclass(frozen=True)
class Panel:
    """Hold the waves of one population.

    Parameters
    ----------
    frame : DataFrame, one row a respondent and wave: `KEY_COLUMNS`, then items. `wave` is an ordered
        category; `time` is in years since the middle of the first wave's field period; `exposure` in
        years since the intervention started at the site (negative before, missing if never).
    reasons : DataFrame, same index, one column an item: why an answer is absent, missing where it is not.
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
    The panel, by wave, respondent and site. Where a wave has several questionnaires for one population,
    each gives its own rows. Free text, dates of events and items that repeat over partners stay out.
    An item of `multiple` becomes one column an option, `item_code`, 1 when selected.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    instruments = tuple(form for form in study.instruments.values() if form.population == population)
    parts = [
        _part(study, wave, form, read_answers(study, wave.id, form.id))
        for wave in study.waves
        for form in instruments
        if form.id in wave.instruments
    ]
    columns = list(dict.fromkeys(name for form in instruments for name in item_columns(form)))
    frame = _joined([frame for frame, _ in parts], [*KEY_COLUMNS, *columns])
    frame["wave"] = pd.Categorical(frame["wave"], [wave.id for wave in study.waves], ordered=True)
    reasons = _joined([reasons for _, reasons in parts], panel_items(instruments))
    order = frame.sort_values(["wave", "respondent", "site"], kind="stable").index
    return Panel(
        frame.loc[order].reset_index(drop=True), reasons.loc[order].reset_index(drop=True), instruments
    )


def panel_items(instruments: tuple[Instrument, ...]) -> list[str]:
    """Return the ids of the items that enter the panel."""
    return list(dict.fromkeys(item.id for form in instruments for item in form.items if _enters(item)))


def item_columns(form: Instrument) -> Iterator[str]:
    """Give the columns of the items of a questionnaire, in its order."""
    for item in form.items:
        if item.type == "multiple":
            yield from (f"{item.id}_{option.value}" for option in form.options_of(item))
        elif _enters(item):
            yield item.id


def _enters(item: Item) -> bool:
    return item.type not in LEFT_OUT and item.repeat is None


def _part(
    study: Study, wave: Wave, form: Instrument, table: AnswerTable
) -> tuple[pd.DataFrame, pd.DataFrame]:
    keys = table.keys
    site_ids = keys["site"].astype(object)
    known = {
        "respondent": keys["respondent"],
        "site": site_ids,
        "wave": wave.id,
        "arm": site_ids.map({site.id: site.arm for site in study.sites}),
        "time": (wave.midpoint - study.waves[0].midpoint).days / DAYS_A_YEAR,
        "exposure": site_ids.map(_exposure(study, wave)).astype(float),
        "language": keys["language"],
        "mode": keys["mode"],
        "instrument": form.id,
        "version": keys["version"],
    }
    columns = {name: column for item in form.items for name, column in _columns(form, item, table)}
    frame = pd.DataFrame({**known, **columns}, index=keys.index)
    words = np.array([None, *REASONS], dtype=object)
    reasons = {item.id: words[table.reasons[item.id].to_numpy()] for item in form.items if _enters(item)}
    return frame, pd.DataFrame(reasons, index=keys.index)


def _exposure(study: Study, wave: Wave) -> dict[str, float]:
    return {
        site.id: (wave.midpoint - site.started).days / DAYS_A_YEAR
        for site in study.sites
        if site.started is not None
    }


def _columns(form: Instrument, item: Item, table: AnswerTable) -> Iterator[tuple[str, pd.Series]]:
    if not _enters(item):
        return
    values = table.values[item.id]
    if item.type != "multiple":
        yield item.id, values
        return
    answered = (table.reasons[item.id] == ANSWERED).to_numpy()
    chosen = [
        frozenset(codes) if given else frozenset() for codes, given in zip(values, answered, strict=True)
    ]
    for option in form.options_of(item):
        selected = np.array([option.value in codes for codes in chosen], dtype=float)
        yield (
            f"{item.id}_{option.value}",
            pd.Series(np.where(answered, selected, np.nan), index=values.index),
        )


def _joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(filled, ignore_index=True).reindex(columns=columns)
