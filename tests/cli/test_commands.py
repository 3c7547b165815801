"""Commands new, instruments, check, score, export and run: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evalkit.cli.app import app
from evalkit.demo.demo import make_demo
from evalkit.pipeline import run

FOLDER = Path(__file__).resolve().parents[2] / "instruments"


def _call(*words: str | Path, lang: str = "en") -> Result:
    return CliRunner(env={"EVALKIT_LANG": lang, "COLUMNS": "200"}).invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_demo(tmp_path_factory.mktemp("commands") / "study", 6)
    run(made, until="import")
    return made.folder


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_new_study_passes_check(tmp_path: Path, lang: str) -> None:
    made = _call("new", tmp_path / "mine", lang=lang)
    assert made.exit_code == 0, made.output
    checked = _call("check", "--study", tmp_path / "mine", lang=lang)
    assert checked.exit_code == 0, checked.output
    assert ("en ordre" if lang == "fr" else "Nothing is wrong") in checked.output


def test_new_refuses_a_folder_in_use_with_exit_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = _call("new", tmp_path)
    assert result.exit_code == 1
    assert "study.folder_in_use" in result.output


def test_wrong_usage_is_exit_2(study: Path) -> None:
    assert _call("new").exit_code == 2
    assert _call("export", "--study", study, "--wave", "w1", "--lang", "xx").exit_code == 2
    assert _call("run", study, "--until", "nonsense").exit_code == 2


def test_instruments_list_show_check(tmp_path: Path) -> None:
    listed = json.loads(_call("instruments", "list", "--json").output)
    assert {form["id"] for form in listed["instruments"]} == {"partners-core", "residents-core", "site-log"}
    shown = _call("instruments", "show", "residents-core", "--lang", "fr").output
    assert "Dans mon HLM" in shown and "coh1" in shown and "cohesion" in shown
    assert _call("instruments", "check", FOLDER / "residents-core.yaml").exit_code == 0
    assert _call("instruments", "show", "none-such").exit_code == 1
    bad = tmp_path / "bad.yaml"
    bad.write_text((FOLDER / "site-log.yaml").read_text(encoding="utf-8").replace("id: day", "id: event"))
    refused = _call("instruments", "check", bad)
    assert refused.exit_code == 1
    assert "instrument.duplicate_id" in refused.output


def test_check_reports_nonresponse_and_json(study: Path) -> None:
    result = _call("check", "--study", study)
    assert result.exit_code == 0, result.output
    assert "nonresponse" in result.output
    facts = json.loads(_call("check", "--study", study, "--json").output)
    assert facts["submissions"] > 700
    assert {"wave", "item", "nonresponse"} <= set(facts["nonresponse"][0])


def test_check_reads_the_plan_and_the_maps(tmp_path: Path) -> None:
    assert _call("new", tmp_path / "mine").exit_code == 0
    file = tmp_path / "mine" / "study.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "answers: []", "answers: [{file: a.csv, instrument: residents-core, map: maps/a.yaml}]"
    )
    file.write_text(f"{text}plan: plan.yaml\n", encoding="utf-8")
    (file.parent / "maps" / "a.yaml").write_text("respondent: id\nitems: {nonsense: column}\n")
    (file.parent / "plan.yaml").write_text("analyses:\n  - {id: a, question: nonsense, outcome: cohesion}\n")
    checked = _call("check", "--study", file.parent)
    assert checked.exit_code == 1
    assert "maps/a.yaml, line 2" in checked.output and "plan.yaml, line 2" in checked.output


def test_check_finds_no_study(tmp_path: Path) -> None:
    result = _call("check", "--study", tmp_path)
    assert result.exit_code == 1
    assert "yaml.not_found" in result.output


def test_score_prints_alpha_for_reflective_scales_only(study: Path) -> None:
    rows = json.loads(_call("score", "--study", study, "--json").output)["scores"]
    alphas = {(row["scale"], row["wave"]): row["alpha"] for row in rows}
    assert 0.6 < alphas[("cohesion", "w1")] < 0.95
    assert alphas[("access", "w1")] is None
    assert (study / "out" / "tables" / "panel-resident.csv").is_file()
    table = _call("score", "--study", study)
    assert table.exit_code == 0 and "cohesion" in table.output


def test_export_gives_a_wave_back_with_labels_and_without_free_text(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "w1.csv"
    words = ("export", "--study", study, "--wave", "w1", "--instrument", "residents-core", "--out", file)
    assert _call(*words, "--lang", "fr").exit_code == 0
    header = file.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert "coh1" in header and "coh1_label" in header and "lacking" not in header
    assert len(file.read_text(encoding="utf-8").splitlines()) == 241
    assert "Tout à fait d’accord" in file.read_text(encoding="utf-8")
    assert (tmp_path / "w1-codebook.csv").is_file()
    assert _call(*words, "--with-text", "--codes").exit_code == 0
    again = file.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert "lacking" in again and "coh1_label" not in again


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--wave", "w9"), "export.unknown_wave"),
        (("--wave", "w1", "--to", "nonsense"), "export.unknown_target"),
        (("--wave", "w1", "--instrument", "site-log"), "export.unknown_instrument"),
    ],
)
def test_export_says_what_is_wrong(study: Path, words: tuple[str, ...], code: str) -> None:
    result = _call("export", "--study", study, *words)
    assert result.exit_code == 1
    assert code in result.output


def test_run_as_json(study: Path) -> None:
    facts = json.loads(_call("run", study, "--until", "import", "--json").output)
    assert (facts["imported"], len(facts["passed_over"])) == ([], 8)
