"""evalkit's own mixed-model engine: REML with Kenward-Roger inference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

import evalkit
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.models.contrasts import tests_table
from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import Fit
from evalkit.models.grouping import group_codes
from evalkit.models.inference.capped import capped_wald_t
from evalkit.models.lmm import fit_problems
from evalkit.models.lmm_fit import effects_table, variance_table
from evalkit.models.reducing import next_reduction
from evalkit.models.spec import ModelSpec
from evalkit.problems import Problem, note, warning
from evalkit.texts.phrases import phrase

# What is left of an indicator of 0 and 1 that counts as nothing.
TOLD = 1e-8


@dataclass(frozen=True)
class _Carried:
    """Hold the random terms that the data bear, and what is said of those left out."""

    terms: tuple[RandomTerm, ...]
    labels: Mapping[str, npt.NDArray[np.object_]]
    problems: tuple[Problem, ...]


def fit_spec(spec: ModelSpec) -> Fit:
    """Fit a linear mixed model by REML, with Kenward-Roger's intervals.

    Left out, and said: terms whose levels the fixed part tells already, as that of sites where there is
    one; slopes where there are as many of them as answers; and, from a singular model, correlations and
    slopes in the order of `reducing`, which never raises degrees of freedom.

    Raises
    ------
    EngineFailed : when the data cannot bear the model.
    """
    carried = _carry(spec)
    try:
        whole = _fit(spec, carried.terms)
        fit, problems = _reduced(spec, whole, carried.terms)
    except DesignFault as fault:
        raise EngineFailed(phrase(f"problems.mixed.{fault.code}.what", **fault.values)) from fault
    said = replace(carried, problems=(*carried.problems, *problems))
    return _as_fit(spec, fit, said, whole if fit is not whole else None)


def random_terms_of(spec: ModelSpec) -> tuple[RandomTerm, ...]:
    """Return the random terms of a model that its data can bear, before anything is reduced."""
    return _carry(spec).terms


def _fit(spec: ModelSpec, terms: tuple[RandomTerm, ...]) -> MixedFit:
    names = [str(name) for name in spec.fixed.columns]
    return fit_mixed(spec.response, spec.fixed.to_numpy(dtype=float), terms, names=names)


def _reduced(spec: ModelSpec, fit: MixedFit, terms: tuple[RandomTerm, ...]) -> tuple[MixedFit, list[Problem]]:
    """Return the model without what makes it singular, as far as it may go, and what was taken out."""
    problems: list[Problem] = []
    while fit.singular:
        by_group = {f.name: c for f, c in zip(fit.prepared.factors, fit.covariances, strict=True)}
        step = next_reduction(terms, by_group, fit.sigma**2)
        if step is None:
            break
        problems.append(note(f"models.reduced_{step.part}", outcome=spec.outcome, group=step.group))
        terms = step.terms
        fit = _fit(spec, terms)
    return fit, problems


def _carry(spec: ModelSpec) -> _Carried:
    fixed, rows = spec.fixed.to_numpy(dtype=float), len(spec.data)
    terms, labels, problems = [], {}, []
    for term in spec.random:
        grouping = group_codes(spec.data, tuple(term.group.split(":")))
        columns, levels = term.columns, len(grouping.labels)
        if _told_by(fixed, grouping.codes, levels):
            problems.append(warning("models.term_left_out", outcome=spec.outcome, group=term.group))
            continue
        if levels * len(columns) >= rows and len(columns) > 1:
            problems.append(note("models.slope_not_borne", outcome=spec.outcome, group=term.group))
            columns = columns[:1]
        values = np.column_stack([spec.column(name) for name in columns])
        terms.append(RandomTerm(grouping.codes, values, term.correlated, term.group, columns))
        labels[term.group] = grouping.labels
    return _Carried(tuple(terms), labels, tuple(problems))


def _told_by(fixed: Array, codes: IntArray, levels: int) -> bool:
    """Return whether the fixed part gives every level a mean of its own: no variance is left to see."""
    if levels > fixed.shape[1]:
        return False
    indicators = np.eye(levels)[codes]
    left = indicators - fixed @ np.linalg.lstsq(fixed, indicators, rcond=None)[0]
    return bool(np.abs(left).max() < TOLD)


def _as_fit(spec: ModelSpec, fit: MixedFit, carried: _Carried, unreduced: MixedFit | None) -> Fit:
    tests = capped_wald_t(fit, unreduced, np.eye(len(fit.coefficients)))
    by_name = {factor.name: factor.levels for factor in fit.prepared.factors}
    return Fit(
        outcome=spec.outcome,
        table=tests_table(tests, list(fit.names)),
        variance_components=variance_table(fit),
        random_effects=effects_table(fit, carried.labels),
        criterion=fit.criterion,
        converged=fit.converged,
        singular=fit.singular,
        n_rows=fit.rows,
        n_residents=by_name.get("respondent", fit.prepared.factors[0].levels),
        n_sites=int(spec.data["site"].nunique()) if "site" in spec.data else 0,
        n_waves=int(spec.data["wave"].nunique()) if "wave" in spec.data else 0,
        engine="mixed",
        engine_version=evalkit.__version__,
        problems=(*carried.problems, *fit_problems(fit, spec.outcome, "kenward-roger")),
        raw=fit,
        unreduced=unreduced,
        data=spec.data,
    )


ENGINE = Engine(fit_spec)
