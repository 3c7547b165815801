"""The assignments of sites to arms that a design allows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb, prod

import numpy as np
import numpy.typing as npt

from evalkit.study.study import Study

Booleans = npt.NDArray[np.bool_]

MOST = 1_000_000
DRAWS = 99_999
SEED = 20_100


@dataclass(frozen=True)
class Assignments:
    """Hold assignments of sites to arms, the observed one first.

    Parameters
    ----------
    arms : (A, G), true where a site is in the arm of interest; no two rows are the same.
    n_allowed : how many the design allows, counted exactly.
    smallest_p : least two-sided p-value of a test over them. In a design that each exchange of the two
        arms gives back, two assignments are as extreme as the most extreme one.
    """

    arms: Booleans
    n_allowed: int
    smallest_p: float

    @property
    def sampled(self) -> bool:
        """Return whether `arms` holds a sample of what the design allows."""
        return len(self.arms) < self.n_allowed


def allowed_assignments(
    arms: npt.ArrayLike,
    blocks: Sequence[Hashable] | None = None,
    *,
    most: int = MOST,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Assignments:
    """List every assignment that keeps the number of sites in each arm of each block.

    Parameters
    ----------
    arms : (G,), true where a site is in the arm of interest, as observed.
    blocks : the block of each site within which arms were given (a stratum, a pair); None for one block.
    most : up to so many assignments all are listed; above, `draws` others are drawn beside the observed
        one, none twice.
    seed : of the draws.

    Returns
    -------
    The assignments.

    Raises
    ------
    ValueError : when `blocks` do not fit `arms`, or `draws` is not below `most`.

    References
    ----------
    Phipson & Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9:39: with the
    observed assignment among those drawn, a p-value is never zero and the test holds its level.

    Examples
    --------
    >>> found = allowed_assignments([True, True, True, False, False, False])
    >>> found.n_allowed, found.smallest_p, found.arms[0].tolist()
    (20, 0.1, [True, True, True, False, False, False])
    >>> allowed_assignments([True, False, True, False], ["a", "a", "b", "b"]).arms.astype(int).tolist()
    [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]]
    """
    observed = np.asarray(arms, dtype=bool)
    if blocks is not None and len(blocks) != len(observed):
        raise ValueError(f"{len(blocks)} blocks for {len(observed)} sites")
    if draws >= most:
        raise ValueError("draws are fewer than the most that are listed")
    members = _members(blocks, len(observed))
    n_allowed = prod(comb(len(sites), int(observed[sites].sum())) for sites in members)
    if n_allowed > most:
        return Assignments(_drawn(observed, members, draws, seed), n_allowed, 1 / (draws + 1))
    mirrored = n_allowed > 1 and all(2 * observed[sites].sum() == len(sites) for sites in members)
    return Assignments(_listed(observed, members), n_allowed, (2 if mirrored else 1) / n_allowed)


def blocks_of(study: Study, sites: Sequence[str]) -> tuple[str, ...] | None:
    """Return the block of each of `sites` within which arms were given; None when there is one block.

    Sites that stand in no pair are each a block of their own: nothing is exchanged with them.

    Parameters
    ----------
    study : a study whose `assignment` has been found whole.
    sites : ids, in the order of the arrays.
    """
    assignment = study.file.assignment
    if assignment.pairs:
        pair_of = {site: "+".join(pair) for pair in assignment.pairs for site in pair}
        return tuple(pair_of.get(site, site) for site in sites)
    if assignment.strata is not None:
        return tuple(str(getattr(study.sites_by_id[site], assignment.strata)) for site in sites)
    return None


def _members(blocks: Sequence[Hashable] | None, n_sites: int) -> list[npt.NDArray[np.intp]]:
    """Return the places of the sites of each block, blocks in the order in which they come first."""
    found: dict[Hashable, list[int]] = {}
    for place, block in enumerate([None] * n_sites if blocks is None else blocks):
        found.setdefault(block, []).append(place)
    return [np.array(places, dtype=np.intp) for places in found.values()]


def _listed(observed: Booleans, members: list[npt.NDArray[np.intp]]) -> Booleans:
    rows = np.zeros((1, len(observed)), dtype=bool)
    for sites in members:
        chosen = _combinations(len(sites), int(observed[sites].sum()))
        rows = np.repeat(rows, len(chosen), axis=0)
        rows[:, sites] = np.tile(chosen, (len(rows) // len(chosen), 1))
    first = int(np.flatnonzero((rows == observed).all(axis=1))[0])
    return np.concatenate([rows[first : first + 1], rows[:first], rows[first + 1 :]])


def _combinations(n: int, k: int) -> Booleans:
    count = comb(n, k)
    places = np.fromiter(chain.from_iterable(combinations(range(n), k)), dtype=np.intp, count=count * k)
    rows = np.zeros((count, n), dtype=bool)
    np.put_along_axis(rows, places.reshape(count, k), True, axis=1)
    return rows


def _drawn(observed: Booleans, members: list[npt.NDArray[np.intp]], draws: int, seed: int) -> Booleans:
    rng = np.random.default_rng(seed)
    rows = observed[None]
    while len(rows) <= draws:
        more = np.empty((draws, len(observed)), dtype=bool)
        for sites in members:
            order = rng.random((draws, len(sites))).argsort(axis=1)
            more[:, sites] = order < observed[sites].sum()
        rows = np.concatenate([rows, more])
        _, first_seen = np.unique(np.packbits(rows, axis=1), axis=0, return_index=True)
        rows = rows[np.sort(first_seen)][: draws + 1]
    return rows
