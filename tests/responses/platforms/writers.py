"""Answers written as each platform writes them: headers, codes and empty cells of its documented layout."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evalkit.instruments.instrument import Instrument, Item
from tests.responses.platforms.simulated import Said, coded

Table = list[dict[str, Any]]


def write_csv(file: Path, rows: Table, **how: Any) -> Path:
    """Write rows as CSV with all their columns, in the order in which they come."""
    file.write_text(csv_text(rows, **how), encoding="utf-8-sig", newline="")
    return file


def csv_text(rows: Table, **how: Any) -> str:
    """Return rows as the text of a CSV file."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, **how)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return out.getvalue()


def write_xlsx(file: Path, sheets: dict[str, Table]) -> Path:
    """Write tables as the sheets of a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        names = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(names)
        for number, row in enumerate(rows, start=2):
            for place, column in enumerate(names, start=1):
                cell = sheet.cell(number, place, row.get(column) if row.get(column) != "" else None)
                if cell.data_type == "f":
                    cell.data_type = "s"
    book.save(file)
    return file


def label(form: Instrument, item: Item, value: Any, lang: str) -> str:
    """Return the label of a code in a language."""
    options = (*form.options_of(item), *form.absent_options)
    return next(option.label.say(lang) for option in options if option.value == value)  # type: ignore[arg-type]


def shown(form: Instrument, item: Item, answer: Any, lang: str | None, joint: str = " ") -> str:
    """Return one answer as text: in codes, or with a language in labels; several answers joined."""
    value = coded(form, answer)
    if value is None:
        return ""
    values = value if isinstance(value, tuple) else (value,)
    if lang is None or not (item.options or value in form.absent_codes.values()):
        return joint.join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)
    return joint.join(label(form, item, v, lang) for v in values)


def _section(form: Instrument, item: str, joint: str) -> str:
    return next((s.id + joint for s in form.sections if item in s.items), "")


def _split_codes(form: Instrument, item: Item) -> list[int]:
    absent = [form.absent_codes[kind] for kind in item.absent]
    return [*(option.value for option in form.options_of(item)), *absent]


def _chosen(form: Instrument, answer: Any) -> tuple[int, ...]:
    value = coded(form, answer)
    return () if value is None else value if isinstance(value, tuple) else (value,)


def kobo(
    said: Said, *, lang: str | None = None, select: str = "single", groups: bool = True
) -> tuple[Table, Table]:
    """Return submissions and partner rows as KoboToolbox exports them.

    Parameters
    ----------
    lang : labels of a language, or codes.
    select : `single`, `separate` or `both`: how choices of several are written.
    """
    form, rows, beside = said.form, [], []
    for n in range(len(said)):
        row: dict[str, Any] = {
            "start": f"2024-10-01T09:{n:02d}:00.000-04:00",
            "end": "2024-10-01T10:00:00.000-04:00",
        }
        row |= {"respondent": said.people[n], "site": said.sites[n], "wave": "w1"}
        for item in form.items:
            name = (_section(form, item.id, "/") if groups else "") + item.id
            answer = said.answers[item.id][n]
            if item.repeat is not None:
                continue
            if item.type != "multiple" or select != "separate":
                row[name] = shown(form, item, answer, lang)
            if item.type == "multiple" and select != "single":
                chosen = _chosen(form, answer)
                for code in _split_codes(form, item):
                    part = str(code) if lang is None else label(form, item, code, lang)
                    row[f"{name}/{part}"] = "" if not chosen else int(code in chosen)
        row |= {
            "__version__": "v1",
            "_id": 1000 + n,
            "_uuid": f"u{n}",
            "_submission_time": "2024-10-01T14:00:00",
        }
        row |= {"_validation_status": "", "_notes": "", "_status": "submitted_via_web", "_submitted_by": ""}
        row |= {"_tags": "", "_index": n + 1}
        rows.append(row)
        beside += _partner_rows(said, n, lang, {"_parent_index": n + 1, "_submission__uuid": f"u{n}"})
    return rows, beside


def _partner_rows(said: Said, n: int, lang: str | None, tie: dict[str, Any]) -> Table:
    items = [item for item in said.form.items if item.repeat is not None]
    answers = {item.id: said.answers[item.id][n] for item in items}
    partners = {p for each in answers.values() if isinstance(each, dict) for p in each}
    rows = []
    for partner in sorted(partners):
        row: dict[str, Any] = {"partner": partner}
        for item in items:
            each = answers[item.id]
            answer = each.get(partner, "blank") if isinstance(each, dict) else "blank"
            row[item.id] = shown(said.form, item, answer, lang)
        rows.append(row | tie)
    return rows


def central(said: Said, file: Path, *, split: bool = True) -> Path:
    """Write the zipped export of ODK Central; split choices are 0 even where nothing was asked."""
    form, rows, beside = said.form, [], []
    for n in range(len(said)):
        row: dict[str, Any] = {"SubmissionDate": "2024-10-01T14:00:00.000Z"}
        row |= {"respondent": said.people[n], "site": said.sites[n], "wave": "w1"}
        for item in form.items:
            name = _section(form, item.id, "-") + item.id
            if item.repeat is None:
                answer = said.answers[item.id][n]
                row[name] = shown(form, item, answer, None)
                if item.type == "multiple" and split:
                    row |= {f"{name}/{c}": int(c in _chosen(form, answer)) for c in _split_codes(form, item)}
        row |= {"meta-instanceID": f"uuid:{n}", "KEY": f"uuid:{n}", "SubmitterID": "7", "SubmitterName": "t1"}
        row |= {"AttachmentsPresent": "0", "AttachmentsExpected": "0", "Status": "", "ReviewState": ""}
        row |= {"DeviceID": "collect:abc", "Edits": "0", "FormVersion": "1.0"}
        rows.append(row)
        more = _partner_rows(said, n, None, {"PARENT_KEY": f"uuid:{n}"})
        beside += [each | {"KEY": f"uuid:{n}/partners[{k}]"} for k, each in enumerate(more, start=1)]
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("form.csv", csv_text(rows))
        if beside:
            archive.writestr("form-partners.csv", csv_text(beside))
    return file


def limesurvey(said: Said, *, lang: str | None = None, matrix: dict[str, str] | None = None) -> Table:
    """Return LimeSurvey's answers: codes or full answers, Y or empty for choices, NULL for not asked.

    Parameters
    ----------
    matrix : by item, the first item of its array.
    """
    form, rows = said.form, []
    for n in range(len(said)):
        row: dict[str, Any] = {"id": n + 1, "submitdate": "2024-10-01 10:00:00", "lastpage": 5}
        row |= {"startlanguage": lang or "fr", "seed": 17, "token": said.people[n]}
        row |= {"startdate": "2024-10-01 09:30:00", "datestamp": "2024-10-01 10:00:00", "site": said.sites[n]}
        for item in form.items:
            answer = said.answers[item.id][n]
            hidden = answer == "not_asked"
            if item.repeat is not None:
                each = answer if isinstance(answer, dict) else {}
                row |= {f"{item.id}[{p}]": _lime(form, item, a, lang) for p, a in each.items()}
            elif item.type == "multiple":
                chosen = _chosen(form, answer)
                for code in _split_codes(form, item):
                    yes = "Y" if lang is None else {"fr": "Oui", "en": "Yes"}[lang]
                    value = "{question_not_shown}" if hidden else yes if code in chosen else ""
                    row[f"{item.id}[{_lime_code(code)}]"] = value
            else:
                name = f"m{(matrix or {})[item.id]}[{item.id}]" if item.id in (matrix or {}) else item.id
                row[name] = "{question_not_shown}" if hidden else _lime(form, item, answer, lang)
        rows.append(row)
    return rows


def limesurvey_spss(said: Said, folder: Path) -> Path:
    """Write LimeSurvey's SPSS pair: numbered variables that the syntax renames, choices as 1 and 0."""
    rows = limesurvey(said)
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = []
    for row in rows:
        cells = []
        for name in names:
            cell = str(row.get(name, ""))
            cell = "" if cell == "{question_not_shown}" else cell
            if "[" in name:
                cell = {"Y": "1", "": "0"}.get(cell, cell) if "multiple" in _kinds(said, name) else cell
            if name in ("submitdate", "startdate", "datestamp"):
                cell = f"{cell[8:10]}-{cell[5:7]}-{cell[:4]}{cell[10:]}"
            cells.append("'" + cell.replace("'", "''") + "'" if cell else "")
        lines.append(",".join(cells))
    (folder / "survey_1_SPSS_data_file.dat").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    variables = [
        f" V{n} {'DATETIME23.2' if 'date' in name and '[' not in name and name != 'update' else 'A40'}"
        for n, name in enumerate(names, start=1)
    ]
    head = "SET UNICODE=ON.\nGET DATA\n /TYPE=TXT\n /FILE='survey_1_SPSS_data_file.dat'\n /DELIMITERS=\",\"\n"
    syntax = head + ' /QUALIFIER="\'"\n /VARIABLES=\n' + "\n".join(variables) + ".\nCACHE.\nEXECUTE.\n"
    syntax += 'VALUE LABELS  V3\n 1 "Page one"\n 2 "Page ""two"".".\n'
    for n, name in enumerate(names, start=1):
        syntax += f"RENAME VARIABLE ( V{n} = {name.replace('[', '_').replace(']', '').replace(' ', '_')} ).\n"
    file = folder / "survey_1_SPSS_syntax_file.sps"
    file.write_text(syntax + "RESTORE LOCALE.\n", encoding="utf-8")
    return file


