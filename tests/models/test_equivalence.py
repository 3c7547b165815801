"""An interval beside the band of no interest: two one-sided tests against R, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalkit.models.equivalence import equivalence, placement_of
from evalkit.reports.verdicts import verdict_of
from evalkit.texts.text import LANGUAGES
from tests.models.diagnostics.samples import answers

changes, errors, bands = st.floats(-30, 30), st.floats(0.05, 10), st.floats(0.1, 10)


def test_two_one_sided_tests_are_those_of_r() -> None:
    told = answers()["tost"]
    found = equivalence(told["estimate"], told["error"], told["df"], told["band"])
    assert found.p_value == pytest.approx(max(told["above"], told["below"]), rel=1e-8)
    assert (found.tost_low, found.tost_high) == pytest.approx(tuple(told["interval90"]), rel=1e-8)


@given(changes, errors, bands, st.integers(1, 200))
def test_the_test_and_the_90_percent_interval_agree(at: float, error: float, band: float, df: int) -> None:
    found = equivalence(at, error, df, band)
    inside = -band < found.tost_low and found.tost_high < band
    edge = min(abs(found.tost_low + band), abs(found.tost_high - band))
    assume(edge > 1e-9)
    assert found.equivalent == inside


@given(changes, errors, bands, st.integers(1, 200))
def test_an_interval_inside_the_band_is_equivalent_and_never_a_rise(
    at: float, error: float, band: float, df: int
) -> None:
    found = equivalence(at, error, df, band)
    if found.placement == "inside_band":
        assert found.equivalent
    if found.placement in ("beyond_band_up", "beyond_band_down"):
        assert not found.equivalent


@given(changes, st.floats(0, 20), bands)
def test_turning_the_scale_turns_the_placement(at: float, half: float, band: float) -> None:
    turned = {"beyond_band_up": "beyond_band_down", "beyond_band_down": "beyond_band_up"}
    found = placement_of(at - half, at + half, band)
    assert placement_of(-at - half, -at + half, band) == turned.get(found, found)


@given(changes, st.floats(0, 20), bands)
def test_pages_say_of_an_interval_what_its_placement_says(at: float, half: float, band: float) -> None:
    said = {"beyond_band_up": "up", "beyond_band_down": "down", "inside_band": "steady"}
    placed = placement_of(at - half, at + half, band)
    assert verdict_of(at, at - half, at + half, band) == said.get(placed, "unclear")


@pytest.mark.parametrize(("at", "error"), [(5, 0.5), (-5, 0.5), (0, 0.2), (1.5, 0.5), (0, 9)])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_placement_has_its_sentence(at: float, error: float, lang: str) -> None:
    found = equivalence(at, error, np.inf, band=1.5)
    sentence = found.words().say(lang)  # type: ignore[arg-type]
    assert ("1,5" if lang == "fr" else "1.5") in sentence


def test_the_five_placements_have_five_sentences() -> None:
    settings = [(5, 0.5), (-5, 0.5), (0, 0.2), (1.5, 0.5), (0, 9)]
    found = [equivalence(at, error, np.inf, band=1.5) for at, error in settings]
    assert len({one.placement for one in found}) == 5


@pytest.mark.parametrize(("error", "band"), [(0.0, 1.0), (1.0, -0.1), (np.nan, 1.0)])
def test_a_band_below_zero_and_no_error_are_refused(error: float, band: float) -> None:
    with pytest.raises(ValueError, match="band"):
        equivalence(0.0, error, 5, band)
