"""What one cell says: an answer, a reason for its absence, or a fault."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from evalkit.instruments.instrument import AbsentReason, Instrument, Item, Option
from evalkit.responses.foreign.cells import number_text
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import EXCEL_DATES, AnswerMap

_POINT = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+(?:[eE][+-]?\d+)?")
_CHOICES = re.compile(r"[\s,;|]+")
# Serial dates from 1954 to 2119: no year and no small number is taken for one.
_SERIALS = range(20_000, 80_001)


class Reading(NamedTuple):
    """Hold what a cell says: `value`, or `reason`, or `fault` with its `details`."""

    value: Any = None
    reason: AbsentReason | None = None
    fault: str | None = None
    details: Mapping[str, Any] = {}


Reader = Callable[[str], Reading]


@dataclass(frozen=True)
class CellReader:
    """Read the cells of one item.

    Parameters
    ----------
    item, instrument : what was asked.
    answer_map : what the user declares of the file.
    table : what the file declares: user-missing codes, decimals, the epoch of its dates.
    column : column of the file, whose user-missing codes apply.
    """

    item: Item
    instrument: Instrument
    answer_map: AnswerMap
    table: ForeignTable
    column: str

    def read(self, cell: str) -> Reading:
        """Return what a cell that is not blank says.

        What the map declares comes first, then the questionnaire's ways of not answering, then answers.
        A code that the file itself declares as missing needs a meaning from one of the first two.
        """
        reason = look_up(self._absent, cell)
        if reason is not None:
            return Reading(reason=reason)
        ours = look_up(self._recode, cell)
        text = cell if ours is None else ours
        kind = self._kind(text)
        if kind is not None and not self._is_answer(text, kind):
            return Reading(reason=kind)
        if ours is None and cell in self._user_missing:
            label = self.table.labels.get(self.column, {}).get(cell, "")
            return _fault("import.user_missing", cell, label=label or cell)
        return self._reader(text)

    def _is_answer(self, text: str, kind: AbsentReason) -> bool:
        """Tell whether a code that means an absent answer elsewhere is an answer to this item."""
        number = read_number(text, self._decimal)
        bounds = self.item.range if self.item.type in ("integer", "number") else None
        if number is None or bounds is None or kind in self.item.absent:
            return False
        return bounds[0] <= number <= bounds[1]

    def _kind(self, text: str) -> AbsentReason | None:
        found: AbsentReason | None = look_up(self._kinds, text)
        if found is None and self.answer_map.labels:
            code = self._absent_labels.get(plain_words(text))
            return None if code is None else self._kinds[str(code)]
        return found

    def _single(self, text: str) -> Reading:
        code = self._option_code(text, self._decimal)
        return self._no_option(text) if code is None else Reading(value=float(code))

    def _multiple(self, text: str) -> Reading:
        whole = self._option_code(text)
        chosen = [text] if whole is not None else [part for part in _CHOICES.split(text) if part]
        codes = [self._option_code(part) for part in chosen]
        for part, code in zip(chosen, codes, strict=True):
            if code is None:
                return self._no_option(part)
        return Reading(value=tuple(sorted({code for code in codes if code is not None})))

    def _option_code(self, text: str, decimal: str = ".") -> int | None:
        # Among several choices a comma parts two codes: there it is no decimal mark.
        number = read_number(text, decimal)
        code = int(number) if number is not None and number == int(number) else None
        if code in self._codes:
            return code
        return self._labels.get(plain_words(text)) if self.answer_map.labels else None

    def _no_option(self, text: str) -> Reading:
        words = plain_words(text)
        code = self._labels.get(words, self._absent_labels.get(words))
        if code is not None:
            return _fault("import.label_for_code", text, code=str(code))
        return _fault("import.outside_options", text, allowed=", ".join(map(str, self._codes)))

    def _number(self, text: str) -> Reading:
        number = read_number(text, self._decimal)
        if number is None:
            return _fault("import.not_a_number", text)
        if self.item.type == "integer" and number != int(number):
            return _fault("import.not_whole", text)
        bounds = self.item.range
        if bounds is not None and not bounds[0] <= number <= bounds[1]:
            low, high = number_text(bounds[0]), number_text(bounds[1])
            return _fault("import.outside_range", text, low=low, high=high)
        return Reading(value=number)

    def _date(self, text: str) -> Reading:
        moment = read_moment(text, self.answer_map, self.table)
        return moment if moment.value is None else Reading(value=moment.value[:10])

    @cached_property
    def _reader(self) -> Reader:
        readers: Mapping[str, Reader] = {
            "single": self._single,
            "multiple": self._multiple,
            "integer": self._number,
            "number": self._number,
            "date": self._date,
            "text": lambda said: Reading(value=said),
        }
        return readers[self.item.type]

    @cached_property
    def _decimal(self) -> str:
        return self.answer_map.decimal or self.table.decimal

    @cached_property
    def _absent(self) -> Mapping[str, AbsentReason]:
        return {plain_code(code): kind for code, kind in self.answer_map.absent.get(self.item.id, {}).items()}

    @cached_property
    def _recode(self) -> Mapping[str, str]:
        return {plain_code(code): ours for code, ours in self.answer_map.recode.get(self.item.id, {}).items()}

    @cached_property
    def _kinds(self) -> Mapping[str, AbsentReason]:
        return {str(code): kind for kind, code in self.instrument.absent_codes.items()}

    @cached_property
    def _absent_labels(self) -> Mapping[str, int]:
        return label_codes(self.instrument.absent_options)

    @cached_property
    def _user_missing(self) -> frozenset[str]:
        return self.table.user_missing.get(self.column, frozenset())

    @cached_property
    def _codes(self) -> tuple[int, ...]:
        return tuple(option.value for option in self.instrument.options_of(self.item))

    @cached_property
    def _labels(self) -> Mapping[str, int]:
        return label_codes(self.instrument.options_of(self.item))


def label_codes(options: tuple[Option, ...]) -> dict[str, int]:
    """Return the code of each label, in plain words, of any language; not of one that means two codes."""
    codes: dict[str, set[int]] = {}
    for option in options:
        for label in option.label.root.values():
            codes.setdefault(plain_words(label), set()).add(option.value)
    return {label: found.pop() for label, found in codes.items() if len(found) == 1}


def plain_words(text: str) -> str:
    """Return words without differences of case, spaces, apostrophes or ways to write an accent.

    Examples
    --------
    >>> plain_words("Tout à fait  d’accord") == plain_words("tout à fait d'accord")
    True
    """
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    return " ".join(plain.casefold().split())


def plain_code(text: str) -> str:
    """Return a code as text in one way of writing: 1.0 and 1 are one code, 01 stays 01.

    Examples
    --------
    >>> plain_code("1.0"), plain_code("01"), plain_code("NA")
    ('1', '01', 'NA')
    """
    if re.fullmatch(r"-?(0|[1-9]\d*)\.0+", text):
        return text.partition(".")[0]
    return text


def look_up(codes: Mapping[str, Any], cell: str) -> Any:
    """Return what a code stands for, as written or in its plain way of writing, or None."""
    found = codes.get(cell)
    # Only a cell that ends in .0 has another way of writing.
    return codes.get(plain_code(cell)) if found is None and cell.endswith("0") else found


def read_number(text: str, decimal: str) -> float | None:
    """Return the number that a text says, or None. Marks between thousands are never guessed.

    Parameters
    ----------
    decimal : `.`, `,` or `either`: which mark writes decimals.

    Examples
    --------
    >>> read_number("3,5", "either"), read_number("3,5", "."), read_number("1,234.5", "either")
    (3.5, None, None)
    """
    if decimal == "," and "." in text:
        return None
    plain = text.replace(",", ".") if decimal in (",", "either") else text
    if not _POINT.fullmatch(plain):
        return None
    number = float(plain)
    return number if math.isfinite(number) else None


def read_moment(text: str, answer_map: AnswerMap, table: ForeignTable) -> Reading:
    """Return a day or a moment as ISO 8601, or a fault.

    ISO 8601 is understood, and the format that the map declares. 03/04/2026 is two days in two countries,
    and a bare number may be a serial date of a spreadsheet: both need the map.
    """
    wanted = answer_map.dates.format if answer_map.dates else None
    serial = read_number(text, "either")
    if serial is not None and int(serial) in _SERIALS:
        moment = datetime(table.epoch.year, table.epoch.month, table.epoch.day) + timedelta(days=serial)
        if wanted == EXCEL_DATES:
            return Reading(value=_iso(moment))
        return _fault("import.serial_date", text, date=moment.date().isoformat())
    found = _parsed(text, wanted)
    return _fault("import.not_a_date", text) if found is None else Reading(value=found)


def _parsed(text: str, wanted: str | None) -> str | None:
    if wanted not in (None, EXCEL_DATES):
        try:
            return _iso(datetime.strptime(text, str(wanted)))
        except ValueError:
            pass
    # Years that people mean: what four digits may hold and a field period may reach.
    if not re.match(r"(19|20|21)\d\d-\d\d-\d\d", text):
        return None
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else _iso(datetime.fromisoformat(text))
    except ValueError:
        return None


def _iso(moment: datetime) -> str:
    rounded = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    bare = rounded.hour == rounded.minute == rounded.second == 0 and rounded.tzinfo is None
    return rounded.date().isoformat() if bare else rounded.isoformat(timespec="seconds")


def _fault(fault: str, value: str, /, **details: Any) -> Reading:
    shown = value if len(value) <= 60 else f"{value[:59]}…"
    return Reading(fault=fault, details={"value": shown, **details})
