"""Sites whose tests R has done, and sites for laws."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Array = npt.NDArray[np.float64]

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "few_sites" / "reference.json"
ARM = 1


@dataclass(frozen=True)
class Case:
    """Hold the sites of a case and what R found."""

    name: str
    changes: Array
    arms: npt.NDArray[np.bool_]
    share: Array
    weight: Array
    blocks: tuple[Any, ...]
    found: dict[str, Any]

    def design(self, covariate: bool) -> Array:
        columns = [np.ones(len(self.arms)), self.arms.astype(float)]
        return np.column_stack([*columns, self.share] if covariate else columns)

    def weights(self, weighted: bool) -> Array | None:
        return self.weight if weighted else None


def cases() -> list[Case]:
    found = json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
    return [
        Case(
            one["name"],
            np.array(one["sites"]["change"]),
            np.array(one["sites"]["arm"], dtype=bool),
            np.array(one["sites"]["share"]),
            np.array(one["sites"]["weight"]),
            tuple(one["sites"]["block"]),
            one,
        )
        for one in found
    ]


def fits(*needed: str) -> list[tuple[Case, dict[str, Any]]]:
    """Return every regression that R did with what is needed in it."""
    return [(case, fit) for case in cases() for fit in case.found["fits"] if set(needed) <= set(fit)]


def named(value: Any) -> str | None:
    """Return the name of a case, or what a fit had in it, for the ids of tests."""
    if isinstance(value, Case):
        return value.name
    if isinstance(value, dict):
        return "-".join(word for word in ("covariate", "weighted") if value[word]) or "plain"
    return None


@st.composite
def drawn_sites(draw: st.DrawFn, most: int = 7) -> tuple[Array, Array, Array]:
    """Draw changes (G,), a design (G, 3) whose column 1 is an arm of two sites or more, and weights (G,)."""
    n_sites = draw(st.integers(5, most))
    treated = draw(st.integers(2, n_sites - 2))
    place = draw(st.permutations(range(n_sites)))
    numbers = np.random.default_rng(draw(st.integers(0, 10**6))).normal(size=(2, n_sites))
    arm = (np.array(place) < treated).astype(float)
    weights = draw(hnp.arrays(float, n_sites, elements=st.floats(0.2, 5.0)))
    return numbers[0], np.column_stack([np.ones(n_sites), arm, numbers[1]]), weights
