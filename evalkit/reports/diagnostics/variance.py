"""The part on variance: what share residents, sites and waves have in it."""

from __future__ import annotations

from evalkit.disclosure import Cell, Spot
from evalkit.documents.blocks import Column, Paragraph, Part, Table, Words
from evalkit.mixed.describing import describe
from evalkit.models.fit import RESIDUAL
from evalkit.models.variance_shares import variance_shares
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.texts.numbers import Percent
from evalkit.texts.text import text_of

KNOWN = {"respondent": "respondent", "site": "site", "site:wave": "site_wave", RESIDUAL: "residual"}


def variance_part(subject: Subject) -> Part:
    """Return a table of variances and shares (ICC), and what the fixed terms explain (R2)."""
    shares = variance_shares(subject.fit.raw)
    cells: dict[Spot, Cell | None] = {}
    names: dict[str, Words] = {}
    for row in shares.to_dict("records"):
        group = str(row["group"])
        names[group] = words(f"variance.{KNOWN[group]}") if group in KNOWN else text_of(group)
        cells[group, "variance"] = Cell(float(row["variance"]), subject.found.residents)
        cells[group, "icc"] = Cell(float(row["icc"]), subject.found.residents)
    table = subject.disclosed("variance", cells)
    columns = (
        Column("variance", words("variance.variance"), 2),
        Column("icc", words("variance.icc"), 1, share=True),
    )
    told = describe(subject.fit.raw)
    explained = {"fixed": Percent(told.r2_marginal, 1), "whole": Percent(told.r2_conditional, 1)}
    return Part(
        "variance",
        words("variance.title"),
        (
            Table(table, words("variance.table"), words("variance.corner"), names, columns),
            Paragraph((words("variance.explained", **explained),)),
        ),
    )
