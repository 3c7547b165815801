"""Say what a mixed model found: as tables that print, and as sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evalkit.mixed.describing import describe
from evalkit.mixed.residual_parameters import autocorrelation, residual_deviations
from evalkit.mixed.rows import residuals
from evalkit.models.fit import INTERCEPT, RESIDUAL, TABLE_COLUMNS
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from evalkit.mixed.fitting import MixedFit
    from evalkit.models.lmm_fit import LmmFit

METHODS = {
    "kenward-roger": "t-tests use Kenward-Roger's method",
    "satterthwaite": "t-tests use Satterthwaite's method",
    "asymptotic": "z-tests, normal approximation",
}
SHORT = 0.001


def summary(fit: LmmFit) -> str:
    """Return a summary as lme4 prints one, with what the reader must know at its end."""
    how = "REML" if fit.mixed.reml else "maximum likelihood"
    about = describe(fit.mixed)
    head = [f"Linear mixed model fit by {how}; {METHODS[fit.method]}", f"Formula: {fit.frame.formula.text}"]
    head.append(
        f"REML criterion at convergence: {fit.criterion:.1f}"
        if fit.mixed.reml
        else f"AIC {about.aic:.1f}  BIC {about.bic:.1f}  log-likelihood {about.log_likelihood:.1f}"
    )
    head += _residual_head(fit)
    groups = ", ".join(f"{factor.name} {factor.levels}" for factor in fit.mixed.prepared.factors)
    counts = f"Number of rows: {fit.n_rows}; groups: {groups}"
    parts = [
        "\n".join(head),
        *([_residual_lines(fit.mixed)] if fit.mixed.prepared.moments is None else []),
        f"{_random_lines(fit)}\n{counts}",
        _fixed_lines(fit),
    ]
    if fit.problems:
        parts.append("\n".join(f"{p.severity}: {p.what('en')} {p.do('en')}" for p in fit.problems))
    return "\n\n".join(parts)


def _residual_head(fit: LmmFit) -> list[str]:
    """Say what residuals go by."""
    terms, rho, lines = fit.frame.residual_terms, autocorrelation(fit.mixed), []
    if terms.variance_by:
        lines.append(f"Residual variance by {':'.join(terms.variance_by)}")
    if rho is not None:
        within = f" within {':'.join(terms.within)}" if terms.within else ""
        lines.append(f"Residual autocorrelation in {terms.time}{within}: rho {_short(rho)} at distance 1")
    return lines


def _residual_lines(fit: MixedFit) -> str:
    values = np.quantile(residuals(fit, "scaled"), [0, 0.25, 0.5, 0.75, 1])
    names = ("Min", "1Q", "Median", "3Q", "Max")
    table = pd.DataFrame([[f"{value:.4f}" for value in values]], columns=list(names))
    return f"Scaled residuals:\n{table.to_string(index=False)}"


def _random_lines(fit: LmmFit) -> str:
    table, rows = fit.variance_components, []
    widest = max(factor.size for factor in fit.mixed.prepared.factors)
    own = table[table["term2"].isna() & (table["group"] != RESIDUAL)]
    for group, part in own.groupby("group", sort=False):
        names, sds = list(part["term1"]), np.sqrt(part["value"].to_numpy())
        both = table[(table["group"] == group) & table["term2"].notna()]
        known = {
            frozenset((a, b)): v for a, b, v in zip(both["term1"], both["term2"], both["value"], strict=True)
        }
        for i, name in enumerate(names):
            entry = [str(group) if i == 0 else "", name, _short(sds[i] ** 2), _short(sds[i])]
            entry += [_correlation(known.get(frozenset((name, names[j]))), sds[i] * sds[j]) for j in range(i)]
            rows.append(entry + [""] * (3 + widest - len(entry)))
    for i, (level, sd) in enumerate(residual_deviations(fit.mixed).items()):
        entry = [RESIDUAL if i == 0 else "", level or "", _short(sd**2), _short(sd)]
        rows.append(entry + [""] * (widest - 1))
    names = ["Groups", "Name", "Variance", "Std.Dev."] + ["Corr"] * min(widest - 1, 1) + [""] * (widest - 2)
    return "Random effects:\n" + _columns(rows, names, left=2)


def _correlation(covariance: float | None, product: float) -> str:
    if covariance is None:
        return ""
    return f"{covariance / product:.2f}" if product > 0 else "-"


def _fixed_lines(fit: LmmFit) -> str:
    table, numbers = fit.table, fit.table[list(TABLE_COLUMNS[1:-1])].to_numpy(dtype=float)
    rows = [
        [str(term), _short(row[0]), _short(row[1]), _short(row[3]), _short(row[2]), _p(row[4])]
        + [_short(end) for end in row[5:]]
        for term, row in zip(table["term"], numbers, strict=True)
    ]
    level = f"{100 * fit.level:g}%"
    names = ["", "Estimate", "Std.Error", "df", "t", "p", f"{level} low", f"{level} high"]
    return "Fixed effects:\n" + _columns(rows, names, left=1)


def _columns(rows: list[list[str]], names: list[str], left: int) -> str:
    cells = [names, *rows]
    widths = [max(len(row[k]) for row in cells) for k in range(len(names))]
    lines = []
    for row in cells:
        words = [
            w.ljust(n) if k < left else w.rjust(n) for k, (w, n) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append((" " + "  ".join(words)).rstrip())
    return "\n".join(lines)


def _short(value: float) -> str:
    """Write a number with five digits that tell something."""
    if not np.isfinite(value):
        return "-" if np.isnan(value) else "Inf"
    return f"{value:.5g}" if abs(value) < 1e5 or abs(value) >= 1e12 else f"{value:.1f}"


def _p(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"<{SHORT}" if value < SHORT else f"{value:.3f}"


def sentences(fit: LmmFit, lang: Language = "en") -> str:
    """Return what a mixed model found in sentences: what it rests on, each fixed term, shares of variance.

    Parameters
    ----------
    lang : `en` or `fr`; terms keep the names that the formula gives them.
    """
    factors = fit.mixed.prepared.factors
    groups = ", ".join(f"{factor.name} ({Number(factor.levels, 0).say(lang)})" for factor in factors)
    said: list[Phrase] = [phrase("models.told.rests_on", outcome=fit.outcome, rows=fit.n_rows, groups=groups)]
    rows = fit.table.to_dict("records")
    said += [_told(fit, row) for row in rows if row["term"] != INTERCEPT or len(rows) == 1]
    about = describe(fit.mixed)
    shares = {
        "fixed": Percent(about.r2_marginal),
        "random": Percent(about.r2_conditional - about.r2_marginal),
    }
    said.append(phrase("models.told.shares", **shares))
    return " ".join(part.say(lang) for part in said)


def _told(fit: LmmFit, row: Mapping[Hashable, Any]) -> Phrase:
    estimate, error, low, high = (float(row[n]) for n in ("estimate", "std_error", "conf_low", "conf_high"))
    digits = int(np.clip(1 - np.floor(np.log10(error)), 0, 8)) if error > 0 else 1
    term = row["term"]
    facts = {"term": term, "estimate": Number(estimate, digits, signed=True), "level": Percent(fit.level)}
    kind = "mean" if term == INTERCEPT else "term"
    if np.isnan(low):
        return phrase(f"models.told.{kind}_withheld", **facts)
    facts |= {"low": Number(low, digits), "high": Number(high, digits)}
    if kind == "term":
        kind = "term_unclear" if low <= 0 <= high else "term_clear"
    return phrase(f"models.told.{kind}", **facts)
