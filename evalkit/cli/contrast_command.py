"""`evalkit contrast`: everything about one contrast between sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import (
    command_language,
    problems_shown,
    show_facts,
    show_problems,
    show_table,
    tell,
)

if TYPE_CHECKING:
    from evalkit.models.inference.site_test import SiteTest
    from evalkit.models.study_fits import AnalysisFit, WaveChange
    from evalkit.study.study import Study

COLUMNS = ("method", "estimate", "std_error", "df", "p_value", "interval", "smallest_p")

AnalysisArgument = Annotated[str, typer.Argument(help="Id of an analysis of the plan.", show_default=False)]
WaveOption = Annotated[
    str | None,
    typer.Option(
        "--wave", help="Last wave of the contrast, or its name in evalkit fit; by default the last."
    ),
]
ArmOption = Annotated[
    str | None,
    typer.Option("--arm", help="Arm whose sites are meant, or all; by default two arms compared."),
]


def command(
    analysis: AnalysisArgument,
    wave: WaveOption = None,
    arm: ArmOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one contrast by every method.

    With intervals for sites like these and for these very sites, without each site, what the methods
    agree on, and a picture in out/figures/.
    """
    from evalkit.models.choosing import chosen_change
    from evalkit.models.fitting import fit_planned
    from evalkit.reports.contrast_picture import write_forest

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        found = fit_planned(opened, analysis)
        change = chosen_change(found, wave=wave, arm=arm)
        files = write_forest(found, change, opened)
    if as_json:
        show_facts(_facts(found, change) | {"files": [str(file) for file in files]})
        return
    _show(found, change, opened)
    if files:
        tell("contrast.picture", folder=str(files[0].parent), name=files[0].name.split(".")[0])


def _facts(found: AnalysisFit, change: WaveChange) -> dict[str, Any]:
    from evalkit.models.study_fits import method_rows, row_of

    return {
        "contrast": row_of(found, change),
        "estimand": change.contrast.label.say("en"),
        "methods": method_rows(change.beside),
        "agreement": [said.say("en") for said in change.agreement],
        "terms": _terms(found),
        "problems": [problem.facts("en") for problem in change.problems],
    }


def _terms(found: AnalysisFit) -> list[dict[str, Any]]:
    """Return the terms about residents, by Kenward-Roger."""
    from evalkit.models.fit import records

    if found.fit is None:
        return []
    return [row for row in records(found.fit.table) if row["term"] in found.terms]


def _show(found: AnalysisFit, change: WaveChange, study: Study) -> None:
    from evalkit.models.plan import outcome_of
    from evalkit.models.whose import compared
    from evalkit.texts.phrases import phrase

    lang = command_language()
    outcome = outcome_of(found.analysis, study).name
    tell("contrast.head", outcome=outcome, what=compared(change, study), since=change.since, wave=change.wave)
    tell("contrast.estimand", estimand=change.contrast.label)
    _show_result(change)
    head = [phrase(f"commands.contrast.column.{name}").say(lang) for name in COLUMNS]
    tests = [change.beside.default, *change.beside.others]
    show_table(head, [_row(test, n == 0) for n, test in enumerate(tests)])
    if change.beside.without is not None:
        rows = [_without(study, site, test) for site, test in change.beside.without.without.items()]
        title = phrase("commands.contrast.without").say(lang)
        names = ("site", "estimate", "interval")
        show_table(
            [phrase(f"commands.contrast.column.{name}").say(lang) for name in names], rows, title=title
        )
    for said in change.agreement:
        tell("contrast.said", sentence=said)
    _show_terms(found)
    show_problems(change.problems)


def _show_result(change: WaveChange) -> None:
    from evalkit.cli.contrast_words import between
    from evalkit.texts.numbers import Number, Percent

    result = change.found
    if result.estimate is None:
        tell("contrast.nothing")
        return
    estimate = Number(result.estimate, 1, signed=True)
    level = Percent(result.level)
    like = between(result.conf_low, result.conf_high)
    these = between(result.these_low, result.these_high)
    tell("contrast.result", estimate=estimate, level=level, like=like, these=these, sites=result.n_sites)


def _show_terms(found: AnalysisFit) -> None:
    from evalkit.cli.contrast_words import between, p_cell
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    rows = _terms(found)
    if not rows:
        return
    lang = command_language()
    names = ("term", "estimate", "std_error", "df", "p_value", "interval")
    head = [phrase(f"commands.contrast.column.{name}").say(lang) for name in names]
    cells = [
        [
            row["term"],
            Number(row["estimate"], 2, signed=True),
            _number(row["std_error"], 2),
            _number(row["df"], 1),
            p_cell(row["p_value"]),
            between(row["conf_low"], row["conf_high"]),
        ]
        for row in rows
    ]
    show_table(head, cells, title=phrase("commands.contrast.residents").say(lang))


def _row(test: SiteTest, default: bool) -> list[Any]:
    from evalkit.cli.contrast_words import between, p_cell
    from evalkit.models.inference.agreement import method_name
    from evalkit.texts.phrases import phrase

    name: Any = method_name(test.method)
    return [
        phrase("commands.contrast.default", method=name) if default else name,
        _number(test.estimate, 2, signed=True),
        _number(test.std_error, 2),
        _number(test.df, 1),
        p_cell(test.p_value),
        between(test.conf_low, test.conf_high),
        _number(test.smallest_p, 3) if test.smallest_p else None,
    ]


def _without(study: Study, site: str, test: SiteTest) -> list[Any]:
    from evalkit.cli.contrast_words import between

    estimate = _number(test.estimate, 2, signed=True)
    return [study.sites_by_id[site].name, estimate, between(test.conf_low, test.conf_high)]


def _number(value: float | None, digits: int, *, signed: bool = False) -> Any:
    from evalkit.texts.numbers import Number

    return None if value is None else Number(value, digits, signed=signed)
