"""Read values of assumptions as people write them: `residents=60`, `residents=20..80`, `icc=.01..:.02`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalkit.errors import ProblemsFound
from evalkit.power.varying import LIMITS, PARAMETERS, WHOLE
from evalkit.problems import Problem, error

STEPS = 5  # points of a curve whose steps nobody names


def single_values(written: Sequence[str]) -> dict[str, float]:
    """Return assumptions with one value each, by name.

    Parameters
    ----------
    written : such as `residents=60`.

    Raises
    ------
    ProblemsFound : all that cannot be read, together.

    Examples
    --------
    >>> single_values(["residents=60", "icc=.08"])
    {'residents': 60.0, 'icc': 0.08}
    """
    found: dict[str, float] = {}
    problems: list[Problem] = []
    for text in written:
        name, _, value = text.partition("=")
        number = _number(value)
        if name not in PARAMETERS:
            problems.append(error("power.no_such_parameter", name=name, known=", ".join(PARAMETERS)))
        elif number is None:
            problems.append(error("power.no_value", given=text))
        elif not _possible(name, number):
            problems.append(_out_of_range(name, number))
        else:
            found[name] = number
    if problems:
        raise ProblemsFound(problems)
    return found


def values_along(written: str) -> tuple[str, tuple[float, ...]]:
    """Return an assumption and the values that a curve gives it, in rising order.

    Parameters
    ----------
    written : `name=low..high` (five points), `name=low..high:step`, or `name=value,value,...`.

    Raises
    ------
    ProblemsFound : a name that nobody knows, or values that cannot be read.

    Examples
    --------
    >>> values_along("residents=20..80"), values_along("icc=.01..0.05:.02")
    (('residents', (20.0, 35.0, 50.0, 65.0, 80.0)), ('icc', (0.01, 0.03, 0.05)))
    >>> values_along("sites=6,8,12")
    ('sites', (6.0, 8.0, 12.0))
    """
    name, _, rest = written.partition("=")
    if name not in PARAMETERS:
        raise ProblemsFound([error("power.no_such_parameter", name=name, known=", ".join(PARAMETERS))])
    values = _range(rest, whole=name in WHOLE) if ".." in rest else [_number(v) for v in rest.split(",")]
    known = sorted({value for value in values if value is not None})
    if None in values or len(known) < 2:
        raise ProblemsFound([error("power.no_range", given=written)])
    outside = [_out_of_range(name, value) for value in known if not _possible(name, value)]
    if outside:
        raise ProblemsFound(outside)
    return name, tuple(known)


def _possible(name: str, value: float) -> bool:
    low, high = LIMITS[name]
    return low <= value <= high and (name not in WHOLE or value == int(value))


def _out_of_range(name: str, value: float) -> Problem:
    low, high = LIMITS[name]
    kind = "whole" if name in WHOLE else "number"
    return error(f"power.not_a_{kind}", name=name, value=f"{value:g}", low=f"{low:g}", high=f"{high:g}")


def _range(written: str, *, whole: bool) -> list[float | None]:
    ends, _, step = written.partition(":")
    low, high = (_number(end) for end in ends.split("..", 1))
    if low is None or high is None or not low < high:
        return [None]
    if step:
        size = _number(step)
        if size is None or size <= 0:
            return [None]
        return [float(round(low + size * turn, 9)) for turn in range(int((high - low) / size + 1e-9) + 1)]
    points = np.linspace(low, high, STEPS)
    return [float(point) for point in (np.unique(points.round()) if whole else points.round(9))]


def _number(written: str) -> float | None:
    try:
        value = float(written)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
