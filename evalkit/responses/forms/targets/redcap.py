"""REDCap: a data dictionary a language, and the events of a longitudinal project, one a wave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalkit.instruments.instrument import Instrument, Item, Option
from evalkit.problems import Problem, note
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
    skip_of,
    words,
)
from evalkit.responses.forms.layout import Block, pages_of
from evalkit.responses.forms.skips.redcap import write_branching
from evalkit.responses.forms.skips.writing import number
from evalkit.responses.forms.text_tables import table_bytes, unformed
from evalkit.texts.text import Language

PLATFORM = "REDCap"
COLUMNS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?",
    "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
    "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation",
)  # fmt: skip
(
    FIELD,
    FORM_NAME,
    HEADER,
    TYPE,
    LABEL,
    CHOICES,
    NOTE,
    VALIDATION,
    LOWEST,
    HIGHEST,
    _,
    BRANCHING,
    REQUIRED,
) = COLUMNS[:13]
MATRIX, ANNOTATION = COLUMNS[15], COLUMNS[17]
_TYPES = {"single": "radio", "multiple": "checkbox", "text": "notes"}
_VALIDATION = {"integer": "integer", "number": "number", "date": "date_ymd"}
_LONGEST_EVENT = 18
Row = dict[str, str]


def _write(order: FormOrder) -> WrittenForm:
    name = order.form.id.replace("-", "_")
    skips = {
        item.id: skip_of(item, lambda condition: write_branching(condition, order.form), PLATFORM)
        for item in order.form.items
    }
    files = [
        FormFile(f"{order.name}.{lang}.csv", table_bytes(COLUMNS, _rows(order, name, skips, lang)))
        for lang in order.languages
    ]
    problems: list[Problem] = [problem for skip in skips.values() for problem in skip.problems]
    problems.append(note("forms.missing_data_codes", codes=_missing_codes(order)))
    if len(order.languages) > 1:
        problems.append(note("forms.one_language", platform=PLATFORM))
    return WrittenForm((*files, *_events(order, name)), tuple(problems))


def _missing_codes(order: FormOrder) -> str:
    said = order.languages[0]
    return " | ".join(f"{option.value}, {option.label.say(said)}" for option in order.form.absent_options)


def _events(order: FormOrder, name: str) -> Iterator[FormFile]:
    """Give the files that make a project longitudinal: events, which form in which, which one repeats."""
    unique = {wave.id: f"{wave.id[:_LONGEST_EVENT]}_arm_1" for wave in order.waves}
    events = [
        {"event_name": wave.id, "arm_num": "1", "unique_event_name": unique[wave.id]} for wave in order.waves
    ]
    forms = [name, *([f"{name}_partners"] if _repeats(order.form) else [])]
    pairs = [{"arm_num": "1", "unique_event_name": e, "form": f} for e in unique.values() for f in forms]
    yield FormFile(f"{order.form.id}-events.csv", table_bytes(tuple(events[0]), events))
    yield FormFile(f"{order.form.id}-event-forms.csv", table_bytes(tuple(pairs[0]), pairs))
    if _repeats(order.form):
        again = [
            {"event_name": e, "form_name": forms[1], "custom_form_label": "[partner]"}
            for e in unique.values()
        ]
        yield FormFile(f"{order.form.id}-repeating.csv", table_bytes(tuple(again[0]), again))


def _repeats(form: Instrument) -> bool:
    return any(item.repeat is not None for item in form.items)


def _rows(order: FormOrder, name: str, skips: dict[str, Skip], lang: Language) -> Iterator[Row]:
    yield {FIELD: "respondent", FORM_NAME: name, TYPE: "text", LABEL: words("respondent").say(lang)}
    sites = " | ".join(f"{site.id}, {words_of_choice(site.name.say(lang))}" for site in order.sites)
    need = "y" if order.site_needed else ""
    site = {FIELD: "site", FORM_NAME: name, TYPE: "dropdown", LABEL: words("site").say(lang)}
    yield site | {CHOICES: sites, REQUIRED: need}
    beside: list[Row] = []
    for page in pages_of(order.form):
        intro = page.intro.say(lang) if page.intro else ""
        header = {HEADER: words_of_field("\n".join(filter(None, [page.title.say(lang), intro])))}
        for block in page.blocks:
            rows = [_row(order, item, skips[item.id], lang) for item in block.items]
            if block.kind == "partners":
                beside += [row | {FORM_NAME: f"{name}_partners"} for row in rows]
                continue
            for row in rows:
                yield {FORM_NAME: name} | header | row | _matrix(block)
                header = {}
    if beside:
        # A form of its own, for that is what can repeat.
        yield _partner(order, f"{name}_partners", lang)
        yield from beside


def _matrix(block: Block) -> Row:
    return {MATRIX: f"{block.items[0].id}_grid"} if block.kind == "grid" else {}


def _partner(order: FormOrder, name: str, lang: Language) -> Row:
    choices = " | ".join(f"{p.code}, {words_of_choice(p.name or p.code)}" for p in order.partners)
    kind = {TYPE: "dropdown", CHOICES: choices} if choices else {TYPE: "text"}
    return {FIELD: "partner", FORM_NAME: name, LABEL: words("partner").say(lang), REQUIRED: "y"} | kind


def _row(order: FormOrder, item: Item, skip: Skip, lang: Language) -> Row:
    form = order.form
    options = " | ".join(f"{o.value}, {words_of_choice(o.label.say(lang))}" for o in offered(form, item))
    row = {FIELD: item.id, TYPE: _TYPES.get(item.type, "text"), LABEL: words_of_field(item.text.say(lang))}
    row |= {NOTE: words_of_field(help_of(form, item, lang, skip)), BRANCHING: skip.said}
    row |= {CHOICES: options if item.options else "", VALIDATION: _VALIDATION.get(item.type, "")}
    row |= {REQUIRED: "y" if must_answer(item) else ""}
    if item.range is not None:
        row |= dict(zip((LOWEST, HIGHEST), map(number, item.range), strict=True))
    if item.type == "multiple" and item.absent:
        alone = ",".join(str(option.value) for option in absent_of(form, item))
        row |= {ANNOTATION: unformed(f"@NONEOFTHEABOVE='{alone}'")}
    return row


def words_of_field(text: str) -> str:
    """Return a text of a field: square brackets would fetch an answer into it.

    Examples
    --------
    >>> words_of_field("=[age]")
    ' =&#91;age]'
    """
    return unformed(text.replace("[", "&#91;"))


def words_of_choice(text: str) -> str:
    """Return a label of a choice: bars part choices, and a choice is one line.

    Examples
    --------
    >>> words_of_choice("a | b")
    'a &#124; b'
    """
    return re.sub(r"\s*[\r\n]+\s*", " ", text.replace("[", "&#91;").replace("|", "&#124;"))


def _code(option: Option) -> str:
    return str(option.value)


FORM = FormTarget(PLATFORM, _write, _code)
