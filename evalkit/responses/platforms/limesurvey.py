"""LimeSurvey: its CSV with codes or full answers, headings as codes, texts or both; and its SPSS syntax."""

from __future__ import annotations

import re

from evalkit.responses.exports.platform import NOT_SHOWN, Export, Heading, Platform
from evalkit.responses.exports.shapes import first_of, has, where
from evalkit.responses.forms.coding import limesurvey_codes

_SENT = ("submitdate", "Date submitted", "Date de soumission")
_LAST = ("lastpage", "Last page", "Dernière page")
_LANGUAGE = ("startlanguage", "Start language", "Langue de départ")
_SUB = re.compile(r"(.*?)\s*\[(.+)\]", re.DOTALL)
_CODE_AND_TEXT = re.compile(r"([A-Za-z]\w*)(?:\[(\w+)\])?\.\s.*", re.DOTALL)


def _recognises(export: Export) -> bool:
    named = [first_of(export.main, names) is not None for names in (_SENT, _LAST, _LANGUAGE)]
    return sum(named) >= 2 or has(export.main, "id", "submitdate")


def _headings(name: str) -> tuple[Heading, ...]:
    """Return the ways to read a name: `code[sub]`, `code_sub`, `code. Text` or the text itself."""
    ways = [Heading(name)]
    with_text = _CODE_AND_TEXT.fullmatch(name)
    if with_text is not None:
        question, part = with_text.groups()
        ways += [Heading(question)] if part is None else [Heading(part), Heading(question, part)]
    sub = _SUB.fullmatch(name)
    if sub is not None:
        ways += [Heading(sub[2]), Heading(sub[1], sub[2])]
    stem, joint, part = name.partition("_")
    if joint:
        ways += [Heading(part), Heading(stem, part)]
    return tuple(ways)


PLATFORM = Platform(
    title="LimeSurvey",
    recognises=_recognises,
    headings=_headings,
    own=re.compile(
        r"id|submitdate|lastpage|startlanguage|seed|token|startdate|datestamp|ipaddr|refurl|firstname|lastname"
        r"|Response ID|ID de la réponse|Date submitted|Date de soumission|Last page|Dernière page"
        r"|Start language|Langue de départ|Seed|Tête de série|Token|Access code|Code d.accès"
        r"|Date started|Date de lancement|Date last action|Date de la dernière action|interviewtime"
        r"|groupTime\d+|\w+Time",
        re.DOTALL,
    ),
    keys={
        "respondent": ("respondent", "token", "Token", "Access code", "Code d’accès"),
        "site": ("site",),
        "language": _LANGUAGE,
        "mode": ("mode",),
        "interviewer": ("interviewer",),
        "started": ("startdate", "Date started", "Date de lancement"),
        "ended": _SENT,
        "wave": ("wave",),
        "instance": ("id", "Response ID", "ID de la réponse"),
        "partner": ("partner",),
    },
    codes=limesurvey_codes,
    unfinished=where(_SENT, [], blank=True),
    not_asked=frozenset({NOT_SHOWN, "NULL", "N/A"}),
    constant={"mode": "web"},
    private=re.compile(
        r"email|firstname|lastname|E-?mail.*|Adresse (e-mail|courriel).*|ipaddr|(IP|Adresse IP).*"
    ),
)
