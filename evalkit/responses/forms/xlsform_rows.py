"""The rows of an XLSForm's sheets: who answers, then the questions of each page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evalkit.instruments.instrument import Instrument, Item, Option
from evalkit.problems import Problem
from evalkit.responses.forms.form import (
    FormOrder,
    Skip,
    absent_of,
    help_of,
    must_answer,
    offered,
    skip_of,
    words,
)
from evalkit.responses.forms.layout import Block, Page, pages_of
from evalkit.responses.forms.skips.writing import number
from evalkit.responses.forms.skips.xpath import write_xpath
from evalkit.texts.text import Language, Text, text_of

Row = Mapping[str, str]
PLATFORM = "XLSForm"
LANGUAGE = {"fr": "Français (fr)", "en": "English (en)"}
_TYPES = {"integer": "integer", "number": "decimal", "text": "text", "date": "date"}


@dataclass
class Survey:
    """Gather the rows of the sheets `survey` and `choices`, and what cannot be said."""

    order: FormOrder
    rows: list[Row] = field(default_factory=list)
    lists: dict[tuple[str, ...], str] = field(default_factory=dict)
    choices: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: str, name: str, label: Text | None = None, **cells: str | Text) -> None:
        """Add a row of `survey`; texts in every language of the form."""
        row = {"type": kind, "name": name, **self.said("label", label)}
        for column, cell in cells.items():
            row |= {column: cell} if isinstance(cell, str) else self.said(column, cell)
        self.rows.append(row)

    def said(self, column: str, text: Text | None) -> dict[str, str]:
        """Return the cells of a column that is translated."""
        if text is None:
            return {}
        return {f"{column}::{LANGUAGE[lang]}": plain(text.say(lang)) for lang in self.order.languages}

    def list_of(self, name: str, options: tuple[tuple[str, Text], ...]) -> str:
        """Return the name of a list of choices, added when it is not there yet."""
        key = (name, *(code for code, _ in options))
        if key not in self.lists:
            safe = re.sub(r"\W", "_", name, flags=re.ASCII)
            taken = set(self.lists.values())
            self.lists[key] = next(
                n for n in (safe, *(f"{safe}_{k}" for k in range(2, 9999))) if n not in taken
            )
            for code, label in options:
                self.choices.append({"list_name": self.lists[key], "name": code, **self.said("label", label)})
        return self.lists[key]

    def options_of(self, item: Item) -> str:
        """Return the list of choices of a question."""
        return self.list_of(str(item.options), coded(offered(self.order.form, item)))


def plain(text: str) -> str:
    """Return a text that cannot be taken for a reference: `${` would name a question.

    Examples
    --------
    >>> plain("under 20 ${") == "under 20 $\u2060{"
    True
    """
    return text.replace("${", "$\u2060{")


def coded(options: tuple[Option, ...]) -> tuple[tuple[str, Text], ...]:
    """Return the names and labels of choices."""
    return tuple((str(option.value), option.label) for option in options)


def survey_of(order: FormOrder) -> Survey:
    """Return the rows of a form: moments, who answers and where, then the pages."""
    survey = Survey(order)
    survey.add("start", "started")
    survey.add("end", "ended")
    survey.add("calculate", "wave", None, calculation=f"'{order.wave.id}'", **_saved(order, "last_wave"))
    _add_respondent(survey)
    for page in pages_of(order.form):
        _add_page(survey, page)
    return survey


def _saved(order: FormOrder, name: str) -> dict[str, str]:
    return {} if order.is_log else {"save_to": name}


def _add_respondent(survey: Survey) -> None:
    order = survey.order
    people = order.form.population
    if order.is_log:
        survey.add("calculate", "respondent", calculation="once(uuid())")
    elif order.people:
        survey.add(f"select_one_from_file {people}.csv", "record_id", words("record"), required="yes",
                   appearance="autocomplete")  # fmt: skip
        found = f"instance('{people}')/root/item[name = ${{record_id}}]"
        survey.add("calculate", "respondent", calculation=f"{found}/code")
        if order.sites_known:
            survey.add("calculate", "site", calculation=f"{found}/site")
            return
    else:
        survey.add("text", "respondent", words("respondent"), hint=words("respondent_note"), required="yes",
                   save_to="code")  # fmt: skip
    sites = tuple((site.id, site.name) for site in order.sites)
    need = {"required": "yes"} if order.site_needed else {}
    survey.add(f"select_one {survey.list_of('site', sites)}", "site", words("site"), **need,
               **_saved(order, "site"))  # fmt: skip


def _add_page(survey: Survey, page: Page) -> None:
    survey.add("begin_group", f"g_{page.id}", page.title)
    if page.intro is not None:
        survey.add("note", f"{page.id}_note", page.intro)
    for block in page.blocks:
        if block.kind == "grid":
            _add_grid(survey, block)
        elif block.kind == "partners":
            _add_partners(survey, page, block)
        else:
            _add_question(survey, block.items[0])
    survey.add("end_group", f"g_{page.id}")


def _add_question(survey: Survey, item: Item, skip: Skip | None = None, **cells: str | Text) -> None:
    form = survey.order.form
    if skip is None:
        skip = skip_of(item, lambda condition: write_xpath(condition, form), PLATFORM)
        survey.problems += skip.problems
    if item.type in _TYPES:
        kind = _TYPES[item.type]
    else:
        kind = f"select_{'one' if item.type == 'single' else 'multiple'} {survey.options_of(item)}"
    hint = Text({lang: help_of(form, item, lang, skip) for lang in survey.order.languages})
    cells |= {"hint": hint} if any(hint.root.values()) else {}
    cells |= {"required": "yes"} if must_answer(item) else {}
    cells |= {"relevant": skip.said} if skip.said else {}
    survey.add(kind, item.id, item.text, **cells, **_limits(form, item, survey.order.languages))


def _limits(form: Instrument, item: Item, languages: tuple[Language, ...]) -> dict[str, str | Text]:
    """Return what an answer must be, and how that is said."""
    absent = absent_of(form, item)
    if item.type == "multiple" and absent:
        alone = [f"(not(selected(., '{o.value}')) or count-selected(.) = 1)" for o in absent]
        return {"constraint": " and ".join(alone), "constraint_message": words("alone")}
    if item.type not in ("integer", "number") or item.range is None:
        return {}
    low, high = map(number, item.range)
    allowed = [f"(. >= {low} and . <= {high})", *(f". = {option.value}" for option in absent)]
    message = words("out_of_range", low=low, high=high)
    return {"constraint": " or ".join(allowed), "constraint_message": message}


def _add_grid(survey: Survey, block: Block) -> None:
    """Add neighbours with the same answers as a grid: a row of labels, then a row a question."""
    form, first = survey.order.form, block.items[0]
    skip = skip_of(first, lambda condition: write_xpath(condition, form), PLATFORM)
    survey.problems += skip.problems
    relevant = {"relevant": skip.said} if skip.said else {}
    survey.add("begin_group", f"{first.id}_grid", text_of(""), appearance="field-list", **relevant)
    survey.add(f"select_one {survey.options_of(first)}", f"{first.id}_note", text_of(""), appearance="label")
    for item in block.items:
        _add_question(survey, item, Skip(in_words=skip.in_words), appearance="list-nolabel")
    survey.add("end_group", f"{first.id}_grid")


def _add_partners(survey: Survey, page: Page, block: Block) -> None:
    """Add questions about partners as a repeat, which goes through the roster where it is known."""
    form, partners = survey.order.form, survey.order.partners
    skip = skip_of(block.items[0], lambda condition: write_xpath(condition, form), PLATFORM)
    survey.problems += skip.problems
    cells = {"relevant": skip.said} if skip.said else {}
    cells |= {"repeat_count": str(len(partners))} if partners else {}
    survey.add("begin_repeat", f"{page.id}_partners", words("partners"), **cells)
    survey.add("begin_group", f"{page.id}_partner", text_of(""), appearance="field-list")
    if partners:
        names = survey.list_of("partners", tuple((p.code, text_of(p.name or p.code)) for p in partners))
        codes = " ".join(partner.code for partner in partners)
        place = f"selected-at('{codes}', position(../..) - 1)"
        survey.add(f"select_one {names}", "partner", words("partner"), calculation=place, readonly="yes")
    else:
        survey.add("text", "partner", words("partner"), required="yes")
    for item in block.items:
        _add_question(survey, item, Skip(in_words=skip.in_words))
    survey.add("end_group", f"{page.id}_partner")
    survey.add("end_repeat", f"{page.id}_partners")
