"""evalkit's own engine for categories: cumulative link and logistic mixed models by quadrature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import evalkit
from evalkit.mixed.design import DesignFault
from evalkit.mixed.quadrature.fitting import QuadratureFit, fit_logistic, fit_ordinal
from evalkit.models.category_fit import (
    category_problems,
    fixed_table,
    intercept_effects,
    intercept_variance,
)
from evalkit.models.category_model import fault_problem
from evalkit.models.category_outcome import MOST_CATEGORIES
from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import INTERCEPT, Fit
from evalkit.models.grouping import group_codes
from evalkit.models.site_deviations import MOST_SITE_COLUMNS, full_rank, site_deviations
from evalkit.models.spec import ModelSpec
from evalkit.problems import Problem, note, warning
from evalkit.texts.phrases import phrase


@dataclass(frozen=True)
class _Carried:
    """Hold the fixed columns, those of sites last, and what is said of terms that became fixed or left."""

    fixed: pd.DataFrame
    problems: tuple[Problem, ...]


def fit_spec(spec: ModelSpec) -> Fit:
    """Fit a logistic mixed model to two categories, a cumulative link mixed model to more.

    The innermost term's intercept is the random one. Slopes are left out, and said; sites, and sites by
    wave, become fixed deviations from the mean of their arm where they are few enough to be told.

    Raises
    ------
    EngineFailed : when the data cannot bear the model.
    """
    values, codes = np.unique(spec.response, return_inverse=True)
    if len(values) > MOST_CATEGORIES:
        facts = {"count": len(values), "most": MOST_CATEGORIES}
        raise EngineFailed(phrase("problems.clmm.too_many_categories.what", **facts))
    carried, binary = _carry(spec), len(values) == 2
    fixed = carried.fixed if binary else carried.fixed.drop(columns=INTERCEPT, errors="ignore")
    names = tuple(str(name) for name in fixed.columns)
    grouping = group_codes(spec.data, tuple(spec.random[0].group.split(":")))
    fitted = fit_logistic if binary else fit_ordinal
    try:
        found = fitted(codes.astype(np.intp), fixed.to_numpy(dtype=float), grouping.codes, names=names)
    except DesignFault as fault:
        problem = fault_problem(fault)
        raise EngineFailed(phrase(f"problems.{problem.code}.what", **problem.values)) from fault
    said = (*carried.problems, *category_problems(found, names, spec.outcome))
    labels = tuple(f"{value:g}" for value in values)
    return _as_fit(spec, found, labels, grouping.labels, said)


def carried_columns(spec: ModelSpec) -> pd.DataFrame:
    """Return the fixed columns of a model as this engine fits it, those of sites last."""
    return _carry(spec).fixed


def _carry(spec: ModelSpec) -> _Carried:
    problems: list[Problem] = []
    inner, *outer = spec.random
    if len(inner.columns) > 1:
        problems.append(note("clmm.slope_left_out", outcome=spec.outcome, group=inner.group))
    if not outer:
        return _Carried(spec.fixed, tuple(problems))
    group = min((term.group.split(":")[0] for term in outer), key=lambda g: len(set(spec.labels(g))))
    by_wave = any(term.group == f"{group}:wave" for term in outer)
    for crossed in dict.fromkeys((by_wave, False)):
        fixed = pd.concat([spec.fixed, site_deviations(spec, group, crossed)], axis=1)
        if fixed.shape[1] - spec.fixed.shape[1] > MOST_SITE_COLUMNS or not full_rank(fixed):
            continue
        taken = [group, *([f"{group}:wave"] if crossed else [])]
        left = [term.group for term in outer if term.group not in taken]
        problems.append(note("clmm.terms_as_fixed", outcome=spec.outcome, groups=", ".join(taken)))
        if left:
            problems.append(warning("clmm.terms_left_out", outcome=spec.outcome, groups=", ".join(left)))
        return _Carried(fixed, tuple(problems))
    groups = ", ".join(term.group for term in outer)
    problems.append(warning("clmm.terms_left_out", outcome=spec.outcome, groups=groups))
    return _Carried(spec.fixed, tuple(problems))


def _as_fit(
    spec: ModelSpec,
    found: QuadratureFit,
    categories: tuple[str, ...],
    labels: np.typing.NDArray[np.object_],
    problems: tuple[Problem, ...],
) -> Fit:
    table = fixed_table(found, categories)
    added = set(found.answers.names) - {str(name) for name in spec.fixed.columns}
    counts = {name: int(spec.data[name].nunique()) if name in spec.data else 0 for name in ("site", "wave")}
    group = spec.random[0].group
    return Fit(
        outcome=spec.outcome,
        table=table[~table["term"].isin(added)].reset_index(drop=True),
        variance_components=intercept_variance(found, group),
        random_effects=intercept_effects(found, group, labels),
        criterion=-2 * found.log_likelihood,
        converged=found.converged,
        singular=found.boundary,
        n_rows=len(spec.data),
        n_residents=len(labels),
        n_sites=counts["site"],
        n_waves=counts["wave"],
        engine="ordinal",
        engine_version=evalkit.__version__,
        problems=problems,
        raw=found,
    )


ENGINE = Engine(fit_spec)
