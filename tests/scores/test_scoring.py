"""Scores follow their rules, and do not depend on the order of rows or on how options are coded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.instruments.instrument import Instrument
from evalkit.scores.scoring import STRICT, fewest_answers, score
from evalkit.texts.text import text_of

SAME = 1e-9  # sums of at most ten small integers in doubles
ANSWERS = st.lists(
    st.tuples(*(st.one_of(st.none(), st.integers(1, 5)) for _ in range(4))), min_size=1, max_size=12
)


def _form(
    items: int = 4, *, codes: tuple[int, ...] = (1, 2, 3, 4, 5), reverse: tuple[int, ...] = (), **scale: Any
) -> Instrument:
    options = [{"value": code, "label": text_of(str(code))} for code in codes]
    names = [f"q{n}" for n in range(1, items + 1)]
    return Instrument.model_validate(
        {
            "instrument": "form",
            "version": "1",
            "population": "resident",
            "title": text_of("Form"),
            "options": {"o": options},
            "items": [
                {"id": name, "type": "single", "options": "o", "reverse": n in reverse, "text": text_of(name)}
                for n, name in enumerate(names, start=1)
            ],
            "scales": [{"id": "s", "items": names, "label": text_of("S"), **scale}],
        }
    )


def _frame(rows: list[tuple[int | None, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[f"q{n}" for n in range(1, len(rows[0]) + 1)], dtype=float)


def _scores(rows: list[tuple[int | None, ...]], form: Instrument, **options: Any) -> list[float]:
    return score(_frame(rows), form, **options).values["s"].tolist()


def test_mean_as_percent_of_the_maximum_possible() -> None:
    assert _scores([(1, 1, 1, 1), (5, 5, 5, 5), (1, 2, 4, 5), (3, 3, None, None)], _form()) == [
        0,
        100,
        50,
        50,
    ]


def test_raw_mean_and_prorated_sum() -> None:
    rows: list[tuple[int | None, ...]] = [(1, 2, 4, 5), (2, 4, None, None)]
    assert _scores(rows, _form(report_as="raw")) == [3, 3]
    assert _scores(rows, _form(rule="sum", report_as="raw")) == [12, 12]
    assert _scores(rows, _form(rule="sum")) == [50, 50]


def test_half_rule_and_strict_rule() -> None:
    rows: list[tuple[int | None, ...]] = [
        (3, 3, 3, 3),
        (3, 3, 3, None),
        (3, 3, None, None),
        (3, None, None, None),
    ]
    assert np.isfinite(_scores(rows, _form())).tolist() == [True, True, True, False]
    assert np.isfinite(_scores(rows, _form(), strict=True)).tolist() == [True, False, False, False]
    assert score(_frame(rows), _form()).n_answered["s"].tolist() == [4, 3, 2, 1]


@pytest.mark.parametrize(("items", "half", "strict"), [(4, 2, 4), (5, 3, 4), (6, 3, 5), (10, 5, 8)])
def test_fewest_answers(items: int, half: int, strict: int) -> None:
    scale = _form(items).scale("s")
    assert (fewest_answers(scale, 0.5), fewest_answers(scale, STRICT)) == (half, strict)


def test_reversed_items_are_turned_round() -> None:
    assert _scores([(1, 1, 5, 5)], _form(reverse=(3, 4))) == [0]


def test_items_that_the_table_lacks_are_absent() -> None:
    assert np.isnan(score(pd.DataFrame({"q1": [3.0]}), _form()).values["s"]).all()


@given(ANSWERS, st.integers(2, 5), st.integers(-20, 20))
def test_recoding_the_options_leaves_scores_alone(
    rows: list[tuple[int | None, ...]], step: int, shift: int
) -> None:
    recoded = [tuple(None if v is None else step * v + shift for v in row) for row in rows]
    other = _form(codes=tuple(step * code + shift for code in range(1, 6)))
    np.testing.assert_allclose(_scores(recoded, other), _scores(rows, _form()), atol=SAME)


@given(ANSWERS)
def test_turning_codes_and_declaring_it_leaves_scores_alone(rows: list[tuple[int | None, ...]]) -> None:
    turned = [tuple(None if v is None else 6 - v for v in row) for row in rows]
    np.testing.assert_allclose(
        _scores(turned, _form(reverse=(1, 2, 3, 4))), _scores(rows, _form()), atol=SAME
    )


@given(ANSWERS, st.randoms(use_true_random=False))
def test_order_of_rows_leaves_scores_alone(rows: list[tuple[int | None, ...]], random: Any) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    straight = _scores(rows, _form())
    np.testing.assert_array_equal(_scores([rows[i] for i in order], _form()), [straight[i] for i in order])


@given(ANSWERS)
def test_scores_stay_within_bounds_and_strict_only_removes(rows: list[tuple[int | None, ...]]) -> None:
    half, strict = np.array(_scores(rows, _form())), np.array(_scores(rows, _form(), strict=True))
    assert ((half[np.isfinite(half)] >= 0) & (half[np.isfinite(half)] <= 100)).all()
    kept = np.isfinite(strict)
    np.testing.assert_array_equal(strict[kept], half[kept])


def test_nothing_given_is_changed() -> None:
    frame = _frame([(1, 2, 3, None)])
    before = frame.copy()
    score(frame, _form(reverse=(1,)))
    pd.testing.assert_frame_equal(frame, before)


def test_unknown_rule() -> None:
    with pytest.raises(KeyError):
        score(_frame([(1, 2, 3, 4)]), _form(rule="median"))
