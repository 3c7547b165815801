"""Forms filled in as somebody would: the file of a form is read back, its answers found by their labels."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl

from evalkit.instruments.instrument import Item
from evalkit.responses.forms.form import FormOrder, WrittenForm
from evalkit.texts.text import Language
from tests.responses.platforms.simulated import Said, coded
from tests.responses.platforms.writers import Table, label, write_csv, write_xlsx

NAMES = {"fr": "Français (fr)", "en": "English (en)"}


def sheets_of(content: bytes) -> dict[str, Table]:
    """Return the sheets of a workbook as rows by column."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book:
        names, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        found[sheet.title] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def rows_of_text(content: bytes, delimiter: str = ",", encoding: str = "utf-8") -> Table:
    """Return the rows of a delimited file by column."""
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def script_of(content: bytes) -> dict[str, Any]:
    """Return what a script of Google Forms builds."""
    text = content.decode("ascii")
    start = text.index("const FORM = ") + len("const FORM = ")
    return dict(json.JSONDecoder().raw_decode(text[start:])[0])


def chosen(said: Said, item: Item, answer: Any, lang: Language) -> list[str]:
    """Return an answer as the labels that are ticked, or as the one thing that is written."""
    value = coded(said.form, answer)
    if value is None:
        return []
    if item.options is None:
        return [f"{value:g}" if isinstance(value, float) else str(value)]
    return [label(said.form, item, each, lang) for each in (value if isinstance(value, tuple) else (value,))]


def fill_xlsform(said: Said, order: FormOrder, written: WrittenForm, folder: Path) -> Path:
    """Fill the form in and export it as KoboToolbox does: a sheet of submissions, one of repeats."""
    lang = order.languages[0]
    sheets = sheets_of(written.files[0].content)
    names = {(r["list_name"], r[f"label::{NAMES[lang]}"]): r["name"] for r in sheets["choices"]}
    main: Table = []
    beside: Table = []
    for n in range(len(said)):
        groups: list[str] = []
        inside = False
        row: dict[str, Any] = {}
        parts: dict[str, dict[str, Any]] = {}
        for asked in sheets["survey"]:
            kind, _, of = asked["type"].partition(" ")
            path = "/".join([*groups, asked["name"]])
            if kind.startswith("begin"):
                groups.append(asked["name"])
                inside |= kind == "begin_repeat"
            elif kind.startswith("end_"):
                groups.pop()
                inside &= kind != "end_repeat"
            elif asked["name"] in said.form.items_by_id:
                item = said.form.item(asked["name"])
                answer = said.answers[item.id][n]
                each = answer if isinstance(answer, dict) else {} if inside else {None: answer}
                for partner, one in each.items():
                    texts = chosen(said, item, one, lang)
                    cell = " ".join(names[of, text] for text in texts) if of else "".join(texts)
                    (parts.setdefault(partner, {}) if inside else row)[path] = cell
            elif asked["name"] == "respondent":
                row[path] = said.people[n]
            elif asked["name"] == "site":
                row[path] = said.sites[n]
            elif asked["name"] == "wave":
                row[path] = asked["calculation"].strip("'")
            elif asked["name"] == "partner":
                codes = {p.name: p.code for p in order.partners}
                offered = {name for (list_, _), name in names.items() if list_ == of}
                for partner in said_partners(said, n):
                    assert codes[partner] in offered
                    parts.setdefault(partner, {})[path] = codes[partner]
            else:
                row[path] = ""
        row |= {"_id": n, "_uuid": f"u{n}", "_submission_time": "2024-10-01T14:00:00", "_index": n + 1}
        main.append(row)
        beside += [{"_parent_index": n + 1, "_submission__uuid": f"u{n}", **part} for part in parts.values()]
    sheets_out = {"form": main, **({"partners": beside} if beside else {})}
    return write_xlsx(folder / "kobo.xlsx", sheets_out)


def said_partners(said: Said, row: int) -> list[str]:
    """Return the partners about whom something was said."""
    answers = (said.answers[item.id][row] for item in said.form.items if item.repeat)
    return sorted({partner for answer in answers if isinstance(answer, dict) for partner in answer})


