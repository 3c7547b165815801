"""A bend in the line: slopes before and after, and a plateau."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_changes import site_change
from evalkit.models.inference.site_numbers import numbers_of_sites
from evalkit.models.kind import Asked
from evalkit.models.kinds.piecewise import KIND
from evalkit.study.study import Study


def bent(after: float) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = [
        (
            f"{s}-{p}",
            f"S{s + 1}",
            "intervention" if s < 3 else "comparison",
            f"w{w + 1}",
            float(w),
            40 + s + (4.0 if s < 3 else 1.0) * min(w, 2) + after * max(w - 2, 0) + rng.normal(0, 0.1),
        )
        for s in range(6)
        for p in range(8)
        for w in range(5)
    ]
    return pd.DataFrame(rows, columns=["respondent", "site", "arm", "wave", "time", "cohesion"])


def numbers(
    panel: pd.DataFrame, study: Study, options: dict[str, object]
) -> dict[tuple[str, tuple[str, ...]], float]:
    spec = KIND.build(panel, "cohesion", study, Asked(options=options))
    sites = [f"S{n}" for n in range(1, 7)]
    return {
        (c.name, c.arms): site_change(numbers_of_sites(panel, "cohesion", c, sites), c, "cohesion").estimate
        or 0.0
        for c in spec.contrasts
    }


def test_slopes_before_and_after_the_bend(study: Study) -> None:
    found = numbers(bent(-2.0), study, {"knot": 2.0})
    assert found["before", ("intervention",)] == pytest.approx(4.0, abs=0.1)
    assert found["before", ("intervention", "comparison")] == pytest.approx(3.0, abs=0.1)
    assert found["after", ("comparison",)] == pytest.approx(-2.0, abs=0.1)


def test_a_plateau_has_one_slope(study: Study) -> None:
    found = numbers(bent(0.0), study, {"knot": 2.0, "plateau": True})
    assert {name for name, _ in found} == {"before"}
    assert found["before", ("comparison",)] == pytest.approx(1.0, abs=0.1)


def test_rows_of_the_model_say_the_same(study: Study) -> None:
    panel = bent(-2.0)
    spec = KIND.build(panel, "cohesion", study)
    beta = np.linalg.lstsq(spec.fixed.to_numpy(), spec.response, rcond=None)[0]
    terms = dict(zip(spec.fixed.columns, beta, strict=True))
    told = {(c.name, c.arms): sum(terms[t] * w for t, w in c.row.items()) for c in spec.contrasts}
    assert told["before", ("intervention", "comparison")] == pytest.approx(3.0, abs=0.1)
    assert told["after", ("intervention",)] == pytest.approx(-2.0, abs=0.1)


def test_two_waves_have_no_bend(study: Study) -> None:
    panel = bent(0.0)
    lacking = KIND.lacking(panel[panel["wave"].isin(["w1", "w2"])], "cohesion", study)
    assert lacking is not None and lacking.code == "models.too_few_waves"
    assert not KIND.suits(study)
