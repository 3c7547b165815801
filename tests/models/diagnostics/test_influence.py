"""Influence of sites and residents, against lme4's refits and its own cooks.distance."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed.deletion import leave_out
from evalkit.models.diagnostics.fitted_model import fitted_model
from evalkit.models.diagnostics.influence import MOST_RESIDENTS, Influence, first_order_cook, influence
from tests.models.diagnostics.samples import answers, model_of, sample, schools, sleep

# lme4's refits stop a little before the optimum, which the distance sees squared.
CLOSE = 2e-4
# Both take the whole fit's covariance; lme4 multiplies it by k / (k - p), k groups and p coefficients.
COEFFICIENTS = 2


def by_label(found: Influence, column: str, labels: list[str]) -> np.ndarray:
    return found.table.set_index("left_out")[column].loc[labels].to_numpy(dtype=float)


@pytest.mark.parametrize("group", ["schools", "subjects"])
def test_deletions_are_those_of_lme4(group: str) -> None:
    told = answers()[group]
    if group == "schools":
        found = influence(schools(), "site")
    else:
        found = influence(fitted_model(sleep(), respondent="Subject"), "respondent")
    assert found is not None
    labels = [str(label) for label in told["levels"]]
    cook = by_label(found, "cooks_distance", labels)
    np.testing.assert_allclose(cook, told["cook"], rtol=CLOSE, atol=1e-6)
    scaled = np.array(told["lme4_cook"]) * len(labels) / (len(labels) - COEFFICIENTS)
    np.testing.assert_allclose(cook, scaled, rtol=5e-3, atol=1e-4)
    terms = found.terms.set_index(["left_out", "term"])
    for k, label in enumerate(labels):
        own = terms.loc[label]
        np.testing.assert_allclose(own["estimate"], told["fixef"][k], rtol=CLOSE)
        np.testing.assert_allclose(own["dfbetas"], told["dfbetas"][k], rtol=5e-3, atol=1e-3)


def test_a_site_far_out_is_flagged_and_comes_first() -> None:
    found = influence(model_of(sample(far=8.0)), "site")
    assert found is not None
    assert found.influential[0] == "S1"
    assert found.table["left_out"].iloc[0] == "S1"
    assert found.table["term"].iloc[0] == "wave[T.w3]"
    assert found.table["change"].iloc[0] > 1.0  # 8 / 6, and what the others differ by
    assert found.cutoff == pytest.approx(4 / 6)


def test_no_site_is_flagged_where_all_are_alike() -> None:
    found = influence(model_of(sample(people=60, seed=4)), "site")
    assert found is not None and not found.influential


def test_small_sites_are_left_out_of_every_table() -> None:
    data = sample()
    data = data[(data["site"] != "S2") | data["respondent"].isin(["R25", "R26", "R27"])]
    found = influence(model_of(data, least=10), "site")
    assert found is not None
    assert found.hidden == 1
    assert "S2" not in set(found.table["left_out"]) | set(found.terms["left_out"])


def test_the_residents_who_matter_are_tried() -> None:
    """The screening must not pass over whoever a deletion of everyone puts first."""
    model = model_of(sample(people=20, skewed=True))
    codes, labels = model.codes("respondent")
    found = influence(model, "respondent")
    assert found is not None and found.tried == MOST_RESIDENTS < found.groups == 120
    whole = leave_out(model.mixed, codes).cooks_distance
    assert labels[np.argsort(-whole)[:10]].tolist() == found.table["left_out"].head(10).tolist()


def test_to_first_order_a_distance_is_that_of_the_score() -> None:
    """Where everyone answers alike, a deletion is its first order times what leverage adds to all."""
    model = model_of(sample(people=40), formula="y ~ 1 + (1 | respondent)")
    codes, _ = model.codes("respondent")
    first, whole = first_order_cook(model.mixed, codes), leave_out(model.mixed, codes).cooks_distance
    n = len(first)
    np.testing.assert_allclose(whole, first * (n / (n - 1)) ** 2, rtol=1e-6)


def test_a_shareable_table_has_ranks_and_no_ids() -> None:
    found = influence(model_of(sample()), "respondent")
    assert found is not None
    top = found.without_ids()
    assert top["rank"].tolist() == list(range(1, 11))
    assert "left_out" not in top and "change" not in top
    assert not top.astype(str).isin(set(found.table["left_out"])).any().any()


def test_a_term_that_one_site_carries_cannot_do_without_it() -> None:
    data = sample()
    data["x"] = (data["site"] == "S3").astype(float)
    found = influence(model_of(data, formula="y ~ x + (1 | respondent) + (1 | site:wave)"), "site")
    assert found is not None
    first = found.table.iloc[0]
    assert first["left_out"] == "S3" and not first["possible"] and np.isnan(first["cooks_distance"])
    assert "S3" not in found.influential


def test_one_site_has_no_influence_to_speak_of() -> None:
    model = model_of(sample(sites=1), formula="y ~ wave + site + (1 | respondent)")
    assert influence(model, "site") is None
    assert influence(model, "respondent") is not None
