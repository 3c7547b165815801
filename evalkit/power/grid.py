"""Sites by waves: what reaches whom, and which residents answer when."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Hold the design of a study: S sites, T waves, P patterns of presence.

    Parameters
    ----------
    times : (T,) years from the first wave, rising.
    effect : (S, T) how much of the effect reaches a site at a wave: 0 or 1 for a step, any number for
        another shape, elapsed years for a difference of slopes.
    present : (P, T) the waves at which residents of a pattern answer.
    residents : (S, P) number of residents of each pattern in each site; expected numbers may be fractions.
    arms : (S,) number of each site's arm; when left out, sites with different rows of `effect` are taken
        for two arms.

    Raises
    ------
    ValueError : shapes that do not fit, times that do not rise, or numbers of residents below zero.

    Examples
    --------
    >>> grid = closed_cohort([0, 1], np.array([[0, 1], [0, 0]]), [40, 40])
    >>> grid.cells.tolist()
    [[40.0, 40.0], [40.0, 40.0]]
    """

    times: Array
    effect: Array
    present: Flags
    residents: Array
    arms: Labels | None = None

    def __post_init__(self) -> None:
        sites, waves = self.effect.shape
        shapes = (self.times.shape, self.present.shape[1:], self.residents.shape)
        if shapes != ((waves,), (waves,), (sites, len(self.present))):
            raise ValueError("times, effect, patterns and residents do not fit together")
        if self.arms is not None and self.arms.shape != (sites,):
            raise ValueError("each site has one arm")
        if not (np.diff(self.times) > 0).all():
            raise ValueError("times rise")
        finite = all(np.isfinite(part).all() for part in (self.times, self.effect, self.residents))
        if not finite or (self.residents < 0).any():
            raise ValueError("numbers are finite, and no number of residents lies below zero")

    @property
    def cells(self) -> Array:
        """Return (S, T) residents who answer in each site and wave."""
        return np.asarray(self.residents @ self.present)

    def where_asked(self, asked: Flags) -> Grid:
        """Return the grid with no answers in the cells that are not asked.

        Parameters
        ----------
        asked : (S, T).

        Examples
        --------
        >>> grid = closed_cohort([0, 1], np.array([[0, 1], [0, 0]]), [40, 30])
        >>> grid.where_asked(np.array([[True, True], [True, False]])).cells.tolist()
        [[40.0, 40.0], [30.0, 0.0]]
        """
        kinds, kind = np.unique(asked, axis=0, return_inverse=True)
        present = (kinds[:, None, :] & self.present[None, :, :]).reshape(-1, len(self.times))
        residents = np.zeros((len(self.effect), len(kinds), len(self.present)))
        residents[np.arange(len(self.effect)), np.ravel(kind)] = self.residents
        return replace(self, present=present, residents=residents.reshape(len(self.effect), -1))


def cross_sections(
    times: npt.ArrayLike, effect: npt.ArrayLike, sizes: npt.ArrayLike, *, arms: npt.ArrayLike | None = None
) -> Grid:
    """Return a grid in which each wave asks other residents.

    Parameters
    ----------
    times, effect, arms : as for `Grid`.
    sizes : residents asked in each site and wave: (S, T), or anything that broadcasts to it.

    Examples
    --------
    >>> cross_sections([0, 1], np.array([[0, 1], [0, 0]]), 25).cells.tolist()
    [[25.0, 25.0], [25.0, 25.0]]
    """
    shape = np.shape(effect)
    return _grid(times, effect, np.eye(shape[1], dtype=bool), np.broadcast_to(sizes, shape), arms)


def closed_cohort(
    times: npt.ArrayLike, effect: npt.ArrayLike, sizes: npt.ArrayLike, *, arms: npt.ArrayLike | None = None
) -> Grid:
    """Return a grid in which the same residents answer in all waves.

    Parameters
    ----------
    times, effect, arms : as for `Grid`.
    sizes : (S,) residents of each site, or one number.

    Examples
    --------
    >>> closed_cohort([0, 1], np.array([[0, 1], [0, 0]]), 25).residents.tolist()
    [[25.0], [25.0]]
    """
    sites, waves = np.shape(effect)
    counts = np.broadcast_to(sizes, (sites,))[:, None]
    return _grid(times, effect, np.ones((1, waves), dtype=bool), counts, arms)


def open_cohort(
    times: npt.ArrayLike,
    effect: npt.ArrayLike,
    sizes: npt.ArrayLike,
    staying: npt.ArrayLike,
    *,
    refreshment: float = 0.0,
    arms: npt.ArrayLike | None = None,
) -> Grid:
    """Return a grid whose residents leave for good, and whom newcomers may replace.

    Parameters
    ----------
    times, effect, arms : as for `Grid`.
    sizes : (S,) residents of each site at the first wave, or one number.
    staying : share of a wave's residents who also answer in the next: (T - 1,), (S, T - 1), or one number.
    refreshment : share of those who left whom newcomers replace; these leave as the others do.

    Returns
    -------
    Grid with expected numbers, one pattern for each first and last wave.

    Raises
    ------
    ValueError : shares outside 0 to 1.

    Examples
    --------
    >>> grid = open_cohort([0, 1, 2], np.zeros((2, 3)), 40, 0.8, refreshment=0.5)
    >>> grid.cells.round(1).tolist()[0]
    [40.0, 36.0, 32.4]
    """
    sites, waves = np.shape(effect)
    share = np.broadcast_to(np.asarray(staying, dtype=float), (sites, waves - 1))
    if not ((share >= 0) & (share <= 1)).all() or not 0 <= refreshment <= 1:
        raise ValueError("shares of those who stay and of newcomers lie between 0 and 1")
    entering = np.empty((sites, waves))
    entering[:, 0], there = sizes, np.broadcast_to(np.asarray(sizes, dtype=float), (sites,))
    for wave in range(1, waves):
        entering[:, wave] = refreshment * there * (1 - share[:, wave - 1])
        there = there * share[:, wave - 1] + entering[:, wave]
    spells = [(first, last) for first in range(waves) for last in range(first, waves)]
    leaving = np.column_stack([1 - share, np.ones(sites)])
    counts = [
        entering[:, first] * share[:, first:last].prod(axis=1) * leaving[:, last] for first, last in spells
    ]
    number = np.arange(waves)
    present = np.array([(first <= number) & (number <= last) for first, last in spells])
    return _grid(times, effect, present, np.column_stack(counts), arms)


def _grid(
    times: npt.ArrayLike,
    effect: npt.ArrayLike,
    present: Flags,
    residents: npt.ArrayLike,
    arms: npt.ArrayLike | None,
) -> Grid:
    return Grid(
        np.asarray(times, dtype=float),
        np.asarray(effect, dtype=float),
        present,
        np.asarray(residents, dtype=float),
        None if arms is None else np.asarray(arms, dtype=np.intp),
    )