def _kinds(said: Said, name: str) -> set[str]:
    return {item.type for item in said.form.items if item.id == name.partition("[")[0]}


def _lime_code(code: int) -> str:
    return f"M{-code}" if code < 0 else str(code)


def _lime(form: Instrument, item: Item, answer: Any, lang: str | None) -> str:
    text = shown(form, item, answer, lang)
    absent = lang is None and coded(form, answer) in form.absent_codes.values() and item.options
    return _lime_code(int(text)) if absent else text


def redcap(said: Said, *, lang: str | None = None, event: str = "w1_arm_1") -> Table:
    """Return a longitudinal REDCap export, raw or with labels in the cells; partners are instances."""
    form, rows = said.form, []
    for n in range(len(said)):
        base = {"respondent": said.people[n], "redcap_event_name": event}
        row: dict[str, Any] = base | {"redcap_repeat_instrument": "", "redcap_repeat_instance": ""}
        row |= {"redcap_data_access_group": said.sites[n]}
        for item in form.items:
            answer = said.answers[item.id][n]
            if item.repeat is not None:
                row["partner"], row[item.id] = "", ""
            elif item.type == "multiple":
                yes, no = ("1", "0") if lang is None else ("Checked", "Unchecked")
                for code in _split_codes(form, item):
                    chosen = code in _chosen(form, answer)
                    row[f"{item.id}___{str(code).replace('-', '_')}"] = yes if chosen else no
            else:
                row[item.id] = shown(form, item, answer, lang)
        rows.append(row | {"main_complete": "2" if lang is None else "Complete"})
        for k, more in enumerate(_partner_rows(said, n, lang, {}), start=1):
            again = {"redcap_repeat_instrument": "partners", "redcap_repeat_instance": k}
            rows.append(base | again | {"redcap_data_access_group": said.sites[n]} | more)
    return rows


