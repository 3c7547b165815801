"""Numbers and dates are written as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest

from evalkit.texts.numbers import MINUS, Day, Number, Percent, PValue
from evalkit.texts.phrases import say
from evalkit.texts.text import Text, text_of


@pytest.mark.parametrize(
    ("value", "digits", "signed", "fr", "en"),
    [
        (1234567.891, 1, False, "1\u00a0234\u00a0567,9", "1,234,567.9"),
        (-0.04, 1, True, "0,0", "0.0"),
        (-3.25, 2, False, f"{MINUS}3,25", f"{MINUS}3.25"),
        (3.0, 0, True, "+3", "+3"),
    ],
)
def test_number(value: float, digits: int, signed: bool, fr: str, en: str) -> None:
    number = Number(value, digits, signed)
    assert (number.say("fr"), number.say("en")) == (fr, en)


def test_a_p_value_is_never_written_as_zero() -> None:
    assert [say(PValue(p), "en") for p in (0.0, 0.0004, 0.001, 0.0314, 1.0)] == [
        "<0.001",
        "<0.001",
        "0.001",
        "0.031",
        "1.000",
    ]
    assert PValue(0.0004).say("fr") == "<0,001"


def test_percent_has_its_space_in_french_only() -> None:
    assert (Percent(0.951).say("fr"), Percent(0.951).say("en")) == ("95\u00a0%", "95%")


def test_first_of_the_month_is_ordinal_in_french() -> None:
    assert Day(date(2026, 9, 1)).say("fr") == "1er septembre 2026"
    assert Day(date(2026, 9, 11)).say("fr") == "11 septembre 2026"
    assert Day(date(2026, 9, 2)).say("en") == "September 2, 2026"


def test_say_takes_what_phrases_hold() -> None:
    assert say(12345, "fr") == "12\u00a0345"
    assert say(text_of("S1"), "fr") == "S1"
    assert say(Text({"fr": "oui"}), "en") == "oui"
    assert say(True, "en") == "True"
