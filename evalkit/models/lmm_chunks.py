"""Fit a linear mixed model to a table that is read in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import evalkit
from evalkit.errors import ProblemsFound
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit, fit_prepared
from evalkit.mixed.wald import Inference, Method, wald_t
from evalkit.models.chunked_fit import ChunkedFit
from evalkit.models.contrasts import tests_table
from evalkit.models.formula import MixedFormula, parse_formula
from evalkit.models.lmm import check_choices, fit_problems, withheld
from evalkit.models.lmm_fit import effects_table, variance_table
from evalkit.models.model_frame import needed_columns, with_quoted_names
from evalkit.models.part_plan import PartPlan, categories, make_plan
from evalkit.models.part_sums import COUNTED, PartSums, complete_block, sum_unit, with_scales
from evalkit.models.part_totals import PartTotals
from evalkit.models.parts import Unit, blocks_of, columns_in, files_of, frames_of, units_of
from evalkit.models.spreading import connected, spread
from evalkit.models.table import as_table
from evalkit.problems import Place, error

ROWS_AT_ONCE = 500_000


def lmm_chunks(
    formula: str,
    data: Iterable[Any] | str | Path,
    *,
    weights: str | None = None,
    reml: bool = True,
    inference: Method = "kenward-roger",
    level: float = 0.95,
    scheduler: Any = None,
    rows_at_once: int = ROWS_AT_ONCE,
) -> ChunkedFit:
    """Fit a linear mixed model to a table that comes in parts, with memory by groups and not by rows.

    Parameters
    ----------
    formula : as for `lmm`; without functions that look at a whole column, such as `scale()` or `poly()`.
    data : CSV or Parquet files, as a path, a pattern such as `waves/*.parquet`, a folder, or several
        paths; or an iterator of pandas or polars frames. Rows of a group may stand in any parts. Files are
        first read for the levels of categories; of frames, the first must hold all levels, or name them
        as categories.
    weights : a column of inverse residual variances.
    reml, inference, level : as for `lmm`.
    scheduler : address of a dask.distributed scheduler, or a `Client`: its workers sum the parts (a CSV
        file or some row groups each) and return sums alone. The result is that of one machine, to the bit.
    rows_at_once : rows read of a file at a time.

    Returns
    -------
    The fit, as of `lmm`, without what needs rows: fitted values, residuals, simulation, bootstrap,
    cluster-robust tables and deletions are refused.

    Raises
    ------
    ProblemsFound
        As for `lmm`, with file and part; files that cannot be read; a column of another kind in a later
        part; a category that was not there before; no scheduler.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"person": np.repeat(np.arange(30), 4), "time": np.tile(np.arange(4), 30)})
    >>> data["y"] = rng.normal(size=30)[data["person"]] + 0.5 * data["time"] + rng.normal(size=120)
    >>> fit = lmm_chunks("y ~ time + (1 | person)", [data[:50], data[50:]])
    >>> fit.n_rows, fit.table["df"].round(1).tolist()[1]
    (120, 89.0)
    """
    check_choices(inference, level=level)
    source = _Source(parse_formula(formula), weights, data, int(rows_at_once))
    totals = _totals(source, source.plan(), scheduler)
    if totals.without_rows() and source.files is not None:
        totals = _totals(source, source.plan(totals.levels), scheduler)
    if totals.without_rows():
        raise ProblemsFound(totals.without_rows())
    try:
        fit = fit_prepared(totals.prepared(), reml=reml)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
    if inference == "kenward-roger" and not reml:
        return withheld(_as_fit(fit, totals, "satterthwaite", level))
    return _as_fit(fit, totals, inference, level)


class _Source:
    """Read a table part by part, as often as it can be read."""

    def __init__(self, formula: MixedFormula, weights: str | None, data: Any, rows: int) -> None:
        self.files, self.weights, self.rows = files_of(data), weights, rows
        self.frames: Iterator[Unit] = iter(()) if self.files is not None else frames_of(data)
        self.formula = formula
        self.columns: list[str] = []
        if self.files is not None:
            self.formula, self.columns = _columns_of_files(formula, weights, self.files)

    def units(self) -> Iterator[Unit]:
        """Return units of work; those of files can be asked for again."""
        return units_of(self.files, self.rows) if self.files is not None else self.frames

    def plan(self, held: dict[str, frozenset[str]] | None = None) -> PartPlan:
        """Settle how parts become columns, by the first with a complete row; `held` restricts levels."""
        seen: list[Unit] = []
        for unit in self.units():
            seen.append(unit)
            for block in blocks_of(unit, self.columns, self.rows):
                if self.files is None:
                    self.formula = with_quoted_names(self.formula, as_table(block.data))
                first, _ = complete_block(block, self.formula, self.weights)
                if len(first):
                    levels = self._levels(first)
                    if held is not None:
                        levels = {n: [v for v in own if str(v) in held[n]] for n, own in levels.items()}
                    plan = make_plan(self.formula, self.weights, first, levels)
                    self.frames = chain(seen, self.frames)
                    return with_scales(plan, block)
        raise ProblemsFound([error("mixed.no_rows")])

    def _levels(self, first: pd.DataFrame) -> dict[str, list[Any]]:
        """Look through files for the levels of categories that do not name them all."""
        wanted = [n for n in categories(self.formula, first) if first[n].dtype != "category"]
        if self.files is None or not wanted:
            return {}
        found: dict[str, set[Any]] = {name: set() for name in wanted}
        for unit in self.units():
            for block in blocks_of(unit, wanted, self.rows):
                for name, values in found.items():
                    values |= set(block.data[name].dropna().unique().tolist())
        return {name: sorted(values, key=_order) for name, values in found.items()}


def _order(level: Any) -> tuple[bool, Any]:
    return isinstance(level, str), level


def _columns_of_files(
    formula: MixedFormula, weights: str | None, files: Sequence[str]
) -> tuple[MixedFormula, list[str]]:
    """Return the formula with odd names quoted, and the columns to read; refuse files that lack some."""
    there = {path: columns_in(path) for path in files}
    formula = with_quoted_names(formula, pd.DataFrame(columns=there[files[0]]))
    needed = needed_columns(formula, weights)
    problems = [
        error("mixed.unknown_column", Place(file=path, column=name))
        for path, names in there.items()
        for name in sorted(needed - set(names))
    ]
    if problems:
        raise ProblemsFound(problems)
    also = {name for name in COUNTED if all(name in names for names in there.values())}
    return formula, sorted(needed | also)


def _totals(source: _Source, plan: PartPlan, scheduler: Any) -> PartTotals:
    assert plan.scales is not None
    totals = PartTotals(plan, plan.scales)
    work = partial(_summed, plan=plan, columns=source.columns, rows=source.rows)
    if scheduler is None:
        for unit in source.units():
            for part in sum_unit(unit, plan, source.columns, source.rows):
                totals.add(part)
        return totals
    with connected(scheduler) as client:
        for parts in spread(client, work, source.units()):
            for part in parts:
                totals.add(part)
    return totals


def _summed(unit: Unit, plan: PartPlan, columns: Sequence[str], rows: int) -> list[PartSums]:
    return list(sum_unit(unit, plan, columns, rows))


def _as_fit(fit: MixedFit, totals: PartTotals, method: Method, level: float) -> ChunkedFit:
    known, outcome = Inference(fit), totals.plan.formula.outcome
    tests = wald_t(known, np.eye(len(fit.coefficients)), method, level)
    frame = totals.model_frame()
    labels = {grouping.name: grouping.labels for grouping in frame.groupings}
    by_name = {factor.name: factor.levels for factor in fit.prepared.factors}
    return ChunkedFit(
        outcome=outcome,
        table=tests_table(tests, list(fit.names)),
        variance_components=variance_table(fit),
        random_effects=effects_table(fit, labels),
        criterion=fit.criterion,
        converged=fit.converged,
        singular=fit.singular,
        n_rows=fit.rows,
        n_residents=by_name.get("respondent", fit.prepared.factors[0].levels),
        n_sites=len(totals.levels.get("site", ())),
        n_waves=len(totals.levels.get("wave", ())),
        engine="mixed",
        engine_version=evalkit.__version__,
        problems=(*frame.problems, *fit_problems(fit, outcome, method)),
        raw=fit,
        frame=frame,
        inference=known,
        method=method,
        level=level,
    )
