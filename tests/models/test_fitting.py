"""The plan is done whole: models, intervals, problems and files."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models import fitting
from evalkit.models.fitting import fit, fit_analysis
from evalkit.models.inference.site_changes import change_of_sites, difference_of_arms
from evalkit.models.plan import Analysis, Contrast, Exclusions, read_plan
from evalkit.models.planning.locking import lock_plan
from evalkit.models.study_fits import StudyFits
from evalkit.study.study import Study

GROWTH = Analysis(id="change-since-baseline-cohesion", question="change_since_baseline", outcome="cohesion")
GAP = Analysis(id="gap", question="difference_in_change", outcome="cohesion")


def codes(found: object) -> set[str]:
    return {problem.code for problem in found.problems}  # type: ignore[attr-defined]


@pytest.fixture
def fits(study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> StudyFits:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    return fit(study)


def test_changes_are_those_of_sites(fits: StudyFits, panel: pd.DataFrame, study: Study) -> None:
    sites = [site.id for site in study.sites]
    for arm in ("intervention", "comparison"):
        expected = change_of_sites(panel, "security", sites, "w1", "w3", arm=arm)
        found = fits.change("security", "w3", arm=arm)
        assert found is not None and found.found.conf_low == expected.conf_low
    expected = difference_of_arms(panel, "security", sites, "w1", "w2")
    found = fits.change("security", "w2", arm="intervention", other="comparison")
    assert found is not None and found.found.conf_high == expected.conf_high
    assert fits.change("security", "w1", arm="intervention") is None
    assert fits.change("security", "w3") is None


def test_one_group_has_the_change_of_all_sites(panel: pd.DataFrame, study_of: Callable[..., Study]) -> None:
    found = fit_analysis(GROWTH, panel, study_of(dict.fromkeys(("S1", "S2", "S3"))))
    assert [(change.wave, change.arm) for change in found.changes] == [("w2", None), ("w3", None)]
    assert found.changes[0].found.df == 2


def test_every_analysis_has_its_file_and_every_change_its_row(fits: StudyFits, study: Study) -> None:
    ids = [analysis.id for analysis in read_plan(study).analyses]
    files = {file.stem: json.loads(file.read_text("utf-8")) for file in study.out_folder.glob("fits/*.json")}
    assert sorted(files) == sorted(ids)
    table = pd.read_csv(study.out_folder / "tables" / "fits.csv")
    assert len(table) == sum(len(found.changes) for found in fits.analyses) == 2 * (2 * 2 + 2)
    first = files["change-since-baseline-cohesion"]
    row = first["fit"]["table"][0]
    assert first["fit"]["engine"] == "mixed"
    assert row["conf_low"] < row["estimate"] < row["conf_high"] and row["method"] == "kenward-roger"
    assert first["changes"][0]["estimate"] == pytest.approx(table["estimate"][0])


def test_files_of_analyses_that_left_the_plan_go(fits: StudyFits, study: Study) -> None:
    plan = "analyses:\n  - {id: only, question: change_since_baseline, outcome: cohesion}\n"
    (study.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    fit(study)
    assert [file.name for file in study.out_folder.glob("fits/*.json")] == ["only.json"]


def test_what_two_models_of_an_outcome_share_is_said_once(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    fits = fit(study, engine="statsmodels")
    said = [problem for problem in fits.problems if problem.code == "models.correlation_left_out"]
    assert [problem.values["outcome"].say("en") for problem in said] == ["cohesion", "security"]


def test_progress_counts_analyses(study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    told: list[tuple[str, int, int]] = []
    fit(study, progress=lambda *what: told.append(what))
    assert [done for _, done, _ in told] == [0, 1, 2, 3]
    assert {total for *_, total in told} == {4}


def test_a_folder_that_cannot_be_written_is_a_problem(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    study.out_folder.write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        fit(study)
    assert [problem.code for problem in found.value.problems] == ["study.folder_not_writable"]


def test_exclusions_and_contrasts_are_obeyed(panel: pd.DataFrame, study: Study) -> None:
    asked = GROWTH.model_copy(
        update={"exclusions": Exclusions(sites=("S1",)), "contrast": Contrast(since="w2", waves=("w3",))}
    )
    found = fit_analysis(asked, panel, study)
    assert {(change.since, change.wave) for change in found.changes} == {("w2", "w3")}
    assert "S1" not in set(found.changes[0].found.sites["site"])
    assert found.fit is not None and found.fit.n_sites == 5
    assert codes(found) <= {"models.singular"}


@pytest.mark.parametrize(
    ("analysis", "change", "code"),
    [
        (GROWTH, lambda rows: rows[rows["wave"] == "w1"], "models.one_wave"),
        (GROWTH, lambda rows: rows.assign(cohesion=float("nan")), "models.no_answers"),
        (GROWTH, lambda rows: rows.drop(columns="cohesion"), "models.no_answers"),
        (GROWTH, lambda rows: rows.iloc[:0], "models.no_answers"),
        (GROWTH, lambda rows: rows.assign(instrument="other"), "models.no_answers"),
        (GAP, lambda rows: rows[rows["arm"] == "comparison"], "models.no_comparison"),
    ],
)
def test_nothing_to_fit_is_said(
    panel: pd.DataFrame,
    study: Study,
    analysis: Analysis,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    code: str,
) -> None:
    found = fit_analysis(analysis, change(panel), study)
    assert found.fit is None and found.changes == ()
    assert codes(found) == {code}


def test_answers_that_never_vary_keep_their_change(panel: pd.DataFrame, study: Study) -> None:
    found = fit_analysis(GROWTH, panel.assign(cohesion=50.0), study)
    assert found.fit is None and "models.never_varies" in codes(found)
    assert found.changes[0].found.estimate == pytest.approx(0.0, abs=1e-12)


def test_a_failing_engine_leaves_the_changes(
    panel: pd.DataFrame, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalkit.models.engine import Engine, EngineFailed

    def fails(spec: object) -> None:
        raise EngineFailed("singular matrix")

    engines = {"broken": Engine(fails)}  # type: ignore[arg-type]
    known = fitting.discover
    monkeypatch.setattr(
        fitting, "discover", lambda folder, name: engines if name == "ENGINE" else known(folder, name)
    )
    found = fit_analysis(GROWTH, panel, study, engine="broken")
    assert found.fit is None and "models.engine_failed" in codes(found)
    assert found.changes[0].found.conf_low is not None


def test_one_site_an_arm_has_no_interval(panel: pd.DataFrame, study_of: Callable[..., Study]) -> None:
    few = panel[panel["site"].isin(["S1", "S6"])]
    small = study_of({"S1": "intervention", "S6": "comparison"})
    found = fit_analysis(GAP, few, small)
    assert all(change.found.conf_low is None for change in found.changes)
    assert "models.one_site_in_arm" in codes(found)


def test_results_are_labelled_by_the_locked_plan(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    assert set(fit(study).table()["planned"]) == {"exploratory"}
    lock_plan(study)
    table = fit(study).table()
    assert set(table["planned"]) == {"planned"}
    assert not table["locked_after_data"].any()
    kept = pd.read_csv(study.out_folder / "tables" / "fits.csv")
    assert set(kept["planned"]) == {"planned"}


def test_another_engine_than_planned_is_a_deviation(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    plan = "analyses:\n  - {id: gap, question: difference_in_change, outcome: cohesion}\n"
    (study.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    lock_plan(study)
    fits = fit(study, engine="statsmodels")
    assert set(fits.table()["planned"]) == {"exploratory"}
    assert [(change.how, change.field, change.new) for change in fits.plan.deviations] == [
        ("computed", "engine", "statsmodels")
    ]
    file = json.loads((study.out_folder / "fits" / "gap.json").read_text("utf-8"))
    assert (file["planned"], len(file["deviations"])) == ("exploratory", 1)


def test_a_plan_that_asks_more_than_is_done_does_not_pass_for_done(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    plan = "analyses:\n  - {id: gap, question: difference_in_change, outcome: cohesion, inference: profile}\n"
    (study.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    lock_plan(study)
    fits = fit(study)
    assert set(fits.table()["planned"]) == {"exploratory"}
    assert [change.field for change in fits.plan.deviations] == ["inference"]


def test_the_plan_says_how_wide_intervals_are_and_whose_answers_count(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    plan = "analyses:\n  - {id: gap, question: difference_in_change, outcome: cohesion}\n"
    (study.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    (usual,) = fit(study).analyses
    (study.folder / "plan.yaml").write_text(plan.replace("}", ", who: stayers}") + "alpha: 0.1\n", "utf-8")
    (found,) = fit(study).analyses
    assert {change.found.level for change in found.changes} == {0.9}
    assert {change.found.level for change in usual.changes} == {0.95}
    assert found.fit is not None and usual.fit is not None
    assert found.fit.n_residents < usual.fit.n_residents


def test_p_values_are_adjusted_within_their_family(fits: StudyFits) -> None:
    table = fits.table()
    asked = table.dropna(subset=["p_value"])
    assert len(asked) == 4
    assert (asked["p_adjusted"] >= asked["p_value"]).all()
    least = asked["p_value"].idxmin()
    assert asked.loc[least, "p_adjusted"] == pytest.approx(min(1, 4 * asked.loc[least, "p_value"]))
    assert table.loc[table["p_value"].isna(), "p_adjusted"].isna().all()


def test_changes_are_told_in_baseline_sd_and_beside_the_band(fits: StudyFits, panel: pd.DataFrame) -> None:
    table = fits.table()
    first = panel[panel["wave"] == "w1"]
    apart = first["cohesion"] - first.groupby("site", observed=True)["cohesion"].transform("mean")
    sd = (apart.pow(2).sum() / (apart.notna().sum() - 6)) ** 0.5
    row = table[(table["outcome"] == "cohesion") & (table["question"] == "difference_in_change")].iloc[-1]
    assert row["baseline_sd"] == pytest.approx(sd)
    assert row["glass"] == pytest.approx(row["estimate"] / sd)
    inside = row["conf_low"] >= -1.5 and row["conf_high"] <= 1.5
    assert (row["placement"] == "inside_band") == inside
    assert row["p_equivalence"] > 0.05 or inside


def test_means_by_arm_and_wave_stand_in_a_table(fits: StudyFits, study: Study) -> None:
    means = pd.read_csv(study.out_folder / "tables" / "means.csv")
    assert len(means) == len(fits.analyses) * 6
    assert set(means["wave"]) == {"w1", "w2", "w3"}


def test_flagged_submissions_are_left_out_when_the_plan_says_so(
    panel: pd.DataFrame, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged = panel[panel["wave"] == "w2"].head(3)[["respondent", "site", "wave", "instrument"]]
    monkeypatch.setattr(fitting, "flagged_submissions", lambda study: flagged)
    asked = GAP.model_copy(update={"exclusions": Exclusions(flagged=True)})
    rows, every = (fitting.answers_for(analysis, panel, study) for analysis in (asked, GAP))
    assert len(every) - len(rows) == 3
    assert fitting.carried_out(asked) == asked


def test_inference_of_a_plan_is_for_terms_about_residents(panel: pd.DataFrame, study: Study) -> None:
    rows = panel.assign(half=[str(code)[-1] in "02468" for code in panel["respondent"]])
    asked = Analysis(
        id="m", question="moderation", outcome="cohesion", options={"by": "half"}, inference="profile"
    )
    found = fit_analysis(asked, rows, study)
    assert found.fit is not None and found.terms
    methods = found.fit.table.set_index("term")["method"]
    assert set(methods[list(found.terms)]) == {"profile"}
    assert fitting.carried_out(asked).inference == "profile"
    assert fitting.carried_out(GAP.model_copy(update={"inference": "profile"})).inference == "two_stage"


def test_a_part_of_a_family_has_no_adjusted_p_values(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    part = fit(study, only=["difference-in-change-cohesion"]).table()
    assert part["p_value"].notna().any() and part["p_adjusted"].isna().all()


def test_inference_asked_now_is_that_of_residents_and_makes_a_planned_result_exploratory(
    study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = panel.assign(half=[str(code)[-1] in "02468" for code in panel["respondent"]])
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: rows)
    plan = """analyses:
  - {id: who, question: moderation, outcome: cohesion, options: {by: half}}
  - {id: gap, question: difference_in_change, outcome: cohesion}
"""
    (study.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    lock_plan(study)
    who, gap = fit(study, inference="satterthwaite").analyses
    assert who.fit is not None
    methods = who.fit.table.set_index("term")["method"]
    assert set(methods[list(who.terms)]) == {"satterthwaite"}
    assert (who.standing.label, gap.standing.label) == ("exploratory", "planned")
    assert gap.analysis.inference == "two_stage"
