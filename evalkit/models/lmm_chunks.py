"""Fit a linear mixed model to a table that is read in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

import evalkit
from evalkit.errors import ProblemsFound
from evalkit.mixed.chunks import Chunk, prepare_chunks
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_prepared
from evalkit.mixed.wald import Inference, Method, wald_t
from evalkit.models.contrasts import tests_table
from evalkit.models.design_columns import columns_for
from evalkit.models.fit import Fit
from evalkit.models.formula import MixedFormula, parse_formula
from evalkit.models.grouping import group_codes
from evalkit.models.lmm import fit_problems
from evalkit.models.lmm_fit import effects_table, variance_table
from evalkit.models.model_frame import (
    ModelFrame,
    make_model_frame,
    needed_table,
    outcome_of,
    with_quoted_names,
)
from evalkit.models.table import complete_rows
from evalkit.problems import Place, error, note


def lmm_chunks(
    formula: str,
    frames: Iterable[Any],
    *,
    weights: str | None = None,
    reml: bool = True,
    inference: Method = "kenward-roger",
    level: float = 0.95,
) -> Fit:
    """Fit a linear mixed model to a table that comes in parts, with memory by groups and not by rows.

    Parameters
    ----------
    formula : as for `lmm`; its columns may not depend on the whole table (no centring in the formula).
    frames : parts of one table, such as `pd.read_csv(path, chunksize=500_000)`; rows of a group may stand
        in several. Text columns have all their values in the first part, or are categories.
    weights, reml, inference, level : as for `lmm`.

    Returns
    -------
    The fit, without what needs rows: no fitted values, residuals or simulation.

    Raises
    ------
    ProblemsFound
        As for `lmm`; also when a later part holds a category that the first does not.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"person": np.repeat(np.arange(30), 4), "time": np.tile(np.arange(4), 30)})
    >>> data["y"] = rng.normal(size=30)[data["person"]] + 0.5 * data["time"] + rng.normal(size=120)
    >>> fit = lmm_chunks("y ~ time + (1 | person)", [data[:50], data[50:]])
    >>> fit.n_rows, fit.table["df"].round(1).tolist()[1]
    (120, 89.0)
    """
    parts = _Parts(parse_formula(formula), weights)
    try:
        prepared = prepare_chunks(parts.chunks(frames))
        if parts.frame is None:
            raise ProblemsFound([error("mixed.no_rows")])
        fit = fit_prepared(prepared, reml=reml)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
    method: Method = "satterthwaite" if inference == "kenward-roger" and not reml else inference
    return _as_fit(fit, parts, parts.frame, method, level)


class _Parts:
    """Turn frames into chunks: columns as in the first, one code a group over all."""

    def __init__(self, formula: MixedFormula, weights: str | None) -> None:
        self.formula, self.weights = formula, weights
        self.frame: ModelFrame | None = None
        self.codes: dict[str, dict[Any, int]] = {bar.name: {} for bar in formula.bars}
        self.lost: Counter[str] = Counter()
        self.waves: set[Any] = set()

    def chunks(self, frames: Iterable[Any]) -> Iterator[Chunk]:
        for data in frames:
            if not len(data):
                continue
            if self.frame is None:
                self.frame = make_model_frame(self.formula, data, self.weights)
                self.formula = self.frame.formula
            yield self._chunk(data, self.frame)

    def _chunk(self, data: Any, first: ModelFrame) -> Chunk:
        table = needed_table(data, with_quoted_names(self.formula, data), self.weights)
        self.lost.update({str(name): int(column.isna().sum()) for name, column in table.items()})
        frame, notes = complete_rows(table)
        self.lost["rows"] += sum(int(problem.values["rows"]) for problem in notes)
        for spec in (first.fixed_spec, *first.effect_specs):
            if spec is not None:
                _check_categories(spec, frame)
        if "wave" in frame:
            self.waves |= set(frame["wave"].unique())
        return Chunk(
            outcome_of(self.formula.outcome, frame),
            columns_for(first.fixed_spec, frame),
            tuple(self._term(k, frame, first) for k in range(len(first.terms))),
            None if self.weights is None else frame[self.weights].to_numpy(dtype=float),
        )

    def _term(self, place: int, frame: pd.DataFrame, first: ModelFrame) -> RandomTerm:
        bar, term = self.formula.bars[place], first.terms[place]
        own, known = group_codes(frame, bar.group), self.codes[bar.name]
        codes = np.array([known.setdefault(label, len(known)) for label in own.labels], dtype=np.intp)
        columns = columns_for(first.effect_specs[place], frame)
        return RandomTerm(codes[own.codes], columns, bar.correlated, bar.name, term.effects)


def _check_categories(spec: Any, frame: pd.DataFrame) -> None:
    """Refuse a category that the first part did not hold: its column would silently be missing."""
    for name, (kind, state) in getattr(spec, "encoder_state", {}).items():
        known = state.get("categories") if "categorical" in str(kind).lower() else None
        if known is None or name not in frame:
            continue
        new = sorted({str(value) for value in frame[name].unique()} - {str(value) for value in known})
        if new:
            raise ProblemsFound([error("mixed.new_category", Place(column=name), values=", ".join(new))])


def _as_fit(fit: MixedFit, parts: _Parts, first: ModelFrame, method: Method, level: float) -> Fit:
    named = tuple(first.names[k] for k in fit.prepared.scaled.kept)
    dropped = [first.names[k] for k in fit.prepared.scaled.dropped]
    tests = wald_t(Inference(fit), np.eye(len(fit.coefficients)), method, level)
    by_name = {factor.name: factor.levels for factor in fit.prepared.factors}
    problems = [
        p for p in fit_problems(fit, parts.formula.outcome, method) if p.code != "mixed.columns_dropped"
    ]
    if dropped:
        problems.append(note("mixed.columns_dropped", columns=", ".join(dropped)))
    rows = parts.lost.pop("rows", 0)
    if rows:
        by_column = ", ".join(f"{name} ({count})" for name, count in parts.lost.items() if count)
        problems.append(note("mixed.rows_left_out", rows=rows, columns=by_column))
    return Fit(
        outcome=parts.formula.outcome,
        table=tests_table(tests, list(named)),
        variance_components=variance_table(fit),
        random_effects=effects_table(fit, {name: list(known) for name, known in parts.codes.items()}),
        criterion=fit.criterion,
        converged=fit.converged,
        singular=fit.singular,
        n_rows=fit.rows,
        n_residents=by_name.get("respondent", fit.prepared.factors[0].levels),
        n_sites=by_name.get("site", 0),
        n_waves=len(parts.waves),
        engine="mixed",
        engine_version=evalkit.__version__,
        problems=tuple(problems),
        raw=fit,
    )
