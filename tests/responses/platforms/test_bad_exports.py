"""What exports do in practice: changed forms, tests, duplicates, unfinished and ambiguous answers."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.problems import errors_of
from evalkit.responses.answer_table import REASONS
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers
from evalkit.study.enrolling import add_person
from evalkit.study.roster import read_roster
from evalkit.study.study import Study
from evalkit.texts.text import text_of
from tests.responses.platforms.writers import Table, csv_text, write_csv, write_xlsx

FORM = "every-type"


def kobo(**answers: Any) -> dict[str, Any]:
    """Return a row as KoboToolbox writes it, of a person and an instance of its own unless given."""
    row = {"respondent": "p1", "site": "S1", **answers}
    return row | {"_id": row.get("_id", 1), "_uuid": row.get("_uuid", f"u-{row['respondent']}"), "_index": 1}


def load(study: Study, rows: Table, name: str = "export.csv", wave: str = "w1", **how: Any) -> ImportReceipt:
    return import_wave(study, write_csv(study.folder / name, rows), wave=wave, instrument=FORM, **how)


def refused(study: Study, file: Path, wave: str = "w1") -> list[str]:
    """Return the codes of the errors of a refused import, and see that nothing was written."""
    before = {p: p.read_bytes() for p in study.data_folder.rglob("*") if p.is_file()}
    with pytest.raises(ProblemsFound) as found:
        import_wave(study, file, wave=wave, instrument=FORM)
    assert before == {p: p.read_bytes() for p in study.data_folder.rglob("*") if p.is_file()}
    for problem in found.value.problems:
        for lang in ("fr", "en"):
            assert problem.what(lang) and problem.do(lang)
    return [problem.code for problem in errors_of(found.value.problems)]


def codes(receipt: ImportReceipt) -> list[str]:
    for problem in receipt.problems:
        assert problem.what("fr") and problem.do("fr") and problem.what("en") and problem.do("en")
    return [problem.code for problem in receipt.problems]


def said(study: Study, item: str) -> list[Any]:
    """Return answers or reasons in the order of the respondents' ids."""
    table = read_answers(study, "w1", FORM)
    ids = {code: name for name, code in read_roster(study).aliases["resident"].items()}
    order = table.keys["respondent"].map(ids).argsort()
    pairs = zip(table.values[item].iloc[order], table.reasons[item].iloc[order], strict=True)
    return [REASONS[reason - 1] if reason else value for value, reason in pairs]


def test_the_order_of_columns_and_further_ones_do_not_matter(import_study: Study) -> None:
    row = kobo(**{"g/coh1": "3", "g/needs": "1 3", "weather": "rain", "g/age": 40})
    receipt = load(import_study, [dict(reversed(row.items()))])
    assert "platform.perhaps_renamed" in codes(receipt)
    assert (said(import_study, "coh1"), said(import_study, "needs")) == ([3.0], [(1, 3)])


def test_a_renamed_column_is_said_and_never_guessed(import_study: Study) -> None:
    receipt = load(import_study, [kobo(coh1="3", age_years="40")])
    (problem,) = [p for p in receipt.problems if p.code == "platform.perhaps_renamed"]
    assert "age" in problem.values["items"] and "age_years" in problem.values["columns"]
    assert said(import_study, "age") == ["blank"]


def test_labels_of_two_languages_and_typography_in_one_file(import_study: Study) -> None:
    rows = [
        kobo(respondent="p1", coh1="Tout à fait", needs="Répit Argent", age="Je ne sais pas"),
        kobo(respondent="p2", coh1="fully", needs="A listener A break", age="41"),
        kobo(respondent="p3", coh1="Don't know", needs="Prefer not to say", age="Don’t  know"),
    ]
    load(import_study, rows)
    assert said(import_study, "coh1") == [4.0, 4.0, "dont_know"]
    assert said(import_study, "needs") == [(1, 3), (1, 2), "refused"]
    assert said(import_study, "age") == ["dont_know", 41.0, "dont_know"]


def test_two_versions_of_a_form_hold_a_question_in_two_groups(import_study: Study) -> None:
    rows = [
        kobo(respondent="p1", **{"old/coh1": "1", "new/coh1": "", "__version__": "vA"}),
        kobo(respondent="p2", **{"old/coh1": "", "new/coh1": "2", "__version__": "vB"}),
    ]
    assert "platform.several_versions" in codes(load(import_study, rows))
    assert said(import_study, "coh1") == [1.0, 2.0]
    both = [kobo(respondent="p3", **{"old/coh1": "1", "new/coh1": "2"})]
    assert refused(import_study, write_csv(import_study.folder / "b.csv", both)) == [
        "platform.columns_differ"
    ]


