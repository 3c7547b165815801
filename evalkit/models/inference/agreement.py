"""Whether the methods agree: a sentence for a table of tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from evalkit.models.inference.site_test import SiteTest
from evalkit.texts.lists import listed
from evalkit.texts.phrases import Phrase, phrase

ROUNDING = 1e-12  # 1 - .9 is a little less than .1
Side = Literal["above", "below", "neither"]


def agreement(default: SiteTest, others: Sequence[SiteTest], *, level: float = 0.95) -> tuple[Phrase, ...]:
    """Say whether the methods that can reach the level put their interval on the same side of zero.

    A method whose least possible p-value lies above 1 - level can never find anything: it is shown in the
    table, left out of the first sentence, and named in a second.

    Parameters
    ----------
    default : two stages.
    others : what stands beside it.
    level : of the intervals.

    Returns
    -------
    The sentences; none when the default has no interval, or nothing stands beside it.

    Examples
    --------
    >>> test = SiteTest(method="two_stage", estimate=2.0, std_error=1.0, df=4.0, statistic=2.0, p_value=0.12,
    ...     conf_low=-0.8, conf_high=4.8, n_sites=6)
    >>> [said.key for said in agreement(test, [test])]
    ['inference.agree.neither']
    """
    if default.conf_low is None or not others:
        return ()
    return tuple(_sentences(default, others, 1 - level))


def side_of(test: SiteTest) -> Side:
    """Return on which side of zero the whole interval lies."""
    if test.conf_low is not None and test.conf_low > 0:
        return "above"
    if test.conf_high is not None and test.conf_high < 0:
        return "below"
    return "neither"


def method_name(method: str) -> Phrase:
    """Return the words for a method."""
    return phrase(f"inference.method.{method}")


def _sentences(default: SiteTest, others: Sequence[SiteTest], alpha: float) -> Iterator[Phrase]:
    unable = [test for test in others if test.smallest_p > alpha + ROUNDING]
    able = [test for test in others if test.conf_low is not None and test not in unable]
    side = side_of(default)
    apart = [test for test in able if side_of(test) != side]
    if apart:
        yield phrase(f"inference.disagree.{side}", apart=_names(apart))
    else:
        yield phrase(f"inference.agree.{side}", count=len(able) + 1)
    if unable:
        yield phrase("inference.cannot_reach", methods=_names(unable))


def _names(tests: Sequence[SiteTest]) -> object:
    return listed([method_name(test.method) for test in tests])
