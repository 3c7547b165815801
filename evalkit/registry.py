"""Find what one file adds: a check, an importer, a rule, a model kind, an engine, a section, a renderer."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from types import MappingProxyType
from typing import Any


@lru_cache
def discover(package: str, constant: str) -> MappingProxyType[str, Any]:
    """Return what each file of a folder declares, by file name.

    Parameters
    ----------
    package : dotted name of the folder, such as `evalkit.responses.checks`.
    constant : name that every file of the folder must define, such as `CHECK`.

    Returns
    -------
    The constants by file name, in alphabetical order.

    Raises
    ------
    AttributeError : when a file of the folder does not define the constant.

    Examples
    --------
    >>> sorted(discover("evalkit.scores.rules", "RULE"))
    ['mean', 'sum']
    """
    folder = importlib.import_module(package)
    found = {}
    for module in pkgutil.iter_modules(folder.__path__):
        if not module.name.startswith("_"):
            found[module.name] = getattr(importlib.import_module(f"{package}.{module.name}"), constant)
    return MappingProxyType(dict(sorted(found.items())))