def test_choices_written_twice_must_agree(import_study: Study) -> None:
    row = kobo(**{"needs": "1 3", "needs/1": "1", "needs/2": "0", "needs/3": "0"})
    assert refused(import_study, write_csv(import_study.folder / "b.csv", [row])) == [
        "platform.columns_differ"
    ]


def _with_options(study: Study, labels: list[tuple[int, str]]) -> Study:
    form = study.instruments[FORM].model_dump(by_alias=True)
    form["options"] = {**form["options"], "agree4": [{"value": v, "label": text_of(w)} for v, w in labels]}
    return Study(study.folder, study.file, {FORM: Instrument.model_validate(form)})


def test_an_answer_that_can_mean_two_is_a_problem(import_study: Study) -> None:
    study = _with_options(import_study, [(1, "Yes"), (2, "yes "), (3, "No")])
    rows = [kobo(respondent="p1", coh1="Yes"), kobo(respondent="p2", coh1="No")]
    file = write_csv(study.folder / "b.csv", rows)
    assert refused(study, file) == ["platform.ambiguous_answer"]
    receipt = import_wave(study, file, wave="w1", instrument=FORM, accept_partial=True)
    assert (receipt.new, receipt.rejected) == (1, 1)
    # The rejected row, corrected, is an export of the same platform.
    assert receipt.rejects_file is not None
    mended = receipt.rejects_file.read_text(encoding="utf-8-sig").replace("Yes", "1")
    (study.folder / "mended.csv").write_text(mended, encoding="utf-8")
    assert import_wave(study, study.folder / "mended.csv", wave="w1", instrument=FORM).new == 1
    assert said(study, "coh1") == [1.0, 3.0]


@pytest.mark.parametrize(
    ("other", "expected"), [("4", [2.0, 4.0]), ("four", [3.0, 4.0]), ("2", ["platform.ambiguous_answer"] * 2)]
)
def test_numbers_as_labels_are_read_as_the_rest_of_the_file(
    import_study: Study, other: str, expected: list[Any]
) -> None:
    """Labels 0 to 2 stand for codes 1 to 3: only another cell tells whether "2" is a code."""
    study = _with_options(import_study, [(1, "0"), (2, "1"), (3, "2"), (4, "four")])
    rows = [kobo(respondent="p1", coh1="2"), kobo(respondent="p2", coh1=other)]
    file = write_csv(study.folder / "b.csv", rows)
    if isinstance(expected[0], str):
        assert refused(study, file) == expected
    else:
        import_wave(study, file, wave="w1", instrument=FORM)
        assert said(study, "coh1") == expected


def test_a_label_that_means_nothing_is_refused(import_study: Study) -> None:
    file = write_csv(import_study.folder / "b.csv", [kobo(coh1="Perhaps", needs="Répit Repos")])
    assert refused(import_study, file) == ["platform.unknown_answer", "platform.unknown_answer"]


def test_tests_and_submissions_that_were_not_approved_are_left_out(import_study: Study) -> None:
    rows = [
        kobo(respondent="test", coh1="1"),
        kobo(respondent="ESSAI 2", coh1="1"),
        kobo(respondent="p1", coh1="2", _validation_status="Not approved"),
        kobo(respondent="p2", coh1="3", _validation_status="Approved"),
    ]
    receipt = load(import_study, rows)
    assert receipt.new == 1 and said(import_study, "coh1") == [3.0]
    assert {"platform.test_submissions", "platform.not_approved"} <= set(codes(receipt))


def test_an_instance_counts_once_when_it_says_the_same(import_study: Study) -> None:
    rows = [kobo(coh1="2", _uuid="a"), kobo(coh1="2", _uuid="a"), kobo(respondent="p2", coh1="3")]
    receipt = load(import_study, rows)
    assert receipt.new == 2 and "platform.same_instance" in codes(receipt)
    unlike = [kobo(coh1="2", _uuid="a"), kobo(coh1="3", _uuid="a")]
    file = write_csv(import_study.folder / "b.csv", unlike)
    assert refused(import_study, file) == ["platform.instance_differs"]


def test_an_unfinished_submission_gives_way_to_a_finished_one(import_study: Study) -> None:
    base = {"lastpage": 1, "startlanguage": "fr", "site": "S1"}
    rows = [
        {"id": 1, "submitdate": "", "token": "p1", "coh1": "1", **base},
        {"id": 2, "submitdate": "2024-10-01 10:00:00", "token": "p1", "coh1": "2", **base},
        {"id": 3, "submitdate": "", "token": "p2", "coh1": "3", **base},
    ]
    receipt = load(import_study, rows)
    assert {"platform.superseded", "platform.unfinished"} <= set(codes(receipt))
    assert said(import_study, "coh1") == [2.0, 3.0]


