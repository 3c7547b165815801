"""REDCap: CSV, raw or labelled; an event of a longitudinal project is a wave, an instance is a partner."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import reduce

import numpy as np
import pandas as pd

from evalkit.responses.exports.platform import Export, Flags, Heading, Platform, RepeatTable
from evalkit.responses.exports.shapes import first_of, rows_of
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.forms.coding import redcap_codes

_EVENT = ("redcap_event_name", "Event Name")
_REPEATED = ("redcap_repeat_instrument", "Repeat Instrument")
_SUBMISSION = "redcap_submission"
_COMPLETE = re.compile(r".+_complete|Complete\?(\.\d+)?")
_STATES = frozenset({"0", "1", "2", "Incomplete", "Unverified", "Complete"})
_UNFINISHED = frozenset({"0", "Incomplete"})
_CHOICE = re.compile(r"(.+) \(choice=(.+)\)", re.DOTALL)
_WHOSE = re.compile(r"respondent|site|wave|redcap_.*|Event Name|Data Access Group")
_ARM = re.compile(r"_arm_\d+$|\s*\(Arm \d+: .*\)$")
_LONGEST_EVENT = 18


def _recognises(export: Export) -> bool:
    table = export.main
    if first_of(table, (*_EVENT, *_REPEATED)) is not None:
        return True
    # Every form ends with its state, so that the last column of an export is one.
    last = str(table.cells.columns[-1])
    return bool(_COMPLETE.fullmatch(last)) and set(table.column(last).distinct) <= _STATES


def _complete_columns(table: ForeignTable) -> list[str]:
    return [name for name in table.cells.columns if _COMPLETE.fullmatch(str(name))]


def _headings(name: str) -> tuple[Heading, ...]:
    """Return the ways to read a name: `field`, `field___code`, `label (choice=label)`."""
    labelled = _CHOICE.fullmatch(name)
    if labelled is not None:
        return (Heading(labelled[1], labelled[2]),)
    question, joint, part = name.partition("___")
    return (Heading(question, part), Heading(name)) if joint else (Heading(name),)


def _prepare(export: Export) -> Export:
    """Part the rows of repeated instruments from those of the record; the first column names the record."""
    table = _respondent_named(export.main)
    repeated = first_of(table, _REPEATED)
    if repeated is None:
        return export.with_main(table)
    names = [str(table.cells.columns[0]), *(n for n in _EVENT if n in table.cells.columns)]
    parts = [table.cells[name].astype(object).fillna("") for name in names]
    keys = reduce(lambda whole, part: whole + " / " + part, parts)
    table = replace(table, cells=table.cells.assign(**{_SUBMISSION: pd.Categorical(keys)}))
    instance = ~table.column(repeated).blank
    lonely = instance & ~keys.isin(keys[~instance]).to_numpy() & ~keys.where(instance).duplicated().to_numpy()
    main = rows_of(_emptied(table, lonely), np.flatnonzero(~instance | lonely))
    if not instance.any():
        return export.with_main(main)
    return Export(main, (RepeatTable(rows_of(table, np.flatnonzero(instance)), _SUBMISSION, _SUBMISSION),))


def _emptied(table: ForeignTable, rows: Flags) -> ForeignTable:
    """Return the table with some rows blank but for whose they are: their records have instances alone."""
    if not rows.any():
        return table
    cells = table.cells.copy()
    cells.loc[rows, [name for name in cells.columns if not _WHOSE.fullmatch(str(name))]] = np.nan
    return replace(table, cells=cells)


def _respondent_named(table: ForeignTable) -> ForeignTable:
    # The record's id is the first column, whatever the project calls it.
    first = str(table.cells.columns[0])
    if "respondent" in table.cells.columns:
        return table
    return replace(table, cells=table.cells.rename(columns={first: "respondent"}))


def _unfinished(table: ForeignTable) -> Flags:
    """Return the rows whose every form with a state is incomplete."""
    some = np.zeros(len(table), dtype=bool)
    every = np.ones(len(table), dtype=bool)
    for name in _complete_columns(table):
        cells = table.column(name)
        states = np.array([*(cell in _UNFINISHED for cell in cells.distinct), True])[cells.codes]
        some |= ~cells.blank
        every &= states
    return some & every


def _is_wave(event: str, wave: str) -> bool:
    """Tell whether an event is a wave: its name has at most 18 characters, then its arm."""
    name = _ARM.sub("", event)
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    return wave in (name, plain) or (len(name) == _LONGEST_EVENT and wave.startswith(plain))


PLATFORM = Platform(
    title="REDCap",
    recognises=_recognises,
    headings=_headings,
    own=re.compile(
        r"redcap_.*|Event Name|Repeat Instrument|Repeat Instance|Data Access Group|Survey Identifier"
        r"|Survey Timestamp.*|.+_timestamp|.+_complete|Complete\?.*",
        re.DOTALL,
    ),
    keys={
        "respondent": ("respondent",),
        "site": ("site", "redcap_data_access_group", "Data Access Group"),
        "language": ("language",),
        "mode": ("mode",),
        "interviewer": ("interviewer",),
        "started": ("started",),
        "ended": ("ended",),
        "wave": (*_EVENT, "wave"),
        "partner": ("partner",),
    },
    codes=redcap_codes,
    prepare=_prepare,
    unfinished=_unfinished,
    is_wave=_is_wave,
    private=re.compile(r"redcap_survey_identifier|Survey Identifier"),
)
