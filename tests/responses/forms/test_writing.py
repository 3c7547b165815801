"""What stops a form before it is written, and what the roster brings into it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.responses.forms.writing import order_of, write_forms
from evalkit.study.enrolling import add_person
from evalkit.study.roster import read_roster
from evalkit.study.study import Study


def with_form(study: Study, **changes: object) -> Study:
    form = study.instruments["small-core"].model_dump(by_alias=True) | changes
    return Study(study.folder, study.file, {"small-core": Instrument.model_validate(form)})


def codes(write: Callable[[], object]) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        write()
    return [problem.code for problem in found.value.problems]


def test_a_language_that_the_questionnaire_lacks_is_an_error(small_study: Study) -> None:
    study = with_form(small_study, languages=("fr",))
    assert codes(lambda: write_forms(study, "w1", to="xlsform")) == ["forms.language_missing"]


def test_an_item_named_as_the_partner_is_an_error(small_study: Study) -> None:
    items = list(small_study.instruments["small-core"].model_dump(by_alias=True)["items"])
    items[5] = items[5] | {"id": "partner"}
    study = with_form(small_study, items=items)
    assert codes(lambda: write_forms(study, "w1", to="redcap")) == ["forms.name_taken"]


def test_a_file_in_the_place_of_the_folder_is_an_error(small_study: Study) -> None:
    small_study.out_folder.mkdir(parents=True)
    (small_study.out_folder / "forms").write_text("here already", encoding="utf-8")
    assert codes(lambda: write_forms(small_study, "w1", to="xlsform")) == ["forms.not_writable"]


def test_a_form_knows_the_roster_by_codes_alone(small_study: Study) -> None:
    person = add_person(small_study, population="resident", sites=["S1"])
    partner = add_person(small_study, population="partner", sites=["S1"], organisation="CLSC")
    form = small_study.instruments["small-core"]
    order = order_of(small_study, "w2", form, ("fr",), read_roster(small_study))
    assert [(each.code, each.site, each.name) for each in order.people] == [(person, "S1", None)]
    assert [(each.code, each.name) for each in order.partners] == [(partner, "CLSC")]
    assert [wave.id for wave in order.waves] == ["w1", "w2", "w3"]
