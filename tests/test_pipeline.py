"""A run validates every step before it does one, stops where it is told, and can be repeated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evalkit.demo.demo import make_demo
from evalkit.errors import ProblemsFound
from evalkit.pipeline import STEPS, run
from evalkit.responses.response_store import wave_counts
from evalkit.study.reading import read_study
from evalkit.study.study import Study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("made") / "study", 5).folder


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Study:
    folder = tmp_path / "study"
    shutil.copytree(made, folder)
    return read_study(folder)


def _refused(study: Study) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        run(read_study(study.folder))
    assert len(wave_counts(study)) == 0
    return [problem.code for problem in found.value.problems]


def test_import_step_only(study: Study) -> None:
    seen = []
    receipt = run(study, until="import", progress=lambda step, part, parts: seen.append((step, part, parts)))
    assert seen == [("import", number, 8) for number in range(8)]
    assert [imported.new for imported in receipt.imported][:2] == [240, 35]
    assert receipt.written == ()
    assert not (study.out_folder / "tables").exists()
    again = run(study, until="import")
    assert (again.imported, len(again.passed_over)) == ((), 8)


def test_steps_follow_each_other(study: Study) -> None:
    seen = []
    receipt = run(study, progress=lambda step, _part, _parts: seen.append(step))
    assert list(dict.fromkeys(seen)) == list(STEPS)
    assert {file.suffix for file in receipt.written} == {".csv", ".html"}
    assert all(file.is_file() for file in receipt.written)


def test_a_missing_file_is_found_before_anything_is_imported(study: Study) -> None:
    (study.folder / "answers" / "w3-partners.csv").unlink()
    (study.folder / "answers" / "w2-residents.csv").unlink()
    assert _refused(study) == ["run.file_not_found"] * 2


def test_a_wrong_map_and_a_wrong_plan_are_found_before_anything_is_imported(study: Study) -> None:
    file = study.folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("w3-partners.csv, instrument", "w3-partners.csv, map: maps/none.yaml, instrument")
    file.write_text(text + "plan: plan.yaml\n", encoding="utf-8")
    (study.folder / "plan.yaml").write_text("analyses:\n  - {id: a, question: nonsense, outcome: cohesion}\n")
    codes = _refused(study)
    assert codes[0] == "yaml.not_found"
    assert any(code.startswith(("plan.", "yaml.")) for code in codes[1:])


def test_a_study_that_lists_no_answers(study: Study) -> None:
    file = study.folder / "study.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "file: answers/" not in line and "answers:" not in line]
    file.write_text("\n".join(kept), encoding="utf-8")
    assert _refused(study) == ["run.no_answers"]


def test_bad_answers_stop_the_run_and_change_nothing_of_their_file(study: Study) -> None:
    file = study.folder / "answers" / "w2-residents.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(",S", ",X", 1)
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ProblemsFound):
        run(study)
    counts = wave_counts(study).set_index(["wave", "instrument"])["submissions"].to_dict()
    assert counts == {("w1", "partners-core"): 35, ("w1", "residents-core"): 240}
