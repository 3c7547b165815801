"""An answer about a design as plain facts, for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from evalkit.power.answering import Answer
from evalkit.power.searching import Found
from evalkit.power.simulated_power import SimulatedPower


def facts_of(found: Answer) -> dict[str, Any]:
    """Return an answer as nested facts: numbers, texts, lists."""
    request = found.request
    return {
        "scenario": found.plan.file.model_dump(mode="json", exclude_none=True),
        "pilot": found.plan.pilot,
        "seed": request.seed,
        "simulations": request.simulations,
        "formula": {outcome: _plain(part) for outcome, part in found.expected.items()},
        "simulated": None if found.simulated is None else _simulated(found.simulated),
        "curve": {
            "parameter": None if request.curve is None else request.curve[0],
            "simulated": {str(value): _simulated(part) for value, part in found.curve.items()},
            "formula": {str(value): _plain(part) for value, part in found.expected_curve.items()},
        },
        "smallest_effect": _found(found.smallest_effect),
        "number": _found(found.number),
    }


def _simulated(found: SimulatedPower) -> dict[str, Any]:
    joint = {
        test: {name: asdict(share) for name, share in part.items()} for test, part in found.joint.items()
    }
    return {"designs": [_clean(row) for row in found.table.to_dict("records")], "joint": joint}


def _found(found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    tried = [{"value": value, "power": asdict(share)} for value, share in found.tried]
    return {"value": found.value, "power": asdict(found.power), "tried": tried}


def _plain(part: Any) -> dict[str, Any] | None:
    return None if part is None else _clean(asdict(part))


def _clean(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values that JSON can hold: lists for arrays, nothing for what is no number."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        plain = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        found[str(name)] = None if isinstance(plain, float) and np.isnan(plain) else plain
    return found
