"""LimeSurvey: its tab-separated structure in every language, and the participants of the roster."""

from __future__ import annotations

from evalkit.instruments.instrument import Option
from evalkit.responses.forms.absent_dates import absent_dates
from evalkit.responses.forms.form import FormFile, FormOrder, FormTarget, WrittenForm
from evalkit.responses.forms.limesurvey_rows import PLATFORM, structure_of
from evalkit.responses.forms.text_tables import table_bytes, unformed

COLUMNS = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "encrypted", "other", "default", "same_default", "same_script", "date_format",
    "em_validation_q", "em_validation_q_tip", "exclude_all_others", "hidden", "num_value_int_only",
)  # fmt: skip
_PARTICIPANT = ("firstname", "lastname", "email", "token", "language", "attribute_1", "attribute_2")


def _write(order: FormOrder) -> WrittenForm:
    languages = [structure_of(order, lang) for lang in order.languages]
    rows = _head(order) + [row for structure in languages for row in structure.rows]
    # The platform knows UTF-8 by its mark.
    content = table_bytes(COLUMNS, rows, delimiter="\t", encoding="utf-8-sig")
    files = [FormFile(f"{order.name}.txt", content)]
    if order.people and not order.is_log:
        files.append(FormFile(f"{order.name}-participants.csv", _participants(order)))
    return WrittenForm(tuple(files), (*languages[0].problems, *absent_dates(order.form, PLATFORM)))


def _head(order: FormOrder) -> list[dict[str, str]]:
    first, *others = order.languages
    settings = {"language": first, "additional_languages": " ".join(others), "format": "G"}
    settings |= {"anonymized": "N", "datestamp": "Y", "allowprev": "Y"}
    rows = [
        {"class": "S", "name": n, "relevance": "1", "text": t, "language": first} for n, t in settings.items()
    ]
    for lang in order.languages:
        title = unformed(f"{order.form.title.say(lang)} ({order.wave.id})")
        rows.append(
            {"class": "SL", "name": "surveyls_title", "relevance": "1", "text": title, "language": lang}
        )
    return rows


def _participants(order: FormOrder) -> bytes:
    """Return the roster as participants: the code is the token; wave and site are attributes; no names."""
    rows = [
        {
            "token": p.code,
            "language": order.languages[0],
            "attribute_1": order.wave.id,
            "attribute_2": p.site or "",
        }
        for p in order.people
    ]
    return table_bytes(_PARTICIPANT, rows)


def _code(option: Option) -> str:
    return f"M{-option.value} ({option.value})" if option.value < 0 else str(option.value)


FORM = FormTarget(PLATFORM, _write, _code)
