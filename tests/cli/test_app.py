"""The command line answers at once, and every command has its help."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from evalkit import __version__
from evalkit.cli.app import COMMANDS, app

HEAVY = (
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "pingouin",
    "sqlalchemy",
    "pydantic",
    "pyreadstat",
)


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from evalkit.cli.app import app; from typer.testing import CliRunner; "
        "result = CliRunner().invoke(app, ['--help']); assert result.exit_code == 0; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output.split()) > 10


def test_help_lists_every_command() -> None:
    output = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in COMMANDS if name not in output] == []


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.strip() == f"evalkit {__version__}"


def test_an_unknown_command_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2
