"""Count how often the intervals of a summary hold the change that was planted.

Run:  python benchmarks/coverage/run.py [--seeds 200] [--write]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from evalkit.models.inference.site_changes import SiteChange, change_of_sites, difference_of_arms
from evalkit.models.site_means import SiteMeans, site_means
from evalkit.power.scenario import Scenario, resident_scenario
from evalkit.power.simulating import SimulatedStudy, simulate

HERE = Path(__file__).resolve().parent
PAGES = (HERE / "README.md", HERE.parent.parent / "docs" / "simulation.md")
START, END = "<!-- coverage: made by benchmarks/coverage/run.py -->", "<!-- end of coverage -->"
ARMS = {f"S{n}": "intervention" if n <= 3 else "comparison" for n in range(1, 7)}
SCALES = {
    name: tuple(f"{name[:3]}{n}" for n in range(1, 7))
    for name in ("cohesion", "security", "access", "control")
}


def scenarios() -> dict[str, Scenario]:
    """Return the demonstration's scenario, and one that asks more of the method."""
    usual = resident_scenario(SCALES, MappingProxyType(ARMS))
    grown = tuple(replace(m, yearly_change=0.10, secular_change=-0.05) for m in usual.measures)
    hard = replace(
        usual,
        measures=grown,
        lag=0.0,
        cac=0.60,
        attrition=0.30,
        attrition_by_score=-0.5,
        wave_skip=0.20,
        item_missing=0.08,
    )
    return {"demonstration": usual, "harder": hard}


def intervals(study: SimulatedStudy, scenario: Scenario) -> pd.DataFrame:
    """Return every interval of one study beside the truth, and beside the change of plain means."""
    panel, rows = study.panel(), []
    truth = study.planted.set_index(["outcome", "arm", "wave"])["change"]
    first, sites = scenario.waves[0], scenario.sites
    for measure in scenario.measures:
        means = site_means(panel, measure.id, sites=sites)
        for wave in scenario.waves[1:]:
            plain = _plain_changes(means, scenario, wave)
            change = {arm: truth[measure.id, arm, wave] for arm in ("intervention", "comparison")}
            for arm, planted in change.items():
                found = change_of_sites(panel, measure.id, sites, first, wave, arm=arm, means=means)
                rows.append((measure.id, arm, wave, planted, plain[arm], *_facts(found)))
            found = difference_of_arms(panel, measure.id, sites, first, wave, means=means)
            planted = change["intervention"] - change["comparison"]
            rows.append(
                (
                    measure.id,
                    "difference",
                    wave,
                    planted,
                    plain["intervention"] - plain["comparison"],
                    *_facts(found),
                )
            )
    columns = ["outcome", "contrast", "wave", "planted", "plain", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _plain_changes(means: SiteMeans, scenario: Scenario, wave: str) -> dict[str, float]:
    """Return each arm's change of the plain means of all who answered: what the method guards against."""
    change = means.raw_means[:, means.waves.index(wave)] - means.raw_means[:, 0]
    arms = np.array(list(scenario.arms.values()))
    return {arm: float(change[arms == arm].mean()) for arm in ("intervention", "comparison")}


def _facts(found: SiteChange) -> tuple[float | None, float | None, float | None]:
    return found.estimate, found.conf_low, found.conf_high


def table(scenario: Scenario, seeds: int) -> pd.DataFrame:
    """Return, for each outcome, contrast and wave, how many of the seeds' intervals hold the truth."""
    drawn = [simulate(scenario, np.random.default_rng(seed)) for seed in range(seeds)]
    found = pd.concat([intervals(study, scenario) for study in drawn], ignore_index=True)
    found["held"] = (found["low"] <= found["planted"]) & (found["planted"] <= found["high"])
    found["bias"] = found["estimate"] - found["planted"]
    found["plain_bias"] = found["plain"] - found["planted"]
    found["half_width"] = (found["high"] - found["low"]) / 2
    return found.groupby(["outcome", "contrast", "wave"], sort=False, as_index=False).agg(
        planted=("planted", "first"),
        bias=("bias", "mean"),
        plain_bias=("plain_bias", "mean"),
        half_width=("half_width", "mean"),
        held=("held", "sum"),
        of=("held", "size"),
    )


def clopper_pearson(held: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper & Pearson 1934)."""
    from scipy.stats import beta

    tail = (1 - level) / 2
    low = beta.ppf(tail, held, of - held + 1) if held else 0.0
    high = beta.ppf(1 - tail, held + 1, of - held) if held < of else 1.0
    return float(low), float(high)


HEAD = ("outcome", "contrast", "wave", "planted", "mean error", "mean error of plain means")
HEAD += ("mean half-width", "held", "95 % interval of the share held")


def written(name: str, counted: pd.DataFrame) -> str:
    """Return a scenario's table in Markdown, with all cells of a contrast together at the end."""
    lines = [f"**{name}**, {counted['of'].iloc[0]} seeds", "", _line(HEAD), _line(["---"] * len(HEAD))]
    for row in counted.itertuples():
        low, high = clopper_pearson(row.held, row.of)
        errors = f"{row.bias:+.2f}", f"{row.plain_bias:+.2f}", f"{row.half_width:.1f}"
        share = f"{row.held / row.of:.3f}", f"{low:.3f} to {high:.3f}"
        lines.append(_line((row.outcome, row.contrast, row.wave, f"{row.planted:+.2f}", *errors, *share)))
    for contrast, rows in counted.groupby("contrast", sort=False):
        errors = f"{rows['bias'].mean():+.2f}", f"{rows['plain_bias'].mean():+.2f}"
        share = f"{rows['held'].sum() / rows['of'].sum():.3f}"
        lines.append(
            _line(("all", contrast, "all", "", *errors, f"{rows['half_width'].mean():.1f}", share, ""))
        )
    return "\n".join(lines)


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    """Print the tables, and with --write put them into the pages that show them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    words = "\n\n".join(written(name, table(scene, asked.seeds)) for name, scene in scenarios().items())
    print(words, flush=True)
    if asked.write:
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            before, after = text.split(START)[0], text.split(END)[1]
            page.write_text(f"{before}{START}\n{words}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
