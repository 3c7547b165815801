"""Exports that REDCap and KoboToolbox wrote are counted as an independent script counts them."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers
from evalkit.study.study import Study, StudyFile
from evalkit.texts.text import text_of

EXPORTS = Path(__file__).resolve().parents[2] / "reference" / "platform-exports"
COUNTS = json.loads((EXPORTS / "counts.json").read_text(encoding="utf-8"))
# Event of arm 1 and, where it has the same name, of arm 2, by the id of the wave.
EVENTS = {
    "enrollment": ("enrollment_arm_1", "enrollment_arm_2"),
    "dose1": ("dose_1_arm_1",),
    "visit1": ("visit_1_arm_1",),
    "visit2": ("visit_2_arm_1",),
    "firstdose": ("first_dose_arm_2",),
}


def options(*words: str, first: int = 0) -> list[dict[str, Any]]:
    return [{"value": n, "label": text_of(word)} for n, word in enumerate(words, start=first)]


def redcap_form() -> Instrument:
    """Return the questions of the project that are counted, as its data dictionary has them."""
    numbers = [str(n) for n in range(7)]
    singles = {"sex": 2, "race": 7, "ethnicity": 3, "pmq1": 4, "pmq2": 6, "pmq4": 3, "vbw8": 3}
    items = [{"id": name, "type": "single", "options": name} for name in singles]
    items += [{"id": name, "type": "multiple", "options": name} for name in ("gym", "eat", "meds")]
    items += [{"id": name, "type": "number"} for name in ("height", "vld1")]
    items += [{"id": "dob", "type": "date"}]
    lists = {name: options(*numbers[:count]) for name, count in singles.items()}
    days = options("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    lists |= {"gym": days, "eat": days}
    lists["meds"] = options("Lexapro", "Celexa", "Prozac", "Paxil", "Zoloft", first=1)
    return form_of("dialysis", items, lists)


def kobo_form() -> Instrument:
    """Return the questions of the excerpt; the names of its choices, which are words, stand as labels."""
    header = (EXPORTS / "kobo_excerpt.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    texts = {"gender": "gender_hoh", "displaced": "displace_status", "hosting": "hh_hosting"}
    several = {"livelihood": "primary_livelihood", "water": "water_sources", "treat": "treat_drink_water_how"}
    lists = {"yesno": options("no", "yes"), "sex": options("female", "male")}
    for item, name in several.items():
        choices = [column.partition("/")[2] for column in header if column.startswith(f"{name}/")]
        lists[item] = options(*choices, first=1)
    items: list[dict[str, Any]] = [
        {"id": "gender", "type": "single", "options": "sex"},
        {"id": "displaced", "type": "single", "options": "yesno"},
        {"id": "hosting", "type": "single", "options": "yesno"},
        {"id": "members", "type": "integer"},
        {"id": "hosted", "type": "integer", "ask_if": "hosting == 1"},
        *({"id": item, "type": "multiple", "options": item} for item in several),
    ]
    texts |= {"members": "num_hh_member", "hosted": "num_hh_hosting"} | several
    return form_of("water", items, lists, texts)


def form_of(
    name: str, items: list[dict[str, Any]], lists: dict[str, Any], texts: dict[str, str] | None = None
) -> Instrument:
    return Instrument.model_validate(
        {
            "instrument": name,
            "version": "1.0",
            "population": "patient",
            "title": text_of(name),
            "options": lists,
            "items": [{**item, "text": text_of((texts or {}).get(item["id"], item["id"]))} for item in items],
        }
    )


def study_of(folder: Path, form: Instrument, waves: list[str]) -> Study:
    content = {
        "study": "real",
        "title": text_of("Real exports"),
        "sites": [{"id": "S1", "name": text_of("Site")}],
        "waves": [
            {
                "id": wave,
                "year": 2015 + n,
                "field": (f"{2015 + n}-01-01", f"{2015 + n}-12-31"),
                "instruments": [form.id],
            }
            for n, wave in enumerate(waves)
        ],
        "populations": {"patient": {"sites": "many", "enrol": "on_import"}},
    }
    (folder / "study").mkdir()
    return Study(folder / "study", StudyFile.model_validate(content), {form.id: form})


def counted(study: Study, form: Instrument, wave: str, labels: bool = False) -> dict[str, dict[str, int]]:
    """Count the stored answers by item, in the words of the export."""
    table = read_answers(study, wave, form.id)
    found = {}
    for item in form.items:
        words = {option.value: option.label.say("en") for option in form.options_of(item)}
        count: Counter[str] = Counter()
        for value in table.values.loc[table.answered(item.id), item.id]:
            for one in value if isinstance(value, tuple) else (value,):
                text = one if isinstance(one, str) else f"{one:g}"
                count[words[one] if labels and words else text] += 1
        if count:
            found[item.text.say("en") if labels else item.id] = dict(sorted(count.items()))
    return found


def imported(study: Study, name: str, form: Instrument, wave: str, folder: Path) -> ImportReceipt:
    shutil.copy(EXPORTS / name, folder / name)
    return import_wave(study, folder / name, wave=wave, instrument=form.id)


@pytest.mark.parametrize("wave", EVENTS)
def test_an_event_of_a_redcap_project_is_a_wave(tmp_path: Path, wave: str) -> None:
    form = redcap_form()
    study = study_of(tmp_path, form, list(EVENTS))
    expected: dict[str, Counter[str]] = {}
    for event in EVENTS[wave]:
        for name, count in COUNTS["redcap"].get(event, {}).items():
            plain = {f"{float(k):g}" if name in ("height", "vld1") else k: n for k, n in count.items()}
            expected.setdefault(name, Counter()).update(plain)
    receipt = imported(study, "redcap_longitudinal.csv", form, wave, tmp_path)
    assert receipt.platform == "REDCap"
    assert "platform.other_waves" in [problem.code for problem in receipt.problems]
    assert counted(study, form, wave) == {name: dict(sorted(c.items())) for name, c in expected.items()}


def test_a_kobo_export_with_choices_in_both_ways(tmp_path: Path) -> None:
    form = kobo_form()
    study = study_of(tmp_path, form, ["w1"])
    receipt = imported(study, "kobo_excerpt.csv", form, "w1", tmp_path)
    assert (receipt.platform, receipt.new) == ("KoboToolbox", 632)
    assert counted(study, form, "w1", labels=True) == COUNTS["kobo"]
