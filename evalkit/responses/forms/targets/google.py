"""Google Forms: an Apps Script a language that builds the form, with grids for scales and for partners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evalkit.instruments.conditions import parse_condition
from evalkit.instruments.instrument import Item, Option
from evalkit.problems import Place, Problem, error, warning
from evalkit.responses.forms.absent_dates import absent_dates
from evalkit.responses.forms.form import (
    FormFile,
    FormOrder,
    FormTarget,
    Skip,
    WrittenForm,
    absent_of,
    help_of,
    must_answer,
    offered,
    words,
)
from evalkit.responses.forms.layout import Block, Page, pages_of
from evalkit.texts.text import Language

PLATFORM = "Google Forms"
_KINDS = {
    "single": "choice",
    "multiple": "checkbox",
    "integer": "number",
    "number": "number",
    "text": "paragraph",
}
_SCRIPT = """// Builds the form {name}. Paste into a new project of script.google.com and run buildForm.
const FORM = {form};

function buildForm() {{
  const form = FormApp.create(FORM.title);
  form.setProgressBar(true);
  FORM.items.forEach(function (item) {{ addItem(form, item); }});
  Logger.log(form.getEditUrl());
}}

function addItem(form, item) {{
  const add = {{
    page: function () {{ return form.addPageBreakItem(); }},
    text: function () {{ return form.addTextItem(); }},
    paragraph: function () {{ return form.addParagraphTextItem(); }},
    date: function () {{ return form.addDateItem(); }},
    number: function () {{ return form.addTextItem().setValidation(numbers(item)); }},
    choice: function () {{ return form.addMultipleChoiceItem().setChoiceValues(item.choices); }},
    checkbox: function () {{ return form.addCheckboxItem().setChoiceValues(item.choices); }},
    grid: function () {{ return form.addGridItem().setRows(item.rows).setColumns(item.choices); }},
  }};
  const made = add[item.kind]();
  made.setTitle(item.title);
  if (item.help) made.setHelpText(item.help);
  if (item.required) made.setRequired(true);
}}

function numbers(item) {{
  const rule = FormApp.createTextValidation();
  const [low, high] = item.range || [];
  return (item.range ? rule.requireNumberBetween(low, high) : rule.requireNumber()).build();
}}
"""


def _write(order: FormOrder) -> WrittenForm:
    files = []
    for lang in order.languages:
        content = {
            "title": f"{order.form.title.say(lang)} ({order.wave.id})",
            "items": [*_items(order, lang)],
        }
        # ASCII alone: no character of a label can end the literal, or turn the direction of the script.
        text = _SCRIPT.format(name=order.name, form=json.dumps(content, ensure_ascii=True, indent=1))
        files.append(FormFile(f"{order.name}.{lang}.gs", text.encode("ascii")))
    return WrittenForm(tuple(files), (*_problems(order), *absent_dates(order.form, PLATFORM)))


def _problems(order: FormOrder) -> Iterator[Problem]:
    """Give what the platform cannot do: skips, ranges beside codes, two answers with the same words."""
    form = order.form
    for item in form.items:
        place = Place(item=item.id)
        if item.ask_if is not None:
            yield warning("forms.condition_in_words", place, platform=PLATFORM)
        if item.range is not None and item.absent:
            yield warning("forms.range_not_held", place, platform=PLATFORM)
        if item.repeat is not None and not order.partners:
            yield warning("forms.no_partners", place, platform=PLATFORM)
        elif item.repeat is not None and item.type != "single":
            yield warning("forms.item_left_out", place, platform=PLATFORM, type=item.type)
        for lang in order.languages:
            labels = [" ".join(option.label.say(lang).split()) for option in offered(form, item)]
            for label in dict.fromkeys(label for label in labels if labels.count(label) > 1):
                yield error("forms.same_labels", place, label=label, platform=PLATFORM)
    yield from _same_texts(order)


def _same_texts(order: FormOrder) -> Iterator[Problem]:
    for lang in order.languages:
        first: dict[str, str] = {}
        for item in order.form.items:
            text = item.text.say(lang)
            if text in first:
                yield error("forms.same_texts", Place(item=item.id), other=first[text], platform=PLATFORM)
            first.setdefault(text, item.id)


def _items(order: FormOrder, lang: Language) -> Iterator[dict[str, Any]]:
    whose = words("event_note" if order.is_log else "respondent_note").say(lang)
    yield {"kind": "text", "title": words("respondent").say(lang), "help": whose, "required": True}
    if order.is_log or not order.sites_known:
        sites = [site.name.say(lang) for site in order.sites]
        yield {"kind": "choice", "title": "Site", "choices": sites, "required": order.site_needed}
    for page in pages_of(order.form):
        yield {
            "kind": "page",
            "title": page.title.say(lang),
            "help": page.intro.say(lang) if page.intro else "",
        }
        for block in page.blocks:
            yield from _block(order, page, block, lang)


def _block(order: FormOrder, page: Page, block: Block, lang: Language) -> Iterator[dict[str, Any]]:
    form = order.form
    if block.kind == "question":
        yield _question(order, block.items[0], lang)
    elif block.kind == "grid":
        first = block.items[0]
        need = all(map(must_answer, block.items)) and first.ask_if is None
        yield {
            "kind": "grid",
            "title": page.title.say(lang),
            "help": help_of(form, first, lang, _skip(first)),
            "rows": [item.text.say(lang) for item in block.items],
            "choices": [option.label.say(lang) for option in offered(form, first)],
            "required": need,
        }
    else:
        for item in block.items:
            if item.type == "single" and order.partners:
                yield {
                    "kind": "grid",
                    "title": item.text.say(lang),
                    "help": help_of(form, item, lang, _skip(item)),
                    "rows": [partner.name or partner.code for partner in order.partners],
                    "choices": [option.label.say(lang) for option in offered(form, item)],
                    "required": False,
                }


def _question(order: FormOrder, item: Item, lang: Language) -> dict[str, Any]:
    form = order.form
    kind = _KINDS.get(item.type, "date")
    asked: dict[str, Any] = {"kind": kind, "title": item.text.say(lang)}
    asked |= {"help": help_of(form, item, lang, _skip(item))}
    # Who skips a question by its words must be able to leave it.
    asked |= {"required": must_answer(item) and item.ask_if is None}
    if item.options:
        asked |= {"choices": [option.label.say(lang) for option in offered(form, item)]}
    if item.range is not None and not absent_of(form, item):
        asked |= {"range": list(item.range)}
    return asked


def _skip(item: Item) -> Skip:
    return Skip(in_words=parse_condition(item.ask_if)) if item.ask_if else Skip()


def _code(option: Option) -> str:
    return option.label.say("fr") + " / " + option.label.say("en")


FORM = FormTarget(PLATFORM, _write, _code)
