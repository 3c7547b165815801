"""Sites as fixed: columns by which they deviate from the mean of their arm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.spec import ModelSpec

MOST_SITE_COLUMNS = 60


def site_deviations(spec: ModelSpec, group: str, by_wave: bool) -> pd.DataFrame:
    """Return columns by which sites deviate from the mean of their arm; within it they weigh the same."""
    site, columns = spec.labels(group), {}
    waves = {name: spec.fixed[name].to_numpy() for name in spec.fixed if str(name).startswith("wave[")}
    for members in _sites_by_arm(spec, site):
        last = (site == members[-1]).astype(float)
        for name in members[:-1]:
            apart = (site == name) - last
            columns[f"{group}[{name}]"] = apart
            if by_wave:
                columns |= {f"{group}[{name}]:{wave}": apart * now for wave, now in waves.items()}
    return pd.DataFrame(columns, index=spec.fixed.index)


def _sites_by_arm(spec: ModelSpec, site: npt.NDArray[np.object_]) -> list[list[str]]:
    if not spec.levels.get("arm"):
        return [sorted(set(site))]
    arm = spec.labels("arm")
    return [sorted(set(site[arm == name])) for name in spec.levels["arm"]]


def full_rank(fixed: pd.DataFrame) -> bool:
    """Return whether no column follows from the others."""
    values = fixed.to_numpy(dtype=float)
    return bool(np.linalg.matrix_rank(values.T @ values) == values.shape[1])
