"""What is imported and exported can be imported again and is the same."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from evalkit.archive.exporting import export_wave
from evalkit.archive.target import ExportOptions
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers
from evalkit.study.study import Study

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "coh1": st.sampled_from(["", "1", "4", "-8", "-9"]),
            "event": st.sampled_from(["", "0", "1"]),
            "helped": st.sampled_from(["", "2"]),
            "needs": st.sampled_from(["", "1", "1 3", "2 3"]),
            "age": st.sampled_from(["", "12", "110"]),
            "money": st.one_of(st.just(""), st.floats(-20, 1000).map(repr)),
            "day": st.sampled_from(["", "2024-02-29"]),
            "remark": st.one_of(st.just(""), WORDS),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS.filter(lambda rows: any(any(row.values()) for row in rows)))
def test_import_then_export_gives_the_same_answers(import_study: Study, rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        first, second = (_beside(import_study, Path(place) / name) for name in ("first", "second"))
        file = Path(place) / "w1.csv"
        _as_file(pd.DataFrame(rows).assign(site="S1", mode="web"), file)
        import_wave(first, file, wave="w1", instrument="every-type")
        exported = export_wave(first, "w1", options=ExportOptions(with_text=True)).files[0]
        # The second study has a roster of its own: it knows people by other codes.
        _as_file(pd.read_csv(exported, dtype=str, keep_default_na=False), exported)
        import_wave(second, exported, wave="w1", instrument="every-type")
        for left, right in zip(_comparable(first), _comparable(second), strict=True):
            assert_frame_equal(left, right)


def _as_file(frame: pd.DataFrame, file: Path) -> None:
    frame.assign(respondent=[f"a{n}" for n in range(len(frame))]).to_csv(file, index=False)


def _beside(study: Study, folder: Path) -> Study:
    folder.mkdir()
    return Study(folder, study.file, study.instruments)


def _comparable(study: Study) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return keys, values and reasons by content; codes differ, for each study draws its own."""
    table = read_answers(study, "w1", "every-type")
    content = ["|".join(map(str, row)) for row in table.values.itertuples(index=False)]
    order = sorted(range(len(content)), key=content.__getitem__)
    keys = table.keys[["site", "language", "mode", "version"]]
    return tuple(part.iloc[order].reset_index(drop=True) for part in (keys, table.values, table.reasons))  # type: ignore[return-value]
