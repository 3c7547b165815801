"""Answers are read as they were written; a correction is a revision and loses nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sqlalchemy import select

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.answer_table import KEYS, REASON_CODE, AnswerTable
from evalkit.responses.response_store import WriteReceipt, read_answers, wave_counts, write_answers
from evalkit.store.tables import audit, submissions
from evalkit.study.study import Study
from evalkit.study.study_store import study_store
from evalkit.texts.text import text_of

BLANK = REASON_CODE["blank"]


@pytest.fixture
def small_study(tmp_path: Path, store_address: str, study_maker: Callable[..., Study]) -> Study:
    return study_maker(tmp_path, store=store_address)


def _table(instrument: Instrument, answers: list[dict[str, Any]], **keys: list[Any]) -> AnswerTable:
    """Return a table; an answer that is a string starting with `!` is a reason."""
    count = len(answers)
    frame = {
        "respondent": [f"R-{number:05d}-X" for number in range(count)],
        "site": ["S1"] * count,
        "wave": ["w1"] * count,
        "instrument": [instrument.id] * count,
        "version": [instrument.version] * count,
        "language": ["fr"] * count,
        "mode": ["paper"] * count,
        "interviewer": [None] * count,
        "started": ["2024-10-01T09:30:00"] * count,
        "ended": [None] * count,
        **keys,
    }
    columns: dict[str, Any] = {name: pd.Series(frame[name], dtype=object) for name in KEYS}
    columns["row"] = pd.array(list(range(1, count + 1)), dtype="Int64")
    values, reasons = {}, {}
    for item in instrument.items:
        given = [row.get(item.id, "!blank") for row in answers]
        absent = [isinstance(value, str) and value.startswith("!") for value in given]
        numeric = item.type in ("single", "integer", "number") and item.repeat is None
        column = pd.Series([None] * count, dtype=object)
        for row, (value, gone) in enumerate(zip(given, absent, strict=True)):
            column.iat[row] = None if gone else value
        values[item.id] = column.astype(float) if numeric else column
        codes = [REASON_CODE[v[1:]] if a else 0 for v, a in zip(given, absent, strict=True)]
        reasons[item.id] = np.array(codes, dtype=np.int8)
    return AnswerTable(pd.DataFrame(columns), pd.DataFrame(values), pd.DataFrame(reasons))


def _same(found: AnswerTable, expected: AnswerTable) -> None:
    assert_frame_equal(found.keys, expected.keys)
    assert_frame_equal(found.values, expected.values)
    assert_frame_equal(found.reasons, expected.reasons)


def _write(study: Study, table: AnswerTable, why: str = "import") -> WriteReceipt:
    return write_answers(study, table, source="file", by="tester", why=why)


ROWS: list[dict[str, Any]] = [
    {"coh1": 1, "coh2": 5, "coh3": "!dont_know", "remark": "Ça va, « très » bien \u2019\n", "needs": (1, 3)},
    {"coh1": 4, "coh2": "!refused", "age": 83, "needs": ()},
    {"coh4": 2, "age": "!not_applicable", "remark": "!not_asked", "needs": (2,)},
]


def test_reads_what_was_written(small_study: Study) -> None:
    table = _table(small_study.instruments["small-core"], ROWS)
    assert _write(small_study, table) == WriteReceipt(3, 0, 0)
    _same(read_answers(small_study, "w1", "small-core"), table)


def test_a_store_without_answers_reads_as_an_empty_table_and_makes_no_file(small_study: Study) -> None:
    table = read_answers(small_study, "w1", "small-core")
    assert len(table) == 0
    assert list(table.values) == list(small_study.instruments["small-core"].items_by_id)
    assert table.values["coh1"].dtype == float and table.reasons["coh1"].dtype == np.int8
    assert not small_study.data_folder.exists()


def test_a_text_keeps_what_a_database_could_change(small_study: Study) -> None:
    answers = [
        "",
        " ",
        "null",
        "O'Neil; DROP TABLE people --",
        "\U0001f3d8\u0301",
        '{"coh1":1}',
        "%s %(x)s :y",
    ]
    table = _table(small_study.instruments["small-core"], [{"remark": answer} for answer in answers])
    _write(small_study, table)
    assert list(read_answers(small_study, "w1", "small-core").values["remark"]) == answers


def test_the_same_answers_are_not_written_again(small_study: Study) -> None:
    table = _table(small_study.instruments["small-core"], ROWS)
    _write(small_study, table)
    moved = AnswerTable(table.keys.assign(row=[7, 8, 9]), table.values, table.reasons)
    assert _write(small_study, moved) == WriteReceipt(0, 0, 3)


def test_a_correction_is_a_revision_and_the_old_answers_stay(small_study: Study) -> None:
    form = small_study.instruments["small-core"]
    first = _table(form, ROWS)
    _write(small_study, first)
    second = _table(form, [ROWS[0], {**ROWS[1], "age": 38}, ROWS[2]])
    assert _write(small_study, second, why="age misread") == WriteReceipt(0, 1, 2)
    third = _table(form, [ROWS[0], {**ROWS[1], "age": "!refused"}, ROWS[2]])
    assert _write(small_study, third, why="withdrawn") == WriteReceipt(0, 1, 2)
    _same(read_answers(small_study, "w1", "small-core"), third)
    c = submissions.c
    query = select(c.id, c.revision, c.replaces, c.why, c.answers).order_by(c.id)
    with study_store(small_study).reading() as connection:
        rows = connection.execute(query.where(c.respondent == "R-00001-X")).all()
    assert [row.revision for row in rows] == [1, 2, 3]
    assert [row.replaces for row in rows] == [None, rows[0].id, rows[1].id]
    assert [row.why for row in rows] == ["import", "age misread", "withdrawn"]
    assert [json.loads(row.answers).get("age") for row in rows] == [83, 38, None]


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, "other") for key in ("language", "mode", "version", "interviewer", "started", "ended")],
)
def test_a_corrected_key_is_a_revision_too(small_study: Study, key: str, value: str) -> None:
    form = small_study.instruments["small-core"]
    _write(small_study, _table(form, ROWS))
    changed = _table(form, ROWS, **{key: [value] * 3})
    assert _write(small_study, changed) == WriteReceipt(0, 3, 0)
    assert set(read_answers(small_study, "w1", "small-core").keys[key]) == {value}


def test_sites_and_waves_are_submissions_of_their_own(small_study: Study) -> None:
    form = small_study.instruments["small-core"]
    for keys in ({"site": ["S2"] * 3}, {"wave": ["w2"] * 3}, {"site": [None] * 3}):
        assert _write(small_study, _table(form, ROWS, **keys)) == WriteReceipt(3, 0, 0)
        assert _write(small_study, _table(form, ROWS, **keys)) == WriteReceipt(0, 0, 3)
    counts = wave_counts(small_study)
    assert counts.to_dict("list") == {
        "wave": ["w1", "w2"],
        "instrument": ["small-core"] * 2,
        "submissions": [6, 3],
    }
    assert read_answers(small_study, "w1", "small-core").keys["site"].isna().sum() == 3


def test_a_respondent_who_stands_twice_is_refused_and_nothing_is_written(small_study: Study) -> None:
    form = small_study.instruments["small-core"]
    twice = _table(form, ROWS, respondent=["R-00001-X", "R-00002-X", "R-00001-X"])
    with pytest.raises(ProblemsFound) as found:
        _write(small_study, twice)
    assert [p.code for p in found.value.problems] == ["store.same_submission_twice"]
    assert found.value.problems[0].where.row == 3
    assert len(read_answers(small_study, "w1", "small-core")) == 0


def test_an_item_that_a_version_did_not_have_is_not_asked(small_study: Study) -> None:
    form = small_study.instruments["small-core"]
    older = form.model_copy(update={"items": form.items[:-1]})
    _write(small_study, _table(older, ROWS))
    table = read_answers(small_study, "w1", "small-core")
    assert set(table.reasons["age"]) == {REASON_CODE["not_asked"]}
    assert table.values["age"].isna().all()


@pytest.mark.parametrize(("value", "reason"), [(3.0, BLANK), (math.nan, 0), (math.inf, 0)])
def test_an_answer_and_its_reason_must_agree(small_study: Study, value: float, reason: int) -> None:
    table = _table(small_study.instruments["small-core"], [{"coh1": 1}])
    table.values.loc[0, "coh1"] = value
    table.reasons.loc[0, "coh1"] = reason
    with pytest.raises(ValueError, match="answer"):
        _write(small_study, table)


def test_writing_is_in_the_audit_trail(small_study: Study) -> None:
    _write(small_study, _table(small_study.instruments["small-core"], ROWS))
    with study_store(small_study).reading() as connection:
        (entry,) = connection.execute(select(audit.c.who, audit.c.what, audit.c.details))
    assert (entry.who, entry.what) == ("tester", "answers.write")
    assert json.loads(entry.details)["new"] == 3


def test_many_rows_stay_in_a_stable_order_over_corrections(small_study: Study) -> None:
    form = small_study.instruments["small-core"]
    rows = [{"coh1": number % 5 + 1} for number in range(9_000)]
    _write(small_study, _table(form, rows))
    rows[4_321] = {"coh1": "!refused"}
    expected = _table(form, rows)
    assert _write(small_study, expected) == WriteReceipt(0, 1, 8_999)
    _same(read_answers(small_study, "w1", "small-core"), expected)


REASON = st.sampled_from([f"!{reason}" for reason in REASON_CODE])
TEXT = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda t: not t.startswith("!"))
CODES = st.lists(st.integers(1, 9), unique=True).map(tuple)
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "one": st.integers(-9, 5),
    "many": CODES,
    "whole": st.integers(-(2**53), 2**53),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "words": TEXT,
    "day": st.dates().map(lambda day: day.isoformat()),
    "tie": st.dictionaries(st.sampled_from(["P-1", "P-2", "P-3"]), st.integers(1, 5)),
    "ties": st.dictionaries(st.sampled_from(["P-1", "P-2"]), CODES),
}
TYPES = {
    "one": "single",
    "many": "multiple",
    "whole": "integer",
    "real": "number",
    "words": "text",
    "day": "date",
    "tie": "single",
    "ties": "multiple",
}
EVERY_TYPE = Instrument(
    id="every-type",
    version="2",
    population="resident",
    title=text_of("Every type"),
    items=tuple(
        Item(id=name, type=kind, text=text_of(name), repeat="partners" if name.startswith("tie") else None)  # type: ignore[arg-type]
        for name, kind in TYPES.items()
    ),
)


# The maker keeps nothing between examples: each has a folder of its own.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.fixed_dictionaries({name: REASON | values for name, values in ANSWERS.items()}), max_size=6)
)
def test_every_type_is_read_as_written(study_maker: Callable[..., Study], rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        base = study_maker(Path(folder))
        study = Study(base.folder, base.file, {EVERY_TYPE.id: EVERY_TYPE})
        table = _table(EVERY_TYPE, rows)
        assert _write(study, table) == WriteReceipt(len(rows), 0, 0)
        _same(read_answers(study, "w1", EVERY_TYPE.id), table)
        assert _write(study, table) == WriteReceipt(0, 0, len(rows))
