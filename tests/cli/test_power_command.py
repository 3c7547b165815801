"""`evalkit power` and `evalkit design` from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit.cli.app import app
from evalkit.power.scenario_file import read_scenario

runner = CliRunner()
SMALL = [
    "--set",
    "residents=10",
    "--set",
    "waves=2",
    "--set",
    "lag=0",
    "--simulations",
    "40",
    "--workers",
    "1",
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def test_formula_and_simulation_without_a_study() -> None:
    done = runner.invoke(app, ["power", *SMALL, "--set", "effect=10"])
    assert done.exit_code == 0, done.output
    assert "By formula" in done.output
    assert "By simulation, 40 data sets (seed 2026)" in done.output
    assert "two stages" in done.output


def test_curve_search_and_json() -> None:
    options = ["--curve", "residents=10,20", "--mdes", "--n-for", "0.5", "--over", "sites", "--json"]
    done = runner.invoke(app, ["power", *SMALL, "--set", "effect=10", *options])
    assert done.exit_code == 0, done.output
    facts = json.loads(done.output)
    assert facts["curve"]["parameter"] == "residents"
    assert facts["smallest_effect"]["value"] > 0
    assert facts["number"]["value"] >= 4


def test_french_has_french_words_and_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_LANG", "fr")
    done = runner.invoke(app, ["power", "--quick"])
    assert done.exit_code == 0, done.output
    assert "Par formule" in done.output
    assert "puissance" in done.output
    assert "power" not in done.output.replace("evalkit power", "")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--set", "luck=1"], "power.no_such_parameter"),
        (["--curve", "residents=9"], "power.no_range"),
        (["--n-for", "0.8", "--over", "luck"], "power.no_such_number"),
        (["--set", "sites=2"], "power.too_few_sites"),
        (["--scenario", "nowhere.yaml"], "yaml.not_found"),
        (["--scheduler", "tcp://127.0.0.1:1"], "mixed.no_scheduler"),
    ],
)
def test_mistakes_end_in_sentences(options: list[str], code: str) -> None:
    done = runner.invoke(app, ["power", *SMALL, *options])
    assert done.exit_code == 1
    assert code in done.output
    assert "Traceback" not in done.output


def test_design_asks_with_defaults_and_writes_a_scenario() -> None:
    answers = "4\n4\n30\n\n\n\n\n\n.08\n\n\n"
    done = runner.invoke(app, ["design"], input=answers)
    assert done.exit_code == 0, done.output
    file = read_scenario(Path("scenario.yaml")).content
    assert file.sites == {"intervention": 4, "comparison": 4}
    assert (file.residents, file.outcomes[0].icc) == (30, 0.08)
    assert "By formula" in done.output
    again = runner.invoke(app, ["design", "--yes"])
    assert again.exit_code == 1
    assert "power.scenario_stands" in again.output


def test_design_refuses_what_cannot_be() -> None:
    done = runner.invoke(app, ["design"], input="3\n3\n0\n" + "\n" * 8)
    assert done.exit_code == 1
    assert "power.impossible_value" in done.output
    assert not Path("scenario.yaml").exists()


def test_design_writes_beside_the_study(tmp_path: Path) -> None:
    done = runner.invoke(app, ["new", "mine"])
    assert done.exit_code == 0, done.output
    done = runner.invoke(app, ["design", "--yes", "--study", "mine"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "mine" / "scenario.yaml").is_file()
