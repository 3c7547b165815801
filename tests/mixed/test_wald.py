"""Degrees of freedom, adjusted covariances and F against lmerTest and pbkrtest, and a dense textbook."""

from __future__ import annotations

import numpy as np
import pytest
from formulaic import model_matrix

from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.wald import Inference, Method, wald_f, wald_t
from tests.mixed.dense import covariance_parts, dense_v
from tests.mixed.designs import Data, panel
from tests.mixed.reference import NAMES, case

WITH_KENWARD_ROGER = tuple(name for name in NAMES if name != "insteval")


def inference(name: str) -> tuple[Inference, dict]:
    known = case(name)
    return Inference(fit_mixed(known.y, known.X, known.terms, names=known.names)), known.answers


@pytest.mark.parametrize("name", NAMES)
def test_satterthwaite_df_equal_lmertest(name: str) -> None:
    known, answers = inference(name)
    told = answers["satterthwaite"]["coef"].values()
    found = wald_t(known, np.eye(len(told)), "satterthwaite")
    np.testing.assert_allclose(found.df, [row["df"] for row in told], atol=1e-2)
    np.testing.assert_allclose(found.p_value, [row["Pr(>|t|)"] for row in told], rtol=1e-3)


@pytest.mark.parametrize("name", WITH_KENWARD_ROGER)
def test_kenward_roger_equals_pbkrtest(name: str) -> None:
    known, answers = inference(name)
    told = answers["kenward_roger"]
    rows = told["coef"].values()
    found = wald_t(known, np.eye(len(rows)), "kenward-roger")
    np.testing.assert_allclose(found.df, [row["df"] for row in rows], atol=1e-2)
    adjusted = np.array(told["vcovAdj"])
    unit = np.sqrt(np.outer(np.diag(adjusted), np.diag(adjusted)))
    assert np.abs((known.adjusted_covariance - adjusted) / unit).max() < 2e-6


SUM_CODED = {
    "ham": "C(Product, contr.sum) * C(Information, contr.sum) + C(Gender, contr.sum)",
    "orthodont": "age * C(Sex, contr.sum)",
    "egsingle": "year * lowinc + C(female, contr.sum)",
    "cbpp": "C(period, contr.sum)",
}


@pytest.mark.parametrize("name", SUM_CODED)
@pytest.mark.parametrize(
    ("key", "method"), [("satterthwaite", "satterthwaite"), ("kenward_roger", "kenward-roger")]
)
def test_type_three_f_equals_lmertest(name: str, key: str, method: Method) -> None:
    known = case(name)
    matrix = model_matrix(SUM_CODED[name], known.frame)
    fit = Inference(fit_mixed(known.y, matrix.to_numpy(dtype=float), known.terms))
    for term, told in known.answers[key]["anova_type3"].items():
        L = np.eye(matrix.shape[1])[_columns_of(matrix, term)]
        found = wald_f(fit, L, method)
        assert found.rank == told["NumDF"]
        assert found.df == pytest.approx(told["DenDF"], abs=1e-2)
        assert found.statistic == pytest.approx(told["F value"], rel=1e-4)


def _columns_of(matrix: object, term: str) -> list[int]:
    wanted = set(term.split(":"))
    for found, columns in matrix.model_spec.term_indices.items():  # type: ignore[attr-defined]
        bare = {str(f).removeprefix("C(").removesuffix(", contr.sum)") for f in found.factors}
        if bare == wanted:
            return list(columns)
    raise AssertionError(term)


def dense_kenward_roger(data: Data, fit: MixedFit) -> tuple[np.ndarray, np.ndarray]:
    """Return Phi_A and single df by the published sums over n x n matrices."""
    names = [factor.name for factor in fit.prepared.factors]
    G = [fit.covariances[names.index(term.name)] for term in data.terms]
    V = dense_v(data.terms, G, data.weights / fit.sigma**2)
    inverse = np.linalg.inv(V)
    parts = [D for own in covariance_parts(data.terms, len(data.y)) for _, _, D in own]
    parts.append(np.diag(1 / data.weights))
    phi = np.linalg.inv(data.X.T @ inverse @ data.X)
    P = [-data.X.T @ inverse @ D @ inverse @ data.X for D in parts]
    Q = [[data.X.T @ inverse @ D @ inverse @ E @ inverse @ data.X for E in parts] for D in parts]
    number = range(len(parts))
    information = np.array(
        [
            [
                np.trace(inverse @ parts[i] @ inverse @ parts[j])
                - 2 * np.trace(phi @ Q[i][j])
                + np.trace(phi @ P[i] @ phi @ P[j])
                for j in number
            ]
            for i in number
        ]
    )
    W = 2 * np.linalg.inv(information)
    inner = sum(W[i, j] * (Q[i][j] - P[i] @ phi @ P[j]) for i in number for j in number)
    slopes = np.array([np.diag(phi @ P[i] @ phi) for i in number]) / np.diag(phi)
    df = 2 / np.einsum("mk,mn,nk->k", slopes, W, slopes)
    return phi + 2 * phi @ inner @ phi, df


@pytest.mark.parametrize("crossed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_kenward_roger_equals_the_textbook(crossed: bool, weighted: bool) -> None:
    data = panel(8, crossed=crossed, weighted=weighted, site_wave=True)
    fit = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    adjusted, df = dense_kenward_roger(data, fit)
    known = Inference(fit)
    np.testing.assert_allclose(known.adjusted_covariance, adjusted, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(wald_t(known, np.eye(3)).df, df, rtol=1e-6)


def test_one_contrast_gives_the_same_by_t_and_by_f() -> None:
    data = panel(2)
    known = Inference(fit_mixed(data.y, data.X, data.terms))
    L = np.array([[0.0, 1.0, -1.0]])
    for method in ("kenward-roger", "satterthwaite"):
        t, f = wald_t(known, L, method), wald_f(known, np.vstack([L, 2 * L]), method)
        assert f.rank == 1
        assert f.statistic == pytest.approx(t.statistic[0] ** 2)
        assert f.df == pytest.approx(t.df[0])
        assert f.p_value == pytest.approx(t.p_value[0])


def test_kenward_roger_of_an_ml_fit_is_refused() -> None:
    group = np.repeat(np.arange(5), 3)
    y = np.random.default_rng(4).normal(size=15)
    fit = fit_mixed(y, np.ones((15, 1)), [RandomTerm(group, np.ones((15, 1)))], reml=False)
    with pytest.raises(DesignFault, match="kenward_roger_needs_reml"):
        wald_t(Inference(fit), np.eye(1))
