"""Read a questionnaire from its YAML file."""

from __future__ import annotations

from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.instruments.checking import check_instrument
from evalkit.instruments.instrument import Instrument
from evalkit.problems import errors_of
from evalkit.yaml_files import read_yaml


def read_instrument(path: Path | str) -> Instrument:
    """Read a questionnaire and check it.

    Parameters
    ----------
    path : its YAML file.

    Returns
    -------
    The instrument. Warnings do not stop the reading; `evalkit instruments check` shows them.

    Raises
    ------
    ProblemsFound : all errors together, each with its line.
    """
    yaml = read_yaml(Path(path), Instrument)
    errors = errors_of(check_instrument(yaml))
    if errors:
        raise ProblemsFound(errors)
    return yaml.content