def test_limesurvey_tells_not_asked_from_left_empty(import_study: Study) -> None:
    """A form may hide a question for another reason than our condition: what the platform says counts."""
    base = {"submitdate": "2024-10-01 10:00:00", "lastpage": 3, "startlanguage": "fr", "site": "S1"}
    words = ["3", "", "{question_not_shown}", "NULL", "M8", "M9"]
    rows = [
        {"id": n, "token": f"p{n}", **base, "event": 1, "helped": w, "coh1": w} for n, w in enumerate(words)
    ]
    load(import_study, rows)
    said_so = [3.0, "blank", "not_asked", "not_asked", "dont_know", "refused"]
    assert said(import_study, "helped") == said_so
    assert said(import_study, "coh1") == said_so


def test_central_writes_zero_for_what_was_never_asked(import_study: Study) -> None:
    form = import_study.instruments[FORM].model_dump(by_alias=True)
    form["items"] = [i | ({"ask_if": "event == 1"} if i["id"] == "needs" else {}) for i in form["items"]]
    study = Study(import_study.folder, import_study.file, {FORM: Instrument.model_validate(form)})
    rows = [
        {"SubmissionDate": "2024-10-01T10:00:00Z", "respondent": f"p{n}", "site": "S1", "event": event}
        | {f"needs/{code}": int(code == chosen) for code in (1, 2, 3)}
        | {"KEY": f"uuid:{n}"}
        for n, (event, chosen) in enumerate([(0, None), (1, None), (1, 2)])
    ]
    load(study, rows)
    assert said(study, "needs") == ["not_asked", "blank", (2,)]


def test_rows_of_other_waves_are_left_out_and_said(import_study: Study) -> None:
    rows = [
        {"record_id": "p1", "redcap_event_name": event, "site": "S1", "coh1": n, "main_complete": state}
        for n, (event, state) in enumerate([("w1_arm_1", 2), ("w2_arm_1", 0)], start=1)
    ]
    receipt = load(import_study, rows)
    assert receipt.new == 1 and "platform.other_waves" in codes(receipt)
    second = load(import_study, rows, wave="w2")
    assert second.new == 1 and "platform.unfinished" in codes(second)
    file = write_csv(import_study.folder / "b.csv", rows)
    assert refused(import_study, file, wave="w3") == ["platform.wave_not_in_file"]
    rows.append({**rows[0], "record_id": "p2", "redcap_event_name": ""})
    assert refused(import_study, write_csv(file, rows)) == ["platform.wave_missing"]


def test_an_address_is_never_stored_with_answers(import_study: Study) -> None:
    form = import_study.instruments[FORM]
    rows = [{"Timestamp": "10/30/2024 9:05:00", "Email Address": "a@example.org", "Respondent code": "p1"}]
    rows[0] |= {"site": "S1", form.item("coh1").text.say("en"): "A little"}
    receipt = load(import_study, rows)
    assert "platform.private_left_out" in codes(receipt)
    table = read_answers(import_study, "w1", FORM)
    assert "example.org" not in table.keys.to_csv() + table.values.to_csv()
    assert table.keys["ended"].tolist() == ["2024-10-30T09:05:00"]


@pytest.mark.parametrize(
    ("header", "cell", "read", "note"),
    [
        ("Timestamp", "10/09/2024 9:05:00", "2024-10-09T09:05:00", "platform.month_first"),
        ("Horodateur", "10/09/2024 09:05:00", "2024-09-10T09:05:00", "platform.day_first"),
        ("Horodateur", "09/30/2024 09:05:00", "2024-09-30T09:05:00", None),
        ("Timestamp", "2024/09/30 9:05:00 PM GMT+2", "2024-09-30T21:05:00+02:00", None),
    ],
)
def test_days_and_months_are_told_apart_or_it_is_said(
    import_study: Study, header: str, cell: str, read: str, note: str | None
) -> None:
    receipt = load(import_study, [{header: cell, "respondent": "p1", "site": "S1", "coh1": "Peu"}])
    assert read_answers(import_study, "w1", FORM).keys["ended"].tolist() == [read]
    assert [code for code in codes(receipt) if code.endswith("_first")] == ([note] if note else [])


