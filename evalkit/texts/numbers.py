"""Numbers and dates as each language writes them (CLDR, through Babel)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evalkit.texts.text import Language

LOCALES: dict[Language, str] = {"fr": "fr_CA", "en": "en_CA"}
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Number:
    """Hold a number and the way to write it.

    Parameters
    ----------
    value : the number, in its own unit.
    digits : decimals to print.
    signed : whether a plus sign is printed.

    Examples
    --------
    >>> Number(1234.56).say("fr").replace(chr(0xA0), " ")
    '1 234,6'
    >>> Number(2.0, signed=True).say("en")
    '+2.0'
    """

    value: float
    digits: int = 1
    signed: bool = False

    def say(self, lang: Language) -> str:
        """Return the number with the decimal mark, spaces and minus sign of `lang`."""
        from babel.numbers import format_decimal

        value = round(self.value, self.digits) + 0.0
        pattern = "#,##0" + ("." + "0" * self.digits if self.digits else "")
        written = format_decimal(abs(value), format=pattern, locale=LOCALES[lang])
        sign = MINUS if value < 0 else "+" if self.signed and value > 0 else ""
        return sign + written


@dataclass(frozen=True, slots=True)
class PValue:
    """Hold a p-value, which is never written as zero.

    Examples
    --------
    >>> PValue(0.0321).say("fr"), PValue(1e-9).say("en")
    ('0,032', '<0.001')
    """

    value: float

    def say(self, lang: Language) -> str:
        """Return three decimals, or that it lies below the least that three decimals can tell."""
        return Number(self.value, 3).say(lang) if self.value >= 0.001 else f"<{Number(0.001, 3).say(lang)}"


@dataclass(frozen=True, slots=True)
class Percent:
    """Hold a share between 0 and 1, written as a percentage.

    Examples
    --------
    >>> Percent(0.423).say("en")
    '42%'
    """

    share: float
    digits: int = 0

    def say(self, lang: Language) -> str:
        """Return the percentage; French sets a no-break space before the sign."""
        gap = "\u00a0" if lang == "fr" else ""
        return f"{Number(100 * self.share, self.digits).say(lang)}{gap}%"


@dataclass(frozen=True, slots=True)
class Day:
    """Hold a calendar day.

    Examples
    --------
    >>> Day(date(2026, 8, 1)).say("fr"), Day(date(2026, 8, 2)).say("fr")
    ('1er août 2026', '2 août 2026')
    """

    day: date

    def say(self, lang: Language) -> str:
        """Return the day in long form; French writes the first of a month as an ordinal."""
        from babel.dates import format_date

        written = format_date(self.day, format="long", locale=LOCALES[lang])
        return f"1er {written[2:]}" if lang == "fr" and self.day.day == 1 else written