def fill_limesurvey(said: Said, order: FormOrder, written: WrittenForm, folder: Path) -> Path:
    """Fill the survey in and export it with codes."""
    lang = order.languages[0]
    questions = _questions(written.files[0].content, lang)
    rows: Table = []
    for n in range(len(said)):
        row: dict[str, Any] = {"id": n + 1, "submitdate": "2024-10-01 10:00:00", "lastpage": 5}
        row |= {"startlanguage": lang, "seed": 17, "token": said.people[n]}
        keys = {"respondent": said.people[n], "site": said.sites[n], "wave": "w1"}
        for line, parts, answers in questions:
            name = line["name"]
            item = said.form.items_by_id.get(name)
            if name in keys:
                row[name] = keys[name]
            elif not parts:
                row[name] = _lime(said, said.form.item(name), said.answers[name][n], answers, lang)
            elif item is None:
                for each in (said.form.item(part["name"]) for part in parts):
                    row[f"{name}[{each.id}]"] = _lime(said, each, said.answers[each.id][n], answers, lang)
            elif item.type == "multiple":
                row |= _lime_boxes(said, item, n, parts, lang)
            else:
                row |= _lime_partners(said, item, n, parts, answers, order)
        rows.append(row)
    return write_csv(folder / "lime.csv", rows)


def _questions(content: bytes, lang: str) -> list[tuple[dict[str, str], Table, dict[str, str]]]:
    """Return the questions in a language, each with its subquestions and its answers' codes by label."""
    found: list[tuple[dict[str, str], Table, dict[str, str]]] = []
    for line in rows_of_text(content, "\t", "utf-8-sig"):
        if line["language"] == lang and line["class"] == "Q":
            found.append((line, [], {}))
        elif line["language"] == lang and line["class"] == "SQ":
            found[-1][1].append(line)
        elif line["language"] == lang and line["class"] == "A":
            found[-1][2][line["text"].strip()] = line["name"]
    return found


def _lime_boxes(said: Said, item: Item, row: int, parts: Table, lang: Language) -> dict[str, str]:
    answer = said.answers[item.id][row]
    if answer == "not_asked":
        return {f"{item.id}[{part['name']}]": "{question_not_shown}" for part in parts}
    ticked = [markup_words(text) for text in chosen(said, item, answer, lang)]
    return {f"{item.id}[{p['name']}]": "Y" if p["text"].strip() in ticked else "" for p in parts}


def _lime_partners(
    said: Said, item: Item, row: int, parts: Table, answers: dict[str, str], order: FormOrder
) -> dict[str, str]:
    names = {"".join(filter(str.isalnum, p.code)): p.name for p in order.partners}
    answer = said.answers[item.id][row]
    each = answer if isinstance(answer, dict) else {}
    found = {part["name"]: each.get(names[part["name"]], "blank") for part in parts}
    lang = order.languages[0]
    return {f"{item.id}[{p}]": _lime(said, item, one, answers, lang) for p, one in found.items()}


