"""Cluster-robust covariances against clubSandwich, balanced and not, mixed and by least squares."""

from __future__ import annotations

import gzip
import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.robust import cluster_robust, cluster_robust_ols, robust_t
from evalkit.mixed.wald import Robust
from tests.mixed.designs import panel
from tests.mixed.reference import FOLDER, case

KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")


def told() -> dict:
    return json.loads(gzip.decompress((FOLDER / "cluster_robust.json.gz").read_bytes()))


@cache
def egsingle() -> tuple[MixedFit, np.ndarray]:
    known = case("egsingle")
    fit = fit_mixed(known.y, known.X, known.terms, names=known.names)
    return fit, pd.factorize(known.frame["schoolid"])[0]


@cache
def sleepstudy() -> tuple[MixedFit, np.ndarray]:
    known = case("sleepstudy")
    kept = np.ones(len(known.y), dtype=bool)
    kept[np.array(told()["sleepstudy_by_subject"]["left_out"]) - 1] = False
    (term,) = known.terms
    own = RandomTerm(term.codes[kept], term.columns[kept], True, term.name, term.effects)
    return fit_mixed(known.y[kept], known.X[kept], [own]), term.codes[kept]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["egsingle_by_school", "sleepstudy_by_subject"])
def test_unbalanced_mixed_model_equals_clubsandwich(name: str, kind: Robust) -> None:
    fit, clusters = egsingle() if name.startswith("eg") else sleepstudy()
    expected = told()[name][kind]
    found = robust_t(cluster_robust(fit, clusters, kind), np.eye(len(fit.coefficients)))
    np.testing.assert_allclose(found.std_error, expected["se"], rtol=1e-6)
    np.testing.assert_allclose(found.df, expected["df"], atol=1e-2)


@pytest.mark.parametrize("kind", KINDS)
def test_least_squares_give_what_a_mixed_model_without_variance_gives(kind: Robust) -> None:
    data = panel(3)
    clusters = data.terms[1].codes
    found = cluster_robust_ols(data.y, data.X, clusters, kind)
    scores = [
        data.X[clusters == k].T @ (data.y - data.X @ found.coefficients)[clusters == k] for k in range(4)
    ]
    plain = found.bread @ sum(np.outer(s, s) for s in scores) @ found.bread
    if kind == "CR0":
        np.testing.assert_allclose(found.covariance, plain)
    else:
        assert (np.diag(found.covariance) > np.diag(plain)).all()


def test_jackknife_is_leaving_clusters_out() -> None:
    data = panel(3)
    clusters = data.terms[1].codes
    found = cluster_robust_ols(data.y, data.X, clusters, "CR3")
    left_out = [
        np.linalg.lstsq(data.X[clusters != k], data.y[clusters != k], rcond=None)[0] for k in range(4)
    ]
    apart = np.array(left_out) - found.coefficients
    np.testing.assert_allclose(found.covariance, apart.T @ apart, rtol=1e-8)


def test_clusters_that_cut_groups_are_refused() -> None:
    fit, _ = sleepstudy()
    with pytest.raises(DesignFault, match="cluster_cuts_groups"):
        cluster_robust(fit, np.arange(fit.rows) % 5)


def test_least_squares_with_states_and_years_equal_clubsandwich() -> None:
    expected = json.loads(gzip.decompress((FOLDER / "few_clusters.json.gz").read_bytes()))["mortality"]
    data = pd.read_csv(FOLDER / "mortality.csv.gz")
    fixed = [pd.get_dummies(data["state"]), pd.get_dummies(data["year"], drop_first=True)]
    X = np.column_stack([data[["legal", "beertaxa"]], *fixed]).astype(float)
    found = cluster_robust_ols(data["mrate"].to_numpy(), X, data["state"].to_numpy(), "CR2")
    tests = robust_t(found, np.eye(X.shape[1])[:2])
    np.testing.assert_allclose(tests.estimate, expected["estimate"], rtol=1e-8)
    np.testing.assert_allclose(tests.std_error, expected["se"], rtol=1e-8)
    np.testing.assert_allclose(tests.df, expected["df"], rtol=1e-6)
