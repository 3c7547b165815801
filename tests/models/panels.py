"""A simulated panel of residents in sites, for tests of formulas."""

from __future__ import annotations

import numpy as np
import pandas as pd

RESIDENTS, WAVES, SITES = 60, 4, 6


def panel(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    respondent = np.repeat(np.arange(RESIDENTS), WAVES)
    data = pd.DataFrame({"respondent": respondent, "site": respondent % SITES})
    data["wave"] = np.tile([f"w{k + 1}" for k in range(WAVES)], RESIDENTS)
    data["time"] = np.tile(np.arange(float(WAVES)), RESIDENTS)
    data["arm"] = np.where(data["site"] < 3, "comparison", "intervention")
    data["cohesion"] = 50 + data["time"] + rng.normal(0, 5, RESIDENTS)[respondent]
    data["cohesion"] += rng.normal(0, 3, SITES)[data["site"]] + rng.normal(0, 4, len(data))
    return data
