"""Every analysis of the plan with its numbers: what is estimated, by which model, by every method."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Block, BulletList, Column, Heading, Paragraph, Part, Table, Words
from evalkit.models.inference.agreement import method_name
from evalkit.models.planning.words import analysis_name
from evalkit.models.study_fits import AnalysisFit
from evalkit.reports.evidence import Evidence
from evalkit.reports.model_table import (
    ContrastRows,
    contrasts_of,
    method_table,
    tells_everything,
    variance_rows,
    variance_table,
)
from evalkit.reports.section import TECHNICAL, Section
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.models"
GROUPS = {"respondent": "residents", "site": "sites", "site:wave": "site_waves", "Residual": "residual"}
PARTS = {"(Intercept)": "level", "time": "slope", "(Intercept):time": "both"}
COLUMNS = (("estimate", 2), ("std_error", 2), ("df", 1), ("p_value", 3), ("conf_low", 2), ("conf_high", 2))


def _build(evidence: Evidence) -> Part | None:
    found = [(fit, contrasts_of(fit, evidence.wave.id)) for fit in evidence.fits]
    blocks = [
        block for fit, contrasts in found if contrasts for block in _of_analysis(evidence, fit, contrasts)
    ]
    if not blocks:
        return None
    opening = Paragraph((_say("default"), _say("beside"), _say("no_p")))
    return Part("models", _say("title"), (opening, *blocks))


def _of_analysis(
    evidence: Evidence, fit: AnalysisFit, contrasts: tuple[ContrastRows, ...]
) -> Iterator[Block]:
    analysis, rule = fit.analysis, evidence.study.file.disclosure
    yield Heading(analysis_name(evidence.study, analysis.outcome, analysis.question))
    yield Paragraph(tuple(_described(fit)))
    if fit.fit is not None:
        yield BulletList(tuple((text_of(str(term)),) for term in fit.fit.table["term"]))
    shown = tells_everything(evidence, analysis.outcome)
    table = method_table(fit, contrasts, rule, shown=shown)
    columns = tuple(Column(name, _say(name), digits) for name, digits in COLUMNS)
    heads: dict[str, Words] = {
        row: _say("row", contrast=_whose(evidence, contrast), method=method_name(test.method))
        for contrast in contrasts
        for row, test in contrast.tests.items()
    }
    yield Table(table, _say("caption", id=text_of(analysis.id)), _say("corner"), heads, columns)
    variances = variance_table(fit, rule, shown=shown)
    if variances is not None:
        names: dict[str, Words] = {row: _component(row) for row, _ in variance_rows(fit)}
        column = (Column("value", _say("variance"), 2),)
        yield Table(variances, _say("variances", id=text_of(analysis.id)), _say("component"), names, column)


def _described(fit: AnalysisFit) -> Iterator[Words]:
    if fit.estimand is not None:
        yield _say("estimand", estimand=fit.estimand)
    if fit.fit is not None:
        counts = {"rows": fit.fit.n_rows, "residents": fit.fit.n_residents, "sites": fit.fit.n_sites}
        yield _say("counts", **counts)
        yield _say("rest" if fit.fit.converged else "no_rest")
        yield _say("fixed")


def _whose(evidence: Evidence, contrast: ContrastRows) -> Words:
    change = contrast.change
    if change.arm is None:
        return _say("all_sites")
    arm = evidence.study.arm_name(change.arm)
    return arm if change.other is None else _say("less", arm=arm, other=evidence.study.arm_name(change.other))


def _component(row: str) -> Words:
    """Return what a variance component is called; names that nobody foresaw as they stand."""
    group, _, terms = row.partition("/")
    name: Words = _say(f"of.{GROUPS[group]}") if group in GROUPS else text_of(group)
    if not terms:
        return name
    term: Words = _say(f"part.{PARTS[terms]}") if terms in PARTS else text_of(terms)
    return _say("term", group=name, term=term)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("models", 66, _build, TECHNICAL)
