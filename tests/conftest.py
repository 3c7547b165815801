"""Fixtures that several test files share: a small study, and answers to its questionnaire."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from evalkit.instruments.instrument import Instrument
from evalkit.study.study import Study, StudyFile
from evalkit.texts.text import text_of

TEST_SERVER = "EVALKIT_TEST_POSTGRES"
SCALE_ITEMS = ("coh1", "coh2", "coh3", "coh4")


def small_instrument() -> Instrument:
    """Return a questionnaire with four scale items, a text, a multiple choice and an integer."""
    agree = [{"value": value, "label": text_of(f"agree {value}")} for value in range(1, 6)]
    needs = [{"value": value, "label": text_of(f"need {value}")} for value in range(1, 4)]
    kinds = (("not_applicable", -7), ("dont_know", -8), ("refused", -9))
    absent = [{"value": value, "kind": kind, "label": text_of(kind)} for kind, value in kinds]
    scale = [
        {"id": name, "type": "single", "options": "agree5", "absent": ["dont_know"], "text": text_of(name)}
        for name in SCALE_ITEMS
    ]
    others = [
        {"id": "remark", "type": "text", "required": False, "text": text_of("Anything to add?")},
        {"id": "needs", "type": "multiple", "options": "needs", "text": text_of("What do you need?")},
        {"id": "age", "type": "integer", "range": [12, 110], "text": text_of("How old are you?")},
    ]
    return Instrument.model_validate(
        {
            "instrument": "small-core",
            "version": "1.0",
            "population": "resident",
            "title": text_of("Small questionnaire"),
            "options": {"agree5": agree, "needs": needs, "absent": absent},
            "items": [*scale, *others],
            "scales": [{"id": "cohesion", "items": SCALE_ITEMS, "label": text_of("Social cohesion")}],
        }
    )


def make_small_study(folder: Path, **changes: object) -> Study:
    """Return a study of three sites and three waves that stands in `folder`; nothing is written."""
    arms = ("intervention", "intervention", "comparison")
    sites = [
        {
            "id": f"S{n}",
            "name": text_of(f"Site {n}"),
            "arm": arm,
            "started": date(2025, 3, 1),
            "households": 120,
        }
        for n, arm in enumerate(arms, start=1)
    ]
    waves = [
        {
            "id": f"w{n}",
            "year": 2023 + n,
            "field": (date(2023 + n, 9, 15), date(2023 + n, 11, 30)),
            "instruments": ["small-core"],
        }
        for n in (1, 2, 3)
    ]
    content = {
        "study": "small",
        "title": text_of("A small study"),
        "sites": sites,
        "waves": waves,
        "populations": {
            "resident": {"sites": "one", "enrol": "roster"},
            "partner": {"sites": "many", "organisation": "required"},
            "worker": {"sites": "many"},
        },
        "outcomes": [
            {
                "id": "cohesion",
                "scale": "small-core.cohesion",
                "name": text_of("Social cohesion"),
                "family": "primary",
            }
        ],
        **changes,
    }
    return Study(folder, StudyFile.model_validate(content), {"small-core": small_instrument()})


@pytest.fixture
def small_study(tmp_path: Path) -> Study:
    """Give a study of three sites and three waves, with the questionnaire `small-core`, and no data."""
    return make_small_study(tmp_path)


@pytest.fixture
def study_maker() -> Callable[..., Study]:
    """Give what makes the small study in a folder, with other parts of its study file, such as `store=`."""
    return make_small_study


@pytest.fixture(params=["sqlite", "postgresql"])
def store_address(request: pytest.FixtureRequest) -> str:
    """Give `store:` of a study file: SQLite, then a server, emptied, where one is named for tests."""
    if request.param == "sqlite":
        return "sqlite"
    address = os.environ.get(TEST_SERVER)
    if not address:
        pytest.skip(f"no PostgreSQL server for tests is named in {TEST_SERVER}")
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return address
