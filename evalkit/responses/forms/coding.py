"""How each platform names fields and codes: forms are written, and answers read back, by the same rules."""

from __future__ import annotations

from collections.abc import Collection

from evalkit.instruments.instrument import Instrument, Item

LONGEST_ANSWER_CODE = 5  # answers.code of LimeSurvey
LONGEST_QUESTION_CODE = 20  # questions.title of LimeSurvey


def limesurvey_codes(form: Instrument, item: Item, value: int) -> tuple[str, ...]:
    """Return how LimeSurvey writes a code, its own way first: it allows five letters or digits, and no sign.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> form = shipped_instrument("residents-core")
    >>> limesurvey_codes(form, form.item("coh1"), -8), limesurvey_codes(form, form.item("coh1"), 4)
    (('M8', '-8'), ('4',))
    """
    plain = f"M{-value}" if value < 0 else str(value)
    if len(plain) <= LONGEST_ANSWER_CODE:
        return (plain, str(value)) if value < 0 else (plain,)
    every = [option.value for option in (*form.options_of(item), *form.absent_options)]
    return (f"X{every.index(value) + 1}",) if value in every else ()


def limesurvey_array(first: str, taken: Collection[str]) -> str:
    """Return the code of the array that starts with an item, unlike any code in use.

    Examples
    --------
    >>> limesurvey_array("coh1", ()), limesurvey_array("coh1", ["mcoh1"])
    ('mcoh1', 'm1coh1')
    """
    number = 0
    while True:
        code = f"m{number or ''}{first}"[:LONGEST_QUESTION_CODE]
        if code not in taken:
            return code
        number += 1


def limesurvey_partner(code: str) -> str:
    """Return a partner's code without marks, which a subquestion cannot hold.

    Examples
    --------
    >>> limesurvey_partner("P-7K3MQ-7")
    'P7K3MQ7'
    """
    return "".join(filter(str.isalnum, code))


def redcap_codes(_form: Instrument, _item: Item, value: int) -> tuple[str, ...]:
    """Return how REDCap writes a code: as it is, and in the name of a checkbox column without its minus."""
    return (str(value), str(value).replace("-", "_"))


def redcap_checkbox(item: str, value: int) -> str:
    """Return the column of one choice of a checkbox field.

    Examples
    --------
    >>> redcap_checkbox("used", 2), redcap_checkbox("used", -9)
    ('used___2', 'used____9')
    """
    return f"{item}___{str(value).replace('-', '_')}"