def google(said: Said, lang: str, *, joint: str = ", ") -> Table:
    """Return a sheet of Google Forms: texts as header, a grid for partners, several answers joined."""
    form, rows = said.form, []
    when = {"fr": "Horodateur", "en": "Timestamp"}[lang]
    mail = {"fr": "Adresse e-mail", "en": "Email Address"}[lang]
    moment = {"fr": "30/10/2024 14:05:00", "en": "10/30/2024 14:05:00"}[lang]
    for n in range(len(said)):
        row: dict[str, Any] = {when: moment, mail: f"someone{n}@example.org"}
        row |= {"respondent": said.people[n], "site": said.sites[n]}
        for item in form.items:
            text, answer = item.text.say(lang), said.answers[item.id][n]  # type: ignore[arg-type]
            if item.repeat is not None:
                each = answer if isinstance(answer, dict) else {}
                row |= {f"{text} [{p}]": shown(form, item, a, lang) for p, a in each.items()}
            else:
                row[text] = shown(form, item, answer, lang, joint)
        rows.append(row)
    return rows


def qualtrics(said: Said, *, lang: str | None = None) -> Table:
    """Return the rows of a Qualtrics export, the two further headers first."""
    form, rows = said.form, []
    for n in range(len(said)):
        row: dict[str, Any] = {"StartDate": "2024-10-01 09:30:00", "EndDate": "2024-10-01 10:00:00"}
        row |= {"Status": "0", "IPAddress": "192.0.2.1", "Progress": "100", "Finished": "1"}
        row |= {"ResponseId": f"R_{n}", "RecipientEmail": "", "ExternalReference": said.people[n]}
        row |= {"UserLanguage": "FR-CA", "site": said.sites[n]}
        for item in form.items:
            answer = said.answers[item.id][n]
            if item.repeat is not None:
                each = answer if isinstance(answer, dict) else {}
                row |= {f"{item.id}_{p}": shown(form, item, a, lang) for p, a in each.items()}
            elif item.type == "multiple":
                for code in _split_codes(form, item):
                    one = "1" if lang is None else label(form, item, code, lang)
                    row[f"{item.id}_{code}"] = one if code in _chosen(form, answer) else ""
            else:
                row[item.id] = shown(form, item, answer, lang)
        rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    texts = {name: f"Text of {name}" for name in names}
    return [texts, {name: f'{{"ImportId":"QID_{k}"}}' for k, name in enumerate(names)}, *rows]


