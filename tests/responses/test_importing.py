"""A file is imported whole or not at all, and what it says is read as it was meant."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from evalkit.errors import ProblemsFound
from evalkit.problems import errors_of, group_problems
from evalkit.responses.answer_table import REASONS
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers, wave_counts
from evalkit.store.audit import who
from evalkit.store.tables import audit, imports, submissions
from evalkit.study.enrolling import add_person
from evalkit.study.roster import read_roster
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

FORM = "every-type"


def write(study: Study, text: str, name: str = "answers.csv") -> Path:
    file = study.folder / name
    file.write_text(text, encoding="utf-8")
    return file


def load(study: Study, text: str, wave: str = "w1", mapped: str | None = None, **how: Any) -> ImportReceipt:
    plan = None if mapped is None else write(study, mapped, "map.yaml")
    return import_wave(study, write(study, text), wave=wave, instrument=FORM, map=plan, **how)


def refused(study: Study, text: str, wave: str = "w1", mapped: str | None = None, **how: Any) -> list[str]:
    """Return the codes of the errors of a refused import, and see that the store has not changed."""
    before = stored(study)
    with pytest.raises(ProblemsFound) as found:
        load(study, text, wave, mapped, **how)
    assert stored(study) == before
    for problem in found.value.problems:
        assert problem.what("fr") and problem.do("fr") and problem.what("en") and problem.do("en")
    return [problem.code for problem in errors_of(found.value.problems)]


def stored(study: Study) -> dict[str, Any]:
    """Return every file of the study's data, byte for byte."""
    return {str(p): p.read_bytes() for p in study.data_folder.rglob("*") if p.is_file()}


def said(study: Study, item: str, wave: str = "w1") -> list[Any]:
    """Return answers to an item, or the reason of their absence, in the order of the file."""
    table = read_answers(study, wave, FORM)
    order = table.keys["row"].argsort()
    pairs = zip(table.values[item].iloc[order], table.reasons[item].iloc[order], strict=True)
    return [REASONS[reason - 1] if reason else value for value, reason in pairs]


def test_answers_of_every_type_are_read(import_study: Study) -> None:
    header = "respondent,site,language,mode,started,coh1,event,helped,needs,age,money,day,remark\n"
    first = 'p1,S1,fr-CA,paper,2024-10-01T09:30,3,1,4,1 3,40,3.5,2024-09-30,"déjà, vu"\n'
    second = "p2,S2,EN,,,-8,0,,,-9,-7,,\n"
    receipt = load(import_study, header + first + second)
    assert (receipt.new, receipt.revised, receipt.same, receipt.enrolled) == (2, 0, 0, 2)
    assert said(import_study, "coh1") == [3.0, "dont_know"]
    assert said(import_study, "helped") == [4.0, "not_asked"]
    assert said(import_study, "needs") == [(1, 3), "blank"]
    assert said(import_study, "age") == [40.0, "refused"]
    # -7 lies in the item's range and is not offered there as a way of not answering.
    assert said(import_study, "money") == [3.5, -7.0]
    assert said(import_study, "day") == ["2024-09-30", "blank"]
    assert said(import_study, "remark") == ["déjà, vu", "blank"]
    keys = read_answers(import_study, "w1", FORM).keys.sort_values("row")
    assert keys["language"].tolist() == ["fr", "en"]
    assert keys["started"].tolist() == ["2024-10-01T09:30:00", None]
    assert keys["site"].tolist() == ["S1", "S2"]
    codes = read_roster(import_study).aliases["resident"]
    assert keys["respondent"].tolist() == [codes["p1"], codes["p2"]]


def test_an_answer_to_a_skipped_item_is_kept(import_study: Study) -> None:
    load(import_study, "respondent,site,event,helped\np1,S1,0,3\n")
    assert said(import_study, "helped") == [3.0]


@pytest.mark.parametrize("joint", ["_", ".", "/", "___"])
def test_choices_in_columns(import_study: Study, joint: str) -> None:
    columns = ",".join(f"needs{joint}{code}" for code in (1, 2, 3))
    rows = "p1,S1,1,1,0,1\np2,S1,1,0,0,0\np3,S1,1,,,\np4,S1,1,1,,\np5,S1,1,-9,-9,-9\n"
    load(import_study, f"respondent,site,event,{columns}\n{rows}")
    assert said(import_study, "needs") == [(1, 3), (), "blank", (1,), "refused"]
    wrong = f"respondent,site,event,{columns}\np6,S1,1,2,0,0\np7,S1,1,-9,1,0\n"
    assert refused(import_study, wrong) == ["import.not_zero_or_one", "import.mixed_choices"]


