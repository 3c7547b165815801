"""Fill the items that no outcome rests on, so that a simulated questionnaire is complete."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.instruments.conditions import parse_condition
from evalkit.instruments.evaluating import evaluate
from evalkit.instruments.instrument import Instrument, Item

BLANK_SHARE = 0.03  # item nonresponse of the simulator's defaults
SELECTED_SHARE = 0.3


def fill_items(
    instrument: Instrument, given: pd.DataFrame, items: Iterable[str], rng: np.random.Generator
) -> pd.DataFrame:
    """Draw plausible answers to `items`, respecting their skip conditions.

    Parameters
    ----------
    instrument : the questionnaire.
    given : answers that are drawn already, one row a respondent, columns by item id.
    items : ids of the items to draw, in the order in which they are asked.
    rng : source of random numbers.

    Returns
    -------
    A new frame: the columns of `given`, then one column an item: codes, tuples of codes for `multiple`,
    None where blank or not asked.
    """
    filled = given.copy()
    for item_id in items:
        item = instrument.item(item_id)
        asked = _asked(item, filled)
        drawn = _draw(instrument, item, len(filled), rng)
        kept = asked & (rng.random(len(filled)) >= BLANK_SHARE)
        drawn[~kept] = None
        filled[item_id] = drawn
    return filled


def _asked(item: Item, filled: pd.DataFrame) -> npt.NDArray[np.bool_]:
    if item.ask_if is None:
        return np.ones(len(filled), dtype=bool)
    return evaluate(parse_condition(item.ask_if), filled, filled.notna())


def _draw(instrument: Instrument, item: Item, n: int, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    codes = np.array([option.value for option in instrument.options_of(item)])
    if item.type == "single":
        return rng.choice(codes, n).astype(object)
    if item.type == "multiple":
        selected = rng.random((n, len(codes))) < SELECTED_SHARE
        chosen = np.empty(n, dtype=object)
        chosen[:] = [tuple(codes[row].tolist()) or None for row in selected]
        return chosen
    if item.type in ("integer", "number"):
        low, high = item.range or (0, 100)
        return rng.integers(int(low), int(high) + 1, n).astype(object)
    # Free text and dates say nothing about people who do not exist.
    return np.full(n, None, dtype=object)
