"""The verbs `clmm` and `logistic`: R's answers by formula, tables of the population, and refusals."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evalkit
from evalkit.errors import ProblemsFound
from evalkit.models.category_fit import CategoryFit
from evalkit.models.clmm import clmm
from evalkit.models.fit import EFFECT_COLUMNS, TABLE_COLUMNS, VARIANCE_COLUMNS
from evalkit.models.logistic import logistic
from tests.mixed.quadrature.cases import ANSWERS, table

TOLD = 1e-3  # what the references of 10 and 9 nodes, and the table's own digits, allow
PLACES = [
    os.environ.get("EVALKIT_GSS_DATA", ""),
    str(Path(__file__).resolve().parents[3] / "shared" / "real"),
]
GSS = next((Path(p) for p in PLACES if p and (Path(p) / "gss_panel_wave1.sav").is_file()), None)


def wine() -> CategoryFit:
    return clmm("rating ~ temp + contact + (1 | judge)", table("wine"))


def cbpp(**options) -> CategoryFit:
    herds = table("cbpp").astype({"period": str})
    return logistic("incidence ~ period + (1 | herd)", herds, totals="size", **options)


def codes(verb, formula: str, data: pd.DataFrame, **options) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        verb(formula, data, **options)
    return [problem.code for problem in found.value.problems]


def test_clmm_gives_rs_table_by_formula() -> None:
    fit, answer = evalkit.clmm("rating ~ temp + contact + (1 | judge)", table("wine")), ANSWERS["wine"][1]
    assert tuple(fit.table.columns) == TABLE_COLUMNS
    assert tuple(fit.variance_components.columns) == VARIANCE_COLUMNS
    assert tuple(fit.random_effects.columns) == EFFECT_COLUMNS
    assert fit.table["term"].tolist()[:4] == answer["terms"][:4]
    np.testing.assert_allclose(fit.table["estimate"], answer["estimate"], atol=TOLD)
    np.testing.assert_allclose(fit.table["std_error"], answer["std_error"], atol=TOLD)
    assert fit.log_likelihood == pytest.approx(answer["loglik"], abs=TOLD)
    assert fit.table["p_value"].isna().tolist() == [True] * 4 + [False] * 2
    assert (fit.n_rows, fit.n_residents, fit.converged) == (72, 9, True)


def test_logistic_takes_counts_with_their_totals() -> None:
    fit, answer = (
        evalkit.logistic("incidence ~ C(period) + (1 | herd)", table("cbpp"), totals="size"),
        ANSWERS["cbpp"][1],
    )
    np.testing.assert_allclose(fit.table["estimate"], answer["estimate"], atol=TOLD)
    np.testing.assert_allclose(fit.table["std_error"], answer["std_error"], atol=TOLD)
    assert cbpp(nodes=1).log_likelihood == pytest.approx(ANSWERS["cbpp"][0]["loglik"], abs=TOLD)
    assert fit.n_rows == 56


@pytest.mark.skipif(GSS is None, reason="the panel's files are not here; set EVALKIT_GSS_DATA")
def test_fear_at_night_in_the_general_social_survey() -> None:
    import pyreadstat

    parts = [pyreadstat.read_sav(GSS / f"gss_panel_wave{k}.sav")[0].assign(wave=f"w{k}") for k in (1, 2, 3)]
    panel = pd.concat(parts).dropna(subset=["fear"])
    panel = panel.assign(afraid=panel["fear"] == 1, person=panel["firstid"])
    fit = logistic("afraid ~ wave + C(sex) + (1 | person)", panel)
    assert fit.n_residents == 1356
    assert fit.sd == pytest.approx(2.335, abs=TOLD)
    assert fit.log_likelihood == pytest.approx(-1803.03, abs=1e-2)
    assert logistic("afraid ~ wave + C(sex) + (1 | person)", panel, nodes=1).sd < 2.1


def test_outcomes_may_be_words_with_an_order_truths_and_numbers() -> None:
    data = table("panel")
    words = np.array(["never", "rarely", "at times", "often", "always"], dtype=object)
    named = pd.Categorical(words[data["often"] - 1], categories=words, ordered=True)
    ours = clmm("often ~ x + (1 | person)", data.assign(often=named))
    np.testing.assert_allclose(
        ours.table["estimate"], clmm("often ~ x + (1 | person)", data).table["estimate"]
    )
    assert ours.table["term"][0] == "never|rarely" and ours.categories == tuple(words)
    truth = logistic("yes ~ x + (1 | person)", data.assign(yes=data["yes"] == 1))
    assert truth.table["estimate"].equals(logistic("yes ~ x + (1 | person)", data).table["estimate"])


def test_probabilities_add_up_and_lie_in_their_intervals() -> None:
    fit = wine()
    found = fit.probabilities(["temp", "contact"])
    sums = found.groupby(["temp", "contact"])["estimate"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert ((found["conf_low"] < found["estimate"]) & (found["estimate"] < found["conf_high"])).all()
    assert (found["conf_low"] > 0).all() and (found["conf_high"] < 1).all()
    both = fit.probabilities("temp", at={"contact": "no"}, of=["4", "5"])
    alone = found[(found["contact"] == "no") & found["category"].isin(["4", "5"])]
    np.testing.assert_allclose(both["estimate"], alone.groupby("temp")["estimate"].sum())


def test_an_average_over_people_is_that_of_the_data() -> None:
    # Everyone's period stays as it is: the score equations of the intercept make both averages nearly equal.
    herds, found = table("cbpp"), cbpp().probabilities()
    assert found["estimate"][0] == pytest.approx(herds["incidence"].sum() / herds["size"].sum(), abs=0.01)


def test_differences_are_those_of_the_probabilities() -> None:
    fit = cbpp()
    each = fit.probabilities("period").set_index("period")["estimate"]
    found = fit.differences("period").set_index("term")
    assert found.loc["4 - 1", "estimate"] == pytest.approx(each["4"] - each["1"])
    assert found["estimate"].between(found["conf_low"], found["conf_high"]).all()
    assert "p_value" not in found


def test_cells_have_the_covariance_of_their_differences() -> None:
    fit = logistic("yes ~ C(wave) * site + x + (1 | person)", table("panel"))
    cells = fit.cells(("site", "wave"))
    assert cells.labels.shape == (18, 2) and cells.covariance.shape == (18, 18)
    row = np.zeros(18)
    row[[0, 2]] = -1, 1
    by_cells = row @ cells.covariance @ row
    found = fit.differences("wave", at={"site": "s1"}).set_index("term").loc["2 - 0"]
    assert row @ cells.estimate == pytest.approx(found["estimate"])
    assert np.sqrt(by_cells) == pytest.approx(found["std_error"])


def test_cells_of_ordered_categories_are_mean_scores_or_what_is_asked() -> None:
    fit = wine()
    found = fit.probabilities("temp").pivot(index="temp", columns="category", values="estimate")
    np.testing.assert_allclose(fit.cells("temp").estimate, found.to_numpy() @ np.arange(1, 6))
    assert fit.cells("temp", of={"5": 1.0}).estimate == pytest.approx(found["5"].to_numpy())


def test_cells_without_data_to_tell_them_are_missing() -> None:
    data = table("panel")
    data = data[~((data["site"] == "s6") & (data["wave"] == 2))]
    fit = logistic("yes ~ C(wave) * site + (1 | person)", data)
    assert [problem.code for problem in fit.problems] == ["mixed.columns_dropped"]
    cells = fit.cells(("site", "wave"))
    lost = (cells.labels["site"] == "s6") & (cells.labels["wave"] == 2)
    np.testing.assert_array_equal(np.isnan(cells.estimate), lost)
    assert np.isnan(cells.covariance).sum() == 18 + 17


def test_what_is_left_out_or_unused_is_said() -> None:
    data = table("panel").assign(wave=table("panel")["wave"].astype(str))
    data.loc[:9, "x"] = np.nan
    named = pd.Categorical(data["often"], categories=range(1, 8), ordered=True)
    fit = clmm("often ~ x + wave + (1 | person)", data.assign(often=named))
    assert [problem.code for problem in fit.problems] == [
        "mixed.rows_left_out",
        "mixed.rows_left_out_by_wave",
        "mixed.rows_left_out_by_site",
        "clmm.category_unused",
    ]
    assert fit.problems[-1].values["values"] == "6, 7"


def test_no_difference_between_people_is_said() -> None:
    data = pd.DataFrame({"person": np.repeat(np.arange(50), 3), "yes": np.tile([0, 1, 1], 50)})
    fit = logistic("yes ~ 1 + (1 | person)", data)
    assert fit.singular and [problem.code for problem in fit.problems] == ["clmm.sd_zero"]
    assert fit.probabilities()["estimate"][0] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("verb", "formula", "expected"),
    [
        (clmm, "often ~ x + (1 + wave | person) + (1 | site)", ["clmm.one_group_only", "clmm.no_slopes"]),
        (clmm, "x ~ wave + (1 | person)", ["clmm.too_many_categories"]),
        (clmm, "site ~ wave + (1 | person)", ["clmm.no_order"]),
        (clmm, "log(often) ~ wave + (1 | person)", ["clmm.outcome_not_column"]),
        (logistic, "often ~ wave + (1 | person)", ["clmm.not_two"]),
        (logistic, "yes ~ one + (1 | person)", ["mixed.unknown_column"]),
        (logistic, "yes ~ late + (1 | person)", ["clmm.separation"]),
        (logistic, "yes ~ wave + (1 | row)", ["clmm.one_answer_each"]),
        (logistic, "always ~ wave + (1 | person)", ["clmm.one_category"]),
    ],
)
def test_refusals(verb, formula: str, expected: list[str]) -> None:
    data = table("panel")
    data = data.assign(late=(data["wave"] == 2) & (data["yes"] == 1), row=range(len(data)), always=1)
    assert codes(verb, formula, data) == expected


def test_wrong_counts_nodes_and_levels_are_refused() -> None:
    herds = table("cbpp")
    swapped = "size ~ period + (1 | herd)"
    assert codes(logistic, swapped, herds, totals="incidence")[0] in {
        "clmm.counts",
        "mixed.weight_not_positive",
    }
    assert codes(clmm, "rating ~ 1 + (1 | judge)", table("wine"), nodes=0, level=2) == [
        "clmm.no_nodes",
        "mixed.level_outside",
    ]


def test_settings_that_are_not_there_are_refused() -> None:
    fit = wine()
    for call, code in (
        (lambda: fit.probabilities("judge"), "mixed.unknown_term"),
        (lambda: fit.probabilities("temp", at={"contact": "maybe"}), "mixed.unseen_level"),
        (lambda: fit.probabilities("temp", of="6"), "clmm.unknown_category"),
    ):
        with pytest.raises(ProblemsFound) as found:
            call()
        assert [problem.code for problem in found.value.problems] == [code]
