"""What people add is read whole or not at all: every problem with its line, no quotation without consent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.reports.additions import contact_problems, read_additions
from evalkit.reports.report import build_reports
from evalkit.study.consent import read_consents, record_consent, withdraw_consent
from evalkit.study.enrolling import add_person
from evalkit.study.study import Study
from evalkit.texts.text import Text

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]

GOOD = """
decisions:
  - {year: 2022, fr: "Ouvrir le local.", en: "Open the room."}
  - {year: 2023, fr: "Réparer l’entrée.", en: "Repair the entrance.", came_of_it: {fr: "Fait.", en: "Done."}}
  - {year: 2023, fr: "Peindre ici.", en: "Paint here.", site: S2}
quotations:
  - {year: 2023, fr: "On se parle.", en: "We talk.", consent: c1, who: {fr: "résidente", en: "resident"}}
paragraphs:
  - {document: partners, section: limits, fr: "Un hiver dur.", en: "A hard winter."}
  - {document: partners, section: comparison-is-not-here, fr: "x", en: "x"}
contact: {fr: "Parlez-nous.", en: "Talk to us."}
"""


def _write(study: Study, text: str) -> None:
    (study.folder / "report.yaml").write_text(text, encoding="utf-8")


def _codes(study: Study) -> list[tuple[str, int | None]]:
    with pytest.raises(ProblemsFound) as found:
        read_additions(study)
    return [(problem.code, problem.where.line) for problem in found.value.problems]


def _consent(study: Study, purpose: str = "quote") -> str:
    code = add_person(study, population="resident", sites=("S1",), rng=np.random.default_rng(1))
    return record_consent(study, code, purpose).id  # type: ignore[arg-type]


def test_no_file_adds_nothing_and_names_nobody(study_of: StudyOf) -> None:
    study = study_of()
    assert read_additions(study).decisions == ()
    assert [problem.code for problem in contact_problems(study)] == ["report.no_contact"]


def test_all_problems_come_together_with_their_lines(study_of: StudyOf) -> None:
    study = study_of()
    text = GOOD.replace('en: "Open the room."', "").replace("site: S2", "site: S9")
    _write(study, text.replace('year: 2023, fr: "On', 'year: 1999, fr: "On'))
    assert _codes(study) == [
        ("additions.missing_language", 3),
        ("additions.unknown_site", 5),
        ("additions.unknown_year", 7),
        ("additions.unknown_section", 10),
        ("consent.unknown", 7),
    ]


def test_an_unknown_document_is_named(study_of: StudyOf) -> None:
    study = study_of()
    _write(study, 'paragraphs:\n  - {document: donors, section: limits, fr: "x", en: "x"}\n')
    assert _codes(study) == [("additions.unknown_document", 2)]


def test_a_consent_must_be_to_quote_and_must_hold(study_of: StudyOf) -> None:
    study = study_of()
    quotation = '  - {year: 2023, fr: "a", en: "a", consent: %s, who: {fr: "b", en: "b"}}\n'
    consents = [_consent(study), _consent(study, "recontact")]
    withdraw_consent(study, _consent(study))
    _write(study, "quotations:\n" + "".join(quotation % name for name in (*consents, "c3")))
    assert _codes(study) == [("consent.other_purpose", 3), ("consent.withdrawn", 4)]
    assert [bool(consent.withdrawn) for consent in read_consents(study).values()] == [False, False, True]


def test_what_is_added_stands_where_it_belongs(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    _consent(study)
    _write(study, GOOD.replace("section: comparison-is-not-here", "section: picture, site: null, year: 2022"))
    panels = {"resident": panel_of(study, {})}
    built = build_reports(study, readers=("partners",), sites=(None, "S2"), panels=panels)
    whole, site = ({part.id: str(part) for part in document.parts} for document in built)
    assert "Repair the entrance." in whole["decisions"]
    assert "Open the room." not in whole["decisions"], "decided before the last report"
    assert "Paint here." not in whole["decisions"]
    assert "Paint here." in site["decisions"]
    assert "We talk." in whole["voices"]
    assert "voices" not in site
    assert "A hard winter." in whole["limits"]
    assert "Talk to us." in whole["contact"]
    assert "'x'" not in whole["picture"], "written for another year"


def test_a_paragraph_of_a_silent_section_is_not_lost(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(waves=1)
    _write(study, 'paragraphs:\n  - {document: technical, section: outcomes, fr: "Gardé.", en: "Kept."}\n')
    panels = {"resident": panel_of(study, {})}
    (document,) = build_reports(study, readers=("technical",), panels=panels)
    assert document.parts[-1].id == "added"
    assert document.parts[-1].blocks[0].sentences == (Text({"fr": "Gardé.", "en": "Kept."}),)  # type: ignore[union-attr]
