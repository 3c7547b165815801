"""The summary that prints, and the one that reads."""

from __future__ import annotations

import re

from evalkit.models.lmm import lmm
from tests.models.panels import panel


def test_summary_holds_the_fits_numbers() -> None:
    fit = lmm("cohesion ~ time * arm + (1 + time | respondent) + (1 | site)", panel())
    text = str(fit)
    assert f"REML criterion at convergence: {fit.criterion:.1f}" in text
    assert "respondent 60, site 6" in text
    for term, estimate in zip(fit.table["term"], fit.table["estimate"], strict=True):
        assert re.search(rf"^ {re.escape(term)} +{estimate:.5g} ", text, flags=re.MULTILINE)
    for problem in fit.problems:
        assert problem.what("en") in text


def test_every_word_of_a_withheld_test_is_said() -> None:
    data = panel().assign(cohesion=panel()["time"] + [0.0, 1.0, 1.0, 0.0] * 60)
    fit = lmm("cohesion ~ time + (1 | respondent)", data, reml=False)
    assert fit.singular
    assert " - " in fit.summary()
    assert "cannot be told" in fit.sentences()


def test_sentences_say_what_cannot_be_told() -> None:
    data = panel()
    clear = lmm("cohesion ~ time + (1 | respondent)", data)
    assert clear.table["conf_low"][1] > 0
    assert "unlikely" in clear.sentences("en") and "peu vraisemblable" in clear.sentences("fr")
    unclear = lmm("cohesion ~ arm + (1 | respondent) + (1 | site)", data)
    assert unclear.table["conf_low"][1] < 0 < unclear.table["conf_high"][1]
    assert "cannot tell" in unclear.sentences("en") and "ne disent pas" in unclear.sentences("fr")


def test_a_mean_alone_is_said_as_a_mean() -> None:
    assert "The mean is" in lmm("cohesion ~ 1 + (1 | respondent)", panel()).sentences()
