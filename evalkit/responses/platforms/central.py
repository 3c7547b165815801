"""ODK Central: CSV, or its zipped folder with a table of submissions and one a repeat."""

from __future__ import annotations

import re

from evalkit.responses.exports.platform import Export, Heading, LeftOut, Platform
from evalkit.responses.exports.shapes import has, mode_of_device, where


def _recognises(export: Export) -> bool:
    return has(export.main, "SubmissionDate", "KEY")


def _headings(name: str) -> tuple[Heading, ...]:
    """Return the ways to read a name: groups are joined by hyphens, a choice follows a slash."""
    question, _, part = name.partition("/")
    steps = question.split("-")
    names = ["-".join(steps[start:]) for start in range(len(steps))]
    return tuple(Heading(each, part or None) for each in names)


PLATFORM = Platform(
    title="ODK Central",
    recognises=_recognises,
    headings=_headings,
    own=re.compile(
        r"SubmissionDate|KEY|PARENT_KEY|SubmitterID|SubmitterName|AttachmentsPresent|AttachmentsExpected"
        r"|Status|ReviewState|DeviceID|Edits|FormVersion|SET-OF-.*|start|end|today|username|deviceid|audit"
        r"|(.*-)?meta-.*|(.*-)?(instanceID|instanceName)|.*_note|(.*-)?record_id",
        re.DOTALL,
    ),
    keys={
        "respondent": ("respondent",),
        "site": ("site",),
        "language": ("language",),
        "mode": ("mode",),
        "interviewer": ("interviewer",),
        "started": ("started", "start"),
        "ended": ("ended", "end", "SubmissionDate"),
        "wave": ("wave",),
        "version": ("FormVersion",),
        "instance": ("meta-instanceID", "KEY"),
        "device": ("DeviceID", "deviceid"),
        "partner": ("partner",),
    },
    left_out=(LeftOut("not_approved", where(["ReviewState"], ["rejected"])),),
    mode_of=mode_of_device,
)
