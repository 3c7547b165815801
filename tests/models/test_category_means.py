"""Means of sites by wave for yes and no: the population's probabilities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.category_means import category_means
from evalkit.models.engines.ordinal import ENGINE
from evalkit.models.fitting import fit_analysis
from evalkit.models.kinds.difference_in_change import KIND
from evalkit.models.plan import Analysis
from evalkit.models.site_means import site_means
from evalkit.study.study import Study

SITES, WAVES = tuple(f"S{n}" for n in range(1, 7)), ("w1", "w2", "w3")


@pytest.fixture
def yes(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(cohesion=100.0 * (panel["cohesion"] > 55))


def test_near_plain_shares_when_hardly_anyone_leaves(yes: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(yes, "cohesion", study)
    found = category_means(spec, ENGINE.fit(spec), SITES, WAVES)
    assert found is not None
    plain = site_means(yes, "cohesion", sites=SITES, waves=WAVES)
    assert np.abs(found.means - plain.means).max() < 6
    errors = [np.sqrt(np.diagonal(m.sampling, axis1=1, axis2=2)) for m in (found, plain)]
    assert np.median(errors[0] / errors[1]) == pytest.approx(1.0, abs=0.2)


def test_with_everyone_at_every_wave_and_alike_the_probabilities_are_the_shares(study: Study) -> None:
    """Residents who do not differ from one another leave the spread at zero: the model is then saturated."""
    rng = np.random.default_rng(3)
    rows = []
    for s in range(6):
        for n in range(40):
            for w in range(2):
                arm = "intervention" if s < 3 else "comparison"
                value = 100.0 * (rng.random() < 0.3 + 0.05 * s + 0.1 * w)
                rows.append((f"{s}-{n}", f"S{s + 1}", arm, f"w{w + 1}", float(w), value))
    panel = pd.DataFrame(rows, columns=["respondent", "site", "arm", "wave", "time", "cohesion"])
    spec = KIND.build(panel, "cohesion", study)
    found = category_means(spec, ENGINE.fit(spec), SITES, WAVES[:2])
    assert found is not None
    np.testing.assert_allclose(found.means, found.raw_means, atol=0.5)


def test_contrasts_between_sites_rest_on_them(yes: pd.DataFrame, study: Study) -> None:
    asked = Analysis(id="yes", question="difference_in_change", outcome="cohesion", engine="ordinal")
    change = fit_analysis(asked, yes.assign(instrument="short"), study).changes[-1]
    spec = KIND.build(yes, "cohesion", study)
    means = category_means(spec, ENGINE.fit(spec), SITES, WAVES)
    assert means is not None
    np.testing.assert_allclose(change.found.sites["change"], means.means[:, 2] - means.means[:, 0], rtol=1e-6)
    methods = [test.method for test in change.beside.others]
    assert "kenward_roger" not in methods and "permutation" in methods


def test_another_engine_gives_none(yes: pd.DataFrame, study: Study) -> None:
    from evalkit.models.engines.mixed import ENGINE as MIXED

    spec = KIND.build(yes, "cohesion", study)
    assert category_means(spec, MIXED.fit(spec), SITES, WAVES) is None
