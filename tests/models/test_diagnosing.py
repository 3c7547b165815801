"""All diagnostics of a fit together, and what they warn of in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.models.diagnosing import Diagnostics, diagnose
from evalkit.texts.text import LANGUAGES
from tests.models.diagnostics.samples import fit_of, sample, sleep


def codes_of(found: Diagnostics) -> set[str]:
    return {problem.code.removeprefix("diagnostics.") for problem in found.problems}


def test_a_sound_model_is_warned_of_nothing() -> None:
    found = diagnose(fit_of(sample(people=60, seed=4)), bounds=(-20, 30), least=10)
    assert found.problems == ()
    assert found.residents == 360
    assert found.by_site and found.by_wave and found.sites and found.people and found.ends and found.shape


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"scatter": 3.0}, "uneven_spread"),
        ({"skewed": True}, "not_normal"),
        ({"far": 8.0}, "influential_site"),
        ({"bend": 2.0}, "not_a_line"),
    ],
)
def test_each_fault_is_found(faults: dict[str, float], code: str) -> None:
    found = diagnose(fit_of(sample(**faults)), least=10)  # type: ignore[arg-type]
    assert code in codes_of(found)
    for problem in found.problems:
        for lang in LANGUAGES:
            assert problem.what(lang) and problem.do(lang)


def test_full_ends_of_the_scale_are_said_with_their_share() -> None:
    data = sample()
    found = diagnose(fit_of(data.assign(y=data["y"].clip(4.5, 5.5))), bounds=(4.5, 5.5))
    assert {"floor", "ceiling"} <= codes_of(found)
    assert "%" in next(p for p in found.problems if p.code == "diagnostics.floor").what("en")


def test_a_resident_who_moves_a_coefficient_is_counted_and_not_named() -> None:
    data = sample(sites=3, people=6, waves=3)
    data.loc[data["respondent"] == "R3", "y"] += [0.0, 30.0, 60.0]
    found = diagnose(fit_of(data))
    said = next(p for p in found.problems if p.code == "diagnostics.influential_residents")
    assert said.values["count"] >= 1
    assert "R3" not in said.what("en") and said.where.respondent is None


def test_a_site_that_cannot_be_spared_is_said() -> None:
    data = sample().assign(x=lambda d: (d["site"] == "S3").astype(float))
    found = diagnose(fit_of(data, "y ~ x + (1 | respondent) + (1 | site:wave)"))
    said = [p.where.site for p in found.problems if p.code == "diagnostics.site_not_spared"]
    assert said == ["S3"]


def test_what_the_rows_lack_is_not_diagnosed() -> None:
    found = diagnose(sleep(), respondent="Subject")
    assert found.by_site is None and found.by_wave is None and found.sites is None and found.shape is None
    assert [one.term for one in found.effects] == ["(Intercept)", "Days"]


def test_the_same_fit_has_the_same_diagnostics() -> None:
    fit = fit_of(sample())
    first, second = diagnose(fit), diagnose(fit)
    assert [one.p_value for one in first.effects] == [one.p_value for one in second.effects]
    other = diagnose(fit, rng=np.random.default_rng(99))
    assert [one.p_value for one in other.effects] != [one.p_value for one in first.effects]
