"""How often diagnostics warn of models that are true, and how long they take for a housing office.

Usage: python benchmarks/diagnostics/run.py [--runs 200] [--large]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from evalkit.mixed.rows import residuals
from evalkit.models.diagnosing import diagnose
from evalkit.models.diagnostics.effect_normality import effect_normality
from evalkit.models.diagnostics.fitted_model import fitted_model
from evalkit.models.diagnostics.influence import influence
from evalkit.models.diagnostics.residual_spread import residual_spread, standardised_residuals
from evalkit.models.lmm import lmm

ALPHA = 0.05
FORMULA = "y ~ {fixed} + ({own} | respondent) + (1 | site) + (1 | site:wave)"


def answers(rng: np.random.Generator, sites: int, people: int, waves: int = 3) -> pd.DataFrame:
    """Return answers of a true model: residents with own levels and slopes, sites with shocks by wave."""
    who = np.repeat(np.arange(sites * people), waves)
    time_of = np.tile(np.arange(waves), sites * people)
    site = who // people
    y = 0.7 * rng.normal(size=sites * people)[who] + 0.2 * rng.normal(size=sites * people)[who] * time_of
    y += 0.3 * rng.normal(size=sites)[site] + 0.2 * rng.normal(size=(sites, waves))[site, time_of]
    y += 0.7 * rng.normal(size=len(who))
    arm = np.where(site % 2 == 0, "intervention", "comparison")
    wave = [f"w{k}" for k in time_of]
    return pd.DataFrame({"respondent": who, "site": site, "wave": wave, "time": time_of, "arm": arm, "y": y})


def levels(runs: int) -> dict[str, float]:
    """Return shares of rejections where two of six sites lose most of their residents."""
    rng, found = np.random.default_rng(3), []
    for _ in range(runs):
        data = answers(rng, 6, 40)
        stays = np.where(data["site"] < 2, 0.15, 0.95)
        data = data[(data["time"] == 0) | (rng.random(len(data)) < stays)]
        model = fitted_model(lmm(FORMULA.format(fixed="wave", own="1 + time"), data), least=10)
        fair = residual_spread(model, standardised_residuals(model, rng), "site").test
        raw = residual_spread(model, residuals(model.mixed), "site").test
        told = {"spread, raw": raw.p_value, "spread, standardised": fair.p_value}  # type: ignore[union-attr]
        told |= {f"{e.group}, {e.term}": e.p_value for e in effect_normality(model, rng, simulations=99)}
        found.append(told)
    table = pd.DataFrame(found)
    return {str(name): float((column.dropna() < ALPHA).mean()) for name, column in table.items()}


def flagged(runs: int) -> dict[str, float]:
    """Return shares of studies in which some site is called influential."""
    rng = np.random.default_rng(3)
    shares = {}
    for sites in (6, 12):
        some = 0
        for _ in range(runs):
            data = answers(rng, sites, 40)
            data = data[rng.random(len(data)) < 0.8]
            model = fitted_model(lmm(FORMULA.format(fixed="wave * arm", own="1"), data))
            found = influence(model, "site")
            some += bool(found and found.influential)
        shares[f"{sites} sites in two arms"] = some / runs
    return shares


def large() -> None:
    """Print how long a fit of 38,000 residents is diagnosed."""
    rng = np.random.default_rng(1)
    data = answers(rng, 60, 633, 4)
    data = data[rng.random(len(data)) < 0.8]
    fit = lmm(FORMULA.format(fixed="wave", own="1 + time"), data)
    start = time.perf_counter()
    diagnose(fit, bounds=(-9, 9), least=10)
    print(f"{len(data):,} rows: {time.perf_counter() - start:.1f} s")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--large", action="store_true")
    chosen = parser.parse_args()
    if chosen.large:
        large()
        return
    for title, found in (("rejections", levels(chosen.runs)), ("a site flagged", flagged(chosen.runs))):
        for name, share in found.items():
            print(f"{title}: {name}: {share:.3f}")


if __name__ == "__main__":
    main()
