"""A table read in parts gives the fit of the whole table."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from evalkit.models.lmm_chunks import lmm_chunks
from evalkit.models.lmm_fit import LmmFit
from tests.models.panels import panel

FORMULA = "cohesion ~ time * arm + (1 + time | respondent) + (1 | site) + (1 | site:wave)"
NUMBERS = ["estimate", "std_error", "df", "p_value"]
# Sums made in another order differ by rounding, and the optimum by as much.
ROUNDING = 1e-10


def incomplete(seed: int = 1) -> pd.DataFrame:
    data = panel(seed)
    data.loc[[3, 90, 200], "cohesion"] = np.nan
    data.loc[90, "arm"] = None
    return data


def parts(data: pd.DataFrame, size: int) -> list[pd.DataFrame]:
    return [data.iloc[start : start + size] for start in range(0, len(data), size)]


def assert_same(found: LmmFit, whole: LmmFit) -> None:
    assert found.table["term"].tolist() == whole.table["term"].tolist()
    np.testing.assert_allclose(found.table[NUMBERS], whole.table[NUMBERS], rtol=ROUNDING, atol=ROUNDING)
    assert found.criterion == pytest.approx(whole.criterion, rel=ROUNDING)
    keys = ["group", "term1", "term2"]
    mine, theirs = (fit.variance_components.fillna("").set_index(keys)["value"] for fit in (found, whole))
    np.testing.assert_allclose(mine.sort_index(), theirs.sort_index(), rtol=1e-8, atol=1e-12)
    told = [[(p.code, dict(p.values)) for p in fit.problems] for fit in (found, whole)]
    assert told[0] == told[1]
    for count in ("n_rows", "n_residents", "n_sites", "n_waves"):
        assert getattr(found, count) == getattr(whole, count)


@settings(max_examples=15, deadline=None)
@given(st.integers(20, 240), st.integers(0, 100), st.sampled_from(["rows", "wave", "any"]))
def test_parts_in_any_order_give_the_fit_of_the_whole(size: int, seed: int, order: str) -> None:
    data = incomplete()
    if order == "wave":
        data = data.sort_values("wave", kind="stable").astype({"arm": "category"})
    if order == "any":
        data = data.sample(frac=1.0, random_state=seed)
    own = parts(data, size)
    try:
        found = lmm_chunks(FORMULA, own)
    except ProblemsFound as refused:  # the first part does not hold both arms, and does not name them
        assert {p.code for p in refused.problems} <= {"mixed.new_category", "mixed.part_kind"}
        assert own[0]["arm"].dropna().nunique() < 2
        return
    whole = lmm(FORMULA, data)
    np.testing.assert_allclose(found.table[NUMBERS], whole.table[NUMBERS], rtol=ROUNDING, atol=ROUNDING)
    assert found.criterion == pytest.approx(whole.criterion, rel=ROUNDING)


def test_everything_that_sums_tell_is_the_same() -> None:
    data = incomplete()
    whole, found = lmm(FORMULA, data), lmm_chunks(FORMULA, parts(data, 70))
    assert_same(found, whole)
    for ask in (
        lambda fit: fit.anova(),
        lambda fit: fit.contrast({"time": 1, "time:arm[T.intervention]": 1}),
        lambda fit: fit.joint_test({"a": {"time": 1}, "b": {"time:arm[T.intervention]": 1}}),
        lambda fit: fit.adjusted_means("arm", at={"time": 2}),
        lambda fit: fit.adjusted_differences("arm"),
        lambda fit: fit.effects().drop(columns="level"),
    ):
        mine, theirs = (ask(fit).select_dtypes("number") for fit in (found, whole))
        np.testing.assert_allclose(mine, theirs, rtol=1e-8, atol=1e-10)
    new = data.dropna().head(9).assign(respondent=[0, 1, 2, 3, 4, 5, 6, 7, 999])
    for conditional in (True, False):
        np.testing.assert_allclose(
            found.predict(new, conditional=conditional), whole.predict(new, conditional=conditional)
        )
    assert (found.aic, found.bic, found.icc) == pytest.approx((whole.aic, whole.bic, whole.icc))
    assert found.r2 == pytest.approx(whole.r2)
    ends = ["conf_low", "conf_high"]
    np.testing.assert_allclose(found.profile()[ends].iloc[-4:], whole.profile()[ends].iloc[-4:], rtol=1e-4)
    assert "Fixed effects" in found.summary()
    assert found.sentences("fr") == whole.sentences("fr")
    assert_same(pickle.loads(pickle.dumps(found)), whole)


def test_weights_maximum_likelihood_and_uncorrelated_effects_are_the_same() -> None:
    data = panel().assign(w=np.tile([0.5, 1.0, 2.0], 80))
    formula = "cohesion ~ time * arm + (1 + time || respondent) + (1 | wave)"
    chosen: dict[str, Any] = {"weights": "w", "reml": False, "inference": "satterthwaite"}
    whole, found = lmm(formula, data, **chosen), lmm_chunks(formula, parts(data, 50), **chosen)
    assert_same(found, whole)
    assert (found.icc, *found.r2) == pytest.approx((whole.icc, *whole.r2))


@pytest.mark.parametrize(
    "ask",
    [
        lambda fit: fit.fitted(),
        lambda fit: fit.residuals(),
        lambda fit: fit.simulate(1, np.random.default_rng(1)),
        lambda fit: fit.bootstrap(2, np.random.default_rng(1)),
        lambda fit: fit.robust("site"),
        lambda fit: fit.without_each("site"),
        lambda fit: fit.compare(fit),
    ],
)
def test_what_needs_rows_is_refused(ask: Callable[[LmmFit], Any]) -> None:
    fit = lmm_chunks("cohesion ~ time + (1 | respondent)", parts(panel(), 100))
    assert codes_of(lambda: ask(fit)) == {"mixed.rows_not_kept"}


def codes_of(call: Callable[[], Any]) -> set[str]:
    with pytest.raises(ProblemsFound) as found:
        call()
    assert all(p.what("en") and p.do("fr") and p.where.say("fr") is not None for p in found.value.problems)
    return {problem.code for problem in found.value.problems}


def test_categories_that_come_late_are_refused_unless_they_are_named() -> None:
    data = panel().sort_values("arm")
    assert codes_of(lambda: lmm_chunks(FORMULA, parts(data, 100))) == {"mixed.new_category"}
    named = data.astype({"arm": "category"})
    assert_same(lmm_chunks(FORMULA, parts(named, 100)), lmm(FORMULA, named))
    unused = data.assign(arm=pd.Categorical(data["arm"], ["none", "comparison", "intervention"]))
    assert codes_of(lambda: lmm_chunks(FORMULA, parts(unused, 100))) == {"mixed.category_without_rows"}


def spoiled(column: str, values: Any) -> list[pd.DataFrame]:
    first, second = parts(panel(), 120)
    return [first, second.assign(**{column: values})]


@pytest.mark.parametrize(
    ("data", "formula", "code"),
    [
        ([], FORMULA, "mixed.no_rows"),
        ([panel().assign(cohesion=np.nan)], FORMULA, "mixed.no_rows"),
        (spoiled("time", "soon"), FORMULA, "mixed.part_kind"),
        (spoiled("respondent", "r12"), FORMULA, "mixed.part_kind"),
        (spoiled("cohesion", np.inf), FORMULA, "mixed.not_finite"),
        ([*parts(panel(), 120), None], FORMULA, "mixed.no_table"),
        ([panel(), panel()[["time"]]], FORMULA, "mixed.unknown_column"),
        (parts(panel(), 120), "cohesion ~ scale(time) + (1 | site)", "mixed.whole_column_needed"),
        (parts(panel(), 120), "cohesion ~ poly(time, 2) + (1 | site)", "mixed.whole_column_needed"),
        (parts(panel().assign(site=1), 120), "cohesion ~ time + (1 | site)", "mixed.one_level"),
        (parts(panel().assign(cohesion=3.0), 120), "cohesion ~ time + (1 | site)", "mixed.no_variation"),
        (parts(panel().iloc[::4], 30), "cohesion ~ 1 + (1 | respondent)", "mixed.as_many_effects_as_rows"),
        (
            parts(panel().assign(flag=0.0), 99),
            "cohesion ~ time + (1 + flag | respondent)",
            "mixed.effects_depend",
        ),
        (
            parts(panel().assign(person=panel()["respondent"] + 7), 99),
            "cohesion ~ time + (1 | respondent) + (0 + time | person)",
            "mixed.same_groups",
        ),
        (7, FORMULA, "mixed.part_unread"),
        ("no such folder/*.csv", FORMULA, "mixed.no_file"),
    ],
)
def test_what_parts_cannot_bear_is_refused(data: Any, formula: str, code: str) -> None:
    assert code in codes_of(lambda: lmm_chunks(formula, data))


def test_a_faulty_part_is_named() -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm_chunks(FORMULA, spoiled("time", "soon"))
    (problem,) = found.value.problems
    assert (problem.where.part, problem.where.column) == ("2", "time")


def test_a_missing_id_does_not_make_other_persons_of_the_rest() -> None:
    """A column of whole numbers with a gap is one of floats; 12 and 12.0 are one person."""
    data = panel()
    first, second = parts(data.sample(frac=1.0, random_state=3), 120)
    second = second.astype({"respondent": float})
    second.iloc[0, second.columns.get_loc("respondent")] = np.nan
    found = lmm_chunks("cohesion ~ time + (1 | respondent)", [first, second])
    assert (found.n_rows, found.n_residents) == (239, 60)
    halves = data.assign(respondent=data["respondent"] / 2)
    split = parts(halves.sort_values("respondent", key=lambda ids: ids % 1), 120)
    again = lmm_chunks("cohesion ~ time + (1 | respondent)", [split[0].astype({"respondent": int}), split[1]])
    assert again.n_residents == 60


def test_dropped_columns_are_those_of_the_whole() -> None:
    data = panel().assign(months=12 * panel()["time"] + 3)
    formula = "cohesion ~ time + months + (1 | respondent)"
    found = lmm_chunks(formula, parts(data, 100))
    assert_same(found, lmm(formula, data))
    assert codes_of(lambda: found.adjusted_means("arm")) == {"mixed.rows_not_kept"}


class TestFiles:
    def test_csv_blocks_give_the_fit_of_the_file(self, tmp_path: Path) -> None:
        data = incomplete().sort_values("arm").assign(more="words that no one asked for")
        data.to_csv(tmp_path / "panel.csv", index=False)
        whole = lmm(FORMULA, pd.read_csv(tmp_path / "panel.csv"))
        assert_same(lmm_chunks(FORMULA, tmp_path / "panel.csv", rows_at_once=50), whole)

    def test_folders_patterns_and_lists_are_read_in_order(self, tmp_path: Path) -> None:
        data = incomplete()
        paths = []
        for number, part in enumerate(parts(data, 80)):
            paths.append(tmp_path / f"part{number}.csv.gz")
            part.to_csv(paths[-1], index=False)
        whole = lmm(FORMULA, data)
        for given_as in (tmp_path, str(tmp_path / "*.csv.gz"), [str(path) for path in paths]):
            assert_same(lmm_chunks(FORMULA, given_as, rows_at_once=33), whole)

    def test_a_level_of_incomplete_rows_alone_is_left_out(self, tmp_path: Path) -> None:
        data = incomplete()
        data.loc[:3, ["arm", "cohesion"]] = ["absent", np.nan]
        data.to_csv(tmp_path / "panel.csv", index=False)
        assert_same(lmm_chunks(FORMULA, tmp_path / "panel.csv", rows_at_once=50), lmm(FORMULA, data))

    def test_faults_of_files_are_named(self, tmp_path: Path) -> None:
        panel().to_csv(tmp_path / "a.csv", index=False)
        panel().drop(columns="time").to_csv(tmp_path / "b.csv", index=False)
        (tmp_path / "c.xlsx").write_bytes(b"")
        (tmp_path / "d.csv").write_text("")
        (tmp_path / "e.csv").write_text(panel().to_csv(index=False) + '1,"\n')
        with pytest.raises(ProblemsFound) as found:
            lmm_chunks(FORMULA, [tmp_path / "a.csv", tmp_path / "b.csv"])
        (problem,) = found.value.problems
        assert problem.code == "mixed.unknown_column"
        assert (problem.where.file, problem.where.column) == (str(tmp_path / "b.csv"), "time")
        assert codes_of(lambda: lmm_chunks(FORMULA, tmp_path / "c.xlsx")) == {"mixed.file_kind"}
        assert codes_of(lambda: lmm_chunks(FORMULA, tmp_path / "d.csv")) == {"mixed.part_unread"}
        assert codes_of(lambda: lmm_chunks(FORMULA, tmp_path / "e.csv")) == {"mixed.part_unread"}

    def test_parquet_gives_the_same(self, tmp_path: Path) -> None:
        pytest.importorskip("pyarrow", reason="pyarrow, an optional extra, is not installed")
        data = incomplete().astype({"arm": "category"}).sort_values("arm")
        data.to_parquet(tmp_path / "panel.parquet", row_group_size=40)
        whole = lmm(FORMULA, data)
        assert_same(lmm_chunks(FORMULA, tmp_path / "panel.parquet", rows_at_once=60), whole)
        words = data.astype({"arm": object})
        words.to_parquet(tmp_path / "panel.parquet", row_group_size=40)
        assert_same(lmm_chunks(FORMULA, tmp_path / "panel.parquet", rows_at_once=60), whole)
        (tmp_path / "bad.parquet").write_bytes(b"no table")
        assert codes_of(lambda: lmm_chunks(FORMULA, tmp_path / "bad.parquet")) == {"mixed.part_unread"}

    def test_parquet_without_pyarrow_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("pyarrow", "pyarrow.parquet"):
            monkeypatch.setitem(__import__("sys").modules, name, None)
        (tmp_path / "panel.parquet").write_bytes(b"PAR1")
        assert codes_of(lambda: lmm_chunks(FORMULA, tmp_path / "panel.parquet")) == {"mixed.no_pyarrow"}


def test_polars_frames_give_the_same() -> None:
    polars = pytest.importorskip("polars", reason="polars, for tests alone, is not installed")
    data = panel()
    whole = lmm(FORMULA, data)
    tables = [polars.DataFrame(part.to_dict("list")) for part in parts(data, 70)]
    assert_same(lmm_chunks(FORMULA, tables), whole)
    assert_same(lmm_chunks(FORMULA, [table.lazy() for table in tables]), whole)


class TestDask:
    def test_workers_give_the_fit_of_one_machine_to_the_bit(self, tmp_path: Path) -> None:
        distributed = pytest.importorskip("distributed", reason="dask, an optional extra, is not installed")
        data = incomplete().sample(frac=1.0, random_state=5)
        for number, part in enumerate(parts(data, 50)):
            part.to_csv(tmp_path / f"part{number}.csv", index=False)
        alone = lmm_chunks(FORMULA, tmp_path, rows_at_once=30)
        for workers in (1, 3):
            with (
                distributed.LocalCluster(
                    workers,
                    threads_per_worker=1,
                    processes=False,
                    protocol="tcp",
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                ) as cluster,
                distributed.Client(cluster) as client,
            ):
                shared = lmm_chunks(FORMULA, tmp_path, rows_at_once=30, scheduler=client)
                frames = lmm_chunks(FORMULA, parts(data, 50), scheduler=cluster.scheduler_address)
                short = [*parts(data, 90), data[["site"]]]
                with pytest.raises(ProblemsFound) as found:
                    lmm_chunks(FORMULA, short, scheduler=client)
                assert {p.where.part for p in found.value.problems} == {"4"}
            pd.testing.assert_frame_equal(shared.table, alone.table, check_exact=True)
            pd.testing.assert_frame_equal(shared.random_effects, alone.random_effects, check_exact=True)
            assert shared.criterion == alone.criterion
            assert_same(frames, lmm(FORMULA, data))

    def test_no_scheduler_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("distributed", reason="dask, an optional extra, is not installed")
        monkeypatch.setattr("evalkit.models.spreading.PATIENCE", 0.5)
        own = parts(panel(), 100)
        for scheduler in ("tcp://127.0.0.1:9", 8786):
            call = lambda scheduler=scheduler: lmm_chunks(FORMULA, own, scheduler=scheduler)  # noqa: E731
            assert codes_of(call) == {"mixed.no_scheduler"}

    def test_without_dask_it_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "distributed", None)
        own = parts(panel(), 100)
        assert codes_of(lambda: lmm_chunks(FORMULA, own, scheduler="tcp://127.0.0.1:9")) == {"mixed.no_dask"}
