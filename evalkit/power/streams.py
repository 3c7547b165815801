"""Streams of chance that depend on what is drawn, never on who draws it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """Hold the streams of one site in one chunk of data sets, one for each thing that chance decides.

    Each is drawn with residents as the leading axis, so that the first residents of a site stay the same
    people when it has more of them (common random numbers).

    Parameters
    ----------
    site : of what residents share there.
    moves, lasting, drifts : of where residents stand.
    answers, unanswered : of what they answer, and leave out.
    leaving, replacing, skipping : of who takes part.
    """

    site: np.random.Generator
    moves: np.random.Generator
    lasting: np.random.Generator
    drifts: np.random.Generator
    answers: np.random.Generator
    unanswered: np.random.Generator
    leaving: np.random.Generator
    replacing: np.random.Generator
    skipping: np.random.Generator


def streams(seed: int, chunk: int, site: int) -> Streams:
    """Return the streams of a site in a chunk.

    Parameters
    ----------
    seed : of the whole simulation.
    chunk : number of a group of data sets.
    site : number of the site.

    Examples
    --------
    >>> streams(1, 2, 3).moves.random() == streams(1, 2, 3).moves.random()
    True
    """
    names = list(Streams.__dataclass_fields__)
    source = np.random.SeedSequence(seed, spawn_key=(chunk, site))
    return Streams(**dict(zip(names, map(np.random.default_rng, source.spawn(len(names))), strict=True)))
