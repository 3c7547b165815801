"""Partners, residents and technical readers each get their own document, from one fit, under their rules."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.documents.blocks import Document, Table
from evalkit.registry import discover
from evalkit.reports import report
from evalkit.reports.report import build_reports, document_kinds, sections_for
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
READERS = ("partners", "residents", "technical")


@pytest.fixture
def documents(study_of: StudyOf, panel_of: PanelOf) -> dict[str, Document]:
    study = study_of()
    panels = {"resident": panel_of(study, {"cohesion": 4.0})}
    return {d.name: d for d in build_reports(study, sites=(None, "S2"), panels=panels)}


def test_three_documents_named_after_their_files() -> None:
    assert tuple(kind.reader for kind in document_kinds()) == READERS
    assert all(kind.reader == name for name, kind in discover(report.DOCUMENTS, "DOCUMENT").items())


def test_places_and_readers_in_order(documents: dict[str, Document]) -> None:
    assert list(documents) == [*READERS, *(f"{reader}-S2" for reader in READERS)]
    assert documents["residents"].type_size == "large"
    assert documents["partners"].type_size == "normal"


def test_documents_without_tables_have_none(documents: dict[str, Document]) -> None:
    allowed = {kind.reader: kind.tables for kind in document_kinds()}
    for name, document in documents.items():
        tables = [b for part in document.parts for b in part.blocks if isinstance(b, Table)]
        assert bool(tables) == allowed[name.split("-")[0]]  # type: ignore[index]


def test_everything_is_computed_once_for_all(
    study_of: StudyOf, panel_of: PanelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, calls = study_of(), []
    panels = {"resident": panel_of(study, {})}
    gather = report.gather
    monkeypatch.setattr(report, "gather", lambda *given: calls.append(given) or gather(*given))
    build_reports(study, sites=(None, *study.sites_by_id), panels=panels)
    assert len(calls) == 1


def test_technical_readers_get_every_section_of_partners_but_its_short_forms() -> None:
    short = {"who-answered", "picture", "brief-reading"}
    partners = {section.id for section in sections_for("partners")}
    assert partners - {section.id for section in sections_for("technical")} == short


@pytest.mark.parametrize("reader", READERS)
def test_no_document_lists_sites_in_the_order_of_their_results(
    study_of: StudyOf, panel_of: PanelOf, reader: str
) -> None:
    """Sites that rise ever more, given in an order of their own, stand in that order or not at all."""
    order = ["S3", "S1", "S6", "S2", "S5", "S4"]
    study = study_of(dict.fromkeys(order))
    panel = panel_of(study, {})
    rise = panel["site"].str[1].astype(int) * panel["time"]
    panel = panel.assign(cohesion=(panel["cohesion"] + 3 * rise).clip(0, 100))
    for document in build_reports(study, readers=(reader,), sites=(None, "S1"), panels={"resident": panel}):
        rows = [
            row for part in document.parts for b in part.blocks if isinstance(b, Table) for row in b.row_heads
        ]
        assert [row for row in rows if row in order] in ([], order)
        said = re.findall(r"Site (S\d)", " ".join(_words(document)))
        first_named = list(dict.fromkeys(said))
        assert first_named in ([], order, ["S1"])


def _words(document: Document) -> list[str]:
    from evalkit.documents.renderers.html import render

    return re.findall(r">([^<>]+)<", render(document, "en"))
