"""What was done at the sites: presence of a worker, activities, meetings, money, from the site log."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Block, Column, Figure, Paragraph, Part, Table, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.activities import ActivitiesFigure
from evalkit.reports.figures.presence import PresenceFigure
from evalkit.reports.log_tables import LogTables, log_tables
from evalkit.reports.section import TECHNICAL, Section
from evalkit.responses.site_log import read_site_log
from evalkit.study.study import Study
from evalkit.texts.numbers import Percent
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text, text_of

TEXTS = "report.site_log"
DIGITS = {"presence": 0, "activities": 0, "meetings": 0, "hours": 0, "amount": 0}


def _build(evidence: Evidence) -> Part | None:
    study = evidence.study
    log = read_site_log(study, evidence.waves)
    sites = tuple(site.id for site in study.sites)
    tables = log_tables(log, sites, evidence.wave.field[1], study.file.disclosure)
    if tables is None:
        return None
    return Part("site-log", _say("title"), tuple(_blocks(study, tables, evidence)))


def _blocks(study: Study, tables: LogTables, evidence: Evidence) -> Iterator[Block]:
    yield Paragraph((_say("source"), _say("describes")))
    yield _presence(study, tables)
    names: dict[str, Words] = {site: study.sites_by_id[site].name for site in tables.doses.rows}
    columns = tuple(
        Column(name, _say(name), DIGITS[name], share=name == "presence") for name in tables.doses.columns
    )
    yield Table(tables.doses, _say("doses"), _say("site"), names, columns)
    if tables.ages.rows:
        yield _activities(evidence, tables.ages)


def _activities(evidence: Evidence, table: DisclosedTable) -> Figure:
    """Draw activities by age group; one activity may be for several."""
    names = _ages(evidence, table)
    alt: list[Words] = [_say("ages_alt")]
    alt += [
        _say("ages_alt_row", age=names[row], count=round(table.number(row, "activities") or 0.0))
        for row in table.rows
    ]
    draw = ActivitiesFigure(tuple(names.items()))
    most = max(table.rows, key=lambda row: table.number(row, "activities") or 0.0)
    title = _say("ages_title", age=names[most])
    return Figure("figure-activities", table, draw, title, tuple(alt), (_say("ages_caption"),))


def _presence(study: Study, tables: LogTables) -> Figure:
    sites = tuple((site, study.sites_by_id[site].name) for site in tables.presence.rows)
    draw = PresenceFigure(sites, _say("present"), _say("vacant"))
    share = Percent(tables.share_present)
    alt: list[Words] = [_say("alt")]
    alt += [
        _say("alt_site", site=name, share=Percent(tables.doses.number(site, "presence") or 0.0))
        for site, name in sites
    ]
    title = _say("figure_title", share=share)
    return Figure("figure-presence", tables.presence, draw, title, tuple(alt), (_say("figure_caption"),))


def _ages(evidence: Evidence, table: DisclosedTable) -> dict[str, Text]:
    """Return what the questionnaire calls each age group."""
    form = next(
        evidence.study.instruments[name]
        for wave in evidence.waves
        for name in wave.instruments
        if evidence.study.instruments[name].kind == "events"
    )
    labels = {str(option.value): option.label for option in form.options_of(form.item("ages"))}
    return {row: labels.get(row, text_of(row)) for row in table.rows}


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-log", 58, _build, TECHNICAL)
