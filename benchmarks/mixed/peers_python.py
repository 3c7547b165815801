"""Time glmm and mixedlm: a worker for `race.py`, to run where both are installed."""

from __future__ import annotations

import warnings
from importlib.metadata import version

import glmm
import mixedlm
import pandas as pd
from worker import serve


def fit_glmm(formula: str, frame: pd.DataFrame) -> float:
    """Fit with Satterthwaite's degrees of freedom, as glmm does by default."""
    return -2 * glmm.fit(frame, formula).loglik


def fit_mixedlm(formula: str, frame: pd.DataFrame) -> float:
    """Fit and make the summary, which is where mixedlm finds degrees of freedom."""
    fit = mixedlm.lmer(formula, frame)
    str(fit.summary())
    return fit.REMLcrit()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve({"glmm": fit_glmm, "mixedlm": fit_mixedlm}, {name: version(name) for name in ("glmm", "mixedlm")})