def test_items_of_each_partner(import_study: Study) -> None:
    code = add_person(import_study, population="partner", sites=["S1"], organisation="CLSC")
    load(import_study, f"respondent,site,event,freq_{code},freq_CLSC\np1,S1,1,2,-8\np2,S1,1,,\n")
    assert said(import_study, "freq") == [{code: 2.0, "CLSC": "dont_know"}, "blank"]
    assert refused(import_study, "respondent,site,event,freq_Nobody\np3,S1,1,2\n") == [
        "import.unknown_partner"
    ]


def test_a_map_renames_recodes_and_gives_reasons(import_study: Study) -> None:
    text = "pid,region,trust,born,needs\n7,North,1,8,0\n8,North,8,77,0\n"
    mapped = (
        "respondent: pid\nsite: region\nsites: {North: S3}\nitems: {coh1: trust, age: born}\n"
        "recode: {coh1: {1: 4}}\n"
        "absent: {coh1: {8: not_applicable}, age: {8: refused}, needs: {0: not_asked}}\n"
        "constant: {mode: phone, language: fr}\n"
    )
    load(import_study, text, mapped=mapped)
    assert said(import_study, "coh1") == [4.0, "not_applicable"]
    assert said(import_study, "age") == ["refused", 77.0]
    assert said(import_study, "needs") == ["not_asked", "not_asked"]
    keys = read_answers(import_study, "w1", FORM).keys
    assert set(keys["site"]) == {"S3"} and set(keys["mode"]) == {"phone"} and set(keys["language"]) == {"fr"}


@pytest.mark.parametrize(("label", "code"), [("TOUT À FAIT", 4), ("fully", 4), ("a little", 2)])
def test_a_label_is_refused_with_its_code_and_read_when_the_map_says_so(
    import_study: Study, label: str, code: int
) -> None:
    text = f"respondent,site,coh1\np1,S1,{label}\np2,S1,Je ne sais pas\n"
    with pytest.raises(ProblemsFound) as found:
        load(import_study, text)
    assert [p.code for p in found.value.problems if p.severity == "error"] == ["import.label_for_code"] * 2
    assert str(code) in errors_of(found.value.problems)[0].what("en")
    load(import_study, text, mapped="labels: true\n")
    assert said(import_study, "coh1") == [float(code), "dont_know"]


def test_decimal_commas_of_a_semicolon_file(import_study: Study) -> None:
    load(import_study, "respondent;site;money\np1;S1;3,5\np2;S1;4\n")
    assert said(import_study, "money") == [3.5, 4.0]
    # Between commas, 1,234 may be a thousand and more.
    assert refused(import_study, 'respondent,site,money\np3,S1,"1,234"\n') == ["import.not_a_number"]
    load(import_study, 'respondent,site,money\np3,S1,"1,5"\n', mapped="decimal: ','\n")
    assert sorted(said(import_study, "money")) == [1.5, 3.5, 4.0]


def test_codes_with_the_decimals_that_a_spreadsheet_adds(import_study: Study) -> None:
    load(import_study, "respondent;site;coh1;needs\np1;S1;4,0;1,3\n")
    assert said(import_study, "coh1") == [4.0]
    assert said(import_study, "needs") == [(1, 3)]
    load(import_study, "respondent,site,coh1\np2,S1,2.0\n")
    assert sorted(said(import_study, "coh1")) == [2.0, 4.0]


CELLS = [
    ("coh1", "5", "import.outside_options"),
    ("coh1", "1.5", "import.outside_options"),
    ("coh1", "Fully", "import.label_for_code"),
    ("needs", "1 9", "import.outside_options"),
    ("age", "7", "import.outside_range"),
    ("age", "4.5", "import.not_whole"),
    ("age", "forty", "import.not_a_number"),
    ("money", "1 000 000", "import.not_a_number"),
    ("day", "45567", "import.serial_date"),
    ("day", "2024-02-30", "import.not_a_date"),
    ("day", "03/04/2024", "import.not_a_date"),
    ("started", "45567.5", "import.serial_date"),
    ("language", "de", "import.unknown_language"),
    ("site", "S9", "import.unknown_site"),
    ("site", "", "import.site_missing"),
    ("respondent", "", "import.respondent_missing"),
    ("respondent", "R-7K3MQ-4", "import.wrong_code"),
]


