"""Give units of work to dask's workers, and take their results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from evalkit.errors import ProblemsFound
from evalkit.problems import error

T = TypeVar("T")
R = TypeVar("R")
# Units that wait or are worked for each thread: workers are never idle, and results do not pile up.
AHEAD = 2
# Seconds to wait for a scheduler to answer.
PATIENCE = 10


@contextmanager
def connected(scheduler: Any) -> Iterator[Any]:
    """Return a client of a scheduler, by address or as it is; one made here is closed here.

    Raises
    ------
    ProblemsFound
        Without dask, or where no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as failure:
        raise ProblemsFound([error("mixed.no_dask")]) from failure
    if not isinstance(scheduler, str):
        if not isinstance(scheduler, Client):
            raise ProblemsFound([error("mixed.no_scheduler", scheduler=type(scheduler).__name__)])
        yield scheduler
        return
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as failure:
        raise ProblemsFound([error("mixed.no_scheduler", scheduler=scheduler)]) from failure
    try:
        yield client
    finally:
        client.close()


def spread(client: Any, work: Callable[[T], R], units: Iterable[T]) -> Iterator[R]:
    """Return the results of units, in the order of the units, whoever works them."""
    most = AHEAD * max(1, sum(client.nthreads().values()))
    waiting: deque[Any] = deque()
    try:
        for unit in units:
            waiting.append(client.submit(work, unit, pure=False))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        client.cancel(list(waiting))
