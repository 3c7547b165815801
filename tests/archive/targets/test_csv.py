"""The target csv: what its columns, labels and codebook say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.archive.exporting import export_wave
from evalkit.archive.target import ExportOptions
from evalkit.archive.targets.csv import TARGET, answers_frame, codebook_frame
from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.responses.answer_table import KEYS, REASON_CODE, AnswerTable
from evalkit.responses.response_store import write_answers
from evalkit.study.study import Study

Make = Callable[..., AnswerTable]
LABELS, CODES = ExportOptions("fr", labels=True), ExportOptions()


@pytest.fixture
def form(small_study: Study) -> Instrument:
    return small_study.instruments["small-core"]


@pytest.fixture
def make(form: Instrument) -> Make:
    """Give what makes the answers of two residents; items that are not given are blank."""

    def table(**given: list[Any]) -> AnswerTable:
        keys: dict[str, list[Any]] = {key: [None, None] for key in KEYS}
        keys |= {"respondent": ["R1", "R2"], "site": ["S1", "S2"], "version": ["1.0", "1.0"]}
        keys |= {"wave": ["w1", "w1"], "instrument": [form.id, form.id]}
        values, reasons = {}, {}
        for item in form.items:
            found = given.get(item.id, ["blank", "blank"])
            absent = [isinstance(value, str) and value in REASON_CODE for value in found]
            kept = [None if gone else value for value, gone in zip(found, absent, strict=True)]
            values[item.id] = pd.Series(kept, dtype=float if item.type in ("single", "integer") else object)
            codes = [REASON_CODE.get(v, 0) if isinstance(v, str) else 0 for v in found]
            reasons[item.id] = np.array(codes, dtype=np.int8)
        frame = pd.DataFrame(keys, dtype=object).assign(row=pd.array([1, 2], dtype="Int64"))
        return AnswerTable(frame, pd.DataFrame(values), pd.DataFrame(reasons))

    return table


def test_absent_kinds_leave_as_their_codes_and_blanks_as_blanks(make: Make, form: Instrument) -> None:
    frame = answers_frame(make(coh1=[3.0, "dont_know"], coh2=["refused", "blank"]), form, CODES)
    assert frame[["coh1", "coh2", "coh3"]].to_numpy().tolist() == [["3", "-9", None], ["-8", None, None]]
    assert list(frame.columns) == [
        *KEYS,
        "coh1",
        "coh2",
        "coh3",
        "coh4",
        "needs_1",
        "needs_2",
        "needs_3",
        "age",
    ]


def test_labels_stand_beside_codes(make: Make, form: Instrument) -> None:
    frame = answers_frame(make(coh1=[3.0, "dont_know"], needs=[(1, 3), ()]), form, LABELS)
    assert frame["coh1_label"].tolist() == ["agree 3", "dont_know"]
    assert frame["needs_label"].tolist() == ["need 1; need 3", ""]
    assert frame[["needs_1", "needs_2", "needs_3"]].to_numpy().tolist() == [["1", "0", "1"], ["0", "0", "0"]]
    assert "age_label" not in frame


def test_the_codebook_holds_every_answer_and_no_item_that_stays(form: Instrument) -> None:
    codebook = codebook_frame(form, CODES)
    coh1 = codebook[codebook["item"] == "coh1"]
    assert coh1["code"].tolist() == [1, 2, 3, 4, 5, -8]
    assert coh1["absent"].tolist() == ["", "", "", "", "", "dont_know"]
    assert "remark" not in set(codebook["item"])
    assert "remark" in set(codebook_frame(form, ExportOptions(with_text=True))["item"])


def test_texts_like_formulas_are_told_and_not_changed(make: Make, form: Instrument, tmp_path: Path) -> None:
    table = make(remark=["=1+1", "fine"])
    receipt = TARGET.write(table, form, tmp_path / "w.csv", ExportOptions(with_text=True))
    assert [(p.code, p.values["count"]) for p in receipt.problems] == [("export.like_formula", 1)]
    assert pd.read_csv(receipt.files[0])["remark"].tolist() == ["=1+1", "fine"]
    assert TARGET.write(table, form, tmp_path / "w.csv", CODES).problems == ()


def test_no_half_file_is_left(
    make: Make, form: Instrument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "w.csv"
    file.write_text("before")

    def full(_frame: pd.DataFrame, path: Path, **_options: object) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OSError, match="No space"):
        TARGET.write(make(), form, file, CODES)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("w.csv", "before")]


def test_a_wave_is_exported_an_instrument_a_file(make: Make, small_study: Study) -> None:
    write_answers(small_study, make(coh1=[1.0, 2.0]), source="test", why="test")
    files = export_wave(small_study, "w1").files
    folder = small_study.out_folder / "exports"
    assert files == (folder / "w1-small-core.csv", folder / "w1-small-core-codebook.csv")
    with pytest.raises(ProblemsFound) as found:
        export_wave(small_study, "w2")
    assert [problem.code for problem in found.value.problems] == ["export.no_answers"]


def test_a_place_that_cannot_be_written(make: Make, small_study: Study) -> None:
    write_answers(small_study, make(coh1=[1.0, 2.0]), source="test", why="test")
    small_study.out_folder.write_text("a file stands in the way")
    with pytest.raises(ProblemsFound) as found:
        export_wave(small_study, "w1")
    assert [problem.code for problem in found.value.problems] == ["export.not_writable"]
