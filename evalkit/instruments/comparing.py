"""Compare two versions of a questionnaire: what can no longer be followed from wave to wave."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.instruments.instrument import Instrument, Item, Scale
from evalkit.problems import Place, Problem, error, note, warning
from evalkit.texts.text import Text


def compare_versions(old: Instrument, new: Instrument) -> tuple[Problem, ...]:
    """Return every difference that bears on comparing answers over time.

    Parameters
    ----------
    old, new : two versions of one questionnaire.

    Returns
    -------
    A warning for each break of comparability under one id: other words, other answers, another
    condition, another way of scoring; a note for each item that came or went; an error when something
    changed and the version did not, since answers could then not be told apart; an error when the two
    are different questionnaires.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> compare_versions(shipped_instrument("site-log"), shipped_instrument("site-log"))
    ()
    """
    if old.id != new.id:
        return (error("instrument.not_versions", Place(instrument=new.id), old=old.id),)
    found = [*_items_that_moved(old, new)]
    for item in new.items:
        if item.id in old.items_by_id:
            found += _item_changes(old, old.item(item.id), new, item)
    for scale in new.scales:
        if scale.id in old.scales_by_id and _scoring(old.scale(scale.id)) != _scoring(scale):
            found.append(warning("instrument.scoring_changed", Place(instrument=new.id, scale=scale.id)))
    if found and old.version == new.version:
        found.insert(0, error("instrument.same_version", Place(instrument=new.id), version=new.version))
    return tuple(found)


def _items_that_moved(old: Instrument, new: Instrument) -> Iterator[Problem]:
    for item in old.items:
        if item.id not in new.items_by_id:
            yield note("instrument.item_gone", Place(instrument=new.id, item=item.id))
    for item in new.items:
        if item.id not in old.items_by_id:
            yield note("instrument.item_new", Place(instrument=new.id, item=item.id))


def _item_changes(old: Instrument, before: Item, new: Instrument, after: Item) -> Iterator[Problem]:
    place = Place(instrument=new.id, item=after.id)
    for lang in sorted(set(before.text.root) & set(after.text.root)):
        if _plain(before.text)[lang] != _plain(after.text)[lang]:
            yield warning("instrument.wording_changed", place, language=lang)
    if _answers(old, before) != _answers(new, after):
        yield warning("instrument.answers_changed", place)
    if (before.ask_if, before.repeat) != (after.ask_if, after.repeat):
        yield warning("instrument.asked_of_others", place)


def _answers(form: Instrument, item: Item) -> tuple[object, ...]:
    """Return what may be answered: the type, the codes with their labels, the range, the direction."""
    options = tuple((option.value, _plain(option.label)) for option in form.options_of(item))
    return (item.type, options, item.range, frozenset(item.absent), item.reverse)


def _scoring(scale: Scale) -> tuple[object, ...]:
    return (frozenset(scale.items), scale.rule, scale.min_answered, scale.report_as, scale.higher_is)


def _plain(text: Text) -> dict[str, str]:
    """Return the words without what typography alone changes: spaces and the shape of apostrophes."""
    return {lang: " ".join(words.replace("’", "'").split()) for lang, words in text.root.items()}
