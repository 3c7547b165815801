"""Each target (xlsform, limesurvey, redcap, google) writes what its platform takes, whatever the words."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.instruments.library import shipped_instrument
from evalkit.problems import errors_of
from evalkit.registry import discover
from evalkit.responses.forms.form import FormOrder, WrittenForm
from tests.responses.forms.drawn import HARD, PARTNERS, hard_form, order_for
from tests.responses.forms.filling import rows_of_text, script_of, sheets_of

SHIPPED = ("residents-core", "partners-core", "site-log")
TARGETS = discover("evalkit.responses.forms.targets", "FORM")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(target: str, order: FormOrder) -> WrittenForm:
    return TARGETS[target].write(order)


def codes_of(written: WrittenForm) -> list[str]:
    return [problem.code for problem in written.problems]


def converted(content: bytes, *, validate: bool = False) -> tuple[str, list[str]]:
    convert = pytest.importorskip("pyxform.xls2xform", reason="pyxform is not installed").convert
    made = convert(io.BytesIO(content), file_type=".xlsx", validate=validate)
    return made.xform, made.warnings


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", SHIPPED)
def test_pyxform_and_odk_validate_take_every_xlsform(name: str, known: bool) -> None:
    content = write("xlsform", order_for(shipped_instrument(name), known=known)).files[0].content
    xform, warnings = converted(content, validate=shutil.which("java") is not None)
    assert warnings == []
    items = shipped_instrument(name).items_by_id
    assert all(re.search(rf'nodeset="[^"]*/{item}"', xform) for item in items)


@pytest.mark.parametrize("languages", [("fr",), ("en", "fr")])
def test_pyxform_takes_hard_words(languages: tuple[str, ...]) -> None:
    content = write("xlsform", order_for(hard_form(), languages=languages)).files[0].content
    xform, warnings = converted(content)
    assert warnings == []
    assert "&lt;b&gt;not bold&lt;/b&gt;" in xform


def test_pyxform_takes_three_thousand_questions() -> None:
    content = write("xlsform", order_for(hard_form(3000))).files[0].content
    xform, warnings = converted(content)
    assert warnings == []
    assert xform.count("<bind ") > 3000


@pytest.mark.parametrize("target", TARGETS)
def test_three_thousand_questions_are_all_written(target: str) -> None:
    form = hard_form(3000)
    written = write(target, order_for(form))
    text = written.files[0].content
    found = str(sheets_of(text)["survey"]) if target == "xlsform" else text.decode("utf-8-sig")
    # A script knows questions by their words, which end in the item's number.
    words = set(re.findall(r'item\d+|(?<= )\d+(?=")', found))
    missing = [item.id for item in form.items if not words & {item.id, item.id.removeprefix("item")}]
    assert missing == []
    assert not errors_of(written.problems)


def test_no_workbook_holds_a_formula() -> None:
    import openpyxl

    for known in (True, False):
        content = write("xlsform", order_for(hard_form(), known=known)).files[0].content
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
            assert kinds == {"s"}


@pytest.mark.parametrize("target", ["limesurvey", "redcap"])
def test_no_words_of_a_text_file_can_be_taken_for_a_formula(target: str) -> None:
    for file in write(target, order_for(hard_form(), known=True)).files:
        delimiter = "\t" if file.name.endswith(".txt") else ","
        for row in rows_of_text(file.content, delimiter, "utf-8-sig"):
            assert not [cell for cell in row.values() if cell.startswith(FORMULA)]


@pytest.mark.parametrize("target", ["limesurvey", "redcap"])
def test_rows_keep_their_cells_whatever_the_words_are(target: str) -> None:
    form = hard_form()
    file = write(target, order_for(form)).files[0]
    rows = rows_of_text(file.content, "\t" if target == "limesurvey" else ",", "utf-8-sig")
    assert all(None not in row and None not in row.values() for row in rows)


def test_limesurvey_stays_within_the_limits_of_its_codes() -> None:
    rows = rows_of_text(
        write("limesurvey", order_for(hard_form(), known=True)).files[0].content, "\t", "utf-8-sig"
    )
    answers = [row["name"] for row in rows if row["class"] == "A"]
    questions = [row["name"] for row in rows if row["class"] in ("Q", "SQ")]
    assert answers
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,5}", name) for name in answers)
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,20}", name) for name in questions)


def test_limesurvey_has_every_language_with_the_same_rows_and_ids() -> None:
    rows = rows_of_text(write("limesurvey", order_for(hard_form())).files[0].content, "\t", "utf-8-sig")
    by_language = [
        [
            (r["id"], r["class"], r["name"])
            for r in rows
            if r["language"] == lang and r["class"] in ("Q", "SQ", "A")
        ]
        for lang in ("fr", "en")
    ]
    assert by_language[0] == by_language[1]
    assert [row["text"] for row in rows if row["name"] == "additional_languages"] == ["en"]


def test_limesurvey_takes_no_words_for_an_expression() -> None:
    rows = rows_of_text(write("limesurvey", order_for(hard_form())).files[0].content, "\t", "utf-8-sig")
    ours = [row for row in rows if row["class"] in ("G", "Q", "SQ", "A") and row["type/scale"] != "*"]
    assert not [row for row in ours if "{" in row["text"] or "{" in row["help"]]


def test_limesurvey_maps_a_long_site_back_to_its_id() -> None:
    rows = rows_of_text(write("limesurvey", order_for(hard_form())).files[0].content, "\t", "utf-8-sig")
    (site,) = [row for row in rows if row["name"] == "site" and row["language"] == "fr"]
    assert (
        site["text"] == '{if(siteChosen.NAOK == "A1", "S1", if(siteChosen.NAOK == "A2", "north-side", ""))}'
    )


def test_limesurvey_participants_have_codes_and_no_names() -> None:
    files = {
        file.name: file.content for file in write("limesurvey", order_for(hard_form(), known=True)).files
    }
    rows = rows_of_text(files["w1-hard-core-participants.csv"])
    assert [(row["token"], row["attribute_1"], row["attribute_2"]) for row in rows] == [
        ("R-FGRY1-W", "w1", "S1"),
        ("R-4TY79-R", "w1", "north-side"),
    ]
    assert not any(row["firstname"] or row["lastname"] or row["email"] for row in rows)


def test_redcap_has_the_eighteen_columns_and_grids_with_one_set_of_choices() -> None:
    written = write("redcap", order_for(shipped_instrument("residents-core")))
    rows = rows_of_text(written.files[0].content)
    assert len(rows[0]) == 18
    grids: dict[str, set[str]] = {}
    for row in rows:
        if row["Matrix Group Name"]:
            choices = row["Choices, Calculations, OR Slider Labels"]
            grids.setdefault(row["Matrix Group Name"], set()).add(choices)
    assert grids
    assert all(len(choices) == 1 for choices in grids.values())
    assert "forms.missing_data_codes" in codes_of(written)


def test_redcap_choices_part_at_the_bars_that_we_set() -> None:
    rows = rows_of_text(write("redcap", order_for(hard_form())).files[0].content)
    choices = next(r for r in rows if r["Variable / Field Name"] == "item0")[
        "Choices, Calculations, OR Slider Labels"
    ]
    parts = [re.fullmatch(r"(-?\d+), (.+)", part) for part in choices.split(" | ")]
    assert all(parts)
    assert len(parts) == len(HARD) + 3
    assert "\n" not in choices


def test_redcap_has_an_event_a_wave_and_a_repeating_form_of_partners() -> None:
    files = {
        f.name: f.content
        for f in write("redcap", order_for(shipped_instrument("partners-core"), known=True)).files
    }
    events = [row["unique_event_name"] for row in rows_of_text(files["partners-core-events.csv"])]
    assert events == ["w1_arm_1", "w2_arm_1"]
    pairs = {
        (r["unique_event_name"], r["form"]) for r in rows_of_text(files["partners-core-event-forms.csv"])
    }
    assert pairs == {(e, f) for e in events for f in ("partners_core", "partners_core_partners")}
    repeats = rows_of_text(files["partners-core-repeating.csv"])
    assert {row["form_name"] for row in repeats} == {"partners_core_partners"}


def test_the_next_wave_of_an_xlsform_opens_the_record_of_the_roster() -> None:
    written = write("xlsform", order_for(shipped_instrument("residents-core"), known=True))
    (entity,) = sheets_of(written.files[0].content)["entities"]
    assert entity == {"list_name": "resident", "entity_id": "${record_id}"}
    people = rows_of_text(written.files[1].content)
    assert [(row["code"], row["site"]) for row in people] == [
        ("R-FGRY1-W", "S1"),
        ("R-4TY79-R", "north-side"),
    ]
    assert len({row["name"] for row in people}) == 2


def test_a_google_script_is_plain_and_holds_the_words() -> None:
    form = hard_form()
    file = write("google", order_for(form, known=True)).files[0]
    assert all(character < 128 for character in file.content)
    items = {item["title"]: item for item in script_of(file.content)["items"]}
    labels = [option.label.say("fr") for option in form.options["hard list"]]
    assert items[form.item("item2").text.say("fr")]["choices"][: len(labels)] == labels


def test_google_scripts_run_and_build_what_they_hold(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    form = shipped_instrument("partners-core")
    script = write("google", order_for(form, known=True)).files[0].content.decode("ascii")
    file = tmp_path / "form.js"
    # Stands in for the service: every method gives the object back, and is written down.
    stand_in = """
