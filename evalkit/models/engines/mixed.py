"""evalkit's own mixed-model engine: REML with Kenward-Roger inference."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import evalkit
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.wald import Inference, wald_t
from evalkit.models.contrasts import tests_table
from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import Fit
from evalkit.models.grouping import group_codes
from evalkit.models.lmm import fit_problems
from evalkit.models.lmm_fit import effects_table, variance_table
from evalkit.models.spec import ModelSpec


def fit_spec(spec: ModelSpec) -> Fit:
    """Fit a linear mixed model by REML, with Kenward-Roger's intervals.

    Raises
    ------
    EngineFailed : when the data cannot bear the model.
    """
    groupings = {term.group: group_codes(spec.data, tuple(term.group.split(":"))) for term in spec.random}
    terms = [
        RandomTerm(
            groupings[term.group].codes,
            np.column_stack([spec.column(name) for name in term.columns]),
            term.correlated,
            term.group,
            term.columns,
        )
        for term in spec.random
    ]
    names = [str(name) for name in spec.fixed.columns]
    try:
        fit = fit_mixed(spec.response, spec.fixed.to_numpy(dtype=float), terms, names=names)
    except DesignFault as fault:
        raise EngineFailed(str(fault)) from fault
    labels = {name: grouping.labels for name, grouping in groupings.items()}
    return _as_fit(spec, fit, labels)


def _as_fit(spec: ModelSpec, fit: MixedFit, labels: Mapping[str, object]) -> Fit:
    tests = wald_t(Inference(fit), np.eye(len(fit.coefficients)), "kenward-roger")
    by_name = {factor.name: factor.levels for factor in fit.prepared.factors}
    return Fit(
        outcome=spec.outcome,
        table=tests_table(tests, list(fit.names)),
        variance_components=variance_table(fit),
        random_effects=effects_table(fit, labels),
        criterion=fit.criterion,
        converged=fit.converged,
        singular=fit.singular,
        n_rows=fit.rows,
        n_residents=by_name.get("respondent", fit.prepared.factors[0].levels),
        n_sites=int(spec.data["site"].nunique()) if "site" in spec.data else 0,
        n_waves=int(spec.data["wave"].nunique()) if "wave" in spec.data else 0,
        engine="mixed",
        engine_version=evalkit.__version__,
        problems=fit_problems(fit, spec.outcome, "kenward-roger"),
        raw=fit,
    )


ENGINE = Engine(fit_spec)
