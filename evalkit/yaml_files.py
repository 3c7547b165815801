"""Read a YAML file into a frozen model, knowing the line of every part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.texts.phrases import Phrase, sentences

M = TypeVar("M", bound=BaseModel)


class Model(BaseModel):
    """Base of what YAML files hold: frozen, and no key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


@dataclass(frozen=True, slots=True)
class YamlFile(Generic[M]):
    """Hold the content of a YAML file and the lines where its parts stand.

    Parameters
    ----------
    path : the file.
    content : the validated model.
    tree : the nodes as read, which know their lines.
    """

    path: Path
    content: M
    tree: Any

    def place(self, *keys: str | int, **more: Any) -> Place:
        """Return the place of the part at `keys`, or of the deepest part above it that exists."""
        return Place(file=str(self.path), line=line_of(self.tree, keys), **more)


def read_yaml(path: Path, model: type[M]) -> YamlFile[M]:
    """Read and validate one YAML file.

    Parameters
    ----------
    path : the file, in UTF-8.
    model : the pydantic model of its content.

    Returns
    -------
    The content with its lines.

    Raises
    ------
    ProblemsFound : all problems together: unreadable file, tab, duplicate key, unknown key, missing
        key, wrong type.
    """
    tree = read_tree(path)
    try:
        return YamlFile(path, model.model_validate(tree), tree)
    except ValidationError as failure:
        raise ProblemsFound(_problem_of(path, tree, dict(e)) for e in failure.errors()) from None


def read_tree(path: Path) -> Any:
    """Return the nodes of a YAML file; they know their lines. Raises ProblemsFound."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        source = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ProblemsFound([error("yaml.not_found", Place(file=str(path)))]) from None
    except UnicodeDecodeError:
        raise ProblemsFound([error("yaml.not_utf8", Place(file=str(path)))]) from None
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("yaml.unreadable", Place(file=str(path)), reason=reason)]) from None
    try:
        tree = YAML(typ="rt").load(source)
    except DuplicateKeyError as failure:
        key = str(failure.problem or "").split('"')[1] if '"' in str(failure.problem) else "?"
        raise ProblemsFound([error("yaml.duplicate_key", _marked(path, failure), key=key)]) from None
    except MarkedYAMLError as failure:
        code = "yaml.tab" if "\\t" in str(failure.problem) else "yaml.syntax"
        raise ProblemsFound([error(code, _marked(path, failure), reason=str(failure.problem))]) from None
    except YAMLError as failure:
        raise ProblemsFound([error("yaml.syntax", Place(file=str(path)), reason=str(failure))]) from None
    if tree is None:
        raise ProblemsFound([error("yaml.empty", Place(file=str(path)))])
    return tree


def line_of(tree: Any, keys: Sequence[str | int]) -> int | None:
    """Return the line, from 1, of the node at `keys`, or of the deepest node above it that exists."""
    line = tree.lc.line + 1 if hasattr(tree, "lc") else None
    node = tree
    for key in keys:
        try:
            position = node.lc.data[key]
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
        line = position[0] + 1
    return line


def _marked(path: Path, failure: Any) -> Place:
    mark = failure.problem_mark or failure.context_mark
    return Place(file=str(path), line=mark.line + 1 if mark else None)


def _problem_of(path: Path, tree: Any, found: dict[str, Any]) -> Problem:
    keys = [key for key in found["loc"] if not (isinstance(key, str) and "[" in key)]
    where = Place(file=str(path), line=line_of(tree, keys))
    name = ".".join(str(key) for key in keys) or str(path.name)
    if found["type"] == "missing":
        return error("yaml.missing_key", where, key=name)
    if found["type"] == "extra_forbidden":
        return error("yaml.unknown_key", where, key=name)
    return error(
        "yaml.wrong_value", where, key=name, value=repr(_plain(found["input"])), reason=_reason(found)
    )


def _reason(found: dict[str, Any]) -> Phrase | str:
    """Return why a value is refused, in words of our own where the kind of fault has some."""
    key = f"yaml_reasons.{found['type']}"
    if key not in sentences("en"):
        return str(found["msg"]).removeprefix("Value error, ")
    values = found.get("ctx", {})
    return Phrase(key, {name: str(value).replace(" or ", ", ") for name, value in values.items()})


def _plain(value: Any) -> Any:
    shown = str(value) if isinstance(value, str) else value
    return shown if len(repr(shown)) < 80 else f"{repr(shown)[:77]}..."