@pytest.mark.parametrize(("column", "cell", "code"), CELLS)
def test_a_wrong_cell_is_named(import_study: Study, column: str, cell: str, code: str) -> None:
    row = {"respondent": "p1", "site": "S1", "event": "1", column: cell}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    with pytest.raises(ProblemsFound) as found:
        load(import_study, text)
    (problem,) = errors_of(found.value.problems)
    assert (problem.code, problem.where.row, problem.where.column) == (code, 1, column)
    assert problem.where.item == (column if column in import_study.instruments[FORM].items_by_id else None)
    assert (cell.split() or [""])[-1] in problem.what("en")


def test_a_wrong_code_and_an_unknown_one_differ(roster_study: Study) -> None:
    code = add_person(roster_study, population="resident", sites=["S2"], alias="p1")
    partner = add_person(roster_study, population="partner", sites=["S2"], organisation="CLSC")
    slip = code[:-1] + ("7" if code[-1] != "7" else "8")
    rows = f"{slip},S2,1\nnobody,S2,1\n{partner},S2,1\n"
    codes = ["import.wrong_code", "import.unknown_respondent", "import.other_population"]
    assert sorted(refused(roster_study, f"respondent,site,event\n{rows}")) == sorted(codes)
    receipt = load(roster_study, f"respondent,event\n{code.lower()},1\n")
    assert [n.code for n in receipt.problems if "site" in n.code] == ["import.site_from_roster"]
    assert load(roster_study, "respondent,event\np1,0\n").revised == 1
    assert read_answers(roster_study, "w1", FORM).keys["site"].tolist() == ["S2"]


def test_rows_without_answers_are_counted_and_not_kept(import_study: Study) -> None:
    receipt = load(import_study, "respondent,site,coh1\np1,S1,2\np2,,\n,S1,\n")
    assert (receipt.rows, receipt.new, receipt.empty_rows) == (1, 1, 2)
    assert refused(import_study, "respondent,site,coh1\np3,S1,\n") == ["import.no_rows"]


def test_the_site_of_the_previous_wave_is_a_declared_rule(import_study: Study) -> None:
    load(import_study, "respondent,site,event\np1,S1,1\np2,S2,1\n", "w1")
    load(import_study, "respondent,site,event\np1,S3,1\n", "w2")
    text = "respondent,site,event\np1,,1\np2,,0\n"
    assert refused(import_study, text, "w3") == ["import.site_missing"] * 2
    receipt = load(import_study, text, "w3", "site_if_missing: previous_wave\n")
    (fact,) = [p for p in receipt.problems if p.code == "import.site_from_previous_wave"]
    assert fact.values["count"] == 2
    keys = read_answers(import_study, "w3", FORM).keys.sort_values("row")
    assert keys["site"].tolist() == ["S3", "S2"]
    nobody = "respondent,site,event\np9,,1\n"
    assert refused(import_study, nobody, "w3", "site_if_missing: previous_wave\n") == ["import.site_missing"]


def test_a_resident_stands_in_one_site_in_a_wave(import_study: Study) -> None:
    text = "respondent,site,event\np1,S1,1\np2,S1,1\np1,S2,1\n"
    assert refused(import_study, text) == ["import.two_sites_in_file"] * 2
    load(import_study, "respondent,site,event\np1,S1,1\n")
    assert refused(import_study, "respondent,site,event\np1,S2,1\n") == ["import.two_sites"]
    assert load(import_study, "respondent,site,event\np1,S2,1\n", "w2").new == 1


def test_the_same_respondent_twice_in_a_file(import_study: Study) -> None:
    text = "respondent,site,event\np1,S1,1\np2,S1,1\np1,S1,0\n"
    with pytest.raises(ProblemsFound) as found:
        load(import_study, text)
    rows = [(p.code, p.where.row) for p in errors_of(found.value.problems)]
    assert rows == [("import.respondent_twice", 1), ("import.respondent_twice", 3)]


