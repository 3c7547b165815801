"""What a form target is: from a questionnaire and its wave to files and what they cannot say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.instruments.conditions import Condition, parse_condition
from evalkit.instruments.instrument import Instrument, Item, Option
from evalkit.problems import Place, Problem, warning
from evalkit.responses.forms.skips.words import write_words
from evalkit.responses.forms.skips.writing import CannotSay
from evalkit.study.site import Site
from evalkit.study.wave import Wave
from evalkit.texts.phrases import phrase
from evalkit.texts.text import Language, Text, text_of


@dataclass(frozen=True, slots=True)
class Person:
    """Hold somebody of the roster: the code, the only site or None, the organisation of a partner."""

    code: str
    site: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FormOrder:
    """Hold what a form is written from.

    Parameters
    ----------
    form : the questionnaire.
    wave : the wave that it is asked in.
    waves : every wave of the study that asks it, in the order of time.
    languages : languages of the form, the first one its default.
    sites : sites of the study.
    site_needed : whether an answer must have a site.
    people : who may answer, as the roster has them; empty when it is not known.
    partners : organisations about which repeated questions are asked.
    """

    form: Instrument
    wave: Wave
    waves: tuple[Wave, ...]
    languages: tuple[Language, ...]
    sites: tuple[Site, ...]
    site_needed: bool = True
    people: tuple[Person, ...] = ()
    partners: tuple[Person, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the form: wave and questionnaire."""
        return f"{self.wave.id}-{self.form.id}"

    @property
    def is_log(self) -> bool:
        """Tell whether each form is an event of a site's log and not somebody's answers."""
        return self.form.kind == "events"

    @property
    def sites_known(self) -> bool:
        """Tell whether the roster gives everybody's site."""
        return bool(self.people) and all(person.site for person in self.people)


@dataclass(frozen=True, slots=True)
class FormFile:
    """Hold one file of a form: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """Hold the files of a form, and what the platform cannot say."""

    files: tuple[FormFile, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FormTarget:
    """Hold a platform that forms are written for.

    Parameters
    ----------
    title : the platform's name.
    write : writes the files of a form.
    code : how an absent answer is written.
    """

    title: str
    write: Callable[[FormOrder], WrittenForm]
    code: Callable[[Option], str]


def offered(form: Instrument, item: Item) -> tuple[Option, ...]:
    """Return the answers to choose from: those of the question, then the ways of not answering."""
    return (*form.options_of(item), *absent_of(form, item))


def absent_of(form: Instrument, item: Item) -> tuple[Option, ...]:
    """Return the ways of not answering that a question offers."""
    return tuple(option for option in form.absent_options if option.kind in item.absent)


@dataclass(frozen=True, slots=True)
class Skip:
    """Hold when a question is asked, in a platform's language; words for people where it has none."""

    said: str = ""
    in_words: Condition | None = None
    problems: tuple[Problem, ...] = ()


def skip_of(item: Item, write: Callable[[Condition], str], platform: str) -> Skip:
    """Return when a question is asked: nothing when it is asked of everybody."""
    if item.ask_if is None:
        return Skip()
    condition = parse_condition(item.ask_if)
    try:
        return Skip(write(condition))
    except CannotSay:
        said = warning("forms.condition_not_said", Place(item=item.id), platform=platform)
        return Skip(in_words=condition, problems=(said,))


def must_answer(item: Item) -> bool:
    """Tell whether a form may insist on an answer: only where one may also say that one does not answer."""
    return item.required and bool(item.absent) and item.repeat is None and item.type != "date"


def words(key: str, **values: object) -> Text:
    """Return words of `texts/<lang>/forms.yaml` in every language."""
    said = phrase(f"forms.{key}", **values)
    return text_of({"fr": said.say("fr"), "en": said.say("en")})


def help_of(form: Instrument, item: Item, lang: Language, skip: Skip = Skip()) -> str:
    """Return the help of a question: who answers it, its own help, and codes of absent answers to write."""
    lines = [item.help.say(lang)] if item.help else []
    if skip.in_words is not None:
        condition = write_words(skip.in_words, form, lang)
        lines.insert(0, phrase("forms.only_if", condition=condition).say(lang))
    for option in absent_of(form, item) if item.type in ("integer", "number", "text") else ():
        said = phrase("forms.write_absent", code=str(option.value), label=option.label.say(lang))
        lines.append(said.say(lang))
    return "\n".join(lines)
