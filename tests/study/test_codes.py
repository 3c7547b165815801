"""A slip in a code is found; every honest way of writing it is read."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.study.codes import ALPHABET, is_checked, make_codes, population_letter, read_code

CODES = make_codes("resident", 300, rng=np.random.default_rng(5))
code = st.sampled_from(CODES)


@given(code, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_found(right: str, place: int, character: str) -> None:
    plain = right.replace("-", "")
    slip = plain[:place] + character + plain[place + 1 :]
    assert read_code(slip) == (right if slip == plain else None)


@given(code, st.sampled_from(list(itertools.combinations(range(7), 2))))
def test_every_swap_is_found(right: str, places: tuple[int, int]) -> None:
    plain = list(right.replace("-", ""))
    first, second = places
    plain[first], plain[second] = plain[second], plain[first]
    slip = "".join(plain)
    assert read_code(slip) == (right if slip == right.replace("-", "") else None)


@given(code, st.integers(0, 6))
def test_a_lost_or_doubled_character_is_no_code(right: str, place: int) -> None:
    plain = right.replace("-", "")
    assert read_code(plain[:place] + plain[place + 1 :]) is None
    assert read_code(plain[: place + 1] + plain[place:]) is None


@given(code)
def test_what_people_write_is_read(right: str) -> None:
    plain = right.replace("-", "")
    careless = right[0] + right[1:].replace("0", "o").replace("1", "l")
    for text in (
        right,
        plain,
        right.lower(),
        f" {right.replace('-', ' ')}\t",
        careless,
        right.replace("-", "\u2013"),
    ):
        assert read_code(text) == right


@pytest.mark.parametrize("text", ["", "-", "R", "12", "RÉ7K3MQ4", "R-7K3M*-4", "ß-7K3MQ-4", "R" * 40])
def test_other_text_is_no_code(text: str) -> None:
    assert read_code(text) is None


def test_the_published_example_of_the_standard() -> None:
    # The example of ISO 7064 MOD 37-2 in the documentation of python-stdnum.
    assert is_checked("G123489654321Y")
    assert [c for c in ALPHABET if is_checked(f"G123489654321{c}")] == ["Y"]


def test_codes_differ_and_keep_clear_of_the_taken_ones() -> None:
    taken = set(make_codes("partner", 5_000, rng=np.random.default_rng(1)))
    fresh = make_codes("partner", 5_000, taken, rng=np.random.default_rng(1))
    assert len(taken) == len(set(fresh)) == 5_000
    assert not taken & set(fresh)


def test_chance_can_be_given_and_is_otherwise_secret() -> None:
    assert make_codes("worker", 9, rng=np.random.default_rng(3)) == make_codes(
        "worker", 9, rng=np.random.default_rng(3)
    )
    assert make_codes("worker", 9) != make_codes("worker", 9)
    assert make_codes("worker", 0) == []


@pytest.mark.parametrize(
    ("population", "letter"), [("association", "A"), ("oui", "X"), ("ouvrier", "V"), ("été", "T")]
)
def test_the_first_letter_cannot_be_misread(population: str, letter: str) -> None:
    assert population_letter(population) == letter
    (made,) = make_codes(population, 1)
    assert made[0] == letter and read_code(made) == made