def test_a_corrected_map_reads_the_same_file_anew(import_study: Study) -> None:
    text = "respondent,site,seen\np1,S1,1\np2,S1,2\n"
    mapped = "items: {event: seen}\nrecode: {event: {1: 1, 2: 1}}\n"
    load(import_study, text, mapped=mapped)
    assert refused(import_study, text, mapped=mapped) == ["import.same_file"]
    receipt = load(import_study, text, mapped=mapped.replace("2: 1", "2: 0"))
    assert (receipt.new, receipt.revised, receipt.same) == (0, 1, 1)
    assert sorted(said(import_study, "event")) == [0.0, 1.0]


def test_the_same_file_is_refused_and_a_corrected_one_makes_revisions(import_study: Study) -> None:
    text = "respondent,site,event\np1,S1,1\np2,S1,1\n"
    load(import_study, text, by="Ana", why="first wave")
    assert refused(import_study, text) == ["import.same_file"]
    receipt = load(import_study, text.replace("p2,S1,1", "p2,S1,0"), why="a slip of the keys")
    assert (receipt.new, receipt.revised, receipt.same, receipt.enrolled) == (0, 1, 1, 0)
    assert said(import_study, "event") == [1.0, 0.0]
    with study_store(import_study).reading() as connection:
        rows = connection.execute(submissions.select().order_by(submissions.c.id)).all()
        assert [(row.revision, row.by, row.why) for row in rows] == [
            (1, "Ana", "first wave"),
            (1, "Ana", "first wave"),
            (2, who(), "a slip of the keys"),
        ]
        assert len(connection.execute(imports.select()).all()) == 2
        assert [row.what for row in connection.execute(audit.select())] == ["import", "import"]
    originals = list((import_study.data_folder / "originals").iterdir())
    assert {row.sha256 for row in rows_of(import_study)} == {path.stem for path in originals}


def rows_of(study: Study) -> Sequence[Any]:
    with study_store(study).reading() as connection:
        return connection.execute(imports.select()).all()


def test_a_dry_run_counts_and_changes_nothing(import_study: Study) -> None:
    text = "respondent,site,event\np1,S1,1\np2,S1,1\n"
    receipt = load(import_study, text, dry_run=True)
    assert (receipt.new, receipt.enrolled, stored(import_study)) == (2, 2, {})
    load(import_study, text)
    before = stored(import_study)
    corrected = text.replace("p2,S1,1", "p2,S1,0") + "p3,S1,1\n"
    receipt = load(import_study, corrected, dry_run=True)
    assert (receipt.new, receipt.revised, receipt.same, receipt.enrolled) == (1, 1, 1, 1)
    assert stored(import_study) == before


def test_good_rows_alone_when_asked(import_study: Study) -> None:
    text = "respondent;site;money;remark\np1;S1;3,5;bon\np2;S9;mille;été\np3;S1;2,5;\n"
    assert refused(import_study, text) == ["import.unknown_site", "import.not_a_number"]
    receipt = load(import_study, text, accept_partial=True)
    assert (receipt.rows, receipt.new, receipt.rejected) == (3, 2, 1)
    assert sorted(p.code for p in errors_of(receipt.problems)) == [
        "import.not_a_number",
        "import.unknown_site",
    ]
    assert receipt.rejects_file is not None
    with receipt.rejects_file.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    assert [(row["respondent"], row["money"], row["remark"]) for row in rows] == [("p2", "mille", "été")]
    assert "S9" in rows[0]["why_rejected"] and "mille" in rows[0]["why_rejected"]
    fixed = (
        receipt.rejects_file.read_text(encoding="utf-8-sig").replace("S9", "S2").replace("mille;", "1000;")
    )
    assert load(import_study, fixed).new == 1
    assert said(import_study, "money").count(1000.0) == 1


def test_nothing_is_imported_when_no_row_is_good(import_study: Study) -> None:
    text = "respondent,site,event\np1,S9,1\n"
    assert refused(import_study, text, accept_partial=True) == ["import.unknown_site"]


def test_ten_thousand_wrong_rows_are_counted_exactly(import_study: Study) -> None:
    rows = "".join(f"p{n},S1,{n % 90 + 10},x\n" for n in range(10_000))
    with pytest.raises(ProblemsFound) as found:
        load(import_study, f"respondent,site,coh1,age\n{rows}")
    assert len(found.value.problems) < 1000
    groups = {group.code: group for group in group_problems(found.value.problems)}
    assert groups["import.outside_options"].count == 10_000
    assert groups["import.not_a_number"].count == 10_000
    assert [p.where.row for p in groups["import.not_a_number"].examples] == [1, 2, 3]
    assert not import_study.data_folder.exists()


