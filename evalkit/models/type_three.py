"""Type III hypotheses: each term of a formula at the unweighted means of the other factors."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.fitting import MixedFit
from evalkit.models.model_frame import ModelFrame
from evalkit.models.number_columns import NumberColumns


def type_three_contrasts(frame: ModelFrame, fit: MixedFit) -> dict[str, Array]:
    """Return, for each term but the intercept, contrasts of the kept fixed columns: (k, p).

    With the same factors in sum-to-zero coding, the columns are X A for some A, and the coefficients
    A^-1 beta; those of a term being zero is its hypothesis. Empty when columns were dropped: terms then
    have no such meaning.
    """
    from formulaic import Formula

    if fit.dropped:
        return {}
    spec, fixed = frame.fixed_spec, frame.X
    if isinstance(spec, NumberColumns):
        rows = zip(spec.names, spec.terms, np.eye(len(spec.terms)), strict=True)
        return {name: row[None] for name, term, row in rows if term}
    parts = {str(term): _sum_coded(term, spec) for term in spec.terms}
    matrix = Formula(" + ".join(["0" if "1" not in parts else "1", *(p for p in parts.values() if p != "1")]))
    coded = matrix.get_model_matrix(frame.data, na_action="ignore")
    other = coded.to_numpy(dtype=float)
    if other.shape[1] != fixed.shape[1]:
        return {}
    basis, triangle = np.linalg.qr(fixed)
    change = np.linalg.solve(triangle, basis.T @ other)
    back = np.linalg.inv(change)
    names = {value: name for name, value in parts.items()}
    own = {str(term): list(columns) for term, columns in spec.term_indices.items()}
    found = {}
    for term, columns in coded.model_spec.term_indices.items():
        name = names.get(str(term), str(term))
        if name != "1":
            found[name] = _with_unit_columns(back[list(columns)], own[name])
    return found


def _with_unit_columns(contrast: Array, own: list[int]) -> Array:
    """Turn a hypothesis so that it is the identity on the term's own columns.

    Satterthwaite's denominator of several contrasts depends on how they are written; these are the
    contrasts that lmerTest writes.
    """
    square = contrast[:, own]
    if square.shape[0] != square.shape[1] or np.linalg.cond(square) > 1e8:
        return contrast
    return np.asarray(np.linalg.solve(square, contrast))


def _sum_coded(term: object, spec: object) -> str:
    state = getattr(spec, "encoder_state", {})
    names = []
    for factor in getattr(term, "factors", ()):
        kind = state.get(str(factor))
        categorical = kind is not None and "categorical" in str(kind[0]).lower()
        names.append(f"C({factor}, contr.sum)" if categorical else str(factor))
    return ":".join(names)