def test_a_file_without_respondents_or_items_is_refused(import_study: Study) -> None:
    file = import_study.folder / "b.csv"
    assert refused(import_study, write_csv(file, [{"coh1": 1, "_uuid": "a", "_id": 1}])) == [
        "platform.no_respondent"
    ]
    assert refused(import_study, write_csv(file, [kobo(other="1")])) == ["import.no_item_columns"]
    # The platform's own first columns, in a project without any of our questions.
    assert refused(import_study, write_csv(file, [{"record_id": 1, "redcap_event_name": "x_arm_1"}])) == [
        "import.no_item_columns",
        "platform.wave_not_in_file",
    ]


def test_partner_rows_must_name_a_known_submission_and_partner(import_study: Study) -> None:
    code = add_person(import_study, population="partner", sites=["S1"], organisation="L’Escale")
    main = [kobo(coh1="1", _uuid="a")]
    tie = {"_submission__uuid": "a"}

    def file(*rows: dict[str, Any]) -> Path:
        return write_xlsx(import_study.folder / "b.xlsx", {"form": main, "roster": list(rows)})

    good = {"partner": "l'escale", "freq": 2, **tie}
    assert refused(import_study, file(good, good)) == ["platform.partner_twice"]
    assert refused(import_study, file(good, {"partner": "", "freq": 3, **tie})) == [
        "platform.partner_missing"
    ]
    lost = {"partner": "l'escale", "freq": 3, "_submission__uuid": "z"}
    assert refused(import_study, file(good, lost)) == ["platform.orphan_rows"]
    assert refused(import_study, file({"freq": 3, **tie})) == ["platform.no_partner_column"]
    assert refused(import_study, file({"partner": "Nobody", "freq": 3, **tie})) == ["import.unknown_partner"]
    import_wave(import_study, file(good), wave="w1", instrument=FORM)
    (answer,) = said(import_study, "freq")
    assert answer in ({code: 2.0}, {"L’Escale": 2.0})


def test_a_question_must_repeat_where_the_questionnaire_says_so(import_study: Study) -> None:
    once = write_csv(import_study.folder / "b.csv", [kobo(coh1=1, freq=2)])
    assert refused(import_study, once) == ["platform.partner_not_named"]
    rows = [
        {"record_id": "p1", "redcap_repeat_instrument": "", "site": "S1", "coh1": 1},
        {"record_id": "p1", "redcap_repeat_instrument": "visits", "site": "S1", "coh1": 2},
    ]
    assert refused(import_study, write_csv(once, rows)) == ["platform.asked_once"]


def test_instances_of_a_record_without_a_row_of_its_own(import_study: Study) -> None:
    add_person(import_study, population="partner", sites=["S1"], organisation="CLSC")
    base = {"record_id": "p1", "redcap_data_access_group": "S1", "redcap_repeat_instrument": "roster"}
    load(import_study, [{**base, "redcap_repeat_instance": 1, "partner": "CLSC", "freq": 2, "coh1": ""}])
    assert [list(answer.values()) for answer in said(import_study, "freq")] == [[2.0]]
    assert said(import_study, "coh1") == ["blank"]


def test_not_available_is_what_somebody_wrote_where_everybody_was_asked(import_study: Study) -> None:
    row = {"id": 1, "submitdate": "2024-10-01 10:00:00", "lastpage": 3, "token": "p1", "site": "S1"}
    load(import_study, [{**row, "coh1": 2, "helped": "N/A", "remark": "N/A"}])
    assert (said(import_study, "helped"), said(import_study, "remark")) == (["not_asked"], ["N/A"])


def test_zipped_exports_that_hold_no_single_form(import_study: Study) -> None:
    file = import_study.folder / "b.zip"
    file.write_bytes(b"no archive")
    assert refused(import_study, file) == ["import.unreadable"]
    for members, code in (
        ({}, "platform.no_tables"),
        ({"a.csv": csv_text([kobo(coh1=1)]), "b.csv": csv_text([kobo(coh1=2)])}, "platform.several_tables"),
        ({"a.csv": "respondent,coh1\n"}, "import.no_rows"),
        ({"a.csv": 'respondent,coh1\n"p1,1\n'}, "import.broken_quotes"),
    ):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("media/photo.jpg", b"")
            for name, text in members.items():
                archive.writestr(name, text)
        assert refused(import_study, file) == [code]


def test_sheets_of_two_forms_are_refused(import_study: Study) -> None:
    file = write_xlsx(import_study.folder / "b.xlsx", {"a": [kobo(coh1=1)], "b": [kobo(coh1=2)]})
    assert refused(import_study, file) == ["import.several_sheets"]


def test_a_file_in_our_own_names_is_no_platforms(import_study: Study) -> None:
    row = {"respondent": "p1", "site": "S1", "coh1": 1, "needs_1": 1, "needs_2": 0, "started": "2024-10-01"}
    receipt = load(import_study, [row])
    assert (receipt.platform, receipt.new) == ("", 1)