def test_unknown_wave_and_instrument(import_study: Study) -> None:
    file = write(import_study, "respondent,event\np1,1\n")
    for wave, instrument, codes in (
        ("w9", FORM, ["import.unknown_wave"]),
        ("w9", "none-such", ["import.unknown_wave", "import.unknown_instrument"]),
        ("w1", "residents-core", ["import.not_in_study"]),
    ):
        with pytest.raises(ProblemsFound) as found:
            import_wave(import_study, file, wave=wave, instrument=instrument)
        assert [p.code for p in found.value.problems] == codes


@pytest.mark.parametrize(
    ("header", "mapped", "codes"),
    [
        ("pid,event", None, ["import.no_column"]),
        ("respondent,other", None, ["import.no_item_columns"]),
        ("respondent,event", "items: {coh1: trust}\nsite: region\n", ["import.no_column"] * 2),
        ("respondent,needs_1,needs.1", None, ["import.part_twice"]),
        ("respondent,event,event", None, ["import.column_twice"]),
    ],
)
def test_columns_that_cannot_be_used(
    import_study: Study, header: str, mapped: str | None, codes: list[str]
) -> None:
    cells = ",".join("1" for _ in header.split(","))
    assert refused(import_study, f"{header}\n{cells}\n", mapped=mapped) == codes


def test_excel_serials_are_refused_unless_the_map_declares_them(import_study: Study) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["respondent", "site", "day"], ["p1", "S1", 45567], ["p2", "S1", date(2024, 10, 2)]):
        sheet.append(row)
    file = import_study.folder / "answers.xlsx"
    book.save(file)
    with pytest.raises(ProblemsFound) as found:
        import_wave(import_study, file, wave="w1", instrument=FORM)
    (problem,) = errors_of(found.value.problems)
    assert problem.code == "import.serial_date" and "2024-10-02" in problem.what("en")
    plan = write(import_study, "dates: {format: excel}\n", "map.yaml")
    import_wave(import_study, file, wave="w1", instrument=FORM, map=plan)
    assert said(import_study, "day") == ["2024-10-02", "2024-10-02"]


def test_codes_that_a_file_declares_as_missing_need_a_reason(import_study: Study) -> None:
    frame = pd.DataFrame({"respondent": ["p1", "p2"], "site": ["S1", "S1"], "age": [30.0, 98.0]})
    file = import_study.folder / "answers.sav"
    pyreadstat.write_sav(frame, file, missing_ranges={"age": [98]})
    with pytest.raises(ProblemsFound) as found:
        import_wave(import_study, file, wave="w1", instrument=FORM)
    assert [p.code for p in errors_of(found.value.problems)] == ["import.user_missing"]
    plan = write(import_study, "absent: {age: {98: dont_know}}\n", "map.yaml")
    import_wave(import_study, file, wave="w1", instrument=FORM, map=plan)
    assert said(import_study, "age") == [30.0, "dont_know"]


def test_labels_of_a_file_that_contradict_the_questionnaire(import_study: Study) -> None:
    frame = pd.DataFrame({"respondent": ["p1"], "site": ["S1"], "coh1": [1.0]})
    file = import_study.folder / "answers.sav"
    pyreadstat.write_sav(frame, file, variable_value_labels={"coh1": {1: "Fully", 4: "Not at all"}})
    with pytest.raises(ProblemsFound) as found:
        import_wave(import_study, file, wave="w1", instrument=FORM)
    assert [p.code for p in errors_of(found.value.problems)] == ["import.labels_differ"] * 2
    plan = write(import_study, "recode: {coh1: {1: 4, 2: 3, 3: 2, 4: 1}}\n", "map.yaml")
    import_wave(import_study, file, wave="w1", instrument=FORM, map=plan)
    assert said(import_study, "coh1") == [4.0]


def test_a_folder_that_cannot_be_written(import_study: Study) -> None:
    import_study.data_folder.write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        load(import_study, "respondent,site,event\np1,S1,1\n")
    assert [p.code for p in errors_of(found.value.problems)] == ["store.not_writable"]
    assert import_study.data_folder.is_file()


def test_progress_ends_at_one(import_study: Study) -> None:
    shares: list[float] = []
    load(import_study, "respondent,site,event\np1,S1,1\n", progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert wave_counts(import_study)["submissions"].tolist() == [1]
