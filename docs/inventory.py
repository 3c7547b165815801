"""Write the inventory in architecture.md from the tree: each file with the first line of its docstring.

Usage: python docs/inventory.py
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
START, END = "<!-- inventory: made by docs/inventory.py -->\n", "<!-- end of inventory -->\n"


def purpose(file: Path) -> str:
    """Return the first line of a module's docstring, without its full stop."""
    words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return words.split("\n\n")[0].replace("\n", " ").rstrip(".")


def inventory(root: Path = ROOT) -> str:
    """Return the tables: one a folder of the package, one line a file."""
    package = root / "evalkit"
    parts = []
    for folder in sorted({file.parent for file in package.rglob("*.py")}):
        lines = [f"### `{folder.relative_to(root)}/`", "", purpose(folder / "__init__.py") + ".", ""]
        files = [file for file in sorted(folder.glob("*.py")) if file.name != "__init__.py"]
        if files:
            lines += ["| file | what it is |", "|---|---|"]
            lines += [f"| `{file.name}` | {purpose(file)} |" for file in files]
            lines.append("")
        parts.append("\n".join(lines))
    return "\n".join(parts)


def page_with_inventory(page: str) -> str:
    """Return the page with its inventory made anew."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n{inventory()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with_inventory(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
