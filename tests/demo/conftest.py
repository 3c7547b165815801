"""The demonstration, made and run once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evalkit.cli.app import app


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Give the folder of a demonstration that was run, and what the command printed."""
    folder = tmp_path_factory.mktemp("demo") / "study"
    return folder, CliRunner().invoke(app, ["demo", str(folder), "--seed", "2"])
