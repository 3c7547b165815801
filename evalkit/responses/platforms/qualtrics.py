"""Qualtrics: three rows of headers: names, texts, and the platform's own ids."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from evalkit.responses.exports.platform import Export, Heading, LeftOut, Platform
from evalkit.responses.exports.shapes import rows_of, where

_ID = '{"ImportId"'
_HEADER_ROWS = 2
_PART = re.compile(r"(.+?)_(-?\d+)")
_FALSE = ("0", "false", "faux", "no", "non")


def _recognises(export: Export) -> bool:
    table = export.main
    if len(table) < _HEADER_ROWS:
        return False
    second = [table.column(name).texts()[1] for name in table.cells.columns]
    return any(str(cell).startswith(_ID) for cell in second)


def _prepare(export: Export) -> Export:
    """Take the texts and the platform's ids out of the rows."""
    table = export.main
    texts = {str(name): str(table.column(name).texts()[0] or "") for name in table.cells.columns}
    main = rows_of(table, np.arange(_HEADER_ROWS, len(table)))
    return replace(export, main=main, texts=texts)


def _headings(name: str) -> tuple[Heading, ...]:
    """Return the ways to read a name or a text: `Q3`, `Q3_1`, `text`, `text - choice`."""
    ways = [Heading(name)]
    part = _PART.fullmatch(name)
    if part is not None:
        ways.append(Heading(part[1], part[2]))
    question, joint, choice = name.rpartition(" - ")
    return (*ways, Heading(choice), Heading(question, choice)) if joint else tuple(ways)


PLATFORM = Platform(
    title="Qualtrics",
    recognises=_recognises,
    headings=_headings,
    own=re.compile(
        r"StartDate|EndDate|Status|IPAddress|Progress|Duration \(in seconds\)|Finished|RecordedDate"
        r"|ResponseId|RecipientLastName|RecipientFirstName|RecipientEmail|ExternalReference|LocationLatitude"
        r"|LocationLongitude|DistributionChannel|UserLanguage|Q_.*"
    ),
    keys={
        "respondent": ("respondent", "ExternalReference"),
        "site": ("site",),
        "language": ("UserLanguage",),
        "mode": ("mode",),
        "started": ("StartDate",),
        "ended": ("EndDate",),
        "wave": ("wave",),
        "instance": ("ResponseId",),
        "partner": ("partner",),
    },
    prepare=_prepare,
    left_out=(
        LeftOut("test_submissions", where(["Status"], ["1", "survey preview", "aperçu de l’enquête"])),
        LeftOut("test_submissions", where(["DistributionChannel"], ["preview"])),
    ),
    unfinished=where(["Finished"], _FALSE),
    constant={"mode": "web"},
    private=re.compile(r"(Recipient(Email|FirstName|LastName)|IPAddress|Location(Latitude|Longitude))"),
)
