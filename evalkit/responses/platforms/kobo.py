"""KoboToolbox: CSV and XLSX, values or labels, with or without group prefixes, repeats as further sheets."""

from __future__ import annotations

import re

from evalkit.responses.exports.platform import Export, Heading, LeftOut, Platform
from evalkit.responses.exports.shapes import has, mode_of_device, where

_MOST_LEVELS = 6


def _recognises(export: Export) -> bool:
    return has(export.main, "_uuid", "_id") or has(export.main, "_uuid", "_submission_time")


def path_headings(name: str) -> tuple[Heading, ...]:
    """Return the ways to read a path of groups, question and choice; any of them may hold a slash itself.

    Examples
    --------
    >>> [way.question for way in path_headings("group/needs/3")]
    ['group/needs/3', 'needs/3', '3', 'group', 'group/needs', 'needs']
    """
    steps = name.split("/")
    count = range(len(steps)) if len(steps) <= _MOST_LEVELS else range(len(steps) - 2, len(steps))
    whole = [Heading("/".join(steps[start:])) for start in count]
    split = [
        Heading("/".join(steps[start:end]), "/".join(steps[end:]))
        for start in count
        for end in range(start + 1, len(steps))
    ]
    return (*whole, *split)


PLATFORM = Platform(
    title="KoboToolbox",
    recognises=_recognises,
    headings=path_headings,
    own=re.compile(
        r"_[a-z].*|__version__|start|end|today|username|deviceid|phonenumber|simserial|subscriberid|audit"
        r"|formhub/uuid|(.*/)?(meta/)?(instanceID|instanceName|rootUuid|deprecatedID)|meta/.*|.*_note|(.*/)?record_id",
        re.DOTALL,
    ),
    keys={
        "respondent": ("respondent",),
        "site": ("site",),
        "language": ("language",),
        "mode": ("mode",),
        "interviewer": ("interviewer",),
        "started": ("started", "start"),
        "ended": ("ended", "end", "_submission_time"),
        "wave": ("wave",),
        "version": ("__version__",),
        "instance": ("_uuid", "meta/instanceID", "instanceID"),
        "device": ("deviceid",),
        "partner": ("partner",),
    },
    left_out=(
        LeftOut(
            "not_approved",
            where(["_validation_status"], ["not approved", "validation_status_not_approved"]),
        ),
    ),
    mode_of=mode_of_device,
)
