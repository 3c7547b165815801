"""What a scenario assumes when nobody says otherwise: value, range seen, and where that comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Assumption:
    """Hold one assumption.

    Parameters
    ----------
    value : what holds by default.
    low, high : range in which studies like these lie; None where there is no such range.
    source : key of the words that tell where the range comes from, in `texts/<lang>/power_sources.yaml`.
    """

    value: float
    low: float | None
    high: float | None
    source: str


# Values and ranges: docs/simulation.md gives each with its source.
ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType(
    {
        "sites": Assumption(6, 4, 20, "study"),
        "residents": Assumption(40, 7, 80, "study"),
        "waves": Assumption(5, 2, 10, "study"),
        "response": Assumption(0.40, 0.25, 0.60, "response"),
        "mean": Assumption(57, 50, 65, "score"),
        "sd": Assumption(15, 13, 20, "score"),
        "reliability": Assumption(0.80, 0.65, 0.90, "reliability"),
        "icc": Assumption(0.05, 0.01, 0.15, "icc"),
        "cac": Assumption(0.80, 0.50, 0.95, "cac"),
        "stability": Assumption(0.60, 0.45, 0.75, "stability"),
        "attrition": Assumption(0.18, 0.10, 0.30, "attrition"),
        "refreshment": Assumption(1.0, 0.0, 1.0, "judgement"),
        "wave_skip": Assumption(0.10, 0.05, 0.20, "judgement"),
        "item_missing": Assumption(0.03, 0.01, 0.08, "judgement"),
        "yearly_change": Assumption(0.05, 0.0, 0.10, "effect"),
        "plateau": Assumption(0.35, 0.15, 0.50, "effect"),
        "lag": Assumption(1.0, 0.0, 3.0, "judgement"),
        "between_outcomes": Assumption(0.45, 0.30, 0.65, "judgement"),
    }
)


def default(name: str) -> float:
    """Return the default of an assumption.

    Examples
    --------
    >>> default("cac")
    0.8
    """
    return ASSUMPTIONS[name].value
