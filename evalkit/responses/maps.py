"""A map: how the columns and codes of a foreign file become items and codes of a questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import AbsentReason, Instrument
from evalkit.problems import Problem, error
from evalkit.responses.foreign.cells import cell_text
from evalkit.yaml_files import Model, YamlFile, read_yaml

EXCEL_DATES = "excel"


def _as_text(value: Any) -> Any:
    return cell_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _with_text_keys(value: Any) -> Any:
    return {_as_text(key): each for key, each in value.items()} if isinstance(value, Mapping) else value


ForeignCode = Annotated[str, BeforeValidator(_as_text)]
Codes = Annotated[Mapping[str, ForeignCode], BeforeValidator(_with_text_keys)]
Kinds = Annotated[Mapping[str, AbsentReason], BeforeValidator(_with_text_keys)]


class DateRule(Model):
    """Hold how a file writes dates: `format` as strptime takes it, or `excel` for serial numbers."""

    format: str


class AnswerMap(Model):
    """Hold how a foreign file is read.

    Parameters
    ----------
    respondent, site, language, mode, interviewer, started, ended : names of columns. The keys without
        a column stay as they are without a map: the column of that name, when there is one.
    items : item id to column. An item that is not named is read from the column of its own id.
    recode : by item, their code to our code.
    absent : by item, their code to the reason for which an answer is absent.
    sites : their site to our site.
    constant : a value that every row has: site, language, mode or interviewer.
    site_if_missing : where the site of a row without one is taken from; counted and said.
    dates : how the file writes dates, when not ISO 8601.
    decimal : what writes decimals; when not given, a point, and a comma too where no comma parts cells.
    labels : whether labels may stand for codes, in any language of the questionnaire.
    """

    respondent: str = "respondent"
    site: str | None = None
    language: str | None = None
    mode: str | None = None
    interviewer: str | None = None
    started: str | None = None
    ended: str | None = None
    items: Mapping[str, str] = Field(default_factory=dict)
    recode: Mapping[str, Codes] = Field(default_factory=dict)
    absent: Mapping[str, Kinds] = Field(default_factory=dict)
    sites: Codes = Field(default_factory=dict)
    constant: Mapping[Literal["site", "language", "mode", "interviewer"], ForeignCode] = Field(
        default_factory=dict
    )
    site_if_missing: Literal["previous_wave", "roster"] | None = None
    dates: DateRule | None = None
    decimal: Literal[".", ","] | None = None
    labels: bool = False


def read_map(path: Path, instrument: Instrument) -> AnswerMap:
    """Read a map and hold it against its questionnaire.

    Parameters
    ----------
    path : a YAML file.
    instrument : the questionnaire that the file answers.

    Raises
    ------
    ProblemsFound : all problems together: what YAML and its types do not allow, an item that the
        questionnaire does not have.
    """
    yaml = read_yaml(path, AnswerMap)
    problems = list(_item_problems(yaml, instrument))
    if problems:
        raise ProblemsFound(problems)
    return yaml.content


def _item_problems(yaml: YamlFile[AnswerMap], instrument: Instrument) -> Iterator[Problem]:
    blocks: Mapping[str, Mapping[str, Any]] = {
        "items": yaml.content.items,
        "recode": yaml.content.recode,
        "absent": yaml.content.absent,
    }
    for block, entries in blocks.items():
        for item in entries:
            if item not in instrument.items_by_id:
                place = yaml.place(block, item, item=item, instrument=instrument.id)
                yield error("import.unknown_item", place, instrument=instrument.id, block=block)
