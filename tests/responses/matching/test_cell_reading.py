"""A cell that shows a number is read as that number, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.responses.foreign.cells import encode_column, number_text
from evalkit.responses.matching.cell_reading import look_up, plain_words, read_number

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_a_number_comes_back_from_its_text(value: float) -> None:
    text = number_text(value)
    assert text is not None
    assert read_number(text, ".") == value
    assert read_number(text.replace(".", ","), "either") == value
    assert read_number(text.replace(".", ","), ",") == value


@pytest.mark.parametrize(
    "text", ["1,234.5", "1 234", "1.234,5", "", "-", "1e", "nan", "inf", "0x10", "½", "1_000"]
)
@pytest.mark.parametrize("decimal", [".", ",", "either"])
def test_what_is_no_plain_number_is_refused(text: str, decimal: str) -> None:
    assert read_number(text, decimal) is None


@given(st.lists(st.one_of(st.none(), finite, st.text()), min_size=1))
def test_a_column_keeps_each_cell(values: list[object]) -> None:
    cells = encode_column(values)
    assert len(cells) == len(values)
    for value, cell in zip(values, cells.tolist(), strict=True):
        if isinstance(value, str):
            assert (cell if isinstance(cell, str) else "") == value.strip()
        elif value is not None:
            assert float(cell) == value
    assert len(set(cells.categories)) == len(cells.categories)


def test_codes_match_in_their_plain_way_of_writing() -> None:
    codes = {"1": "one", "01": "first", "2.5": "half"}
    assert [look_up(codes, cell) for cell in ("1", "1.0", "01", "2.5", "2.50")] == [
        "one",
        "one",
        "first",
        "half",
        None,
    ]
    assert plain_words(" Tout À fait\u00a0d’accord ") == plain_words("tout à fait d'accord")
