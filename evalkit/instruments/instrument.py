"""A questionnaire, or the form of a log: what is asked, how it may be answered, what is scored together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalkit.texts.text import Language, Text
from evalkit.yaml_files import Model

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,19}$")]
InstrumentId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
ItemType = Literal["single", "multiple", "integer", "number", "text", "date"]
AbsentKind = Literal["not_applicable", "dont_know", "refused"]
ABSENT = "absent"
AbsentReason = Literal["not_applicable", "dont_know", "refused", "not_asked", "blank"]
# What stands beside the answers in every table: an item of the same name would hide it.
COLUMN_NAMES = frozenset({
    "respondent", "site", "wave", "arm", "time", "exposure", "language", "mode", "instrument", "version",
    "interviewer", "started", "ended", "row",
})  # fmt: skip


class Option(Model):
    """Hold one answer offered: its code and its label; `kind` when it is a way of not answering."""

    value: int
    label: Text
    kind: AbsentKind | None = None


class Item(Model):
    """Hold one question.

    Parameters
    ----------
    id : lower case letters and digits, at most 20, so that other platforms can hold it.
    type : how it is answered; `single` and `multiple` choose from `options`.
    options : name of the shared answers.
    absent : the ways of not answering that are offered here.
    range : smallest and largest value of an integer or number.
    required : whether a blank answer counts as item nonresponse.
    ask_if : condition under which the item is asked.
    repeat : `partners` when the item is asked of each partner of the roster.
    reverse : whether a high answer means a low score.
    """

    id: Id
    type: ItemType
    text: Text
    help: Text | None = None
    options: str | None = None
    absent: tuple[AbsentKind, ...] = ()
    range: tuple[float, float] | None = None
    required: bool = True
    ask_if: str | None = None
    repeat: Literal["partners"] | None = None
    reverse: bool = False


class Section(Model):
    """Hold a part of a questionnaire, in the order in which it is asked."""

    id: Id
    title: Text
    items: tuple[Id, ...]
    intro: Text | None = None


class Scale(Model):
    """Hold items that are scored together.

    Parameters
    ----------
    rule : scoring rule, a file of `scores/rules/`.
    min_answered : least share of items that must be answered: 0.5 is the half rule, 0.8 the strict one.
    report_as : `pomp` for 0 to 100 (percent of maximum possible), `raw` for the items' own unit.
    kind : `reflective` when the items show one construct, `formative` when they make it up.
    reliability : `alpha` or `none`; by default alpha for reflective scales only.
    higher_is : whether a higher score is better or worse.
    """

    id: Id
    items: tuple[Id, ...]
    label: Text
    rule: str = "mean"
    min_answered: Annotated[float, Field(gt=0, le=1)] = 0.5
    report_as: Literal["pomp", "raw"] = "pomp"
    kind: Literal["reflective", "formative"] = "reflective"
    reliability: Literal["alpha", "none"] | None = None
    higher_is: Literal["better", "worse"] = "better"

    @property
    def has_alpha(self) -> bool:
        """Tell whether Cronbach's alpha is asked for."""
        return self.reliability == "alpha" or (self.reliability is None and self.kind == "reflective")


class Source(Model):
    """Hold where a construct comes from. Published wording is cited, never copied."""

    construct_name: str = Field(alias="construct")
    cite: str
    doi: str | None = None


class Instrument(Model):
    """Hold a questionnaire in one version, in every language that it has.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> shipped_instrument("residents-core").item("coh1").type
    'single'
    """

    id: InstrumentId = Field(alias="instrument")
    version: str
    population: str
    title: Text
    kind: Literal["questionnaire", "events"] = "questionnaire"
    status: str = ""
    languages: tuple[Language, ...] = ("fr", "en")
    sources: tuple[Source, ...] = ()
    options: Mapping[str, tuple[Option, ...]] = Field(default_factory=dict)
    items: tuple[Item, ...]
    sections: tuple[Section, ...] = ()
    scales: tuple[Scale, ...] = ()

    @cached_property
    def items_by_id(self) -> Mapping[str, Item]:
        """Return the items by id, in the order of the questionnaire."""
        return {item.id: item for item in self.items}

    @cached_property
    def scales_by_id(self) -> Mapping[str, Scale]:
        """Return the scales by id."""
        return {scale.id: scale for scale in self.scales}

    @property
    def absent_options(self) -> tuple[Option, ...]:
        """Return the ways of not answering, as the block `absent` of the options lists them."""
        return self.options.get(ABSENT, ())

    @cached_property
    def absent_codes(self) -> Mapping[AbsentKind, int]:
        """Return the code of each way of not answering."""
        return {option.kind: option.value for option in self.absent_options if option.kind}

    def item(self, item_id: str) -> Item:
        """Return one item; KeyError when unknown."""
        return self.items_by_id[item_id]

    def scale(self, scale_id: str) -> Scale:
        """Return one scale; KeyError when unknown."""
        return self.scales_by_id[scale_id]

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """Return the answers offered for `item`; empty for open items."""
        return self.options.get(item.options, ()) if item.options else ()

    def range_of(self, item: Item) -> tuple[float, float] | None:
        """Return the smallest and largest value that `item` can take, or None when it has no bounds."""
        values = [option.value for option in self.options_of(item)]
        return (min(values), max(values)) if values else item.range


def order_asked(form: Instrument) -> tuple[str, ...]:
    """Return the ids of the items in the order in which they are asked: by section, then the others."""
    in_sections = [name for section in form.sections for name in section.items if name in form.items_by_id]
    return tuple(dict.fromkeys([*in_sections, *form.items_by_id]))
