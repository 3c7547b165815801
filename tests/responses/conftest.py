"""A study to import answers into: a questionnaire with every type of item, and nothing in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.study.study import Study
from evalkit.texts.text import text_of


def _labels(words: list[tuple[str, str]], first: int = 1) -> list[dict[str, Any]]:
    return [{"value": n, "label": {"fr": fr, "en": en}} for n, (fr, en) in enumerate(words, start=first)]


def every_type() -> Instrument:
    """Return a questionnaire with each type of item, a skipped one and one of each partner."""
    agree = [
        ("Pas du tout", "Not at all"),
        ("Peu", "A little"),
        ("Assez", "Fairly"),
        ("Tout à fait", "Fully"),
    ]
    absent = [
        {"value": -7, "kind": "not_applicable", "label": {"fr": "Sans objet", "en": "Does not apply"}},
        {"value": -8, "kind": "dont_know", "label": {"fr": "Je ne sais pas", "en": "Don’t know"}},
        {"value": -9, "kind": "refused", "label": {"fr": "Pas de réponse", "en": "Prefer not to say"}},
    ]
    items = [
        {"id": "coh1", "type": "single", "options": "agree4", "absent": ["dont_know", "refused"]},
        {"id": "event", "type": "single", "options": "yesno"},
        {"id": "helped", "type": "single", "options": "agree4", "ask_if": "event == 1"},
        {"id": "needs", "type": "multiple", "options": "needs"},
        {"id": "age", "type": "integer", "range": [12, 110]},
        {"id": "money", "type": "number", "range": [-20, 1000]},
        {"id": "day", "type": "date"},
        {"id": "remark", "type": "text"},
        {"id": "freq", "type": "single", "options": "agree4", "repeat": "partners"},
    ]
    return Instrument.model_validate(
        {
            "instrument": "every-type",
            "version": "1.0",
            "population": "resident",
            "title": text_of("Every type of item"),
            "options": {
                "agree4": _labels(agree),
                "yesno": _labels([("Non", "No"), ("Oui", "Yes")], first=0),
                "needs": _labels([("Répit", "A break"), ("Écoute", "A listener"), ("Argent", "Money")]),
                "absent": absent,
            },
            "items": [{**item, "text": text_of(item["id"])} for item in items],
        }
    )


@pytest.fixture
def import_study(tmp_path: Path, study_maker: Callable[..., Study]) -> Study:
    """Give a study of three sites and waves whose residents enter the roster with their answers."""
    form = every_type()
    waves = [
        {"id": f"w{n}", "year": 2023 + n, "field": (f"{2023 + n}-09-15", f"{2023 + n}-11-30")}
        for n in (1, 2, 3)
    ]
    study = study_maker(
        tmp_path / "study",
        waves=[{**wave, "instruments": [form.id]} for wave in waves],
        populations={
            "resident": {"sites": "one", "enrol": "on_import"},
            "partner": {"sites": "many", "organisation": "required"},
        },
        outcomes=[],
    )
    study.folder.mkdir()
    return Study(study.folder, study.file, {form.id: form})


@pytest.fixture
def roster_study(import_study: Study) -> Study:
    """Give the same study with residents who must stand in the roster first."""
    closed = {**import_study.file.populations, "resident": {"sites": "one", "enrol": "roster"}}
    content = {**import_study.file.model_dump(by_alias=True), "populations": closed}
    file = type(import_study.file).model_validate(content)
    return Study(import_study.folder, file, import_study.instruments)
