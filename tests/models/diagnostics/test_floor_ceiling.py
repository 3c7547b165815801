"""Floor and ceiling: shares at the ends of the scale, wave by wave."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalkit.models.diagnostics.floor_ceiling import at_ends, floor_ceiling
from tests.models.diagnostics.samples import model_of, sample


def test_a_full_wave_is_found() -> None:
    data = sample()
    data.loc[data["time"] == 2, "y"] += 3.0
    model = model_of(data.assign(y=data["y"].clip(0, 9)))
    found = floor_ceiling(model, (0, 9))
    assert found.table["wave"].tolist() == ["w1", "w2", "w3"]
    assert [wave for wave, _ in found.ceilings] == ["w3"] and found.floors == ()
    at_top = (model.answers >= 9)[(model.rows["wave"] == "w3").to_numpy()].mean()
    assert found.ceilings[0][1] == at_top


def test_a_wave_of_few_is_not_shown() -> None:
    data = sample()
    data = data[(data["time"] < 2) | data["respondent"].isin([f"R{k}" for k in range(9)])]
    found = floor_ceiling(model_of(data, least=10), (0, 9))
    assert found.table["wave"].tolist() == ["w1", "w2"] and found.hidden == 1


@given(st.lists(st.integers(0, 20), min_size=1), st.floats(-100, 100), st.floats(0.1, 50))
def test_turned_scales_swap_floor_and_ceiling(steps: list[int], low: float, width: float) -> None:
    answers = low + width * np.array(steps) / 20
    floor, ceiling = at_ends(answers, low, low + width)
    assert floor.tolist() == [step == 0 for step in steps]
    assert ceiling.tolist() == [step == 20 for step in steps]
