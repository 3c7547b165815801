"""Random panels for property tests: residents in sites over waves, nested or crossed, with gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import RandomTerm


@dataclass(frozen=True)
class Data:
    y: Array
    X: Array
    terms: tuple[RandomTerm, ...]
    weights: Array


def panel(
    seed: int,
    *,
    residents: int = 24,
    waves: int = 4,
    sites: int = 4,
    slope: bool = True,
    crossed: bool = False,
    site_wave: bool = False,
    weighted: bool = False,
    continuous: bool = False,
    correlated: bool = True,
) -> Data:
    """Return a panel with about a sixth of its rows missing, in random order."""
    rng = np.random.default_rng(seed)
    resident = np.repeat(np.arange(residents), waves)
    wave = np.tile(np.arange(waves), residents)
    site = rng.integers(0, sites, len(resident)) if crossed else resident % sites
    time = wave + (rng.uniform(0, 0.5, len(wave)) if continuous else 0.0)
    age = rng.normal(size=residents)[resident]
    y = 1 + 0.3 * time + rng.normal(size=residents)[resident] + 0.7 * rng.normal(size=sites)[site]
    y = y + 0.4 * time * rng.normal(size=residents)[resident] + rng.normal(size=len(y))
    keep = rng.permutation(np.flatnonzero(rng.random(len(y)) < 0.84))
    time, site, wave, resident, age, y = (v[keep] for v in (time, site, wave, resident, age, y))
    one = np.ones(len(y))
    both = np.column_stack([one, time])
    columns, names = (both, ("i", "t")) if slope else (both[:, :1], ("i",))
    terms = [RandomTerm(resident, columns, correlated, "resident", names)]
    terms.append(RandomTerm(site, both[:, :1], True, "site", ("i",)))
    if site_wave:
        terms.append(RandomTerm(site * waves + wave, both[:, :1], True, "site:wave", ("i",)))
    weights = rng.uniform(0.5, 2.0, len(y)) if weighted else one
    return Data(y, np.column_stack([one, time, age]), tuple(terms), weights)


@st.composite
def panels(draw: st.DrawFn) -> Data:
    flag = st.booleans()
    return panel(
        draw(st.integers(0, 10_000)),
        slope=draw(flag),
        crossed=draw(flag),
        site_wave=draw(flag),
        weighted=draw(flag),
        continuous=draw(flag),
    )
