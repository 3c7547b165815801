"""Fixed columns that several kinds share: arms, waves, and what each arm adds in each wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from evalkit.models.fit import INTERCEPT


def arm_and_wave_columns(rows: pd.DataFrame, arms: Sequence[str], waves: Sequence[str]) -> pd.DataFrame:
    """Return an intercept, arms but the last, waves but the first, and their products.

    Parameters
    ----------
    rows : one row a respondent and wave, with `wave`, and `arm` where there are arms.
    arms : those of the model, the one that others are compared with last; none or one for a single group.
    waves : those of the model, the one that others are compared with first.
    """
    columns = pd.DataFrame({INTERCEPT: 1.0}, index=rows.index)
    ours = {arm: (rows["arm"].astype(str) == arm).astype(float) for arm in arms[:-1]}
    for arm, column in ours.items():
        columns[arm_term(arm)] = column
    for wave in waves[1:]:
        now = (rows["wave"].astype(str) == wave).astype(float)
        columns[wave_term(wave)] = now
        for arm, column in ours.items():
            columns[product_term(arm, wave)] = column * now
    return columns


def change_row(arms: Sequence[str], arm: str | None, wave: str) -> Mapping[str, float]:
    """Return a wave's change since the first in an arm, by terms of `arm_and_wave_columns`."""
    row = {wave_term(wave): 1.0}
    return row if arm is None or arm == arms[-1] else row | {product_term(arm, wave): 1.0}


def arm_term(arm: str) -> str:
    """Return the name of the column of an arm."""
    return f"arm[{arm}]"


def wave_term(wave: str) -> str:
    """Return the name of the column of a wave."""
    return f"wave[{wave}]"


def product_term(arm: str, wave: str) -> str:
    """Return the name of the column of what an arm adds in a wave."""
    return f"{arm_term(arm)}:{wave_term(wave)}"
