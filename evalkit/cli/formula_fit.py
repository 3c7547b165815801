"""What `evalkit fit --formula` does and prints: one mixed model of the study's panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalkit.cli.showing import command_language, show_facts, show_problems, show_table, tell

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.mixed.wald import Method
    from evalkit.models.lmm_fit import LmmFit
    from evalkit.study.study import Study

METHODS: Mapping[str, Method] = {
    "kenward_roger": "kenward-roger",
    "satterthwaite": "satterthwaite",
    "asymptotic": "asymptotic",
}
COLUMNS = ("term", "estimate", "std_error", "df", "p_value", "interval")


def fit_formula(study: Study, formula: str, population: str, inference: str) -> LmmFit:
    """Fit a formula to the scored panel of a population; tests that the design cannot bear are withheld."""
    from evalkit.models.lmm import lmm
    from evalkit.models.site_level_terms import site_level_terms, withhold_site_level
    from evalkit.models.term_inference import with_inference
    from evalkit.scores.scored_panel import build_panel

    panel = build_panel(study, population)
    fitted = lmm(formula, panel, inference=METHODS.get(inference, "kenward-roger"))
    residents = [name for name in fitted.mixed.names if name not in site_level_terms(fitted)]
    return withhold_site_level(with_inference(fitted, residents, inference), inference)


def show_formula(fitted: LmmFit, study: Study, formats: tuple[str, ...], *, as_json: bool) -> None:
    """Print the fixed terms, and write them as tables."""
    from evalkit.models.table_format import write_tables
    from evalkit.study.folder import folder_faults

    folder = study.out_folder / "tables"
    with folder_faults(study.out_folder):
        files = write_tables({"formula": fitted.table}, folder, ("csv", *(f for f in formats if f != "csv")))
    if as_json:
        show_facts(fitted.facts() | {"files": [str(file) for file in files]})
        return
    _show(fitted, files)


def _show(fitted: LmmFit, files: tuple[Path, ...]) -> None:
    from evalkit.models.fit import records
    from evalkit.texts.phrases import phrase

    lang = command_language()
    head = [phrase(f"commands.contrast.column.{name}").say(lang) for name in COLUMNS]
    show_table(head, [_row(row) for row in records(fitted.table)])
    show_problems(fitted.problems)
    tell("fit.formula_done", folder=str(files[0].parent))


def _row(row: dict[str, Any]) -> list[Any]:
    from evalkit.cli.contrast_words import between, p_cell
    from evalkit.texts.numbers import Number

    numbers = {"estimate": 3, "std_error": 3, "df": 1}
    cells: list[Any] = [
        None if row[name] is None else Number(row[name], digits) for name, digits in numbers.items()
    ]
    return [row["term"], *cells, p_cell(row["p_value"]), between(row["conf_low"], row["conf_high"], 2)]
