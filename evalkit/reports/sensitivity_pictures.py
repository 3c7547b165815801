"""Draw the specification curve of each analysis: its main result among those of other choices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evalkit.disclosure import Cell, DisclosedTable, disclose
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.plan import outcome_of
from evalkit.models.reestimating import respondents_of
from evalkit.models.sensitivity_results import (
    AnalysisSensitivity,
    Compared,
    StudySensitivity,
    shown_change,
)
from evalkit.models.study_fits import WaveChange
from evalkit.models.whose import compared
from evalkit.reports.figures.specification_curve import (
    MAIN,
    SIDES,
    Specification,
    SpecificationCurve,
    finding,
    side,
)
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase

COLUMNS = ("estimate", "low", "high")


def write_pictures(found: StudySensitivity, study: Study) -> tuple[Path, ...]:
    """Write the specification curve of each analysis, as SVG and PNG, in the languages of the study.

    Answers of organisations get no picture: the panel does not say whose they are, so that nothing of them
    can pass the rule of disclosure.

    Returns
    -------
    The files, `out/figures/sensitivity-<analysis>.<lang>.svg` and `.png`. Those of analyses that the plan no
    longer has are removed.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    folder = study.out_folder / "figures"
    files: dict[Path, bytes] = {}
    for each in found.analyses:
        drawn = curve_of(each, study)
        for lang in study.languages if drawn is not None else ():
            assert drawn is not None, "no languages otherwise"
            curve, table = drawn
            name = f"sensitivity-{each.found.analysis.id}.{lang}"
            files[folder / f"{name}.svg"] = curve(table, lang).encode()
            files[folder / f"{name}.png"] = curve.png(table, lang)
    with folder_faults(study.out_folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("sensitivity-*"):
            if file not in files:
                file.unlink()
        for file, content in files.items():
            file.write_bytes(content)
    return tuple(files)


def curve_of(each: AnalysisSensitivity, study: Study) -> tuple[SpecificationCurve, DisclosedTable] | None:
    """Return the curve of the contrast that a page shows, with what it may show.

    None without another choice, for organisations, and when the main result may not be shown.
    """
    population = study.file.populations.get(each.found.analysis.population)
    change = shown_change(each.found, study)
    compared = {f"choice{n}": one for n, one in enumerate(each.of(change)) if one.variant.drawn}
    if not compared or (population is not None and population.organisation == "required"):
        return None
    table = _table(change, compared, study)
    if table.number(MAIN, "estimate") is None:
        return None
    seen = {row: one for row, one in compared.items() if table.number(row, "estimate") is not None}
    return _curve(each, change, seen, table, study), table


def _table(change: WaveChange, compared: Mapping[str, Compared], study: Study) -> DisclosedTable:
    cells = _cells(MAIN, change.beside.default, respondents_of(change.found.sites))
    for row, one in compared.items():
        cells |= _cells(row, one.one.test, one.one.respondents)
    rows = [MAIN, *compared]
    return disclose("sensitivity", cells, study.file.disclosure, rows=rows, columns=COLUMNS)


def _cells(row: str, test: SiteTest, people: int) -> dict[tuple[str, str], Cell | None]:
    numbers = (test.estimate, test.conf_low, test.conf_high)
    return {
        (row, column): None if value is None else Cell(value, people)
        for column, value in zip(COLUMNS, numbers, strict=True)
    }


def _curve(
    each: AnalysisSensitivity,
    change: WaveChange,
    seen: Mapping[str, Compared],
    table: DisclosedTable,
    study: Study,
) -> SpecificationCurve:
    band = each.found.analysis.smallest_change or 0.0
    lines: dict[str, Phrase] = {MAIN: phrase("sensitivity.main.row")}
    for one in seen.values():
        lines.setdefault(_line(one), one.variant.row)
    specifications = [Specification(row, _line(one), one.variant.mark) for row, one in seen.items()]
    return SpecificationCurve(
        specifications=(Specification(MAIN, MAIN), *specifications),
        lines=lines,
        band=band,
        title=finding(table, list(seen), outcome_of(each.found.analysis, study).name),
        subtitle=_subtitle(change, band, study),
        axis=phrase("sensitivity.figure.axis"),
        alt=_alt(table, list(seen), band),
        banner=phrase("report.words.simulated") if study.file.simulated else None,
    )


def _line(one: Compared) -> str:
    """Return the id of the line that marks a choice: its analysis, and the words of the line."""
    return f"{one.sensitivity}: {one.variant.row.say('en')}"


def _subtitle(change: WaveChange, band: float, study: Study) -> Phrase:
    level = Percent(change.found.level)
    waves = {"since": change.since, "wave": change.wave}
    return phrase(
        "sensitivity.figure.subtitle",
        what=compared(change, study),
        band=Number(band, 1),
        level=level,
        **waves,
    )


def _alt(table: DisclosedTable, others: list[str], band: float) -> Phrase:
    known = [value for row in (MAIN, *others) if (value := table.number(row, "estimate")) is not None]
    main = table.number(MAIN, "estimate")
    assert main is not None, "a curve has a main result"
    sides = [SIDES[place] for row in (MAIN, *others) if (place := side(table, row)) is not None]
    points = {"main": main, "low": min(known), "high": max(known), "minus": -band, "plus": band}
    written = {name: Number(value, 1, signed=True) for name, value in points.items()}
    counts = {name: sides.count(name) for name in SIDES.values()}
    return phrase("sensitivity.figure.alt", count=len(others), **counts, **written)