Write = Callable[[Said, Path], Path]


def _kobo_file(said: Said, folder: Path, ending: str = ".xlsx", **how: Any) -> Path:
    rows, beside = kobo(said, **how)
    if ending == ".csv":
        return write_csv(folder / "kobo.csv", rows, delimiter=";", quoting=csv.QUOTE_ALL)
    return write_xlsx(folder / "kobo.xlsx", {"form": rows, **({"partners": beside} if beside else {})})


SINGLE_ITEMS = ("coh1", "coh2", "col1", "col2", "event")

WAYS: dict[str, tuple[str, Write]] = {
    "kobo, codes": ("KoboToolbox", _kobo_file),
    "kobo, semicolons": ("KoboToolbox", lambda s, f: _kobo_file(s, f, ".csv", select="both")),
    "kobo, split": ("KoboToolbox", lambda s, f: _kobo_file(s, f, select="separate")),
    "kobo, both, no groups": ("KoboToolbox", lambda s, f: _kobo_file(s, f, select="both", groups=False)),
    "kobo, French labels": ("KoboToolbox", lambda s, f: _kobo_file(s, f, lang="fr")),
    "kobo, English labels, split": (
        "KoboToolbox",
        lambda s, f: _kobo_file(s, f, lang="en", select="separate"),
    ),
    "central, split": ("ODK Central", lambda s, f: central(s, f / "central.zip")),
    "central, merged": ("ODK Central", lambda s, f: central(s, f / "central.zip", split=False)),
    "limesurvey, codes": ("LimeSurvey", lambda s, f: write_csv(f / "lime.csv", limesurvey(s))),
    "limesurvey, French": ("LimeSurvey", lambda s, f: write_csv(f / "lime.csv", limesurvey(s, lang="fr"))),
    "limesurvey, English": ("LimeSurvey", lambda s, f: write_csv(f / "lime.csv", limesurvey(s, lang="en"))),
    "limesurvey, arrays": (
        "LimeSurvey",
        lambda s, f: write_csv(f / "lime.csv", limesurvey(s, matrix=dict.fromkeys(SINGLE_ITEMS, "coh1"))),
    ),
    "limesurvey, SPSS pair": ("LimeSurvey", limesurvey_spss),
    "redcap, raw": ("REDCap", lambda s, f: write_csv(f / "redcap.csv", redcap(s))),
    "redcap, French labels": ("REDCap", lambda s, f: write_csv(f / "redcap.csv", redcap(s, lang="fr"))),
    "redcap, English labels": ("REDCap", lambda s, f: write_csv(f / "redcap.csv", redcap(s, lang="en"))),
    "google, French": ("Google Forms", lambda s, f: write_csv(f / "google.csv", google(s, "fr"))),
    "google, English, semicolons": (
        "Google Forms",
        lambda s, f: write_csv(f / "google.csv", google(s, "en", joint=";")),
    ),
    "google, workbook": (
        "Google Forms",
        lambda s, f: write_xlsx(f / "google.xlsx", {"Form": google(s, "fr")}),
    ),
    "qualtrics, codes": ("Qualtrics", lambda s, f: write_csv(f / "qualtrics.csv", qualtrics(s))),
    "qualtrics, labels": ("Qualtrics", lambda s, f: write_csv(f / "qualtrics.csv", qualtrics(s, lang="en"))),
}
