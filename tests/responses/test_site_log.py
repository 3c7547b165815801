"""Events of the site log come back from the store, in the order of days."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.demo.demo import make_demo
from evalkit.responses.importing import import_wave
from evalkit.responses.site_log import ARRIVES, VACANT, read_site_log
from evalkit.study.study import Study


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Give the demonstration with its site logs imported, and nothing else."""
    study = make_demo(tmp_path_factory.mktemp("log") / "demo", seed=1)
    for wave in study.waves:
        for answers in wave.answers:
            if answers.instrument == "site-log":
                import_wave(study, study.folder / answers.file, wave=wave.id, instrument="site-log")
    return study


def test_events_are_read_with_their_days_and_numbers(logged: Study) -> None:
    log = read_site_log(logged, logged.waves)
    assert list(log["day"]) == sorted(log["day"])
    assert set(log["site"]) == {"S1", "S3", "S5"}
    arrivals = log[log["event"] == ARRIVES]
    assert list(arrivals["weekhours"]) == [28.0] * 3
    assert (log["event"] == VACANT).sum() == 3
    assert all(isinstance(codes, tuple) for codes in log.loc[log["event"] == 2, "ages"])


def test_only_the_waves_asked_for(logged: Study) -> None:
    first = read_site_log(logged, logged.waves[:2])
    assert 0 < len(first) < len(read_site_log(logged, logged.waves))
    assert read_site_log(logged, logged.waves[:1]).empty
    assert np.array_equal(first.columns, read_site_log(logged, logged.waves[:1]).columns)
