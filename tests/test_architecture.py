"""The page about the house agrees with the tree."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _inventory() -> ModuleType:
    spec = importlib.util.spec_from_file_location("inventory", ROOT / "docs" / "inventory.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_inventory_is_up_to_date() -> None:
    tool = _inventory()
    page = tool.PAGE.read_text(encoding="utf-8")
    assert page == tool.page_with_inventory(page), "run: python docs/inventory.py"


def test_every_file_says_what_it_is() -> None:
    tool = _inventory()
    silent = [file for file in (ROOT / "evalkit").rglob("*.py") if not tool.purpose(file)]
    assert not silent


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md", "README.md", "README.fr.md"])
def test_paths_that_pages_name_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:evalkit|docs|tests|instruments|examples|benchmarks)/[\w./-]*)`", text)
    assert not [path for path in named if not (ROOT / path).exists()]
