"""What each analysis of the plan found of a wave, as tables that may be shared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, Spot, disclose
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.study_fits import AnalysisFit, WaveChange
from evalkit.reports.evidence import Evidence

TESTS = ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high")
VARIANCES = ("value",)


@dataclass(frozen=True)
class ContrastRows:
    """Hold a contrast of the report's wave with the row that each method has in the table.

    Parameters
    ----------
    change : the contrast.
    tests : by row id, the method's test; the default first.
    """

    change: WaveChange
    tests: Mapping[str, SiteTest]


def contrasts_of(fit: AnalysisFit, wave: str) -> tuple[ContrastRows, ...]:
    """Return the contrasts of an analysis that end in a wave, with every method beside the default."""
    found = [change for change in fit.changes if change.wave == wave and change.found.estimate is not None]
    return tuple(
        ContrastRows(
            change,
            {
                f"{number}/{test.method}": test
                for test in (change.beside.default, *change.beside.others)
                if test.estimate is not None
            },
        )
        for number, change in enumerate(found)
    )


def tells_everything(evidence: Evidence, outcome: str) -> bool:
    """Tell whether the year hides nothing of an outcome, of no group and of no site.

    Every method weighs sites in its own way, so that several together would tell what a hidden site has.
    """
    tables = (evidence.changes, evidence.site_changes)
    return not any(
        table.hidden(row, column)
        for table in tables
        for row in table.rows
        if row.startswith(f"{outcome}/")
        for column in table.columns
    )


def method_table(
    fit: AnalysisFit, contrasts: tuple[ContrastRows, ...], rule: DisclosureRule, *, shown: bool
) -> DisclosedTable:
    """Return estimates, standard errors, degrees of freedom, p-values and intervals by contrast and method.

    Parameters
    ----------
    shown : whether the year tells everything of this outcome; where it hides something, so does this one.
    """
    cells: dict[Spot, Cell | None] = {}
    for contrast in contrasts:
        people = int(contrast.change.found.sites[["n_first", "n_last"]].min().min()) if shown else 0
        for row, test in contrast.tests.items():
            for column in TESTS:
                value = getattr(test, column)
                cells[row, column] = None if value is None else Cell(float(value), people)
    rows = [row for contrast in contrasts for row in contrast.tests]
    return disclose(f"models-{fit.analysis.id}", cells, rule, rows=rows, columns=TESTS)


def variance_table(fit: AnalysisFit, rule: DisclosureRule, *, shown: bool) -> DisclosedTable | None:
    """Return the variance components of the mixed model; None without a fit."""
    if fit.fit is None:
        return None
    people = fit.fit.n_residents if shown else 0
    cells = {
        (row, "value"): Cell(float(value), people)
        for row, value in variance_rows(fit)
        if not math.isnan(value)
    }
    rows = [row for row, _ in variance_rows(fit)]
    return disclose(f"variances-{fit.analysis.id}", cells, rule, rows=rows, columns=VARIANCES)


def variance_rows(fit: AnalysisFit) -> Iterator[tuple[str, float]]:
    """Give each component's row id, `group`, `group/term` or `group/term:term`, and its value."""
    assert fit.fit is not None, "asked with a fit"
    parts = fit.fit.variance_components
    for group, one, two, value in parts.itertuples(index=False):
        names = [str(name) for name in (one, two) if isinstance(name, str) and name]
        yield "/".join([str(group), ":".join(names)] if names else [str(group)]), float(value)
