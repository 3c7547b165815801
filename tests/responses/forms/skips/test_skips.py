"""Each language of skips (xpath, limesurvey, redcap) asks exactly whom our own conditions ask."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.instruments.conditions import (
    And,
    Answered,
    Compare,
    Condition,
    In,
    Node,
    Not,
    Or,
    parse_condition,
)
from evalkit.instruments.evaluating import evaluate
from evalkit.instruments.instrument import Instrument
from evalkit.instruments.library import shipped_instrument
from evalkit.responses.forms.coding import limesurvey_codes
from evalkit.responses.forms.skips.limesurvey import write_expression
from evalkit.responses.forms.skips.redcap import write_branching
from evalkit.responses.forms.skips.words import write_words
from evalkit.responses.forms.skips.writing import CannotSay
from evalkit.responses.forms.skips.xpath import write_xpath
from evalkit.texts.text import text_of
from tests.responses.forms.skips.readers import LimeSurveyReader, RedcapReader, holds_in_odk

CODES = (-123456, -1, 0, 1, 2, 10, 123456)
ABSENT = {"dont_know": -8, "refused": -9}
WORDS = ("05", "5", "it's", 'a "b"', "Montréal", "Z", "a")
DAYS = tuple(date(2024, month, day).isoformat() for month in (2, 11) for day in (1, 9, 10, 28))
SIGNS = ("==", "!=", "<", "<=", ">", ">=")


def _form() -> Instrument:
    options = {
        "codes": [{"value": value, "label": text_of(f"label {value}")} for value in CODES],
        "absent": [{"value": v, "kind": kind, "label": text_of(kind)} for kind, v in ABSENT.items()],
    }
    items: list[dict[str, Any]] = [
        {"id": "one", "type": "single", "options": "codes"},
        {"id": "several", "type": "multiple", "options": "codes"},
        {"id": "whole", "type": "integer"},
        {"id": "part", "type": "number"},
        {"id": "words", "type": "text"},
    ]
    items = [{**item, "absent": list(ABSENT), "text": text_of(item["id"])} for item in items]
    items.append({"id": "day", "type": "date", "text": text_of("day")})
    return Instrument.model_validate(
        {"instrument": "drawn", "version": "1", "population": "resident", "title": text_of("Drawn"),
         "options": options, "items": items}
    )  # fmt: skip


FORM = _form()
_values = {
    "one": st.sampled_from(CODES),
    "several": st.sampled_from(CODES),
    "whole": st.integers(-20, 20),
    "part": st.sampled_from((-8.5, -8.0, 0.0, 2.0, 2.5)),
    "words": st.sampled_from(WORDS),
    "day": st.sampled_from(DAYS),
}


@st.composite
def leaves(draw: st.DrawFn, ordered_text: bool = False) -> Node:
    item = draw(st.sampled_from(sorted(_values)))
    kind = draw(st.sampled_from(("compare", "in", "answered", "count")))
    if kind == "answered":
        return Answered(item)
    if kind == "in":
        return In(item, tuple(draw(st.lists(_values[item], min_size=1, max_size=3))))
    if kind == "count":
        return Compare("several", draw(st.sampled_from(SIGNS)), draw(st.integers(0, 4)), counted=True)
    equal = item == "several" or (item == "words" and not ordered_text)
    sign = draw(st.sampled_from(SIGNS[:2] if equal else SIGNS))
    return Compare(item, sign, draw(_values[item]))


def conditions(**how: bool) -> st.SearchStrategy[Condition]:
    def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.one_of(parts.map(Not), several.map(And), several.map(Or))

    return st.recursive(leaves(**how), joined, max_leaves=5).map(lambda root: Condition("", root))


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an answer to each item: a value, the name of a way of not answering, or None."""
    found: dict[str, Any] = {}
    for item, values in _values.items():
        value = st.sets(values, min_size=1).map(lambda s: tuple(sorted(s))) if item == "several" else values
        # Numbers beside the range are no answers: a form takes the codes of absent ones from nobody else.
        value = value.filter(lambda v: isinstance(v, tuple | str) or v not in ABSENT.values())
        reasons = st.sampled_from((None,) if item == "day" else (None, *ABSENT))
        found[item] = draw(st.one_of(value, value, reasons))
    return found