def markup_words(text: str) -> str:
    """Return a label as the platform keeps it: as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _lime(said: Said, item: Item, answer: Any, answers: dict[str, str], lang: Language) -> str:
    if answer == "not_asked":
        return "{question_not_shown}"
    texts = chosen(said, item, answer, lang)
    return "".join(answers[markup_words(t)] if item.options else t for t in texts)


def fill_redcap(said: Said, order: FormOrder, written: WrittenForm, folder: Path) -> Path:
    """Fill the project in and export it raw: a row a record and event, then its instances of partners."""
    lang = order.languages[0]
    fields = rows_of_text(written.files[0].content)
    events = next(f for f in written.files if f.name.endswith("-events.csv"))
    event = next(r["unique_event_name"] for r in rows_of_text(events.content) if r["event_name"] == "w1")
    names = [_columns(field) for field in fields]
    rows: Table = []
    for n in range(len(said)):
        base = {"respondent": said.people[n], "redcap_event_name": event}
        keys = {"redcap_repeat_instrument": "", "redcap_repeat_instance": ""}
        empty = {column: "" for columns in names for column in columns}
        main = empty | base | keys | {"site": said.sites[n]}
        again = {p: base | {"partner": _code_of(p, fields)} for p in said_partners(said, n)}
        for field in fields:
            item = said.form.items_by_id.get(field["Variable / Field Name"])
            answer = said.answers[item.id][n] if item else None
            if item is None:
                continue
            if item.repeat is None:
                main |= _redcap_cells(said, item, answer, field, lang)
            for partner, one in answer.items() if isinstance(answer, dict) else ():
                again[partner] |= _redcap_cells(said, item, one, field, lang)
        rows.append(main | {"form_complete": "2"})
        for k, more in enumerate(again.values(), start=1):
            form = next(f["Form Name"] for f in fields if f["Variable / Field Name"] == "partner")
            rows.append(more | {"redcap_repeat_instrument": form, "redcap_repeat_instance": k})
    return write_csv(folder / "redcap.csv", rows)


def _choices(field: dict[str, str]) -> dict[str, str]:
    pairs = [
        part.split(", ", 1) for part in field["Choices, Calculations, OR Slider Labels"].split(" | ") if part
    ]
    return {words: code for code, words in pairs}


def _columns(field: dict[str, str]) -> list[str]:
    name = field["Variable / Field Name"]
    if field["Field Type"] != "checkbox":
        return [name]
    return [f"{name}___{code.replace('-', '_')}" for code in _choices(field).values()]


def _code_of(partner: str, fields: Table) -> str:
    field = next(field for field in fields if field["Variable / Field Name"] == "partner")
    return _choices(field)[partner]


def _redcap_cells(
    said: Said, item: Item, answer: Any, field: dict[str, str], lang: Language
) -> dict[str, str]:
    codes, texts = _choices(field), chosen(said, item, answer, lang)
    if item.type != "multiple":
        return {item.id: "".join(codes[t] if item.options else t for t in texts)}
    ticked = [codes[text] for text in texts]
    return {f"{item.id}___{c.replace('-', '_')}": str(int(c in ticked)) for c in codes.values()}


def fill_google(said: Said, order: FormOrder, written: WrittenForm, folder: Path) -> Path:
    """Fill the form in; its sheet has texts as header and labels in the cells."""
    lang = order.languages[0]
    texts = {item.text.say(lang): item for item in said.form.items}
    sites = {site.id: site.name.say(lang) for site in order.sites}
    rows: Table = []
    for n in range(len(said)):
        moment = {"fr": "30/10/2024 14:05:00", "en": "10/30/2024 14:05:00"}[lang]
        row: dict[str, Any] = {{"fr": "Horodateur", "en": "Timestamp"}[lang]: moment}
        for asked in script_of(written.files[0].content)["items"]:
            title = asked["title"]
            if asked["kind"] == "page":
                continue
            if asked["kind"] == "grid":
                for line in asked["rows"]:
                    item = texts.get(line) or texts[title]
                    answer = said.answers[item.id][n]
                    answer = answer.get(line, "blank") if isinstance(answer, dict) else answer
                    answer = (
                        "blank" if item.repeat and not isinstance(said.answers[item.id][n], dict) else answer
                    )
                    row[f"{title} [{line}]"] = "".join(_offered(said, item, answer, asked, lang))
            elif title in texts:
                row[title] = ", ".join(
                    _offered(said, texts[title], said.answers[texts[title].id][n], asked, lang)
                )
            else:
                row[title] = sites[said.sites[n]] if title == "Site" else said.people[n]
        rows.append(row)
    return write_csv(folder / "google.csv", rows)


def _offered(said: Said, item: Item, answer: Any, asked: dict[str, Any], lang: Language) -> list[str]:
    texts = chosen(said, item, answer, lang)
    assert item.options is None or set(texts) <= set(asked["choices"])
    return texts


FILL = {"xlsform": fill_xlsform, "limesurvey": fill_limesurvey, "redcap": fill_redcap, "google": fill_google}
