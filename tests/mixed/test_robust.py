"""Cluster-robust covariances against clubSandwich, a dense textbook, and what must not change."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.adjusting import Kind, adjusted_by_rows
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.cluster_effects import effects_of
from evalkit.mixed.clusters import clusters_of
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.robust import RobustCovariance, robust_mixed, working_covariance
from evalkit.mixed.robust_regression import robust_least_squares
from evalkit.mixed.robust_wald import robust_f, robust_t
from tests.mixed.dense import dense_v
from tests.mixed.designs import Data, panel
from tests.mixed.reference import FOLDER, case

ROBUST = FOLDER.parent / "robust"
KINDS: tuple[Kind, ...] = ("CR0", "CR1", "CR1S", "CR2", "CR3")
EXAMPLES = settings(max_examples=12, deadline=None)


def answers(name: str) -> dict[str, Any]:
    return dict(json.loads((ROBUST / f"{name}.json").read_text(encoding="utf-8")))


# Least squares has no optimiser; a mixed model's theta is lme4's only to the tolerance of its optimiser.
EXACT, ESTIMATED = 1e-8, 1e-6


def assert_equals_clubsandwich(
    found: RobustCovariance, told: dict[str, Any], std_error: float = ESTIMATED
) -> None:
    """Compare the leading coefficients, as many as were told."""
    number, every = len(told["SE"]), np.eye(len(found.coefficients))
    single = robust_t(found, every[:number])
    np.testing.assert_allclose(single.std_error, told["SE"], rtol=std_error)
    np.testing.assert_allclose(single.df, told["df"], rtol=std_error, atol=0 if std_error == EXACT else 1e-2)
    np.testing.assert_allclose(single.p_value, told["p"], rtol=1e-3, atol=1e-300)
    unit = np.sqrt(np.outer(np.square(told["SE"]), np.square(told["SE"])))
    assert np.abs((found.covariance[:number, :number] - told["covariance"]) / unit).max() < 2e-6
    for joint in told["joint"]:
        several = robust_f(found, every[joint["columns"]])
        assert several.statistic == pytest.approx(joint["F"], rel=1e-4)
        assert several.df == pytest.approx(joint["df"], abs=1e-2)
        assert several.scaling == pytest.approx(joint["scaling"], rel=1e-4)
        assert several.p_value == pytest.approx(joint["p"], rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_least_squares_in_six_districts_equals_clubsandwich(kind: Kind) -> None:
    frame, told = pd.read_csv(ROBUST / "socatt6.csv.gz"), answers("socatt6")
    X = np.column_stack([np.ones(len(frame)), frame.post, frame.tr, frame.post * frame.tr])
    found = robust_least_squares(frame.y.to_numpy(dtype=float), X, frame.district, kind=kind)
    np.testing.assert_allclose(found.coefficients, list(told["coefficients"]), rtol=1e-10)
    assert_equals_clubsandwich(found, told["robust"][kind], EXACT)


def mortality() -> pd.DataFrame:
    return pd.read_csv(ROBUST / "mortality.csv.gz").dropna(subset=["beertaxa"])


def with_states(frame: pd.DataFrame) -> Array:
    states, years = pd.get_dummies(frame.state), pd.get_dummies(frame.year).iloc[:, 1:]
    return np.column_stack([frame.legal, frame.beertaxa, states, years]).astype(float)


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1S", "CR2"])
def test_fixed_effects_of_the_clusters_equal_clubsandwich(kind: Kind) -> None:
    frame = mortality()
    found = robust_least_squares(
        frame.mrate.to_numpy(dtype=float), with_states(frame), frame.state, kind=kind
    )
    assert_equals_clubsandwich(found, answers("mortality")["robust"][kind], EXACT)


def test_cr3_refuses_clusters_that_alone_carry_a_coefficient() -> None:
    frame = mortality()
    with pytest.raises(DesignFault, match="cluster_needed"):
        robust_least_squares(frame.mrate.to_numpy(dtype=float), with_states(frame), frame.state, kind="CR3")


@pytest.mark.parametrize("kind", KINDS)
def test_weighted_least_squares_equals_clubsandwich(kind: Kind) -> None:
    frame = mortality()
    X = np.column_stack([np.ones(len(frame)), frame.legal, frame.beertaxa, frame.year])
    weights = (frame["pop"] / frame["pop"].mean()).to_numpy(dtype=float)
    found = robust_least_squares(frame.mrate.to_numpy(dtype=float), X, frame.state, weights, kind)
    assert_equals_clubsandwich(found, answers("mortality_weighted")["robust"][kind], EXACT)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unbalanced_mixed_model_equals_clubsandwich(kind: Kind) -> None:
    known = case("egsingle")
    fit = fit_mixed(known.y, known.X, known.terms, names=known.names)
    found = robust_mixed(fit, pd.factorize(known.frame.schoolid)[0], kind)
    assert_equals_clubsandwich(found, answers("egsingle")["robust"][kind])


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1S", "CR2"])
def test_a_column_that_one_school_alone_carries_equals_clubsandwich(kind: Kind) -> None:
    told, frame = answers("egsingle_lone"), case("egsingle").frame
    lone = (frame.schoolid.astype(str) == told["lone"]).to_numpy(dtype=float)
    X = np.column_stack([np.ones(len(frame)), frame.year, lone])
    groups = [pd.factorize(frame[name])[0] for name in ("childid", "schoolid")]
    terms = [RandomTerm(codes, X[:, :1], name=str(k)) for k, codes in enumerate(groups)]
    fit = fit_mixed(frame.math.to_numpy(dtype=float), X, terms)
    assert_equals_clubsandwich(robust_mixed(fit, groups[1], kind), told["robust"][kind])


@pytest.mark.parametrize("kind", KINDS)
def test_subjects_as_clusters_of_an_unbalanced_fit_equal_clubsandwich(kind: Kind) -> None:
    told = json.loads(gzip.decompress((FOLDER / "cluster_robust.json.gz").read_bytes()))
    expected, known = told["sleepstudy_by_subject"], case("sleepstudy")
    kept = np.ones(len(known.y), dtype=bool)
    kept[np.array(expected["left_out"]) - 1] = False
    own = replace(known.terms[0], codes=known.terms[0].codes[kept], columns=known.terms[0].columns[kept])
    fit = fit_mixed(known.y[kept], known.X[kept], [own])
    found = robust_t(robust_mixed(fit, own.codes, kind), np.eye(len(fit.coefficients)))
    np.testing.assert_allclose(found.std_error, expected[kind]["se"], rtol=1e-6)
    np.testing.assert_allclose(found.df, expected[kind]["df"], atol=1e-2)


def power(matrix: Array, exponent: float) -> Array:
    """Return a power of a symmetric matrix, with zeros for its null directions."""
    values, vectors = np.linalg.eigh(matrix)
    there = values > 1e-8
    return np.asarray((vectors[:, there] * values[there] ** exponent) @ vectors[:, there].T)


def textbook(data: Data, V: Array, codes: IntArray, kind: Kind) -> tuple[Array, Array]:
    """Return covariance and Satterthwaite df from n x n matrices, P by its definition."""
    n, W = len(V), np.linalg.inv(V)
    M = np.linalg.inv(data.X.T @ W @ data.X)
    kept = np.eye(n) - data.X @ M @ data.X.T @ W
    left, moved = kept @ data.y, []
    B = kept @ V @ kept.T
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        own = np.ix_(rows, rows)
        D = np.linalg.cholesky(V[own]).T
        adjustment = np.eye(len(rows))
        if kind == "CR2":
            adjustment = D.T @ power(D @ B[own] @ D.T, -0.5) @ D
        elif kind == "CR3":
            adjustment = np.linalg.inv(kept[own])
        moved.append(M @ data.X[rows].T @ W[own] @ adjustment @ np.eye(n)[rows])
    covariance = sum(np.outer(part @ left, part @ left) for part in moved)
    df = []
    for k in range(data.X.shape[1]):
        g = np.array([part[k] for part in moved])
        P = g @ B @ g.T
        df.append(np.trace(P) ** 2 / (P**2).sum())
    return np.asarray(covariance), np.array(df)


def fit_of(data: Data) -> MixedFit:
    return fit_mixed(data.y, data.X, data.terms, weights=data.weights)


def fitted_v(data: Data, fit: MixedFit) -> Array:
    names = [factor.name for factor in fit.prepared.factors]
    G = [fit.covariances[names.index(term.name)] / fit.sigma**2 for term in data.terms]
    return dense_v(data.terms, G, data.weights)


def assert_equals_textbook(data: Data, codes: IntArray, kind: Kind, rtol: float = 1e-7) -> None:
    fit = fit_of(data)
    found = robust_mixed(fit, codes, kind)
    covariance, df = textbook(data, fitted_v(data, fit), codes, kind)
    np.testing.assert_allclose(found.covariance, covariance, rtol=rtol, atol=rtol * covariance.max())
    np.testing.assert_allclose(robust_t(found, np.eye(len(df))).df, df, rtol=rtol * 10)


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
@EXAMPLES
@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.booleans())
def test_any_panel_equals_the_textbook(
    kind: Kind, seed: int, site_wave: bool, weighted: bool, continuous: bool
) -> None:
    data = panel(seed, sites=5, site_wave=site_wave, weighted=weighted, continuous=continuous)
    assert_equals_textbook(data, data.terms[1].codes, kind)


def test_clusters_coarser_than_every_grouping_equal_the_textbook() -> None:
    data = panel(4, sites=9, residents=36)
    assert_equals_textbook(data, data.terms[1].codes % 5, "CR2")


def test_residents_as_clusters_equal_the_textbook() -> None:
    data = panel(5)
    data = replace(data, terms=data.terms[:1])
    assert_equals_textbook(data, data.terms[0].codes, "CR2")


@pytest.mark.parametrize("site_wave", [False, True])
def test_one_treated_site_equals_the_textbook(site_wave: bool) -> None:
    data = panel(6, sites=5, residents=40, site_wave=site_wave)
    site = data.terms[1].codes
    data = replace(data, X=np.column_stack([data.X, site == 2]))
    assert_equals_textbook(data, site, "CR2", rtol=1e-6)


def test_fixed_effects_of_sites_equal_the_textbook() -> None:
    data = panel(7, sites=5, residents=40, continuous=True)
    site = data.terms[1].codes
    X = np.column_stack([np.eye(5)[site], data.X[:, 1:]])
    assert_equals_textbook(replace(data, X=X, terms=data.terms[:1]), site, "CR2", rtol=1e-6)


def test_a_wide_block_of_outer_effects_equals_the_textbook() -> None:
    data = panel(8, sites=150, residents=300, waves=3, slope=False)
    area = data.terms[1].codes % 2
    data = replace(data, terms=(*data.terms, RandomTerm(area, data.X[:, :1], True, "area", ("i",))))
    assert any(stack.wide is not None for stack in fit_of(data).prepared.summary.stacks)
    assert_equals_textbook(data, area, "CR2", rtol=1e-6)


@EXAMPLES
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([1e-5, 3.0, 1e6]))
def test_order_labels_and_scale_do_not_matter(seed: int, weighted: bool, unit: float) -> None:
    data, rng = panel(seed, weighted=weighted, sites=5), np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    terms = tuple(
        replace(t, codes=rng.permutation(int(t.codes.max()) + 1)[t.codes][order], columns=t.columns[order])
        for t in data.terms
    )
    turned = Data(unit * data.y[order] + unit, data.X[order], terms, data.weights[order])
    labels = rng.permutation(100)[data.terms[1].codes]
    expected = robust_mixed(fit_of(data), data.terms[1].codes)
    found = robust_mixed(fit_of(turned), labels[order])
    np.testing.assert_allclose(found.std_errors, expected.std_errors * unit, rtol=1e-5)
    L = np.eye(3)
    np.testing.assert_allclose(robust_t(found, L).df, robust_t(expected, L).df, rtol=1e-5)
    one, other = robust_f(found, L[1:]), robust_f(expected, L[1:])
    assert one.statistic == pytest.approx(other.statistic, rel=1e-5)
    assert one.df == pytest.approx(other.df, rel=1e-5)


def test_cr3_is_the_jackknife_of_the_coefficients_at_fixed_variances() -> None:
    data = panel(11, sites=5)
    site, fit = data.terms[1].codes, fit_of(data)
    W = np.linalg.inv(fitted_v(data, fit))
    moved = []
    for code in range(5):
        keep = site != code
        own = W[np.ix_(keep, keep)]
        beta = np.linalg.solve(data.X[keep].T @ own @ data.X[keep], data.X[keep].T @ own @ data.y[keep])
        moved.append(beta - fit.coefficients)
    jackknife = np.array(moved).T @ np.array(moved)
    np.testing.assert_allclose(robust_mixed(fit, site, "CR3").covariance, jackknife, rtol=1e-8)


def test_one_contrast_gives_the_same_by_t_and_by_f() -> None:
    data = panel(12, sites=5)
    found = robust_mixed(fit_of(data), data.terms[1].codes)
    L = np.array([[0.0, 1.0, -1.0]])
    t, f = robust_t(found, L), robust_f(found, np.vstack([L, 2 * L]))
    assert f.rank == 1
    assert f.statistic == pytest.approx(t.statistic[0] ** 2)
    assert f.df == pytest.approx(t.df[0])
    assert f.p_value == pytest.approx(t.p_value[0])


def test_cr2_expects_the_working_covariance_exactly() -> None:
    data = panel(13, sites=5)
    fit, site = fit_of(data), data.terms[1].codes
    V = fitted_v(data, fit)
    effects = robust_mixed(fit, site).effects
    expected = (effects.own - effects.shared @ np.swapaxes(effects.shared, 1, 2)).sum(axis=0)
    bread = np.linalg.inv(data.X.T @ np.linalg.inv(V) @ data.X)
    np.testing.assert_allclose(expected, bread, rtol=1e-9, atol=1e-12)


def test_faults_are_named() -> None:
    data = panel(14)
    fit = fit_of(data)
    wave = data.X[:, 1].astype(int)
    with pytest.raises(DesignFault, match="cluster_cuts_groups"):
        robust_mixed(fit, wave)
    with pytest.raises(DesignFault, match="one_cluster"):
        robust_mixed(fit, np.zeros(fit.rows, dtype=int))
    with pytest.raises(DesignFault, match="shapes_disagree"):
        robust_mixed(fit, np.zeros(3, dtype=int))
    doubled = np.column_stack([data.X, data.X[:, 1] * 2])
    with pytest.raises(DesignFault, match="columns_depend"):
        robust_least_squares(data.y, doubled, data.terms[1].codes)
    with pytest.raises(DesignFault, match="weight_not_positive"):
        robust_least_squares(data.y, data.X, data.terms[1].codes, data.weights * 0)
    two = robust_least_squares(data.y, data.X, data.terms[1].codes % 2)
    with pytest.raises(DesignFault, match="too_few_clusters"):
        robust_f(two, np.eye(3))


def test_weights_all_alike_change_nothing() -> None:
    data = panel(15, sites=5)
    site = data.terms[1].codes
    one = robust_least_squares(data.y, data.X, site)
    other = robust_least_squares(data.y, data.X, site, np.full(len(site), 7.0))
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-10)
    np.testing.assert_allclose(robust_t(other, np.eye(3)).df, robust_t(one, np.eye(3)).df, rtol=1e-10)


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
def test_rows_and_summaries_give_the_same(kind: Kind) -> None:
    data = panel(16, sites=5, site_wave=True)
    fit, site = fit_of(data), data.terms[1].codes
    scaled, bread = fit.prepared.scaled, fit.optimum.at.solved.unscaled[0]
    left = (data.y - data.X @ fit.coefficients) / fit.scale
    by_rows = adjusted_by_rows(
        scaled.fixed.rows(), left, clusters_of(site, fit.rows), working_covariance(fit), bread, kind
    )
    expected = effects_of(by_rows, bread, scaled.scaling, fit.scale, 1.0)
    found = robust_mixed(fit, site, kind).effects
    for name in ("scores", "own", "shared"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-7, atol=1e-9)
