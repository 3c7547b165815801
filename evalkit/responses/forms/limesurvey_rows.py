"""The rows of LimeSurvey's tab-separated structure: groups, questions, subquestions and answers."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field

from evalkit.instruments.instrument import Item, Option
from evalkit.problems import Place, Problem, warning
from evalkit.responses.forms.coding import (
    LONGEST_ANSWER_CODE,
    limesurvey_array,
    limesurvey_codes,
    limesurvey_partner,
)
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
from evalkit.responses.forms.skips.limesurvey import write_expression
from evalkit.responses.forms.skips.writing import number
from evalkit.responses.forms.text_tables import unformed
from evalkit.texts.text import Language

PLATFORM = "LimeSurvey"
_TYPES = {"single": "L", "multiple": "M", "integer": "N", "number": "N", "text": "T", "date": "D"}
_OF_PARTNERS = {"single": "F", "integer": "K", "number": "K", "text": "Q", "date": "Q"}
_CHOSEN_SITE = "siteChosen"


@dataclass
class Structure:
    """Gather the rows of one language; ids count through, so that every language has the same."""

    order: FormOrder
    lang: Language
    rows: list[dict[str, str]] = field(default_factory=list)
    arrays: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    groups: int = 0
    questions: int = 0
    last: str = ""

    def group(self, title: str, intro: str = "") -> None:
        """Add a group of questions."""
        self.groups += 1
        cells = {"id": str(self.groups), "class": "G", "type/scale": str(self.groups), "name": markup(title)}
        self._add(cells, relevance="1", text=markup(intro))

    def question(self, kind: str, code: str, text: str, relevance: str = "", **cells: str) -> None:
        """Add a question; its subquestions and answers follow."""
        self.questions += 1
        self.last = str(self.questions)
        row = {"id": self.last, "class": "Q", "type/scale": kind, "name": code}
        self._add(row, relevance=relevance or "1", text=text, **cells)

    def parts(self, parts: Iterable[tuple[str, str]]) -> None:
        """Add the subquestions of the last question: codes and texts."""
        whole = self.last
        for code, text in parts:
            self.questions += 1
            row = {
                "id": str(self.questions),
                "related_id": whole,
                "class": "SQ",
                "type/scale": "0",
                "name": code,
            }
            self._add(row, relevance="1", text=markup(text))

    def answers(self, item: Item, options: Iterable[Option]) -> None:
        """Add the answers to the last question."""
        for option in options:
            code = limesurvey_codes(self.order.form, item, option.value)[0]
            row = {"id": self.last, "class": "A", "type/scale": "0", "name": code}
            self._add(row, text=markup(option.label.say(self.lang)))

    def _add(self, row: dict[str, str], **cells: str) -> None:
        self.rows.append({**row, **cells, "language": self.lang})

    def skip(self, item: Item) -> Skip:
        """Return when a question is asked; what cannot be said is kept."""
        form = self.order.form
        found = skip_of(item, lambda condition: write_expression(condition, form, self.arrays), PLATFORM)
        self.problems += found.problems
        return found


def markup(text: str) -> str:
    """Return a text as markup, in which nothing is an expression: those stand in braces.

    Examples
    --------
    >>> markup("a < b {x}")
    'a &lt; b &#123;x}'
    """
    lines = html.escape(text, quote=False).replace("{", "&#123;").splitlines()
    return unformed("<br />".join(lines))


def structure_of(order: FormOrder, lang: Language) -> Structure:
    """Return the rows of a form in a language: who answers and where, then the pages."""
    structure = Structure(order, lang)
    _add_start(structure)
    for page in pages_of(order.form):
        structure.group(page.title.say(lang), page.intro.say(lang) if page.intro else "")
        for block in page.blocks:
            if block.kind == "grid":
                _add_array(structure, page, block)
            elif block.kind == "partners":
                _add_partners(structure, block)
            else:
                _add_question(structure, block.items[0])
    return structure


def _add_start(structure: Structure) -> None:
    order, lang = structure.order, structure.lang
    structure.group(order.form.title.say(lang))
    structure.question("*", "wave", order.wave.id, hidden="1")
    if order.is_log:
        structure.question("*", "respondent", f"{order.wave.id}-{{SAVEDID}}", hidden="1")
    elif not order.people:
        structure.question("S", "respondent", words("respondent").say(lang), mandatory="Y",
                           help=words("respondent_note").say(lang))  # fmt: skip
    if order.sites_known and not order.is_log:
        return
    codes = {site.id: site.id for site in order.sites}
    if any(len(code) > LONGEST_ANSWER_CODE or not code.isalnum() for code in codes):
        codes = {site.id: f"A{n}" for n, site in enumerate(order.sites, start=1)}
    short = all(code == site for site, code in codes.items())
    name = "site" if short else _CHOSEN_SITE
    structure.question("L", name, words("site").say(lang), mandatory="Y" if order.site_needed else "")
    for site in order.sites:
        row = {"id": structure.last, "class": "A", "type/scale": "0", "name": codes[site.id]}
        structure.rows.append({**row, "text": markup(site.name.say(lang)), "language": lang})
    if not short:
        found = '""'
        for known, code in reversed(codes.items()):
            found = f'if({_CHOSEN_SITE}.NAOK == "{code}", "{known}", {found})'
        structure.question("*", "site", f"{{{found}}}", hidden="1")


def _add_question(structure: Structure, item: Item) -> None:
    form, lang, skip = structure.order.form, structure.lang, structure.skip(item)
    cells = {"help": markup(help_of(form, item, lang, skip)), "mandatory": "Y" if must_answer(item) else ""}
    absent = absent_of(form, item)
    if item.type == "multiple":
        alone = ";".join(limesurvey_codes(form, item, option.value)[0] for option in absent)
        cells |= {"exclude_all_others": alone}
    elif item.type == "date":
        cells |= {"date_format": "yyyy-mm-dd"}
    elif item.type in ("integer", "number"):
        cells |= {"num_value_int_only": "1" if item.type == "integer" else ""} | _limits(item, absent, lang)
    structure.question(_TYPES[item.type], item.id, markup(item.text.say(lang)), skip.said, **cells)
    if item.type == "multiple":
        structure.parts(
            (limesurvey_codes(form, item, option.value)[0], option.label.say(lang))
            for option in offered(form, item)
        )
    elif item.type == "single":
        structure.answers(item, offered(form, item))


def _limits(item: Item, absent: tuple[Option, ...], lang: Language) -> dict[str, str]:
    if item.range is None:
        return {}
    low, high = map(number, item.range)
    allowed = [f"(this.NAOK >= {low} and this.NAOK <= {high})"]
    allowed += [f"this.NAOK == {option.value}" for option in absent]
    tip = words("out_of_range", low=low, high=high).say(lang)
    return {"em_validation_q": " or ".join(["is_empty(this.NAOK)", *allowed]), "em_validation_q_tip": tip}


def _add_array(structure: Structure, page: Page, block: Block) -> None:
    form, lang, first = structure.order.form, structure.lang, block.items[0]
    skip = structure.skip(first)
    code = limesurvey_array(first.id, {*form.items_by_id, *structure.arrays.values()})
    need = "Y" if all(map(must_answer, block.items)) else ""
    helps = [help_of(form, item, lang) for item in block.items]
    said = help_of(form, first, lang, skip) if skip.in_words else "\n".join(filter(None, helps))
    structure.question("F", code, markup(page.title.say(lang)), skip.said, mandatory=need, help=markup(said))
    structure.parts((item.id, item.text.say(lang)) for item in block.items)
    structure.answers(first, offered(form, first))
    structure.arrays |= {item.id: f"{code}_{item.id}" for item in block.items}


def _add_partners(structure: Structure, block: Block) -> None:
    order, lang = structure.order, structure.lang
    for item in block.items:
        place = Place(item=item.id)
        if not order.partners:
            structure.problems.append(warning("forms.no_partners", place, platform=PLATFORM))
        elif item.type not in _OF_PARTNERS:
            structure.problems.append(
                warning("forms.item_left_out", place, platform=PLATFORM, type=item.type)
            )
        else:
            skip = structure.skip(item)
            said = markup(help_of(order.form, item, lang, skip))
            text = markup(item.text.say(lang))
            structure.question(_OF_PARTNERS[item.type], item.id, text, skip.said, help=said)
            structure.parts((limesurvey_partner(p.code), p.name or p.code) for p in order.partners)
            if item.type == "single":
                structure.answers(item, offered(order.form, item))
