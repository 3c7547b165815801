"""Contrasts of the fixed effects of a mixed model: one at a time with t, together with F."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.design import DesignFault
from evalkit.mixed.robust import robust_mixed
from evalkit.mixed.robust_wald import robust_t
from evalkit.mixed.wald import FTest, Method, Robust, wald_f, wald_t
from evalkit.models.fit import TABLE_COLUMNS
from evalkit.problems import error

if TYPE_CHECKING:
    from evalkit.mixed.wald import ContrastTests
    from evalkit.models.lmm_fit import LmmFit

F_COLUMNS = ("term", "statistic", "num_df", "df", "p_value", "method")
Wanted = Array | Sequence[Any] | Mapping[str, Any]


def contrast(fit: LmmFit, wanted: Wanted, *, method: Method | None = None) -> pd.DataFrame:
    """Test linear combinations of the fixed effects, one at a time.

    Parameters
    ----------
    fit : of `evalkit.lmm`.
    wanted : `{"time": 1, "time:arm[T.b]": 1}`, one combination by terms; `{"label": {...}, ...}`, several
        with labels, each by terms or as p numbers; or an array (k, p), in the order of `fit.table`.
    method : of inference; the fit's by default.

    Returns
    -------
    One row a combination, in the columns of `fit.table`.

    Raises
    ------
    ProblemsFound
        Terms that the model does not have; rows of another length.
    """
    rows, labels = contrast_rows(fit, wanted)
    return tests_table(wald_t(fit.inference, rows, method or fit.method, fit.level), labels)


def joint_test(
    fit: LmmFit, wanted: Wanted, *, label: str = "all", method: Method | None = None
) -> pd.DataFrame:
    """Test that several linear combinations are all zero: one row, in `F_COLUMNS`."""
    rows, _ = contrast_rows(fit, wanted)
    return f_table({label: wald_f(fit.inference, rows, method or fit.method)})


def robust_table(fit: LmmFit, group: str, kind: Robust = "CR2") -> pd.DataFrame:
    """Test each fixed effect with cluster-robust standard errors and Satterthwaite's degrees of freedom.

    Parameters
    ----------
    group : a grouping of the formula whose levels hold every other grouping's whole, such as `site`.
    kind : of adjustment for few clusters.

    Raises
    ------
    ProblemsFound
        A grouping that the formula does not have, or that cuts others.
    """
    known = {grouping.name: grouping.codes for grouping in fit.frame.groupings}
    if group not in known:
        raise ProblemsFound([error("mixed.unknown_group", group=group, known=", ".join(known))])
    try:
        found = robust_mixed(fit.mixed, known[group], kind)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
    return tests_table(robust_t(found, np.eye(len(fit.mixed.names)), level=fit.level), fit.mixed.names)


def contrast_rows(fit: LmmFit, wanted: Wanted) -> tuple[Array, list[str]]:
    """Return contrasts as rows (k, p) over the fixed terms, with their labels."""
    if not isinstance(wanted, Mapping):
        rows = np.atleast_2d(np.asarray(wanted, dtype=float))
        _check_width(fit, rows)
        return rows, [f"contrast {k + 1}" for k in range(len(rows))]
    if all(np.isscalar(value) for value in wanted.values()):
        return _by_terms(fit, wanted)[None], [" + ".join(_part(*part) for part in wanted.items())]
    parts = [
        _by_terms(fit, value) if isinstance(value, Mapping) else np.asarray(value, dtype=float)
        for value in wanted.values()
    ]
    for part in parts:
        _check_width(fit, np.atleast_2d(part))
    return np.vstack(parts), [str(label) for label in wanted]


def _part(term: str, weight: float) -> str:
    return term if weight == 1 else f"{weight:g}*{term}"


def _by_terms(fit: LmmFit, weights: Mapping[str, float]) -> Array:
    names = list(fit.mixed.names)
    known = ", ".join(names)
    problems = [error("mixed.unknown_term", term=t, known=known) for t in weights if t not in names]
    if problems:
        raise ProblemsFound(problems)
    row = np.zeros(len(names))
    for term, weight in weights.items():
        row[names.index(term)] = float(weight)
    return row


def _check_width(fit: LmmFit, rows: Array) -> None:
    if rows.ndim != 2 or rows.shape[1] != len(fit.mixed.names):
        given, terms = int(rows.shape[-1]), len(fit.mixed.names)
        raise ProblemsFound([error("mixed.contrast_width", given=given, terms=terms)])


def tests_table(found: ContrastTests, labels: Sequence[str]) -> pd.DataFrame:
    """Return tests in the columns of every fit."""
    columns: dict[str, Any] = {"term": list(labels)}
    columns |= {name: getattr(found, name) for name in TABLE_COLUMNS[1:-1]}
    return pd.DataFrame(columns | {"method": found.method})


def f_table(found: Mapping[str, FTest]) -> pd.DataFrame:
    """Return F tests as a table, one row a hypothesis."""
    rows = [(term, t.statistic, t.rank, t.df, t.p_value, t.method) for term, t in found.items()]
    return pd.DataFrame(rows, columns=list(F_COLUMNS))
