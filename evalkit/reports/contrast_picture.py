"""Draw the forest of a contrast between sites: every method, and the default without each site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from evalkit.disclosure import Cell, DisclosedTable, disclose
from evalkit.models.inference.agreement import method_name, side_of
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.plan import outcome_of
from evalkit.models.study_fits import AnalysisFit, WaveChange
from evalkit.models.whose import compared
from evalkit.reports.figures.forest import MAIN, Forest
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase

COLUMNS = ("estimate", "low", "high")
TEXTS = "contrast.figure"


def write_forest(found: AnalysisFit, change: WaveChange, study: Study) -> tuple[Path, ...]:
    """Write the forest of a contrast, as SVG and PNG, in the languages of the study.

    Returns
    -------
    The files, `out/figures/contrast-<analysis>-<contrast>-<arms>.<lang>.svg` and `.png`; none for answers of
    organisations, of which nothing passes the rule of disclosure, and when the estimate may not be shown.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    drawn = forest_of(found, change, study)
    if drawn is None:
        return ()
    forest, table = drawn
    folder = study.out_folder / "figures"
    name = re.sub(r"[^A-Za-z0-9]+", "-", "-".join([change.name, *change.contrast.arms]))
    files: dict[Path, bytes] = {}
    for lang in study.languages:
        stem = f"contrast-{found.analysis.id}-{name}.{lang}"
        files[folder / f"{stem}.svg"] = forest(table, lang).encode()
        files[folder / f"{stem}.png"] = forest.png(table, lang)
    with folder_faults(study.out_folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            file.write_bytes(content)
    return tuple(files)


def forest_of(found: AnalysisFit, change: WaveChange, study: Study) -> tuple[Forest, DisclosedTable] | None:
    """Return the forest of a contrast with what it may show; None when that is nothing."""
    population = study.file.populations.get(found.analysis.population)
    if population is not None and population.organisation == "required":
        return None
    methods = {MAIN: change.beside.default} | {test.method: test for test in change.beside.others}
    without = change.beside.without.without if change.beside.without is not None else {}
    table = _table(methods, without, change, study)
    if table.number(MAIN, "estimate") is None:
        return None
    band = found.analysis.smallest_change or 0.0
    outcome = outcome_of(found.analysis, study).name
    names = {row: method_name(test.method) for row, test in methods.items()}
    level = Percent(change.found.level)
    waves = {"since": change.since, "wave": change.wave}
    side = side_of(change.beside.default) if change.found.conf_low is not None else "withheld"
    forest = Forest(
        methods=names,
        without={f"without {site}": study.sites_by_id[site].name for site in without},
        band=band,
        title=phrase(f"{TEXTS}.title_{side}", outcome=outcome),
        subtitle=phrase(
            f"{TEXTS}.subtitle", what=compared(change, study), band=Number(band, 1), level=level, **waves
        ),
        axis=phrase(f"{TEXTS}.axis"),
        parting=phrase(f"{TEXTS}.parting"),
        alt=_alt(methods, table),
        banner=phrase("report.words.simulated") if study.file.simulated else None,
    )
    return forest, table


def _table(
    methods: Mapping[str, SiteTest], without: Mapping[str, SiteTest], change: WaveChange, study: Study
) -> DisclosedTable:
    sites = change.found.sites
    parts = [sites] if len(change.contrast.arms) < 2 else [part for _, part in sites.groupby("arm")]
    people = min((int(part[end].sum()) for part in parts for end in ("n_first", "n_last")), default=0)
    rows = dict(methods) | {f"without {site}": test for site, test in without.items()}
    cells = {
        (row, column): None if value is None or not np.isfinite(value) else Cell(value, people)
        for row, test in rows.items()
        for column, value in zip(COLUMNS, (test.estimate, test.conf_low, test.conf_high), strict=True)
    }
    return disclose("contrast", cells, study.file.disclosure, rows=list(rows), columns=COLUMNS)


def _alt(methods: Mapping[str, SiteTest], table: DisclosedTable) -> Phrase:
    sides = [side_of(test) for test in methods.values() if test.conf_low is not None]
    estimate = Number(table.number(MAIN, "estimate") or 0.0, 1, signed=True)
    counts = {name: sides.count(name) for name in ("above", "below", "neither")}
    return phrase(f"{TEXTS}.alt", estimate=estimate, **counts)
