"""Who answered: those who stayed, those who are new, those who were not seen again."""

from __future__ import annotations

import pandas as pd


def participation(panel: pd.DataFrame, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count respondents wave by wave.

    Parameters
    ----------
    panel : one row a respondent and wave, `wave` an ordered category.
    by : further columns to count within, such as `site` or `arm`.

    Returns
    -------
    DataFrame, one row a wave (and group): `answered`; `stayed`, who answered the wave before too;
    `returned`, who answered an earlier wave but not the last one; `new`, who answered for the first
    time; `not_seen`, who answered the wave before and not this one; `from_first`, who answered the
    first wave too. A person who moves between groups counts where the answers were given.

    Examples
    --------
    >>> waves = pd.Categorical(["w1", "w1", "w2"], ["w1", "w2"], ordered=True)
    >>> panel = pd.DataFrame({"respondent": ["a", "b", "a"], "wave": waves})
    >>> participation(panel)[["answered", "stayed", "new", "not_seen"]].to_numpy().tolist()
    [[2, 0, 2, 0], [1, 1, 0, 1]]
    """
    waves = list(panel["wave"].cat.categories)
    groups = panel.groupby(list(by), observed=True) if by else [((), panel)]
    rows = []
    for key, part in groups:
        seen = [frozenset(part.loc[part["wave"] == wave, "respondent"]) for wave in waves]
        for number, wave in enumerate(waves):
            rows.append({**dict(zip(by, key, strict=True)), "wave": wave, **_counts(seen, number)})
    return pd.DataFrame(rows)


def _counts(seen: list[frozenset[str]], number: int) -> dict[str, int]:
    now, earlier = seen[number], frozenset().union(*seen[:number])
    last: frozenset[str] = seen[number - 1] if number else frozenset()
    return {
        "answered": len(now),
        "stayed": len(now & last),
        "returned": len((now & earlier) - last),
        "new": len(now - earlier),
        "not_seen": len(last - now),
        "from_first": len(now & seen[0]),
    }
