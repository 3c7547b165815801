"""Answers in the store and plans in the folder, as little as a lock looks at."""

from __future__ import annotations

from evalkit.models.plan import Plan, read_plan
from evalkit.store.submissions import add_submissions
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

PLAN = """\
analyses:
  - {id: gap, question: difference_in_change, outcome: cohesion, family: primary, contrast: {since: w1}}
  - {id: rise, question: growth, outcome: security}
"""


def write_plan(study: Study, words: str = PLAN) -> Plan:
    (study.folder / "plan.yaml").write_text(words, encoding="utf-8")
    return read_plan(study)


def add_answers(study: Study, wave: str, *, instrument: str = "short", people: int = 2) -> None:
    key = {"wave": wave, "instrument": instrument, "version": "1.0", "site": "S1", "revision": 1}
    said = {"source": "test", "by": "test", "why": "test", "answers": "{}", "absent": "{}"}
    with study_store(study).writing() as connection:
        add_submissions(connection, [{"respondent": f"R-{n}", **key, **said} for n in range(people)])