def ours(condition: Condition, said: dict[str, Any]) -> bool:
    given_ = {item: value is not None and value not in tuple(ABSENT) for item, value in said.items()}
    values = pd.DataFrame(
        {item: pd.Series([value if given_[item] else None], dtype=object) for item, value in said.items()}
    )
    return bool(evaluate(condition, values, pd.DataFrame({i: [g] for i, g in given_.items()}))[0])


def _codes(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    if isinstance(value, tuple):
        return value
    return (ABSENT[value],) if value in tuple(ABSENT) else (value,)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def odk_cells(said: dict[str, Any]) -> dict[str, str]:
    return {item: " ".join(map(_plain, _codes(value))) for item, value in said.items()}


def limesurvey_cells(said: dict[str, Any]) -> dict[str, str]:
    cells = odk_cells({item: value for item, value in said.items() if item != "several"})

    def code(item: str, value: int) -> str:
        return limesurvey_codes(FORM, FORM.item(item), value)[0]

    cells["one"] = "".join(code("one", value) for value in _codes(said["one"]))
    cells["day"] = f"{cells['day']} 00:00:00" if cells["day"] else ""
    for value in (*CODES, *ABSENT.values()):
        cells[f"several_{code('several', value)}"] = "Y" if value in _codes(said["several"]) else ""
    return cells


def redcap_cells(said: dict[str, Any]) -> dict[str, str]:
    cells = odk_cells(said)
    for value in (*CODES, *ABSENT.values()):
        cells[f"several({value})"] = str(int(value in _codes(said["several"])))
    return cells


@settings(max_examples=400, deadline=None)
@given(conditions(), answers())
def test_xpath_asks_whom_we_ask(condition: Condition, said: dict[str, Any]) -> None:
    assert holds_in_odk(write_xpath(condition, FORM), odk_cells(said)) == ours(condition, said)


@settings(max_examples=400, deadline=None)
@given(conditions(ordered_text=True), answers())
def test_limesurvey_asks_whom_we_ask(condition: Condition, said: dict[str, Any]) -> None:
    assert LimeSurveyReader(write_expression(condition, FORM), limesurvey_cells(said)).read() == ours(
        condition, said
    )


@settings(max_examples=400, deadline=None)
@given(conditions(), answers())
def test_redcap_asks_whom_we_ask(condition: Condition, said: dict[str, Any]) -> None:
    assert RedcapReader(write_branching(condition, FORM), redcap_cells(said)).read() == ours(condition, said)


@pytest.mark.parametrize("write", [write_xpath, write_branching])
def test_the_order_of_texts_is_refused_and_not_dropped(write: Any) -> None:
    with pytest.raises(CannotSay):
        write(parse_condition("words < 'm'"), FORM)


def test_an_array_is_asked_by_its_own_name() -> None:
    said = write_expression(parse_condition("one == 1"), FORM, {"one": "mone_one"})
    assert said == 'mone_one.NAOK == "1"'


@pytest.mark.parametrize(("lang", "joint"), [("fr", " ou "), ("en", " or ")])
def test_words_name_questions_and_answers_by_their_texts(lang: Any, joint: str) -> None:
    form = shipped_instrument("site-log")
    said = write_words(parse_condition("event in [9, 10] and not answered(day)"), form, lang)
    labels = {option.value: option.label.say(lang) for option in form.options_of(form.item("event"))}
    assert form.item("event").text.say(lang) in said
    assert form.item("day").text.say(lang) in said
    assert labels[9] in said
    assert labels[10] in said
    assert joint in said


@given(conditions())
def test_words_can_say_every_condition(condition: Condition) -> None:
    assert write_words(condition, FORM, "fr") and write_words(condition, FORM, "en")