const calls = [];
const any = new Proxy({}, { get: (_, name) => (...given) => { calls.push([name, given]); return any; } });
const FormApp = any, Logger = { log() {} };
"""
    file.write_text(
        stand_in + script + "\nbuildForm(); console.log(JSON.stringify(calls));", encoding="utf-8"
    )
    done = subprocess.run([node, str(file)], capture_output=True, text=True, check=True, timeout=60)
    titles = [item["title"] for item in script_of(script.encode())["items"]]
    assert [given[0] for name, given in json.loads(done.stdout) if name == "setTitle"] == titles
    assert PARTNERS[0].name in done.stdout


def test_google_says_what_it_cannot_do() -> None:
    written = write("google", order_for(shipped_instrument("site-log")))
    assert {"forms.condition_in_words", "forms.range_not_held"} <= set(codes_of(written))
    asked = {item["title"]: item for item in script_of(written.files[0].content)["items"]}
    item = shipped_instrument("site-log").item("solution")
    assert asked[item.text.say("fr")]["required"] is False
    assert "Controverse close" in asked[item.text.say("fr")]["help"]


def test_google_refuses_answers_and_questions_with_the_same_words() -> None:
    form = shipped_instrument("partners-core").model_dump(by_alias=True)
    form["options"]["yesno"][1]["label"] = form["options"]["yesno"][0]["label"]
    form["items"][5]["text"] = form["items"][4]["text"]
    codes = {p.code for p in errors_of(write("google", order_for(Instrument.model_validate(form))).problems)}
    assert codes == {"forms.same_labels", "forms.same_texts"}


@pytest.mark.parametrize("target", ["xlsform", "limesurvey"])
def test_a_date_that_may_be_absent_is_said(target: str) -> None:
    assert "forms.absent_not_offered" in codes_of(write(target, order_for(hard_form())))


@pytest.mark.parametrize("target", ["limesurvey", "google"])
def test_partners_that_nobody_entered_are_said(target: str) -> None:
    assert "forms.no_partners" in codes_of(write(target, order_for(shipped_instrument("partners-core"))))


@pytest.mark.parametrize("target", ["xlsform", "redcap"])
def test_a_condition_without_words_on_a_platform_is_shown_and_said(target: str) -> None:
    form = hard_form().model_dump(by_alias=True)
    form["items"][9]["ask_if"] = "item4 < 'm'"
    written = write(target, order_for(Instrument.model_validate(form)))
    assert codes_of(written).count("forms.condition_not_said") == 1
    content = written.files[0].content
    rows = sheets_of(content)["survey"] if target == "xlsform" else rows_of_text(content)
    shown = next(row for row in rows if "item9" in row.values())
    assert any("Répondez seulement si" in str(cell) for cell in shown.values())
